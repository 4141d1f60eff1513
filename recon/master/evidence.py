"""What past events say about a company, beyond what the owner published.

A company that was listed, priced and clearly large enough on the rank day of a past event, and
is no member now, failed a test that public data does not show: nationality, votes, float or
structure (methodology §2.1-2.3). Such facts change slowly. The last reconstitution tested every
company; a quarterly event tested those that had come to market in its window (methodology §1.4).
All of it is known at any later moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from recon.master.names import company_key, same_company

MEMBER_QUANTILE = 0.03
"""Quantile of the members' caps on a rank day above which a name was clearly in size: it lies
above the smallest member, so a name that just missed the cut is not taken for a refusal."""


@dataclass(frozen=True, slots=True)
class PastTest:
    """An event that would have admitted an eligible company.

    Attributes
    ----------
    event : str
        Its id.
    rank_day : date
        When sizes and prices were read.
    window : tuple of date or None
        Only companies that were first listed in it were tested; None: all.
    """

    event: str
    rank_day: date
    window: tuple[date, date] | None


def passed_over(
    lines: pl.DataFrame,
    at_rank_days: pl.DataFrame,
    tests: Sequence[PastTest],
    *,
    min_price_usd: float,
) -> pl.DataFrame:
    """Lines that a past event tested at a sufficient size and that are not in the index.

    Parameters
    ----------
    lines : pl.DataFrame
        Today's lines: `symbol`, `security_id`, `name`, `size` (null for non-members), `ipo_year`.
    at_rank_days : pl.DataFrame
        Cross-sections of the tests' rank days: `rank_day`, `security_id`, `name` of that day,
        `first` (first session of the security), `close` (USD), `market_cap` (USD),
        `eligible_type` (bool: equity of an eligible structure by its name of that day).
    tests : sequence of PastTest
        The events that count.
    min_price_usd : float
        The price rule.

    Returns
    -------
    pl.DataFrame
        `symbol`, `passed_over` (id of the last such event, null if none). A company that has
        changed its name since, like a SPAC that merged, is another company than the one tested.
    """
    results = []
    for test in tests:
        then = at_rank_days.filter(
            (pl.col("rank_day") == test.rank_day) & (pl.col("market_cap") > 0)
        ).unique("security_id", keep="first", maintain_order=True)
        joined = lines.select("symbol", "security_id", "size", "ipo_year", now="name").join(
            then, on="security_id"
        )
        large = joined.filter(pl.col("size").is_not_null())["market_cap"].quantile(MEMBER_QUANTILE)
        tested = (
            pl.col("size").is_null()
            & (pl.col("market_cap") >= pl.lit(large, pl.Float64))
            & (pl.col("close") >= min_price_usd)
            & pl.col("eligible_type")
            & same_company(company_key("now"), company_key("name"))
        )
        if test.window is not None:
            tested &= pl.col("first").is_between(*test.window) & (
                pl.col("ipo_year") == pl.col("first").dt.year()
            )
        results.append(
            joined.filter(tested.fill_null(False)).select(
                "symbol", passed_over=pl.lit(test.event), day=pl.lit(test.rank_day)
            )
        )
    found = pl.concat(
        results
        or [pl.DataFrame(schema={"symbol": pl.String, "passed_over": pl.String, "day": pl.Date})]
    )
    return (
        found.sort("symbol", "day")
        .unique("symbol", keep="last", maintain_order=True)
        .select("symbol", "passed_over")
    )
