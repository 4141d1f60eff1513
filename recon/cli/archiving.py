"""Putting a run into the store's archive, from whichever verb makes a list."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import polars as pl

from recon.cli import clock
from recon.cli.output import notice
from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.archive import Archived, archived, keep, name_of, previous, writable
from recon.store import Store

_F = TypeVar("_F", bound=Callable[..., Any])


def archive_option(command: _F) -> _F:
    """`--no-archive`, for a list that nobody is to be held to."""
    return click.option(
        "--archive/--no-archive",
        default=True,
        show_default=True,
        help="Keep the whole list in the store's archive, for `recon score --archived`.",
    )(command)


def put_by(opened: Store, run: Run, rows: pl.DataFrame, outlook: Outlook | None) -> str | None:
    """Archive a run where the store can be written; else say that it is not archived.

    Parameters
    ----------
    opened : Store
        Open store.
    run : Run
        As from `recon.pipeline.run`.
    rows : pl.DataFrame
        Its whole candidate list.
    outlook : Outlook or None
        That the list was made with.

    Returns
    -------
    str or None
        Name of the archived run.
    """
    if not writable(opened.archive):
        notice(f"note: {opened.archive} cannot be written to, so this list is not archived")
        return None
    return keep(opened.archive, run, rows, outlook, clock.now())


def last_run(
    opened: Store, run: Run, rows: pl.DataFrame, outlook: Outlook | None
) -> Archived | None:
    """Last archived run before this one, as `recon.publish.archive.previous` finds it.

    Parameters
    ----------
    opened, run, rows, outlook
        As for `put_by`.
    """
    name = name_of(run, rows, outlook)
    return previous(archived(opened.archive, run.event.id), run, name, outlook)
