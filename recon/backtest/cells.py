"""Work on many cells that resumes where it was: a file each, in a folder that may be deleted.

Each file appears whole or not at all: what a killed run has finished is not done again. Another
store, program or rulebook gives another file, so the oldest of a cell go when newer ones come.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from recon.backtest.moment import Cell
from recon.backtest.parallel import Progress, each
from recon.errors import StoreError
from recon.files import checksum

KEPT: Final = 8
"""Files of a cell, each of another state: some generations of a store, under some rulebooks."""


def make(folder: Path) -> None:
    """Make the folder in which frames and studies are kept.

    Raises
    ------
    StoreError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"frames cannot be kept here ({error.strerror})",
            field="frames",
            value=folder,
            expected="a folder with the right to write; name one with --frames",
        ) from error


def place(folder: Path, cell: Cell, state: Sequence[object], prefix: str = "") -> Path:
    """Where the file of a cell is kept.

    Parameters
    ----------
    folder : Path
        Of the files.
    cell : Cell
        What it is of.
    state : sequence of object
        Everything else that it follows from: another state, another file.
    prefix : str
        Of its name, for what is no feature frame.
    """
    name = f"{prefix}{cell.event.replace(':', '-')}_{cell.lead:03}_{cell.hindsight}"
    digest = checksum(repr([name, *state]).encode())[:12]
    return folder / f"{name}_{digest}.parquet"


def fill(
    write: Callable[..., None],
    work: Sequence[tuple[Any, ...]],
    jobs: int,
    progress: Progress | None,
) -> None:
    """Write the files that are not there yet.

    Parameters
    ----------
    write : callable
        Writes one, in whatever process.
    work : sequence of tuple
        What it is called with, the file last.
    jobs : int
        As for `recon.backtest.parallel.each`.
    progress : callable, optional
        Told how many files there are, and how many are wanted.
    """
    wanted = [one for one in work if not one[-1].exists()]
    tell = progress or (lambda _done, _wanted: None)
    before = len(work) - len(wanted)
    tell(before, len(work))
    for done, _ in enumerate(each(write, wanted, jobs), start=before + 1):
        tell(done, len(work))
    for *_, file in wanted:
        _prune(file)


def _prune(file: Path) -> None:
    """Remove all but the newest files of a cell, with what lies beside them."""
    cell, _, _ = file.stem.rpartition("_")
    states = sorted(file.parent.glob(f"{cell}_*{file.suffix}"), key=_written)
    for old in states[:-KEPT]:
        for one in file.parent.glob(f"{old.stem}.*"):
            one.unlink(missing_ok=True)


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns
