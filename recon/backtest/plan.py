"""What a backtest is over, and where it gets its frames: settled once, used by every kind of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from recon.backtest.findings import Study
from recon.backtest.frames import cells_of, collect, collect_lines, past_of
from recon.backtest.moment import Cell
from recon.backtest.official import check_event
from recon.backtest.parallel import Progress
from recon.backtest.studies import studies
from recon.backtest.terms import Terms
from recon.calendar import Event, end_of_day, event
from recon.errors import InputError
from recon.settings import Settings
from recon.store import Hindsight, Store

RANK_DAY: Final = 0
"""The lead at which the lines of rank day are known; always among those that train."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a backtest is over.

    Attributes
    ----------
    store, frames : Path
        Folders.
    settings : Settings
        Precedences and the user's own rulebook.
    first : date
        First session of the store.
    simulated : bool
        Whether the market is the simulated one.
    events : list of str
        To score, in order.
    past : list of str
        To learn from: reconstitutions before the last of `events` that the data reach back to.
    leads : list of int
        Sessions before rank day.
    hindsights : list of str
        `strict`, `slow-facts` or both.
    jobs : int
        Processes at once.
    """

    store: Path
    frames: Path
    settings: Settings
    first: date
    simulated: bool
    events: list[str]
    past: list[str]
    leads: list[int]
    hindsights: list[Hindsight]
    jobs: int

    def cells(self, more: Sequence[int] = ()) -> list[Cell]:
        """Moments of all events, scored or not, at all leads and some more."""
        leads = sorted({*self.leads, *more, RANK_DAY})
        both = dict.fromkeys([*self.past, *self.events])
        return cells_of(list(both), leads, self.hindsights, self.first)

    def frame(self, progress: Progress | None = None, more: Sequence[int] = ()) -> pl.DataFrame:
        """Feature frames of `cells`, as from `recon.backtest.frames.collect`."""
        return collect(
            self.store,
            self.cells(more),
            self.frames,
            jobs=self.jobs,
            progress=progress,
            settings=self.settings,
        )

    def lines(self) -> pl.DataFrame:
        """Break-points of `cells`, as from `recon.backtest.frames.collect_lines`."""
        return collect_lines(self.store, self.cells(), self.frames, settings=self.settings)

    def studies(self, terms: Terms, progress: Progress | None = None) -> list[Study]:
        """One event study a hindsight and lead, as from `recon.backtest.studies.studies`."""
        return studies(
            self.store,
            cells_of(self.events, self.leads, self.hindsights, self.first),
            terms,
            self.frames,
            jobs=self.jobs,
            progress=progress,
            settings=self.settings,
        )


def plan(
    store: Store,
    events: Sequence[str],
    leads: Sequence[int],
    hindsights: Sequence[Hindsight],
    *,
    settings: Settings,
    frames: Path | None = None,
    jobs: int = 1,
    untaught: bool = False,
) -> Plan:
    """Settle what a backtest is over.

    Parameters
    ----------
    store : Store
        Open store.
    events : sequence of str
        Reconstitutions to score.
    leads : sequence of int
        Sessions before rank day.
    hindsights : sequence of {"strict", "slow-facts"}
        Of the runs.
    settings : Settings
        Precedences and the user's own rulebook.
    frames : Path, optional
        Where frames are kept; by default `Store.frames`.
    jobs : int
        Processes at once.
    untaught : bool
        Whether an event before which there is none to learn from is kept: its list is the rules'.

    Raises
    ------
    InputError
        An event is no reconstitution, a lead is none, or no event is left to learn from.
    """
    wanted = sorted({event(one).id: event(one) for one in events}.values(), key=_rank_day)
    for one in wanted:
        check_event(one, ("recon",))
    newest = store.newest_session()
    first = store.as_of(end_of_day(newest)).sessions()[0]
    past = past_of([one.id for one in wanted], first)
    scored = [
        one.id for one in wanted if untaught or any(event(e).rank_day < one.rank_day for e in past)
    ]
    if not scored:
        raise InputError(
            "no event before it to learn from",
            field="events",
            value=", ".join(one.id for one in wanted),
            expected=f"an event after the first whose rank day lies in the data, from {first}",
        )
    for lead in leads:
        Cell(scored[0], lead, hindsights[0]).day()
    return Plan(
        store=store.path,
        frames=frames or store.frames,
        settings=settings,
        first=first,
        simulated=store.simulated,
        events=scored,
        past=past,
        leads=sorted(set(leads)),
        hindsights=list(hindsights),
        jobs=jobs,
    )


def _rank_day(one: Event) -> date:
    return one.rank_day
