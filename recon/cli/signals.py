"""`recon signals`: the candidate list turned into orders that a desk can take."""

from datetime import date
from pathlib import Path

import click
from rich.console import Group
from rich.text import Text

from recon.calendar import end_of_day
from recon.cli import clock
from recon.cli.foresight import foresee, whole_list
from recon.cli.options import (
    assets_option,
    examples,
    open_store,
    run_options,
    store_option,
)
from recon.cli.output import emit, notice, render
from recon.cli.signals_text import book_text, orders_text
from recon.files import write_together
from recon.orders.build import orders
from recon.orders.profile import default_text, read_profile
from recon.publish.desk import desk_files
from recon.publish.head import head
from recon.publish.spreadsheet import spreadsheet_csv
from recon.store import Hindsight

LIMIT = 15
"""Orders of each leg on the terminal."""


@click.command(
    epilog=examples(
        "recon signals --event 2024-06 --as-of 2024-04-30",
        "recon signals --show-profile > desk.toml",
        "recon signals --profile desk.toml --output out",
    )
)
@run_options
@click.option(
    "--profile",
    "profile_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your desk's profile, as TOML: single values of the default.",
)
@click.option("--show-profile", is_flag=True, help="Print the default profile and leave.")
@assets_option
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=LIMIT,
    show_default=True,
    help="Orders of each leg in a table on the terminal; 0 for all, and what is blocked.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="On the terminal; CSV is for spreadsheets, JSON holds orders, days and book.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder in which a folder of the run appears, with every format and a manifest.",
)
@store_option
def signals(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    profile_file: Path | None,
    show_profile: bool,
    assets: Path | None,
    limit: int,
    format_: str,
    output: Path | None,
    store: Path,
) -> None:
    """Turn the candidate list of an event into orders under a desk's profile.

    Each line on the side on which index funds must trade, sized within the profile's limits,
    entered over days and closed where the funds trade, with a hedge and stops. It is the plan of
    one day for a desk that holds nothing: take off what is held already.
    """
    if show_profile:
        emit(default_text().encode(), None)
        return
    profile = read_profile(profile_file)
    with open_store(store) as opened:
        done, said = foresee(opened, event, as_of, hindsight, models=models, rulebook=own)
        known = opened.as_of(end_of_day(done.as_of), done.hindsight)
        rows, needed = whole_list(opened, done, said, assets)
        found = orders(done, rows, needed, known, profile)
    top = [*head(done, clock.today(), said), *book_text(found.book), f"run {done.run_id}"]
    if output is not None:
        name, contents = desk_files(done, rows, found, profile)
        folder = write_together(output, name, contents)
        notice(f"{len(contents)} files in {folder}")
    if format_ == "json":
        emit(found.document().model_dump_json(indent=2).encode() + b"\n", None)
    elif format_ == "csv":
        emit(spreadsheet_csv(found.rows), None)
    else:
        laid = Group(Text("\n".join(top)), Text(), orders_text(found.rows, limit or None))
        emit(render(laid).encode(), None)
        return
    notice("\n".join(top))
