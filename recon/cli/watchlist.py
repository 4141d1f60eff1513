"""`recon watchlist`: the candidate list."""

from datetime import date
from pathlib import Path

import click
import polars as pl
from rich.console import Group
from rich.text import Text

from recon.cli import clock
from recon.cli.archiving import archive_option, put_by
from recon.cli.foresight import foresee, whole_list
from recon.cli.options import (
    assets_option,
    examples,
    form,
    format_option,
    open_store,
    output_option,
    run_options,
    store_option,
)
from recon.cli.output import emit, emit_frame, notice, render
from recon.cli.watchlist_text import assets_line, counts, table
from recon.publish.head import head
from recon.publish.words import OPEN_FOR_ALL
from recon.store import Hindsight

LIMIT = 10
"""Rows of each index and action on the terminal."""
INDEXES = ("R1000", "R2000", "R3000", "RMICRO")


@click.command(
    epilog=examples(
        "recon watchlist",
        "recon watchlist --event 2025-06 --as-of 2025-04-30 --output list.csv",
        "recon watchlist --index R1000 --calls-only --format csv",
    )
)
@run_options
@assets_option
@click.option(
    "--index",
    "indexes",
    multiple=True,
    type=click.Choice(INDEXES),
    help="Only this index; may be repeated.",
)
@archive_option
@click.option("--calls-only", is_flag=True, help="Only what is called, not what may still happen.")
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
def watchlist(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    assets: Path | None,
    indexes: tuple[str, ...],
    archive: bool,
    calls_only: bool,
    limit: int,
    format_: str | None,
    output: Path | None,
    store: Path,
) -> None:
    """Make the candidate list of an event.

    One row a company, index, action and eligible line. The head says from which moment and
    data; it goes to standard error when the list itself goes to standard output in a format
    for programs. With --output the table is printed as well. The whole list goes into the
    store's archive, whatever is shown of it, so that it can be scored later.
    """
    settled = form(format_, output)
    with open_store(store) as opened:
        done, said = foresee(opened, event, as_of, hindsight, models=models, rulebook=own)
        rows, trades = whole_list(opened, done, said, assets)
        if archive:
            put_by(opened, done, rows, said)
    if indexes:
        rows = rows.filter(pl.col("index").is_in(indexes))
    if calls_only:
        rows = rows.filter("call")
    top = [
        *head(done, clock.today(), said),
        assets_line(trades.funds),
        counts(rows),
        f"run {done.run_id}",
    ]
    if settled != "table" and output is None:
        emit_frame(rows, settled, None)
        notice("\n".join(top))
        return
    note = f"not shown: {', '.join(OPEN_FOR_ALL)}, which every company outside the indexes has"
    text = Text("\n".join(top))
    if output is not None:
        if settled == "table":
            whole = Group(text, Text(), table(rows, None), Text(note))
            emit(render(whole, to_file=True).encode(), output)
        else:
            emit_frame(rows, settled, output)
    shown = Group(text, Text(), table(rows, limit or None), Text(note))
    emit(render(shown).encode(), None)
    if output is not None:
        notice(f"{rows.height:,} rows in {output}")
