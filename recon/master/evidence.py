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
from typing import Final

import polars as pl

from recon.calendar import Event
from recon.master.membership import Membership
from recon.master.names import company_key, same_company

MEMBER_QUANTILE = 0.03
"""Quantile of the members' caps on a rank day above which a name was clearly in size: it lies
above the smallest member, so a name that just missed the cut is not taken for a refusal."""
LATER_MARGIN = 3.0
"""From May 2020 to January 2021, where the data begin, a small company's cap commonly rose by
half to three quarters, many far more; three times the size then was ample before."""

NO_SHELL: Final = 2
"""Reconstitutions that passed over a line under its former name, from which on it was no blank
cheque: those merge or wind up within two years or so, and what they become is another company."""

_FOUND = {
    "symbol": pl.String,
    "passed_over": pl.String,
    "day": pl.Date,
    "full": pl.Boolean,
    "earlier": pl.Boolean,
    "alike": pl.Boolean,
}


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
    listed_before : int or None
        Where the data begin after the event: only companies with an offering before this year,
        or none on record, are sure to have been listed at it. `rank_day` is then the first
        session of the data, and a size of `LATER_MARGIN` times the usual is asked for.
    effective : date or None
        When the event took effect.
    earlier : bool
        Whether a later reconstitution tested all companies anew: such a test is counted among
        the refusals and says nothing else.
    """

    event: str
    rank_day: date
    window: tuple[date, date] | None
    listed_before: int | None = None
    effective: date | None = None
    earlier: bool = False


def past_tests(membership: Membership, past: Sequence[Event], begin: date) -> list[PastTest]:
    """Events whose outcome the lists of members show.

    Parameters
    ----------
    membership : Membership
        Members before the event, with the lists that they come from.
    past : sequence of Event
        Reconstitutions and IPO events that took effect before the moment.
    begin : date
        First session of the data.
    """
    asof = min((s.asof for s in membership.snapshots), default=date.min)
    done = [e for e in past if e.effective is not None and e.effective <= asof]
    full = max((e for e in done if e.kind == "recon"), key=lambda e: e.rank_day, default=None)
    if full is None:
        return []
    if full.rank_day < begin:
        return [PastTest(full.id, begin, None, listed_before=full.rank_day.year)]
    earlier = [
        PastTest(e.id, e.rank_day, None, effective=e.effective, earlier=True)
        for e in done
        if e.kind == "recon" and begin <= e.rank_day < full.rank_day
    ]
    since = [
        PastTest(e.id, e.rank_day, e.ipo_window)
        for e in done
        if e.kind == "ipo" and e.rank_day > full.rank_day and e.ipo_window is not None
    ]
    return [*earlier, PastTest(full.id, full.rank_day, None, effective=full.effective), *since]


def passed_over(
    lines: pl.DataFrame,
    at_rank_days: pl.DataFrame,
    tests: Sequence[PastTest],
    deletions: pl.DataFrame,
    former_names: pl.DataFrame,
    *,
    min_price_usd: float,
) -> pl.DataFrame:
    """Lines that a past event tested at a sufficient size and that are not in the index.

    Parameters
    ----------
    lines : pl.DataFrame
        Today's lines: `symbol`, `security_id`, `cik`, `name`, `size` (null for non-members),
        `ipo_year`.
    at_rank_days : pl.DataFrame
        Cross-sections of the tests' rank days: `rank_day`, `security_id`, `name` of that day,
        `first` (first session of the security), `close` (USD), `market_cap` (USD),
        `eligible_type` (bool: equity of an eligible structure by its name of that day).
    tests : sequence of PastTest
        The events that count.
    deletions : pl.DataFrame
        Last official deletion of each line from the Russell 3000: `security_id`, `deleted_on`.
        A test before it is no refusal, because the company was a member then.
    former_names : pl.DataFrame
        `cik`, `name` under which a company filed before.
    min_price_usd : float
        The price rule.

    Returns
    -------
    pl.DataFrame
        `symbol`, `passed_over` (id of the last such event), `refusals` (number of
        reconstitutions that did so); no row for other lines. A company that has changed its
        name since, like a SPAC that merged, is another company than the one tested, unless EDGAR
        shows the change and `NO_SHELL` reconstitutions tested it before.
    """
    former = former_names.select("cik", then_key=company_key("name"), renamed=pl.lit(True)).unique()
    results = []
    for test in tests:
        then = at_rank_days.filter(
            (pl.col("rank_day") == test.rank_day) & (pl.col("market_cap") > 0)
        ).unique("security_id", keep="first", maintain_order=True)
        joined = (
            lines.select("symbol", "security_id", "cik", "size", "ipo_year", now="name")
            .join(then, on="security_id")
            .join(deletions, on="security_id", how="left")
        )
        large = joined.filter(pl.col("size").is_not_null())["market_cap"].quantile(MEMBER_QUANTILE)
        margin = 1.0 if test.listed_before is None else LATER_MARGIN
        tested = (
            pl.col("size").is_null()
            & (pl.col("market_cap") >= pl.lit(large, pl.Float64) * margin)
            & (pl.col("close") >= min_price_usd)
            & pl.col("eligible_type")
        )
        if test.listed_before is not None:
            tested &= (pl.col("ipo_year") < test.listed_before).fill_null(True)
        if test.window is not None:
            tested &= pl.col("first").is_between(*test.window) & (
                pl.col("ipo_year") == pl.col("first").dt.year()
            )
        if test.earlier:
            tested &= (pl.col("deleted_on") <= pl.lit(test.effective, pl.Date)).fill_null(True)
        results.append(
            # Names are compared last, because that takes the longest.
            joined.filter(tested.fill_null(False))
            .with_columns(then_key=company_key("name"))
            .join(former, on=["cik", "then_key"], how="left")
            .with_columns(alike=same_company(company_key("now"), pl.col("then_key")))
            .filter(pl.col("alike").fill_null(False) | pl.col("renamed").fill_null(False))
            .select(
                "symbol",
                passed_over=pl.lit(test.event),
                day=pl.lit(test.rank_day),
                full=pl.lit(test.window is None),
                earlier=pl.lit(test.earlier),
                alike=pl.col("alike").fill_null(False),
            )
        )
    return (
        pl.concat(results or [pl.DataFrame(schema=_FOUND)])
        .filter(pl.col("alike") | (pl.col("full").sum().over("symbol") >= NO_SHELL))
        .sort("symbol", "day")
        .group_by("symbol", maintain_order=True)
        .agg(
            passed_over=pl.col("passed_over").filter(~pl.col("earlier")).last(),
            refusals=pl.col("full").sum().cast(pl.Int64),
        )
        .drop_nulls("passed_over")
    )
