"""What a desk should know of a line beyond the rules: deals, new listings, former SPACs, ruin.

Flags decide nothing. A price pinned under a deal means that the company may be gone before the
event takes effect; a company from a SPAC may be held back until its lock-ups end (methodology
§1.4); a bankrupt one is likely to leave the exchange.
"""

from datetime import date
from typing import Final

import polars as pl

BANKRUPT_STATUS: Final = ("Q", "G", "J", "K")
"""Nasdaq financial status codes that include bankruptcy."""
BLANK_CHEQUE_NAME: Final = r"(?i)\b(acquisition|merger) (corp|co|company|inc|ltd|limited|holdings)"
"""Names of blank-cheque companies, before they merged with somebody."""


def with_flags(
    lines: pl.DataFrame, securities: pl.DataFrame, directory: pl.DataFrame, *, last_rank_day: date
) -> pl.DataFrame:
    """Add `flags` to each line.

    Parameters
    ----------
    lines : pl.DataFrame
        `symbol`, `security_id`, `since`, `price_pinned`, `spun_off`, `structure`.
    securities : pl.DataFrame
        Lives with `security_id`: `first`, `last_name`.
    directory : pl.DataFrame
        Symbol directories at the moment: `symbol`, `financial_status`.
    last_rank_day : date
        Rank day of the last reconstitution: what came to market since is new to it.

    Returns
    -------
    pl.DataFrame
        With `flags` (list of String): `pending_deal`, `new_listing`, `former_spac`, `spun_off`,
        `bankrupt`; empty where there is none.
    """
    begun = securities.group_by("security_id").agg(
        begun=pl.col("first").min(),
        former_spac=pl.col("first_name").str.contains(BLANK_CHEQUE_NAME).any(),
    )
    bankrupt = (
        directory.filter(pl.col("financial_status").is_in(list(BANKRUPT_STATUS)))
        .select("symbol", bankrupt=pl.lit(True))
        .unique("symbol")
    )
    spac = pl.col("structure") == "spac"
    conditions = {
        "pending_deal": pl.col("price_pinned") & ~spac,
        "new_listing": pl.col("begun") > last_rank_day,
        "former_spac": pl.col("former_spac") & ~spac,
        "spun_off": pl.col("spun_off"),
        "bankrupt": pl.col("bankrupt"),
    }
    return (
        lines.join(begun, on="security_id", how="left")
        .join(bankrupt, on="symbol", how="left")
        .with_columns(
            flags=pl.concat_list(
                pl.when(condition.fill_null(False)).then(pl.lit(name)).otherwise(None)
                for name, condition in conditions.items()
            ).list.drop_nulls()
        )
        .drop("begun", "former_spac", "bankrupt")
    )
