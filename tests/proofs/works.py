"""What is killed: each work of the program that leaves something behind."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from recon.backtest.frames import collect
from recon.backtest.moment import Cell
from recon.backtest.train import train
from recon.calendar import end_of_day
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


def publish(place: Path, name: str, contents: dict[str, bytes]) -> None:
    """Write the folder of a run's orders, as `recon signals --output` does."""
    write_together(place, name, contents)


def back_up(store: Path, place: Path) -> None:
    """Back the store up."""
    with Store(store) as opened:
        opened.backup(place, now=NOW)


def bring_back(backup: Path, store: Path) -> None:
    """Restore a store."""
    with Store(store) as opened:
        opened.restore(backup)
