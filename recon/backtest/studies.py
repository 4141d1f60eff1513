"""Event studies of many events and leads, kept in a folder so that a run resumes where it was.

Each event and lead is a file of its own beside the feature frames, which appears whole or not at
all; the folder may be deleted at any time.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import orjson
import polars as pl

from recon.backtest.cells import fill, make, place
from recon.backtest.findings import EventStudy, Study
from recon.backtest.moment import Cell, Setup
from recon.backtest.parallel import Progress
from recon.backtest.study import study_cell, together
from recon.backtest.terms import Terms
from recon.backtest.windows import Window
from recon.errors import NoDataError
from recon.files import write_atomic
from recon.publish.formats import encode
from recon.settings import Settings
from recon.store import Hindsight


def studies(
    store: Path,
    cells: Sequence[Cell],
    terms: Terms,
    folder: Path,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> list[Study]:
    """Study cells, those studied before read from the folder.

    Parameters
    ----------
    store : Path
        Folder of the store.
    cells : sequence of Cell
        What is wanted.
    terms : Terms
        On which names are held.
    folder : Path
        Where studies are kept; made if it is not there.
    jobs, progress, settings
        As for `recon.backtest.frames.collect`.

    Returns
    -------
    list of Study
        One a hindsight and lead, in the order of the cells.

    Raises
    ------
    NoDataError
        If there are no cells, or the store ends before an event took effect.
    StoreError
        If the folder cannot be made.
    """
    if not cells:
        raise NoDataError(
            "the data begin too late", field="leads", expected="a lead that they reach back to"
        )
    make(folder)
    setup = Setup(store, settings or Settings())
    state = [setup.digest(), terms.digest()]
    files = [place(folder, cell, state, "study-") for cell in cells]
    work = [(setup, cell, terms, file) for cell, file in zip(cells, files, strict=True)]
    fill(write_study, work, jobs, progress)
    kept = dict(zip(cells, files, strict=True))
    by_kind: dict[tuple[Hindsight, int], list[EventStudy]] = {}
    for cell in sorted(cells, key=lambda one: (one.hindsight != cells[0].hindsight, one.lead)):
        by_kind.setdefault((cell.hindsight, cell.lead), []).append(_read(kept[cell]))
    return [together(found, lead, hindsight, terms) for (hindsight, lead), found in by_kind.items()]


def write_study(setup: Setup, cell: Cell, terms: Terms, file: Path) -> None:
    """Study one cell and put it in its place, what it rests on first."""
    with setup.open() as opened:
        found = study_cell(opened, cell, terms, rulebook=setup.settings.rulebook)
    head = {
        "event": found.event,
        "as_of": found.as_of,
        "run_id": found.run_id,
        "simulated": found.simulated,
        "remarks": found.remarks,
        "windows": [[w.name, w.first, w.last, w.looks_back] for w in found.windows],
    }
    write_atomic(_beside(file), orjson.dumps(head))
    write_atomic(file, encode(found.outcomes, "parquet"))


def _read(file: Path) -> EventStudy:
    head = orjson.loads(_beside(file).read_bytes())
    day = date.fromisoformat
    return EventStudy(
        head["event"],
        day(head["as_of"]),
        head["run_id"],
        head["simulated"],
        [Window(name, day(first), day(last), back) for name, first, last, back in head["windows"]],
        pl.read_parquet(file),
        head["remarks"],
    )


def _beside(file: Path) -> Path:
    return file.with_suffix(".head")
