"""`recon score --archived`: what was said at the time, one row a run."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon import calendar
from recon.backtest.archived import Tally, Told, score_archived
from recon.backtest.official import ACTIONS
from recon.backtest.score import Figures
from recon.cli.output import render
from recon.cli.score_text import NAMES
from recon.cli.tables import figure, grid
from recon.errors import NoDataError
from recon.publish.archive import Archived, about, archived
from recon.publish.formats import document
from recon.publish.freshness import mark
from recon.store import Store

REPLAY: Final = (
    "* made when the preliminary list was out: a replay with what was known then, "
    "not said at the time"
)
SIDE: Final = ("official", "P", "R", "AP", "Brier")
"""Columns of each side."""


def archived_content(
    store: Store, event_id: str | None, form: str, test_year: int, *, to_file: bool
) -> bytes:
    """Score the archive and lay the result out.

    Parameters
    ----------
    store : Store
        Open store.
    event_id : str or None
        Only this event.
    form : {"table", "json"}
        Format.
    test_year : int
        Its reconstitutions are scored only when asked for by name.
    to_file : bool
        Whether the table is for a file.

    Raises
    ------
    NoDataError
        If nothing is archived.
    """
    runs = archived(store.archive, event_id)
    if not runs:
        raise NoDataError(
            "no forecast is archived",
            field="archive",
            value=store.archive if event_id is None else event_id,
            expected="a run of `recon watchlist`",
        )
    apart = {one.event for one in runs if event_id is None and _of(one.event, test_year)}
    tally = score_archived(store, [one for one in runs if one.event not in apart])
    tally.open.update(dict.fromkeys(sorted(apart), "our test year; name it with --event"))
    if form == "json":
        content = {
            "runs": [one.as_dict() for one in tally.told],
            "not_forecasts": [about(one) for one in tally.late],
            "not_scored": tally.open,
        }
        return document(content)
    return render(_laid(tally, runs), to_file=to_file).encode()


def _of(event_id: str, year: int) -> bool:
    event = calendar.event(event_id)
    return event.kind == "recon" and event.rank_day.year == year


def _laid(tally: Tally, runs: Sequence[Archived]) -> RenderableType:
    label = mark(any(one.simulated for one in runs))
    head = f"{label}archived forecasts against the official Russell 3000 lists, by company"
    parts: list[RenderableType] = [Text(head), Text(), _table(tally.told)]
    if any(one.replayed for one in tally.told):
        parts.append(Text(REPLAY))
    parts += [
        Text(
            f"no forecast: {one.event} as of {one.as_of}, {one.model_version}; "
            f"the preliminary list is of {calendar.event(one.event).preliminary}"
        )
        for one in tally.late
    ]
    parts += [Text(f"not scored: {event}, {why}") for event, why in tally.open.items()]
    return Group(*parts)


def _table(told: Sequence[Told]) -> Table:
    laid = grid()
    for name in ("event", "as of", "ahead", "made", "hindsight", "model"):
        laid.add_column(name, justify="right" if name == "ahead" else "left", no_wrap=True)
    for action in ACTIONS:
        for name in SIDE:
            laid.add_column(f"{NAMES[action][:3]} {name}", justify="right", no_wrap=True)
    for one in told:
        run = one.run
        laid.add_row(
            run.event,
            str(run.as_of),
            str(one.sessions_before),
            f"{run.made_at:%Y-%m-%d}{'*' if one.replayed else ''}",
            run.hindsight,
            run.model_version,
            *(cell for action in ACTIONS for cell in _side(one.figures.get(action))),
        )
    return laid


def _side(found: Figures | None) -> list[str]:
    if found is None:
        return ["–"] * len(SIDE)
    rates = (found.precision, found.recall, found.average_precision)
    return [str(found.official), *map(figure, rates), figure(found.brier, 4)]
