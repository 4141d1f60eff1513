"""How a company came to market, as far as public data show it: for the quarterly IPO additions.

A quarterly event admits companies that priced and traded within its window (methodology §1.4).
The screener gives the year of an offering once it has one on record, within days of the first
trade; what moved from another market, was spun off or was listed directly mostly has none. In the
events of March 2022 to March 2025, 52 of 83 companies in size with an offering on record entered
the funds at the event, and one of 29 without: a spin-off.
"""

from datetime import date
from typing import Final

import polars as pl

from recon.master.flags import BLANK_CHEQUE_NAME

OFFERED: Final = "offered"
"""First traded in the window, with an offering of its years on record."""
OFFERED_BEFORE: Final = "offered_before"
"""First traded here in the window; the offering on record is of an earlier year."""
FORMER_SPAC: Final = "former_spac"
"""A blank-cheque company under an earlier name, of the symbol or at EDGAR."""
OUTSIDE: Final = "outside"
"""First traded before the window, or after it."""
NOTHING: Final = "nothing"
"""First traded in the window, and no offering is on record."""


def with_offerings(
    companies: pl.DataFrame,
    lines: pl.DataFrame,
    securities: pl.DataFrame,
    listings: pl.DataFrame,
    former_names: pl.DataFrame,
    *,
    window: tuple[date, date],
) -> pl.DataFrame:
    """Add how each company came to market.

    Parameters
    ----------
    companies : pl.DataFrame
        One row per company: `company_id`, `symbol`, `cik`, `ipo_year` at the session, `flags`.
    lines : pl.DataFrame
        Lines of the session: `company_id`, `security_id`, `role`.
    securities : pl.DataFrame
        Lives with `security_id`: `first`.
    listings : pl.DataFrame
        Lines listed at the moment: `symbol`, `ipo_year`. What the screener has put on record
        since the session is used.
    former_names : pl.DataFrame
        Names under which companies filed before: `cik`, `name`.
    window : tuple of date
        First and last session in which an offering must have priced and traded.

    Returns
    -------
    pl.DataFrame
        With `begun` (first session of the oldest line that can be in an index) and `offering`:
        one of the constants of this module.
    """
    spans = securities.group_by("security_id").agg(first=pl.col("first").min())
    begun = (
        lines.filter(pl.col("role").is_not_null())
        .join(spans, on="security_id")
        .group_by("company_id")
        .agg(begun=pl.col("first").min())
    )
    recorded = listings.select("symbol", recorded="ipo_year").drop_nulls().unique("symbol")
    cheques = (
        former_names.filter(pl.col("name").str.contains(BLANK_CHEQUE_NAME))
        .select("cik", cheque=pl.lit(True))
        .unique()
    )
    year = pl.coalesce("ipo_year", "recorded")
    merged = pl.col("flags").list.contains("former_spac") | pl.col("cheque").fill_null(False)
    offering = (
        pl.when(merged)
        .then(pl.lit(FORMER_SPAC))
        .when(~pl.col("begun").is_between(*window))
        .then(pl.lit(OUTSIDE))
        .when(year.is_between(window[0].year, window[1].year))
        .then(pl.lit(OFFERED))
        .when(year.is_not_null())
        .then(pl.lit(OFFERED_BEFORE))
        .otherwise(pl.lit(NOTHING))
    )
    return (
        companies.join(begun, on="company_id", how="left")
        .join(recorded, on="symbol", how="left")
        .join(cheques, on="cik", how="left")
        .with_columns(offering=offering)
        .drop("recorded", "cheque")
    )
