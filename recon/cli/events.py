"""`recon calendar`: events, their dates, and whether a document states each."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click
import polars as pl

import recon.calendar as dates
from recon.calendar import Event
from recon.cli import clock
from recon.cli.options import examples, form, format_option, output_option
from recon.cli.output import emit_frame, notice

KINDS = ("recon", "ipo", "shadow")
_NAMES = ("rank_day", "preliminary", "updates", "lock_down", "effective")


@click.command(
    epilog=examples(
        "recon calendar --from 2021 --to 2027",
        "recon calendar --kind recon --kind shadow",
        "recon calendar --from 2026 --to 2026 --output events.csv",
    )
)
@click.option("--from", "first", type=int, metavar="YEAR", help="First year; default this one.")
@click.option("--to", "last", type=int, metavar="YEAR", help="Last year; default the next one.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only this kind; may be repeated. recon: reconstitutions; ipo: quarterly additions; "
    "shadow: parallel runs without effect.",
)
@format_option
@output_option
def calendar(
    *,
    first: int | None,
    last: int | None,
    kinds: tuple[str, ...],
    format_: str | None,
    output: Path | None,
) -> None:
    """Print events and their real dates.

    The table has one row an event; `~` marks a date that follows from a rule on the NYSE
    calendar and that no document states. CSV, JSON and Parquet have one row a date, with its
    basis (published or rule) and source, and the window of an event's IPOs besides.
    """
    first = first if first is not None else clock.today().year
    last = last if last is not None else max(first, clock.today().year + 1)
    if first > last:
        raise click.UsageError(f"--from {first} is after --to {last}")
    settled = form(format_, output)
    wanted = [kind for kind in KINDS if kind in kinds or not kinds]
    found = dates.events(first, last, wanted)  # type: ignore[arg-type]
    if settled == "table":
        emit_frame(wide(found), settled, output)
        notice("~ derived by rule; sources of each date: --format csv")
    else:
        emit_frame(long(found), settled, output)


def wide(events: Iterable[Event]) -> pl.DataFrame:
    """Lay events out for reading: one row an event, dates as text, `~` before a derived one."""
    return pl.DataFrame(
        [
            {
                "event": event.id,
                **{name: _cell(event, name) for name in _NAMES},
            }
            for event in events
        ],
        schema=dict.fromkeys(["event", *_NAMES], pl.String),
    )


def long(events: Iterable[Event]) -> pl.DataFrame:
    """Lay events out for programs.

    Returns
    -------
    pl.DataFrame
        One row a date: `event`, `kind`, `leg`, `name` (of the date), `date`, `basis`
        (`published` or `rule`), `source` (methodology §0).
    """
    return pl.DataFrame(
        [
            {
                "event": event.id,
                "kind": event.kind,
                "leg": event.leg,
                "name": name,
                "date": day,
                "basis": source.basis,
                "source": source.source,
            }
            for event in events
            for source in event.sources
            for name, day in _named(event, source.name)
        ],
        schema={
            **dict.fromkeys(("event", "kind", "leg", "name"), pl.String),
            "date": pl.Date,
            "basis": pl.String,
            "source": pl.String,
        },
    )


def _named(event: Event, name: str) -> list[tuple[str, date]]:
    value = getattr(event, name)
    if name == "ipo_window":
        return [("ipo_window_first", value[0]), ("ipo_window_last", value[1])] if value else []
    if name == "updates":
        return [("update", day) for day in value]
    return [(name, value)]


def _cell(event: Event, name: str) -> str | None:
    value = getattr(event, name)
    source = event.source_of(name)  # type: ignore[arg-type]
    if not value or source is None:
        return None
    mark = "~" if source.basis == "rule" else ""
    if name == "updates":
        return mark + " ".join(f"{day:%m-%d}" for day in value)
    return f"{mark}{value}"
