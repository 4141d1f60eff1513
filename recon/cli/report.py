"""`recon report`: one page of an event, to look at without anything but a browser."""

from datetime import date
from pathlib import Path

import click
import polars as pl

from recon.cli import clock
from recon.cli.archiving import archive_option, last_run, put_by
from recon.cli.foresight import foresee, models_folder, whole_list
from recon.cli.options import (
    assets_option,
    examples,
    open_store,
    output_option,
    run_options,
    store_option,
)
from recon.cli.output import emit, notice
from recon.demand.build import Demand
from recon.forecast.outlook import Outlook
from recon.forecast.shelf import record
from recon.pipeline import Run
from recon.publish import freshness
from recon.publish.page import Page, gather, render
from recon.store import Hindsight, Store


def page_of(
    opened: Store,
    run: Run,
    outlook: Outlook | None,
    rows: pl.DataFrame,
    trades: Demand,
    models: str,
) -> Page:
    """Page of a run, with its past: the last archived run and the record of the model.

    Parameters
    ----------
    opened : Store
        That the run was made from.
    run, outlook
        As from `recon.cli.foresight.foresee`.
    rows, trades
        As from `recon.cli.foresight.whole_list`.
    models : str
        As given to `--model`.
    """
    last = last_run(opened, run, rows, outlook)
    folder = models_folder(models)
    return gather(
        run,
        outlook,
        rows,
        trades,
        today=clock.today(),
        earlier=last,
        before=None if last is None else last.rows(),
        cards=() if folder is None or outlook is None else record(folder, outlook.model_version),
    )


@click.command(
    epilog=examples(
        "recon report --output page.html",
        "recon report --event 2024-06 --as-of 2024-04-30 --no-archive --output page.html",
    )
)
@run_options
@assets_option
@archive_option
@output_option
@store_option
def report(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    assets: Path | None,
    archive: bool,
    output: Path | None,
    store: Path,
) -> None:
    """Write one page of an event: calls, reasons, break-points, demand, track record, changes.

    One HTML file that works from a disk and asks nothing of the network; without --output it
    goes to standard output. The list on it is the one that `recon watchlist` makes, compared
    with the last archived run as `recon watch` does, and archived as `recon watchlist` does.
    """
    with open_store(store) as opened:
        done, said = foresee(opened, event, as_of, hindsight, models=models, rulebook=own)
        rows, trades = whole_list(opened, done, said, assets)
        page = page_of(opened, done, said, rows, trades, models)
        if archive:
            put_by(opened, done, rows, said)
    content = render(page).encode()
    emit(content, output)
    notice(freshness.line(done.as_of, done.event, clock.today(), simulated=done.simulated))
    notice(f"run {done.run_id}")
    if output is not None:
        notice(f"{rows.height:,} candidates, {len(content) / 1e6:.1f} MB in {output}")
