"""Archived runs scored: what was said at the time, held against the official list.

Nothing is computed again. The companies, their chances and the calls come from the archive, the
truth from the official list, and the links between the lines of both moments from the identities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from recon import calendar
from recon.backtest import official as truth
from recon.backtest.calls import calls_of_rows
from recon.backtest.judge import judge
from recon.backtest.official import Action, Official
from recon.backtest.score import Figures, figures
from recon.calendar import Event, end_of_day, sessions
from recon.errors import InputError
from recon.publish.archive import Archived, about
from recon.store import Store


@dataclass(frozen=True, slots=True)
class Past:
    """A moment as it was archived; the attributes of `recon.backtest.seen.Seen`."""

    event: Event
    as_of: date
    session: date
    lines: pl.DataFrame
    companies: pl.DataFrame
    last_rank: int
    cut_cap_usd: float | None


@dataclass(frozen=True, slots=True)
class Told:
    """One archived run, scored.

    Attributes
    ----------
    run : Archived
        What was said.
    event : Event
        Of which event.
    figures : dict of str to Figures
        By action.
    """

    run: Archived
    event: Event
    figures: dict[Action, Figures]

    @property
    def sessions_before(self) -> int:
        """Sessions from the closes used to rank day; 0 on it and after."""
        cutoff, last = self.run.data_cutoff, self.event.rank_day
        return len(sessions(cutoff, last)) - 1 if cutoff < last else 0

    @property
    def replayed(self) -> bool:
        """Whether it was made when the preliminary list was out already."""
        day = self.event.preliminary
        return day is not None and self.run.made_at > end_of_day(day)

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON."""
        return {
            **about(self.run),
            "sessions_before_rank_day": self.sessions_before,
            "replayed": self.replayed,
            **{action: one.model_dump() for action, one in self.figures.items()},
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """An archive, scored.

    Attributes
    ----------
    told : list of Told
        Runs that were forecasts, by event and moment.
    late : list of Archived
        Runs of the preliminary date or later: no forecasts.
    open : dict of str to str
        By event, why none of its runs can be scored.
    """

    told: list[Told] = field(default_factory=list)
    late: list[Archived] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)


def score_archived(store: Store, runs: Sequence[Archived]) -> Tally:
    """Score archived runs against the official lists of their events.

    Parameters
    ----------
    store : Store
        Open store, for the official lists and the identities alone.
    runs : sequence of Archived
        As from `recon.publish.archive.archived`.

    Raises
    ------
    StoreError
        If an archived run cannot be read.
    """
    tally = Tally()
    events = [calendar.event(name) for name in dict.fromkeys(run.event for run in runs)]
    securities = truth.history(store, events)
    for event in events:
        try:
            lists = truth.official(store, event, securities)
        except InputError as error:
            tally.open[event.id] = error.message
            continue
        for run in (one for one in runs if one.event == event.id):
            try:
                truth.check_forecast(event, run.as_of)
            except InputError:
                tally.late.append(run)
            else:
                tally.told.append(tell(run, lists))
    return tally


def tell(run: Archived, lists: Official) -> Told:
    """Score one archived run.

    Parameters
    ----------
    run : Archived
        Made before the preliminary list.
    lists : Official
        Of its event.

    Raises
    ------
    InputError
        If it was no forecast.
    """
    whole = run.universe()
    past = _past(whole, lists.event)
    calls = calls_of_rows(run.rows(), past, lists.securities)
    member = pl.col("member")
    chances = whole.drop_nulls("chance_r3000").select(
        "company_id",
        action=pl.when(member).then(pl.lit("delete")).otherwise(pl.lit("add")),
        probability="chance_r3000",
    )
    found = {
        action: figures([judge(past, lists, action, calls, chances)]) for action in lists.stages
    }
    return Told(run, lists.event, found)


def _past(whole: pl.DataFrame, event: Event) -> Past:
    said = whole.row(0, named=True)
    companies = whole.drop_nulls("chance_r3000").unique("company_id", maintain_order=True)
    return Past(
        event=event,
        as_of=said["as_of"],
        session=said["data_cutoff"],
        lines=whole.select("life", "company_id", symbol="line"),
        companies=companies.rename({"verdict_reasons": "reasons"}),
        last_rank=said["last_rank"],
        cut_cap_usd=said["cut_cap_usd"],
    )
