"""Counts of young listings that the screener shows only after the session.

For weeks after its first trade a line often has no cap in the screener (data/README.md, Share
counts). A list made after rank day, when the cap has come, knows the count: it is that of the
offering, and the price stays that of rank day.
"""

from datetime import date
from typing import Final

import polars as pl

from recon.master.company import EQUITY
from recon.store import AsOf

SESSIONS_AFTER: Final = 25
"""Sessions looked ahead from rank day: five weeks, to the preliminary list at the latest. A split
in so short a time after an offering is not looked for."""
PROVENANCE: Final = "first_shown"


def with_first_counts(lines: pl.DataFrame, known: AsOf, session: date) -> pl.DataFrame:
    """Give lines without a count the first that is known after the session.

    Parameters
    ----------
    lines : pl.DataFrame
        Lines of the session: `symbol`, `exchange`, `security_type`, `shares`, `provenance`, `note`.
    known : AsOf
        What was known at the moment; nothing is added when that is the session itself.
    session : date
        The session.

    Returns
    -------
    pl.DataFrame
        `lines` with `shares`, `provenance` (`first_shown`) and `note` (`shown:DATE`) where the
        source came to show a cap.
    """
    wanted = lines.filter(pl.col("shares").is_null() & pl.col("security_type").is_in(list(EQUITY)))[
        "symbol"
    ].to_list()
    after = [one for one in known.sessions() if one > session][:SESSIONS_AFTER]
    if not after or not wanted:
        return lines
    shown = (
        known.quotes(after[0], after[-1], ("session", "symbol", "close", "market_cap"), wanted)
        .filter((pl.col("market_cap") > 0) & (pl.col("close") > 0))
        .sort("session")
        .unique("symbol", keep="first", maintain_order=True)
        .select(
            "symbol",
            first_shares=pl.col("market_cap") / pl.col("close"),
            first_note=pl.format("shown:{}", "session"),
        )
    )
    missing = pl.col("shares").is_null() & pl.col("first_shares").is_not_null()
    return (
        lines.join(shown, on="symbol", how="left")
        .with_columns(
            shares=pl.coalesce("shares", "first_shares"),
            provenance=pl.when(missing).then(pl.lit(PROVENANCE)).otherwise("provenance"),
            note=pl.when(missing).then("first_note").otherwise("note"),
        )
        .drop("first_shares", "first_note")
    )
