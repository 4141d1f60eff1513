"""What the page shows, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from recon.calendar import DateSource
from recon.pipeline import Run
from recon.publish.archive import Archived
from recon.publish.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Milestone:
    """One date of the event.

    Attributes
    ----------
    name : str
        `rank day`, `preliminary list`, `lock-down` or `effective`.
    day : date or None
        None where the event has none.
    days : int or None
        Calendar days from the run's moment to it, negative when it is past.
    source : DateSource or None
        Where the date comes from.
    """

    name: str
    day: date | None
    days: int | None
    source: DateSource | None


@dataclass(frozen=True, slots=True)
class Record:
    """How the model did on past events that it had not seen, from the cards beside it.

    Attributes
    ----------
    model : str
        Name of the model whose chances the page shows.
    learned : tuple of str
        Events that it learned from.
    lead : int
        Sessions before rank day of `scores`: of those tested, the nearest to the run's own.
    leads : tuple of int
        All that were tested, and are pooled in `bins`.
    scores : pl.DataFrame
        One row per `event` and `action` (add, delete, up, down) at `lead` under each
        `hindsight`: the columns of `recon.backtest.scorecard.table`.
    bins : pl.DataFrame
        Reliability of the chances: the columns of `recon.backtest.report.reliability`.
    simulated : bool
        Whether the events were the simulated market's.
    """

    model: str
    learned: tuple[str, ...]
    lead: int
    leads: tuple[int, ...]
    scores: pl.DataFrame
    bins: pl.DataFrame
    simulated: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that stands on the page.

    Attributes
    ----------
    run : Run
        Event, moment, hindsight, rules, members before.
    age : int
        NYSE sessions from the run's moment to the day on which the page is made.
    model_version : str
        Whose chances they are.
    milestones : tuple of Milestone
        In order of the calendar.
    counts : pl.DataFrame
        One row per `index` and `action`: `rows`, `calls`, and of the calls `sure` (chance of at
        least `SURE`), `likely` (at least a half) and `open` (less).
    rows : pl.DataFrame
        The candidate list, as from `recon.publish.candidates.candidates`, its demand columns
        filled.
    reasons : mapping of str to Explanation
        By `company_id`, of every company of the list.
    lines : pl.DataFrame
        Break-points and band edges: `name`, `rank`, `cap_usd` as if the session were rank day;
        `low`, `median`, `high` (5, 50 and 95 % of the simulated caps of rank day; null without a
        simulation).
    near : pl.DataFrame
        Companies near a break-point: `line`, `symbol`, `company`, `rank`, `total_cap_usd`,
        `chance` (fraction, to be above the line's index border after the event), `before`
        (index or `none`), `call`.
    largest : pl.DataFrame
        Largest trades of called lines by expected days of volume: `side` (`buy`, `sell`),
        `symbol`, `expected_usd`, `expected_days`, `days_of_volume` (if it happens),
        `probability`, `volume_window`, `float_provenance`.
    traded : int
        Called lines with a demand, of which `largest` shows a part.
    funds : pl.DataFrame
        As `recon.demand.build.Demand.funds`.
    changes : pl.DataFrame
        As from `recon.publish.changes.changes`, against `earlier`.
    earlier : Archived or None
        The archived run that the list is compared with.
    record : Record or None
        None where no model speaks, or its card holds no past event.
    """

    run: Run
    age: int
    model_version: str
    milestones: tuple[Milestone, ...]
    counts: pl.DataFrame
    rows: pl.DataFrame
    reasons: Mapping[str, Explanation]
    lines: pl.DataFrame
    near: pl.DataFrame
    largest: pl.DataFrame
    traded: int
    funds: pl.DataFrame
    changes: pl.DataFrame
    earlier: Archived | None
    record: Record | None
