"""Feature frames of past moments, kept in a folder so that a walk-forward resumes where it was.

A frame is one event seen from some sessions before its rank day: the companies of that moment
with their features, what became of them, and from when that is known. Names of the official list
that are no company of the moment are rows without features: nobody could have called them, and
they count as misses.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import polars as pl
from joblib import Parallel, delayed  # type: ignore[import-untyped]

from recon.backtest import official as truth
from recon.backtest.labels import known_from, labels, unmatched
from recon.calendar import end_of_day, event, sessions
from recon.errors import InputError
from recon.forecast.features import FEATURES, RULES, examine
from recon.forecast.simulate import PATHS
from recon.master.window import two_years
from recon.pipeline import run
from recon.store import Hindsight, Store

EDITION: Final = 3
"""Raised whenever a frame computed before is no longer what this program computes."""
LONGEST: Final = 250
"""Sessions that a lead may be."""
Progress = Callable[[int, int], None]
"""Called with frames done and frames wanted."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One event, so many sessions before its rank day, with one hindsight."""

    event: str
    lead: int
    hindsight: Hindsight

    def day(self) -> date:
        """The moment's day.

        Raises
        ------
        InputError
            If the lead is negative or longer than `LONGEST`.
        """
        if not 0 <= self.lead <= LONGEST:
            raise InputError(
                "no such lead", field="lead", value=self.lead, expected=f"0 to {LONGEST} sessions"
            )
        rank_day = event(self.event).rank_day
        return sessions(rank_day - timedelta(days=2 * LONGEST), rank_day)[-1 - self.lead]

    def file(self, folder: Path, stamp: str, paths: int) -> Path:
        """Where the frame is kept; another store, program or list of features, another file."""
        said = [self.event, self.lead, self.hindsight, stamp, paths, EDITION, *FEATURES]
        digest = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
        name = f"{self.event.replace(':', '-')}_{self.lead:03}_{self.hindsight}_{digest}"
        return folder / f"{name}.parquet"


def collect(
    store: Path,
    cells: Sequence[Cell],
    folder: Path,
    *,
    paths: int = PATHS,
    jobs: int = 1,
    progress: Progress | None = None,
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
        Processes at once. The backend is joblib's: `joblib.parallel_config(backend="dask")`
        around the call hands the cells to a cluster that sees both folders.
    progress : callable, optional
        Told how far it is.

    Returns
    -------
    pl.DataFrame
        `event`, `lead`, `hindsight`, `as_of`, `company_id`, `symbol`, the features and the
        rules' answers, `added`, `deleted`, `seen` (whether it is a company of the moment),
        `labels_known_at` (naive UTC).
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Store(store) as opened:
        stamp = f"{opened.newest_session()}:{opened.status().generation}"
    files = [cell.file(folder, stamp, paths) for cell in cells]
    wanted = [(c, f) for c, f in zip(cells, files, strict=True) if not f.exists()]
    if progress is not None:
        progress(len(cells) - len(wanted), len(cells))
    tasks = (delayed(write_frame)(store, cell, file, paths) for cell, file in wanted)
    finished = Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks)
    for done, _ in enumerate(finished, start=len(cells) - len(wanted) + 1):
        if progress is not None:
            progress(done, len(cells))
    return pl.concat([pl.read_parquet(file) for file in files])


def cells_of(
    events: Sequence[str], leads: Sequence[int], hindsights: Sequence[Hindsight], first: date
) -> list[Cell]:
    """All combinations whose moment is at least a month of sessions after the data begin."""
    every = (Cell(e, lead, h) for e, lead, h in product(events, leads, hindsights))
    return [cell for cell in every if cell.day() >= first + timedelta(days=45)]


def write_frame(store: Path, cell: Cell, file: Path, paths: int) -> None:
    """Compute one frame and put it in its place in one step."""
    frame, lines = one_frame(store, cell, paths)
    for content, target in ((lines, file.with_suffix(".lines")), (frame, file)):
        part = target.with_suffix(target.suffix + ".part")
        content.write_parquet(part)
        part.replace(target)


def one_frame(store: Path, cell: Cell, paths: int = PATHS) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One frame, and the break-points: simulated quantiles beside those of the moment."""
    day, target = cell.day(), event(cell.event)
    with Store(store) as opened:
        done = run(opened, cell.event, day, hindsight=cell.hindsight)
        known = opened.as_of(end_of_day(day), cell.hindsight)
        quotes = two_years(known, done.session, done.securities, done.lines, years=1)
        frame, outcome = examine(done, quotes, known.announcements(), paths=paths)
        lists = truth.official(opened, target, truth.history(opened, [target]))
    became = labels(done, lists)
    whole = frame.join(became, on="company_id", how="left").with_columns(seen=pl.lit(True))
    missed = unmatched(done, lists)
    moment = known_from(target)
    now = pl.DataFrame(
        {
            "name": [b.name for b in done.breakpoints],
            "now_usd": [b.cap_usd for b in done.breakpoints],
        },
        schema={"name": pl.String, "now_usd": pl.Float64},
        orient="row",
    )
    head = {
        "event": pl.lit(cell.event),
        "lead": pl.lit(cell.lead),
        "hindsight": pl.lit(cell.hindsight),
    }
    return (
        pl.concat([whole, missed], how="diagonal").with_columns(
            *(pl.col(name).fill_null(False) for name in RULES),
            as_of=pl.lit(day),
            labels_known_at=pl.lit(
                moment.replace(tzinfo=None) if moment else None, pl.Datetime("us")
            ),
            **head,
        ),
        outcome.breakpoints.join(now, on="name", how="left").with_columns(**head),
    )
