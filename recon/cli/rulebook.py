"""`recon rulebook`: the methodology's values for one event, with sources and open choices."""

from datetime import date
from pathlib import Path

import click
import orjson
import polars as pl

import recon.calendar as dates
import recon.rulebook as rules
from recon.cli import clock
from recon.cli.options import (
    examples,
    form,
    format_option,
    load_settings,
    output_option,
    read_day,
)
from recon.cli.output import emit_frame, notice
from recon.rulebook import Rulebook


@click.command(
    epilog=examples(
        "recon rulebook --event 2025-06",
        "recon rulebook --event 2026-11 --open",
        "recon rulebook --event 2026-06 --rulebook mine.toml --output rules.csv",
    )
)
@click.option("--event", metavar="EVENT", help="By default the next reconstitution from today.")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    callback=read_day,
    help="Use what was published by this day; by default the event's rank day.",
)
@click.option(
    "--rulebook",
    "own",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML with your own values; else RECON_RULEBOOK.",
)
@click.option("--open", "only_open", is_flag=True, help="Only where the owner leaves a choice.")
@format_option
@output_option
def rulebook(
    *,
    event: str | None,
    as_of: date | None,
    own: Path | None,
    only_open: bool,
    format_: str | None,
    output: Path | None,
) -> None:
    """Print the methodology's values in force for an event.

    Each value names its document and section, when it took effect and was published, and what
    the owner's text leaves open.
    """
    settled = form(format_, output)
    resolved = dates.event(event) if event else dates.next_event(clock.today())
    loaded = rules.load(resolved, own or load_settings().rulebook, as_of)
    frame = values(loaded)
    if only_open:
        frame = frame.filter(pl.col("open_choice").is_not_null())
    if settled == "table":
        frame = frame.select("key", "value", "source", "effective", "open_choice", "note")
    emit_frame(frame, settled, output)
    notice(
        f"event {loaded.event}, rulebook {loaded.version}, as published by {loaded.known_on}; "
        f"{len(loaded.open_choices())} open choices"
    )


def values(loaded: Rulebook) -> pl.DataFrame:
    """Lay the values out.

    Returns
    -------
    pl.DataFrame
        One row a value: `key`, `value` (JSON), `source`, `effective`, `published`, `leg`,
        `open_choice`, `note`, `user` (whether it is the user's own).
    """
    return pl.DataFrame(
        [
            {**one.model_dump(), "value": orjson.dumps(one.value, default=str).decode()}
            for one in loaded.provenance
        ],
        schema={
            **dict.fromkeys(("key", "value", "source"), pl.String),
            **dict.fromkeys(("effective", "published"), pl.Date),
            **dict.fromkeys(("leg", "open_choice", "note"), pl.String),
            "user": pl.Boolean,
        },
    )
