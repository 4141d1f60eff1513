"""`recon score`: hold a candidate list against the official one."""

from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Group
from rich.text import Text

from recon import calendar
from recon.backtest import official as truth
from recon.backtest.calls import calls_of_list, calls_of_run, chances_of_run, check_list
from recon.backtest.judge import Judged, errors, judge
from recon.backtest.official import ACTIONS, Action, Official
from recon.backtest.score import Figures, figures, mean
from recon.calendar import Event
from recon.cli import clock
from recon.cli.head import head
from recon.cli.options import (
    as_of_option,
    event_option,
    examples,
    hindsight_option,
    load_settings,
    open_store,
    output_option,
    store_option,
)
from recon.cli.output import emit, render
from recon.cli.score_text import by_event, error_tables, one_event
from recon.pipeline import Run, run
from recon.publish.formats import read_list
from recon.store import Hindsight, Store

FIRST_YEAR, LAST_YEAR, TEST_YEAR = 2021, 2024, 2025
"""Developed on the first to the last; the test year is looked at when asked for by name."""
HINDSIGHTS: tuple[Hindsight, ...] = ("strict", "slow-facts")


@click.command(
    epilog=examples(
        "recon score --event 2024-06 --list list.csv",
        "recon score --event 2024-06 --as-of 2024-04-30 --hindsight slow-facts",
        "recon score --all",
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
    "--include-test-year", is_flag=True, help=f"With --all: June {TEST_YEAR} too, our test year."
)
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
    include_test_year: bool,
    format_: str,
    output: Path | None,
    store: Path,
) -> None:
    """Score a candidate list against the official one.

    Russell 3000 additions and deletions by company, with the count by line beside it; names
    that resolve to no line or do not trade are misses. Without --as-of a list is computed as
    of rank day. The names behind every error are printed.
    """
    if every and (event or path or as_of):
        raise click.UsageError("--all goes with neither --event nor --list nor --as-of")
    if include_test_year and not every:
        raise click.UsageError("--include-test-year goes with --all; name the event with --event")
    if not every and event is None:
        raise click.UsageError("--event says which list to score against, or --all")
    with open_store(store) as opened:
        if every:
            last = TEST_YEAR if include_test_year else LAST_YEAR
            content = _all(opened, last, format_, to_file=output is not None)
        else:
            content = _one(
                opened,
                calendar.event(str(event)),
                path,
                as_of,
                hindsight=hindsight,
                format_=format_,
                to_file=output is not None,
            )
    emit(content, output)


def _one(
    store: Store,
    event: Event,
    path: Path | None,
    as_of: date | None,
    *,
    hindsight: Hindsight,
    format_: str,
    to_file: bool,
) -> bytes:
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
    securities = truth.history(store, [event])
    lists = truth.official(store, event, securities)
    done = _run(store, event, day, hindsight)
    if rows is None:
        calls, chances = calls_of_run(done, securities), chances_of_run(done)
    else:
        calls = calls_of_list(rows, done, securities)
        chances = calls
    judged = {action: judge(done, lists, action, calls, chances) for action in ACTIONS}
    found = {action: figures([one]) for action, one in judged.items()}
    if format_ == "json":
        return _json({**_about(done, lists), **_result(judged, found)})
    text = "\n".join([*head(done, clock.today()), lists.remark])
    laid = Group(Text(text), Text(), one_event(found), Text(), *error_tables(judged))
    return render(laid, to_file=to_file).encode()


def _all(store: Store, last_year: int, format_: str, *, to_file: bool) -> bytes:
    events = [calendar.event(f"{year}-06") for year in range(FIRST_YEAR, last_year + 1)]
    securities = truth.history(store, events)
    lists = {event.id: truth.official(store, event, securities) for event in events}
    judged: dict[tuple[str, Hindsight], dict[Action, Judged]] = {}
    about: list[dict[str, Any]] = []
    for event in events:
        for hindsight in HINDSIGHTS:
            done = _run(store, event, event.rank_day, hindsight)
            calls, chances = calls_of_run(done, securities), chances_of_run(done)
            own = {a: judge(done, lists[event.id], a, calls, chances) for a in ACTIONS}
            judged[event.id, hindsight] = own
            one = {action: figures([side]) for action, side in own.items()}
            about.append({**_about(done, lists[event.id]), **_result(own, one)})
    found: dict[tuple[str, Hindsight, Action], Figures] = {
        (event, hindsight, action): figures([side])
        for (event, hindsight), own in judged.items()
        for action, side in own.items()
    }
    means = {
        (hindsight, action): mean([found[e.id, hindsight, action] for e in events])
        for hindsight in HINDSIGHTS
        for action in ACTIONS
    }
    pooled = {
        (hindsight, action): figures([judged[e.id, hindsight][action] for e in events])
        for hindsight in HINDSIGHTS
        for action in ACTIONS
    }
    if format_ == "json":
        return _json(
            {
                "events": about,
                "mean": {h: {a: means[h, a] for a in ACTIONS} for h in HINDSIGHTS},
                "pooled": {h: {a: pooled[h, a].model_dump() for a in ACTIONS} for h in HINDSIGHTS},
            }
        )
    mark = "SIMULATED MARKET: " if store.simulated else ""
    note = Text(f"{mark}Russell 3000 by company, as of rank day; strict | slow-facts")
    remarks = [Text(f"{event.id}: {lists[event.id].remark}") for event in events]
    laid = Group(note, *remarks, Text(), by_event([e.id for e in events], found, means, pooled))
    return render(laid, to_file=to_file).encode()


def _run(store: Store, event: Event, day: date, hindsight: Hindsight) -> Run:
    own = load_settings().rulebook
    return run(store, event.id, day, hindsight=hindsight, rulebook_override=own)


def _hindsight(run_id: object, asked: Hindsight) -> Hindsight:
    """Give the hindsight that a list's run id names, else the one asked for."""
    parts = str(run_id).split("_")
    return next((one for one in HINDSIGHTS if one in parts), asked)


def _about(done: Run, lists: Official) -> dict[str, Any]:
    return {
        "event": done.event.id,
        "as_of": done.as_of,
        "hindsight": done.hindsight,
        "simulated": done.simulated,
        "run_id": done.run_id,
        "rulebook_version": done.rulebook.version,
        "official_stages": lists.stages,
    }


def _result(judged: dict[Action, Judged], found: dict[Action, Figures]) -> dict[str, Any]:
    return {
        action: {**found[action].model_dump(), "errors": errors(judged[action]).to_dicts()}
        for action in ACTIONS
    }


def _json(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
