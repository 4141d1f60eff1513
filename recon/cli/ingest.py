"""`recon ingest`: load files, say of each what became of it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import polars as pl
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from recon.cli import clock
from recon.cli.options import examples, open_store, own_store_option
from recon.cli.output import bar, emit_frame, notice
from recon.store import BatchReport

_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("{task.fields[rows]}"),
    TimeElapsedColumn(),
)
"""Rows are counted; where the end is, nobody knows before."""

_ASIDE = ("quarantined", "skipped", "repeated", "conflicts")


@click.command(
    epilog=examples(
        "recon ingest ../shared/data",
        "recon ingest US-Stock-Symbols IWM_holdings.csv --store /data/recon",
    )
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@own_store_option
@click.pass_context
def ingest(context: click.Context, paths: tuple[Path, ...], store: Path) -> None:
    """Load files and folders into the store.

    What is in a file is recognised by its content. A row that breaks the contract of its
    table is set aside and counted by rule; a file that is not what it claims to be is refused
    whole. The same file twice changes nothing. A folder loads what it can and names what it
    refused (exit code 2); a refused file that was named itself stops the call, and the store
    stays as it was.
    """
    with open_store(store) as opened, bar(*_COLUMNS) as shown:
        task = shown.add_task("looking", total=None, rows="")

        def progress(path: Path, rows: int) -> None:
            shown.update(task, description=path.name, rows=f"{rows:,} rows")

        reports = opened.ingest(paths, progress, now=clock.now())
    tell(reports, store)
    if any(report.status == "refused" for report in reports):
        context.exit(2)


def tell(reports: Sequence[BatchReport], store: Path) -> None:
    """Print what became of each file, rows set aside by rule, and refusals one line each."""
    if any(report.simulated for report in reports):
        notice("SIMULATED MARKET: these files are simulated")
    laid = summary(reports)
    emit_frame(laid.drop(name for name in _ASIDE if laid[name].sum() == 0), "table", None)
    quarantined: Counter[str] = Counter()
    for report in reports:
        quarantined.update(report.quarantined)
    if quarantined:
        emit_frame(
            pl.DataFrame(
                {"quarantined by rule": list(quarantined), "rows": list(quarantined.values())}
            ).sort("rows", descending=True),
            "table",
            None,
        )
    counts = Counter(report.status for report in reports)
    outcome = ", ".join(f"{number} {status}" for status, number in counts.items())
    notice(f"{outcome or 'nothing found'}; store {store}")
    for report in reports:
        if report.status == "refused":
            notice(f"refused: {report.path}: {report.message}")
    if strangers := [str(report.path) for report in reports if report.status == "unrecognised"]:
        notice(f"not recognised: {', '.join(strangers)}")


def summary(reports: Sequence[BatchReport]) -> pl.DataFrame:
    """Lay out what became of each file.

    Returns
    -------
    pl.DataFrame
        `file`, `source`, `outcome`; counts of lines: `rows` (new), `quarantined`, `skipped`
        (no facts), `repeated` (there before) and `conflicts` (there before with other values).
    """
    return pl.DataFrame(
        [
            {
                "file": report.path.name,
                "source": report.source,
                "outcome": report.status,
                "rows": sum(report.rows.values()),
                "quarantined": sum(report.quarantined.values()),
                "skipped": report.skipped,
                "repeated": report.repeated,
                "conflicts": report.conflicts,
            }
            for report in reports
        ],
        schema={
            "file": pl.String,
            "source": pl.String,
            "outcome": pl.String,
            **dict.fromkeys(("rows", *_ASIDE), pl.Int64),
        },
    )
