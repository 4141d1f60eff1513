"""Feature frames of past moments, kept in a folder so that a walk-forward resumes where it was.

Each frame is a file of its own that appears whole or not at all: what a killed run has finished
is not computed again. The folder may be deleted at any time.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import polars as pl

from recon.backtest.cells import fill, make, place
from recon.backtest.moment import Cell, Setup, one_frame
from recon.backtest.parallel import Progress
from recon.calendar import event, events
from recon.files import write_atomic
from recon.forecast.features import FEATURES, RULES
from recon.forecast.simulate import PATHS
from recon.publish.formats import encode
from recon.settings import Settings
from recon.store import Hindsight

EDITION: Final = 11
"""Raised whenever a frame computed before is no longer what this program computes."""
SETTLED_DAYS: Final = 45
"""Calendar days of data before a moment: a month of sessions for volatilities and volumes."""


def collect(
    store: Path,
    cells: Sequence[Cell],
    folder: Path,
    *,
    paths: int = PATHS,
    jobs: int = 1,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> pl.DataFrame:
    """Frames of all cells, those computed before read from the folder.

    Parameters
    ----------
    store : Path
        Folder of the store.
    cells : sequence of Cell
        What is wanted.
    folder : Path
        Where frames are kept; made if it is not there.
    paths : int
        Of each simulation.
    jobs : int
        Processes at once; under `recon.backtest.parallel.cluster` the cells go to a cluster
        whose workers see both folders.
    progress : callable, optional
        Told how many frames there are, and how many are wanted.
    settings : Settings, optional
        Precedences and the user's own rulebook; by default those of the environment.

    Returns
    -------
    pl.DataFrame
        `event`, `lead`, `hindsight`, `as_of`, `company_id`, `symbol`, the features and the
        rules' answers, `added`, `deleted`, `moved` (`up`, `down` or null), `seen` (whether it is
        a company of the moment), `labels_known_at` (naive UTC).

    Raises
    ------
    StoreError
        If the folder cannot be made.
    """
    make(folder)
    setup = Setup(store, settings or Settings(), paths)
    files = _files(setup, cells, folder)
    fill(write_frame, [(setup, *one) for one in zip(cells, files, strict=True)], jobs, progress)
    return pl.concat([pl.read_parquet(file) for file in files])


def collect_lines(
    store: Path,
    cells: Sequence[Cell],
    folder: Path,
    *,
    paths: int = PATHS,
    settings: Settings | None = None,
) -> pl.DataFrame:
    """Break-points of cells whose frames were collected.

    Returns
    -------
    pl.DataFrame
        `event`, `lead`, `hindsight`, `name`, `quantile` (fraction), `cap_usd` (simulated for
        rank day), `now_usd` (as if the moment were rank day).
    """
    files = _files(Setup(store, settings or Settings(), paths), cells, folder)
    return pl.concat([pl.read_parquet(_beside(file)) for file in files])


def cells_of(
    events: Sequence[str], leads: Sequence[int], hindsights: Sequence[Hindsight], first: date
) -> list[Cell]:
    """All combinations whose moment is at least a month of sessions after the data begin."""
    every = (Cell(e, lead, h) for e, lead, h in product(events, leads, hindsights))
    return [cell for cell in every if cell.day() >= first + timedelta(days=SETTLED_DAYS)]


def past_of(targets: Sequence[str], first: date) -> list[str]:
    """Reconstitutions to learn from: those before the last target that the data reach back to."""
    last = max(event(one).rank_day for one in targets)
    return [
        one.id
        for one in events(first.year, last.year, kinds=("recon",))
        if first + timedelta(days=SETTLED_DAYS) <= one.rank_day < last
    ]


def write_frame(setup: Setup, cell: Cell, file: Path) -> None:
    """Compute one frame and put it in its place, its break-points first."""
    frame, lines = one_frame(setup, cell)
    write_atomic(_beside(file), encode(lines, "parquet"))
    write_atomic(file, encode(frame, "parquet"))


def _files(setup: Setup, cells: Sequence[Cell], folder: Path) -> list[Path]:
    """Where frames are kept; another store, program or list of features, another file."""
    state = [setup.digest(), EDITION, *FEATURES, *RULES]
    return [place(folder, cell, state) for cell in cells]


def _beside(file: Path) -> Path:
    return file.with_suffix(".lines")
