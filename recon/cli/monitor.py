"""`recon monitor`: what a desk watches besides the list, on one day or day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click
import polars as pl
from rich.console import Group
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.text import Text

from recon.calendar import end_of_day, next_event, sessions
from recon.cli import clock
from recon.cli.foresight import foresee, whole_list
from recon.cli.monitor_text import LEGEND, flows_line, monitor_text, own_line
from recon.cli.options import (
    assets_option,
    examples,
    form,
    format_option,
    index_option,
    load_settings,
    open_store,
    output_option,
    read_day,
    run_options,
    store_option,
)
from recon.cli.output import bar, emit, emit_frame, notice, render
from recon.forecast.outlook import Outlook
from recon.monitor import funds_now, run_before, signals
from recon.pipeline import Run
from recon.publish.candidates import MIN_PROBABILITY
from recon.publish.head import head
from recon.publish.lookup import find
from recon.store import Hindsight, Store

LIMIT: Final = 8
"""Rows of each index and action in a table on the terminal."""
SHOWN: Final = ("R3000", "R1000")
"""Indexes of a table: rows of the Russell 2000 are of the same companies, seen from the other
side."""
LISTED: Final = ("company", "role", "call", "probability", "usd_to_trade", "days_of_volume")
"""Columns of the list that stand beside the signals."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was monitored at the end of one day.

    Attributes
    ----------
    run : Run
        The moment.
    outlook : Outlook or None
        Of the run.
    rows : pl.DataFrame
        Columns of `recon.monitor.SIGNALS` and `LISTED`.
    funds : pl.DataFrame
        As from `recon.monitor.funds_now`.
    """

    run: Run
    outlook: Outlook | None
    rows: pl.DataFrame
    funds: pl.DataFrame


@click.command(
    epilog=examples(
        "recon monitor",
        "recon monitor --event 2024-06 --as-of 2024-05-17 --symbol SMCI --symbol NYCB",
        "recon monitor --event 2024-06 --symbol MSTR --from 2024-04-15 --to 2024-05-17",
        "recon monitor --format parquet --output signals.parquet",
    )
)
@run_options
@assets_option
@click.option("--symbol", "symbols", multiple=True, help="Only this name, candidate or not.")
@index_option
@click.option(
    "--from", "first", metavar="YYYY-MM-DD", callback=read_day, help="Day by day, from this one on."
)
@click.option(
    "--to", "last", metavar="YYYY-MM-DD", callback=read_day, help="Up to this day, with --from."
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=LIMIT,
    show_default=True,
    help="Rows of each index and action in a table on the terminal; 0 for all.",
)
@format_option
@output_option
@store_option
def monitor(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    assets: Path | None,
    symbols: tuple[str, ...],
    indexes: tuple[str, ...],
    first: date | None,
    last: date | None,
    limit: int,
    format_: str | None,
    output: Path | None,
    store: Path,
) -> None:
    """Show what stands around each candidate: why it moved, who is there already, what trades.

    The change of its distance to the line since the last event, in parts that add up; crowding;
    liquidity; flows of the funds. Largest expected trade first. Quoted spreads, implied
    volatilities and short interest are read from your own files, ingested like all others; what
    is not known is empty, and the column `reasons` of the other formats says why. With --from
    each session is computed anew from what was known at its end.
    """
    settled = form(format_, output)
    if (first is None) != (last is None):
        raise click.UsageError("--from and --to go together")
    if first is not None and as_of is not None:
        raise click.UsageError("--as-of does not go with --from and --to")
    if first is not None and settled == "table" and not symbols:
        raise click.UsageError("a table day by day needs --symbol; other formats do not")
    days: list[date | None] = [as_of]
    if first is not None and last is not None:
        event = event or next_event(last).id
        days = _sessions(first, last)
    rulebook = own or load_settings().rulebook
    parts: list[pl.DataFrame] = []
    before: Run | None = None
    with open_store(store) as opened, bar(*_COLUMNS) as shown:
        for day in shown.track(days, description="sessions"):
            done, said = foresee(opened, event, day, hindsight, models=models, rulebook=rulebook)
            before = before or run_before(opened, done, rulebook=rulebook)
            newest = _day(opened, done, said, before, assets, symbols, indexes)
            parts.append(newest.rows)
    rows = pl.concat(parts)
    top = [
        *head(newest.run, clock.today(), newest.outlook),
        flows_line(newest.funds),
        own_line(rows),
        f"run {newest.run.run_id}",
    ]
    if settled != "table":
        emit_frame(rows, settled, output)
        notice("\n".join(top))
        return
    to_file = output is not None
    laid = monitor_text(
        rows if indexes else rows.filter(pl.col("index").is_in(SHOWN)),
        None if to_file or symbols else limit or None,
        by_day=first is not None,
    )
    content = Group(Text("\n".join(top)), Text(), laid, Text(LEGEND))
    emit(render(content, to_file=to_file).encode(), output)


_COLUMNS: Final = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())


def _sessions(first: date, last: date) -> list[date | None]:
    found: list[date | None] = list(sessions(first, last))
    if not found:
        raise click.UsageError(f"no session lies from {first} to {last}")
    return found


def _day(
    opened: Store,
    done: Run,
    said: Outlook | None,
    before: Run | None,
    assets: Path | None,
    symbols: Sequence[str],
    indexes: Sequence[str],
) -> Day:
    """Monitor the candidates of a run, or companies asked for."""
    least = 0.0 if symbols else MIN_PROBABILITY
    rows, _ = whole_list(opened, done, said, assets, least=least)
    if symbols:
        rows = rows.filter(pl.col("symbol").is_in([find(done, one)[0] for one in symbols]))
    if indexes:
        rows = rows.filter(pl.col("index").is_in(indexes))
    known = opened.as_of(end_of_day(done.as_of), done.hindsight)
    seen = signals(done, known, rows, earlier=before)
    return Day(
        done,
        said,
        pl.concat([seen, rows.select(LISTED)], how="horizontal"),
        funds_now(done, known),
    )
