"""From a run to what its page shows. Pure: nothing is read, nothing asked of the clock."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from recon.calendar import DateSource, Event
from recon.demand.build import Demand
from recon.forecast.card import ModelCard
from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.archive import Archived
from recon.publish.changes import CHANGES, changes
from recon.publish.explain import explain_all
from recon.publish.freshness import age
from recon.publish.page.model import Milestone, Page
from recon.publish.page.near import lines, near
from recon.publish.page.record import record
from recon.publish.sides import STAND_IN

SURE: Final = 0.9
"""Chance from which a call counts as sure."""
LIKELY: Final = 0.5
"""Chance from which a call is more likely right than wrong."""
LARGEST: Final = 12
"""Trades shown of each side."""
DATES: Final = {
    "rank day": "rank_day",
    "preliminary list": "preliminary",
    "lock-down": "lock_down",
    "effective": "effective",
}
"""Dates that the page shows, and the fields of `Event` that hold them."""


def gather(
    run: Run,
    outlook: Outlook | None,
    rows: pl.DataFrame,
    trades: Demand,
    *,
    today: date,
    earlier: Archived | None = None,
    before: pl.DataFrame | None = None,
    cards: Sequence[ModelCard] = (),
) -> Page:
    """Put together what the page of a run shows.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    outlook : Outlook or None
        Of the same run.
    rows : pl.DataFrame
        Its whole candidate list, the demand columns filled.
    trades : Demand
        Of the same list.
    today : date
        The present day in New York; only the age of the data is counted from it.
    earlier : Archived, optional
        The archived run to compare with, and
    before : pl.DataFrame, optional
        its list.
    cards : sequence of ModelCard
        Of the model that speaks, as from `recon.forecast.shelf.record`.
    """
    version = STAND_IN if outlook is None else outlook.model_version
    changed = pl.DataFrame(schema=CHANGES) if before is None else changes(before, rows)
    largest, traded = _largest(trades.rows)
    return Page(
        run=run,
        age=age(run.as_of, today),
        model_version=version,
        milestones=_milestones(run.event, run.as_of),
        counts=_counts(rows),
        rows=rows,
        reasons=explain_all(run, rows["company_id"].unique(maintain_order=True).to_list(), outlook),
        lines=lines(run, outlook),
        near=near(run, rows),
        largest=largest,
        traded=traded,
        funds=trades.funds,
        changes=changed,
        earlier=earlier,
        record=record(version, cards, run.sessions_to_rank_day),
    )


def _milestones(event: Event, as_of: date) -> tuple[Milestone, ...]:
    sources: dict[str, DateSource] = {one.name: one for one in event.sources}
    days: dict[str, date | None] = {name: getattr(event, own) for name, own in DATES.items()}
    return tuple(
        Milestone(
            name,
            day,
            None if day is None else (day - as_of).days,
            sources.get(DATES[name]),
        )
        for name, day in days.items()
    )


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    chance, call = pl.col("probability"), pl.col("call")
    return rows.group_by("index", "action", maintain_order=True).agg(
        rows=pl.len(),
        calls=call.sum(),
        sure=(call & (chance >= SURE)).sum(),
        likely=(call & chance.is_between(LIKELY, SURE, closed="left")).sum(),
        open=(call & (chance < LIKELY)).sum(),
    )


def _largest(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Largest trades of called lines, one row a line: netted trades are the same on all rows."""
    called = (
        rows.filter(pl.col("call") & (pl.col("expected_days") > 0))
        .sort("expected_days", "symbol", descending=[True, False])
        .unique("symbol", keep="first", maintain_order=True)
        .with_columns(
            side=pl.when(pl.col("expected_usd") > 0).then(pl.lit("buy")).otherwise(pl.lit("sell"))
        )
    )
    shown = called.group_by("side", maintain_order=True).head(LARGEST).sort("side")
    names = (
        "side",
        "symbol",
        "index",
        "action",
        "probability",
        "expected_usd",
        "expected_days",
        "days_of_volume",
        "median_volume_usd",
        "volume_window",
        "float_provenance",
    )
    return shown.select(names), called.height
