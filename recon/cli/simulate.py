"""`recon simulate`: a made-up market as files, to try everything without real data."""

from datetime import date
from pathlib import Path

import click
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from recon.cli.options import examples, read_day
from recon.cli.output import bar, notice
from recon.errors import InputError
from recon.sources.simulated import is_simulated
from recon.sources.simulated import simulate as write_market


@click.command(
    epilog=examples(
        "recon simulate market",
        "recon simulate market --seed 11 --companies 1000 --from 2024-01-02 --to 2025-04-30",
        "recon ingest market --store market-store",
    )
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, default=7, show_default=True, help="Source of all chance.")
@click.option(
    "--from",
    "first",
    metavar="YYYY-MM-DD",
    default="2022-05-02",
    show_default=True,
    callback=read_day,
    help="First session.",
)
@click.option(
    "--to",
    "last",
    metavar="YYYY-MM-DD",
    default="2025-04-30",
    show_default=True,
    callback=read_day,
    help="Last session.",
)
@click.option(
    "--companies",
    type=int,
    default=4400,
    show_default=True,
    help="US operating companies at the start; with fewer than about 4,100 the Russell 3000E "
    "is not full.",
)
def simulate(*, folder: Path, seed: int, first: date, last: date, companies: int) -> None:
    """Write a simulated market into a folder, in the file formats of the real data.

    The same seed gives the same files. `SIMULATED.json` marks the folder; a store holds either
    simulated or real data, never both.
    """
    if folder.is_dir() and any(folder.iterdir()) and not is_simulated(folder):
        raise InputError(
            "this folder holds something else",
            field="folder",
            value=folder,
            expected="a new or empty folder, or a simulated market to write over",
        )
    with bar(TextColumn("simulating"), BarColumn(), TimeElapsedColumn()) as shown:
        shown.add_task("simulating", total=None)
        write_market(folder, seed, first, last, companies)
    notice(f"SIMULATED MARKET: seed {seed}, {first} to {last}; now run `recon ingest {folder}`")
