"""Bringing a published store to this machine, for whichever verb reads one."""

from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from recon.cli.output import bar, notice
from recon.store import local_copy
from recon.store.copied import is_published

COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
)
"""Of the bars of files that go or come."""


def bring(where: str, copies: Path) -> Path | None:
    """Bring a published store, and say so where it was not here yet.

    Parameters
    ----------
    where : str
        Folder or address.
    copies : Path
        Folder of all copies.

    Returns
    -------
    Path or None
        Folder of the local copy; None where nothing is published, and the folder is a store.
    """
    if not is_published(where):
        return None
    with bar(*COLUMNS) as shown:
        task = shown.add_task("bringing the store", total=None)
        done = local_copy(
            where, copies, lambda here, wanted: shown.update(task, completed=here, total=wanted)
        )
    if done.new:
        notice(f"generation {done.manifest.generation} of {where} is now in {done.path}")
    return done.path
