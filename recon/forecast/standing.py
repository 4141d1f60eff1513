"""What the lists and past events say of a company: who has been a member, and who was left out."""

from datetime import date

import numpy as np
import polars as pl

from recon.calendar import event
from recon.forecast.view import View
from recon.master.membership import Membership
from recon.master.resolve import resolve


def unheld(membership: Membership) -> pl.DataFrame:
    """Securities that are members by the official lists alone, as no fund holds them."""
    return (
        membership.lines.filter(pl.col("since") == "official")
        .select("security_id", unheld=pl.lit(1.0))
        .drop_nulls("security_id")
        .unique("security_id")
    )


def passed_over(view: View) -> dict[str, pl.Expr]:
    """Whether a company is no member and which kind of past event left it out last.

    Returns
    -------
    dict of str to pl.Expr
        `reconstitution`; `early`, one before the data begin, whose sizes are a guess
        (`recon.master.evidence`); `ipo`.
    """
    begin = view.securities["first"].min()
    tests = view.companies["passed_over"].drop_nulls().unique().sort().to_list()
    early = [test for test in tests if event(test).rank_day < begin]  # type: ignore[operator]
    past, outside = pl.col("passed_over"), ~pl.col("member")
    ipo = past.str.starts_with("ipo:").fill_null(False)
    before = past.is_in(early).fill_null(False)
    return {
        "reconstitution": outside & past.is_not_null() & ~ipo & ~before,
        "early": outside & ~ipo & before,
        "ipo": outside & ipo,
    }


def once_members(announcements: pl.DataFrame, view: View) -> pl.DataFrame:
    """Securities that an official list of the past names: they have passed the tests.

    A list older than the data is read by the tickers of their first session. The event's own
    lists are its outcome and no past. Whoever was put out or left out since, in spite of its
    size, passes them no more.
    """
    begin = view.securities["first"].min()
    effective = {e: event(e).effective for e in announcements["event"].unique().to_list()}
    past = announcements.filter(
        (pl.col("index") == "R3000") & (pl.col("event") != view.event.id)
    ).select(
        "ticker",
        day=pl.col("event").replace_strict(effective, default=None, return_dtype=pl.Date),
    )
    dated = past.filter(pl.col("day") <= view.as_of).with_columns(
        day=pl.max_horizontal("day", pl.lit(begin, pl.Date))
    )
    left_out = view.companies.filter(passed_over(view)["reconstitution"])
    return (
        resolve(dated.unique(["ticker", "day"], maintain_order=True), view.securities)
        .drop_nulls("security_id")
        .join(left_out, on="security_id", how="anti", maintain_order="left")
        .unique("security_id")
        .select("security_id", once_member=pl.lit(1.0))
    )


def list_age(membership: Membership, day: date) -> float:
    """Days since the older of the lists that say who is a member; NaN without any."""
    ages = [snapshot.age(day) for snapshot in membership.snapshots]
    return float(max(ages)) if ages else float(np.nan)
