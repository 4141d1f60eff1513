"""`recon score`: hold a candidate list against the official one."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Group
from rich.text import Text

from recon import calendar
from recon.backtest import official as truth
from recon.backtest.calls import check_list
from recon.backtest.events import Scored, score_event
from recon.backtest.migrations import Moves, migration_score
from recon.backtest.score import Figures, figures, mean
from recon.calendar import Event
from recon.cli import clock
from recon.cli.errors_text import migrations_table, move_names
from recon.cli.foresight import models_folder
from recon.cli.options import (
    HINDSIGHTS,
    as_of_option,
    event_option,
    examples,
    hindsight_option,
    load_settings,
    model_option,
    open_store,
    output_option,
    store_option,
)
from recon.cli.output import emit, render
from recon.cli.score_archived import archived_content
from recon.cli.score_text import Side, error_tables, every_event, one_event
from recon.errors import NoDataError
from recon.publish.formats import document, read_list
from recon.publish.freshness import mark
from recon.publish.head import head
from recon.store import Hindsight, Store

FIRST_YEAR, LAST_YEAR, TEST_YEAR = 2021, 2024, 2025
"""Developed on the first to the last; the test year is looked at when asked for by name."""


@click.command(
    epilog=examples(
        "recon score --event 2024-06 --list list.csv",
        "recon score --event 2024-06 --as-of 2024-04-30 --hindsight slow-facts",
        "recon score --all",
        "recon score --all --kind ipo",
        "recon score --archived",
    )
)
@event_option
@click.option(
    "--list",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A candidate list as written by watchlist; without it the list is computed.",
)
@as_of_option
@hindsight_option
@click.option(
    "--all",
    "every",
    is_flag=True,
    help=f"Every June {FIRST_YEAR} to {LAST_YEAR} as of rank day, both hindsights side by side.",
)
@click.option(
    "--kind",
    type=click.Choice(["recon", "ipo"]),
    default="recon",
    show_default=True,
    help="With --all: ipo for every quarterly IPO addition whose list the store holds.",
)
@click.option(
    "--archived",
    is_flag=True,
    help="What archived runs said at the time, before the preliminary list; one row a run.",
)
@click.option(
    "--include-test-year", is_flag=True, help=f"With --all: June {TEST_YEAR} too, our test year."
)
@model_option
@click.option(
    "--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@output_option
@store_option
def score(
    *,
    event: str | None,
    path: Path | None,
    as_of: date | None,
    hindsight: Hindsight,
    every: bool,
    kind: Literal["recon", "ipo"],
    archived: bool,
    include_test_year: bool,
    models: str,
    format_: str,
    output: Path | None,
    store: Path,
) -> None:
    """Score a candidate list against the official one.

    Russell 3000 additions and deletions by company, with the count by line beside it; names
    that resolve to no line or do not trade are misses. An IPO event has additions only. Without
    --as-of a list is computed as of rank day, by the newest model that knew nothing later. The
    names behind every error are printed. With --archived nothing is computed again: every
    archived run of the event, or of all events, is scored as it was made.
    """
    if archived and (every or path or as_of):
        raise click.UsageError("--archived goes with neither --all nor --list nor --as-of")
    if every and (event or path or as_of):
        raise click.UsageError("--all goes with neither --event nor --list nor --as-of")
    if kind != "recon" and (include_test_year or not every):
        raise click.UsageError("--kind goes with --all alone; name one event with --event")
    if include_test_year and not every:
        raise click.UsageError("--include-test-year goes with --all; name the event with --event")
    if not (every or archived) and event is None:
        raise click.UsageError("--event says which list to score against, or --all, --archived")
    to_file, folder = output is not None, models_folder(models)
    with open_store(store) as opened:
        if archived:
            named = None if event is None else calendar.event(event).id
            content = archived_content(opened, named, format_, TEST_YEAR, to_file=to_file)
        elif every:
            last = TEST_YEAR if include_test_year else LAST_YEAR
            targets = (
                truth.listed_events(opened, kind)
                if kind == "ipo"
                else [calendar.event(f"{year}-06") for year in range(FIRST_YEAR, last + 1)]
            )
            content = _all_content(_every(opened, targets, folder), format_, to_file=to_file)
        else:
            target = calendar.event(str(event))
            scored = _one(opened, target, path, as_of, hindsight=hindsight, folder=folder)
            moves = migration_score(opened, scored)
            content = _one_content(scored, moves, format_, to_file=to_file)
    emit(content, output)


def _one(
    store: Store,
    event: Event,
    path: Path | None,
    as_of: date | None,
    *,
    hindsight: Hindsight,
    folder: Path | None,
) -> Scored:
    truth.check_event(event)
    rows = None if path is None else read_list(path)
    if rows is not None:
        said: date | None = rows["as_of"].first()  # type: ignore[assignment]
        as_of = as_of or said or event.rank_day
        check_list(rows, event.id, as_of)
        run_id = rows["run_id"].first() if "run_id" in rows.columns else None
        hindsight = _hindsight(run_id, hindsight)
    day = as_of or event.rank_day
    truth.check_forecast(event, day)
    lists = truth.official(store, event, truth.history(store, [event]))
    own = load_settings().rulebook
    return score_event(store, lists, day, hindsight, rows=rows, rulebook=own, models=folder)


def _hindsight(run_id: object, asked: Hindsight) -> Hindsight:
    """Give the hindsight that a list's run id names, else the one asked for."""
    parts = str(run_id).split("_")
    return next((one for one in HINDSIGHTS if one in parts), asked)


def _every(store: Store, events: list[Event], folder: Path | None) -> list[Scored]:
    if not events:
        raise NoDataError(
            "the store has no list of IPO additions",
            field="--kind",
            value="ipo",
            expected="official lists, ingested",
        )
    securities = truth.history(store, events)
    lists = [truth.official(store, event, securities) for event in events]
    own = load_settings().rulebook
    return [
        score_event(store, one, one.event.rank_day, hindsight, rulebook=own, models=folder)
        for one in lists
        for hindsight in HINDSIGHTS
    ]


def _one_content(scored: Scored, moves: Moves, form: str, *, to_file: bool) -> bytes:
    if form == "json":
        return document(scored.as_dict() | moves.as_dict())
    text = "\n".join([*head(scored.run, clock.today(), scored.outlook), scored.official.remark])
    tables = error_tables(scored.judged)
    moved = (
        [migrations_table([(scored.run, moves.scores)]), Text()]
        if scored.run.event.kind == "recon"
        else []
    )
    laid = Group(
        Text(text),
        Text(),
        one_event(scored.figures()),
        Text(),
        *tables,
        *moved,
        *([move_names(moves.names)] if moves.scores else []),
    )
    return render(laid, to_file=to_file).encode()


def _all_content(scored: Sequence[Scored], form: str, *, to_file: bool) -> bytes:
    found: dict[Side, dict[str, Figures]] = {
        (hindsight, action): {
            one.run.event.id: one.figures()[action]
            for one in scored
            if one.run.hindsight == hindsight
        }
        for hindsight in HINDSIGHTS
        for action in scored[0].judged
    }
    totals = _totals(scored, found)
    if form == "json":
        sides: dict[str, dict[str, Any]] = {
            name: {hindsight: {} for hindsight, _ in found} for name in totals
        }
        for name, of_side in totals.items():
            for (hindsight, action), rates in of_side.items():
                sides[name][hindsight][action] = rates
        return document({"events": [one.as_dict() for one in scored], **sides})
    label = mark(scored[0].run.simulated)
    note = Text(f"{label}Russell 3000 by company, as of rank day; strict | slow-facts")
    remarks = dict.fromkeys(
        [f"{one.run.event.id}: {one.official.remark}" for one in scored]
        + [f"{one.run.event.id} {one.run.hindsight}: {one.model_version}" for one in scored]
    )
    laid = Group(note, *map(Text, remarks), Text(), every_event(found, totals))
    return render(laid, to_file=to_file).encode()


def _totals(
    scored: Sequence[Scored], found: Mapping[Side, Mapping[str, Figures]]
) -> dict[str, dict[Side, Mapping[str, Any]]]:
    """Plain means over events, also without the one that has none before it, and pooled."""
    first = f"{FIRST_YEAR}-06"
    totals: dict[str, dict[Side, Mapping[str, Any]]] = {
        "mean": {side: mean(list(of_event.values())) for side, of_event in found.items()}
    }
    later = {
        side: [one for event, one in of_event.items() if event != first]
        for side, of_event in found.items()
    }
    if all(0 < len(later[side]) < len(of_event) for side, of_event in found.items()):
        totals[f"mean without {first}"] = {side: mean(ones) for side, ones in later.items()}
    totals["pooled"] = {
        (hindsight, action): figures(
            [one.judged[action] for one in scored if one.run.hindsight == hindsight]
        ).model_dump()
        for hindsight, action in found
    }
    return totals
