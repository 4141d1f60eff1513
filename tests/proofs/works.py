"""What is killed: each work of the program that leaves something behind."""

import ctypes
import json
import os
import resource
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from recon.backtest.frames import collect
from recon.backtest.moment import Cell
from recon.backtest.train import train
from recon.calendar import end_of_day
from recon.cli import main
from recon.files import write_together
from recon.forecast.model import save
from recon.forecast.shelf import file_name
from recon.pipeline import Run
from recon.publish.archive import keep
from recon.settings import Settings
from recon.store import Store

NOW = datetime(2030, 1, 1, tzinfo=UTC)
EVENT, DAY = "2024-06", date(2024, 4, 30)
CELLS = [Cell(EVENT, lead, "strict") for lead in (0, 10)]
PATHS = 25


def ingest(store: Path, files: Path) -> None:
    """Take a folder of files in: one generation."""
    with Store(store) as opened:
        opened.ingest([files], now=NOW)


def migrate(store: Path) -> None:
    """Open a store that an older program wrote."""
    with Store(store) as opened:
        opened.status()


def learn(store: Path, place: Path, ranks: Path) -> None:
    """Make frames, learn from them and write the model with its card."""
    settings = Settings(rulebook=ranks)
    frame = collect(store, CELLS, place / "frames", paths=PATHS, settings=settings)
    model, card = train(frame, [EVENT], "strict", end_of_day(DAY))
    save(model, card, place / "models" / file_name(EVENT, "strict"))


def archive(place: Path, done: Run, rows: pl.DataFrame) -> None:
    """Archive a run."""
    keep(place, done, rows, None, NOW)


def publish(store: Path, place: Path) -> None:
    """Publish the newest generation for others, as `recon publish` does."""
    with Store(store) as opened:
        opened.publish(str(place))


def hand_over(place: Path, name: str, contents: dict[str, bytes]) -> None:
    """Write the folder of a run's orders, as `recon signals --output` does."""
    write_together(place, name, contents)


def back_up(store: Path, place: Path) -> None:
    """Back the store up, where that was not done; it never writes over one."""
    if not place.exists():
        with Store(store) as opened:
            opened.backup(place, now=NOW)


def bring_back(backup: Path, store: Path) -> None:
    """Restore a store, where that was not done; it never writes over one."""
    if not store.exists():
        with Store(store) as opened:
            opened.restore(backup)


def command(arguments: list[str], said: Path, room: int | None, root: bool) -> None:
    """Run a verb; what it says on standard error goes to a file.

    `room` is the size in bytes beyond which no file can grow, as on a full disk; `root` whether
    root may write where the modes of files say that nobody does.
    """
    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    if not root:
        _like_anybody()
    main(arguments)


def _like_anybody() -> None:
    """Take from root the rights to write and read whatever the modes of files say."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    for kind in range(3):
        sets[kind] &= ~0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    assert libc.capset(header, sets) == 0


def sees(store: Path, said: Path, stop: Path) -> None:
    """Read the newest generation until told to stop; write what each read saw."""
    seen = set()
    while not stop.exists():
        with Store(store) as opened:
            seen.add(counts(opened))
    said.write_text(json.dumps(sorted(seen)))


def counts(opened: Store) -> tuple[int, ...]:
    """The generation that one look at a store sees, and what it counts in it, one by one."""
    known = opened.as_of(NOW)
    frames = (known.memberships(), known.listing_history(), known.directory_history())
    return known._generation.number, len(known.sessions()), *(one.height for one in frames)
