"""`recon errors`: why calls of past events were wrong, by tests that look back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.console import Group
from rich.text import Text

from recon import calendar
from recon.backtest import official as truth
from recon.backtest.causes import CAUSES, by_cause, explained
from recon.backtest.events import Scored, score_event
from recon.backtest.later import evidence
from recon.backtest.migrations import migration_score
from recon.backtest.parity import changed, parity
from recon.backtest.published import compare
from recon.calendar import Event
from recon.cli import clock
from recon.cli.errors_text import (
    causes_table,
    legend,
    migrations_table,
    names_tables,
    parity_table,
    published_table,
)
from recon.cli.options import (
    HINDSIGHTS,
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
from recon.cli.score import FIRST_YEAR, LAST_YEAR, TEST_YEAR
from recon.publish.formats import document, encode
from recon.publish.freshness import mark
from recon.publish.head import head
from recon.store import Hindsight, Store


@click.command(
    epilog=examples(
        "recon errors --event 2024-06 --hindsight slow-facts",
        "recon errors --all",
        "recon errors --parity --event 2024-06",
    )
)
@event_option
@as_of_option
@hindsight_option
@click.option(
    "--all",
    "every",
    is_flag=True,
    help=f"Causes by year, June {FIRST_YEAR} to {LAST_YEAR} as of rank day, both hindsights side "
    "by side, with break-points and moves beside the published ones.",
)
@click.option(
    "--include-test-year", is_flag=True, help=f"With --all: June {TEST_YEAR} too, our test year."
)
@click.option(
    "--parity",
    "alike",
    is_flag=True,
    help="With --event or --all: whether it shows in facts and answers who died later.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
@output_option
@store_option
def errors(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    every: bool,
    include_test_year: bool,
    alike: bool,
    format_: str,
    output: Path | None,
    store: Path,
) -> None:
    """Give the cause of every wrong call of past events.

    Every false or missed Russell 3000 addition and deletion with one cause, the first of a list
    of tests that holds. The tests look back with what the store knows today: they judge calls
    and make none.
    """
    if every and (event or as_of):
        raise click.UsageError("--all goes with neither --event nor --as-of")
    if include_test_year and not every:
        raise click.UsageError("--include-test-year goes with --all; name the event with --event")
    if not every and event is None:
        raise click.UsageError("--event says which list to look at, or --all")
    last = TEST_YEAR if include_test_year else LAST_YEAR
    names = [f"{year}-06" for year in range(FIRST_YEAR, last + 1)] if every else [str(event)]
    events = [calendar.event(name) for name in names]
    for one in events:
        truth.check_event(one)
        truth.check_forecast(one, as_of or one.rank_day)
    both: Sequence[Hindsight] = HINDSIGHTS if every or alike else (hindsight,)
    with open_store(store) as opened:
        scored = _scored(opened, events, both, as_of)
        if alike:
            content = _parity(opened, scored, format_, to_file=output is not None)
        elif every:
            content = _all(opened, scored, format_, to_file=output is not None)
        else:
            content = _one(opened, scored[0], format_, to_file=output is not None)
    emit(content, output)


def _scored(
    store: Store, events: Sequence[Event], both: Sequence[Hindsight], as_of: date | None
) -> list[Scored]:
    securities = truth.history(store, list(events))
    own = load_settings().rulebook
    return [
        score_event(store, lists, as_of or event.rank_day, hindsight, rulebook=own)
        for event in events
        for lists in [truth.official(store, event, securities)]
        for hindsight in both
    ]


def _explained(store: Store, one: Scored) -> pl.DataFrame:
    return explained(evidence(store, one.run, one.official, one.judged))


def _remark(store: Store, one: Scored) -> str:
    label = mark(one.run.simulated)
    return (
        f"{label}judged afterwards, with what was known on {store.newest_session()}: no forecast "
        "sees any of it"
    )


def _one(store: Store, one: Scored, form: str, *, to_file: bool) -> bytes:
    found = _explained(store, one)
    if form == "csv":
        return encode(found, "csv")
    if form == "json":
        return document(
            {
                **_about(one),
                "judged_with": store.newest_session(),
                "causes": _definitions(),
                "errors": found.to_dicts(),
            }
        )
    top = "\n".join([*head(one.run, clock.today()), one.official.remark, _remark(store, one)])
    laid = Group(
        Text(top),
        Text(),
        causes_table(by_cause(found)),
        Text(),
        *names_tables(found),
        legend(),
    )
    return render(laid, to_file=to_file).encode()


def _all(store: Store, scored: Sequence[Scored], form: str, *, to_file: bool) -> bytes:
    found = by_cause(pl.concat([_explained(store, one) for one in scored]))
    if form == "csv":
        return encode(found, "csv")
    moves = [(one.run, migration_score(store, one).scores) for one in scored]
    figures = pl.concat(
        [compare(one.run).with_columns(hindsight=pl.lit(one.run.hindsight)) for one in scored]
    )
    if form == "json":
        return document(
            {
                "judged_with": store.newest_session(),
                "causes": _definitions(),
                "counts": found.to_dicts(),
                "published": figures.to_dicts(),
                "migrations": [
                    {"event": run.event.id, "hindsight": run.hindsight, **asdict(score)}
                    for run, scores in moves
                    for score in scores
                ],
            }
        )
    laid = Group(
        Text(_remark(store, scored[0]) + "; as of rank day; strict | slow-facts"),
        Text(),
        causes_table(found),
        Text(),
        published_table(figures),
        Text(),
        migrations_table(moves),
        Text(),
        legend(),
    )
    return render(laid, to_file=to_file).encode()


def _parity(store: Store, scored: Sequence[Scored], form: str, *, to_file: bool) -> bytes:
    frames = []
    for strict, slow in zip(scored[::2], scored[1::2], strict=True):
        securities = strict.official.securities
        frames += [parity(strict.run, securities), parity(slow.run, securities)]
        frames.append(changed(strict.run, slow.run, securities))
    found = pl.concat(frames)
    if form == "csv":
        return encode(found, "csv")
    if form == "json":
        return document({"judged_with": store.newest_session(), "parity": found.to_dicts()})
    laid = Group(Text(_remark(store, scored[0])), Text(), parity_table(found))
    return render(laid, to_file=to_file).encode()


def _about(one: Scored) -> dict[str, Any]:
    about = one.as_dict()
    return {key: value for key, value in about.items() if key not in truth.ACTIONS}


def _definitions() -> list[dict[str, str]]:
    return [{"cause": one.name, "test": one.test} for one in CAUSES]
