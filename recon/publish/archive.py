"""The archive: what each run said, kept as it was said (design, The store).

One Parquet file a run holds its whole candidate list; a second of the same name, in the folder
`universe`, holds the chances of all companies, which a later score needs. A name is the run, the
model and a digest of both contents: the run's own digest covers caps and eligibility, but not what
the simulation read beside them. So a file never has to be written twice: what has the same name
says the same, and what says something else has another name.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
import polars.selectors as cs

from recon.errors import RefusedFileError, StoreError
from recon.files import checksum, write_atomic
from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.formats import encode, read_list
from recon.publish.sides import STAND_IN
from recon.publish.universe import UNIVERSE, universe
from recon.rulebook import USER
from recon.sources.parquet import PLAIN, read_parquet
from recon.store import Hindsight

FOLDER: Final = "universe"
DIGITS: Final = 10
"""Hexadecimal digits of the digest in a name: 40 bits, as in a run id."""
FIGURES: Final = 9
"""Significant figures of a float that count for the digest."""
MADE: Final = "made_at"


@dataclass(frozen=True, slots=True)
class Archived:
    """One run as it was archived.

    Attributes
    ----------
    name : str
        Of its files, without the ending.
    list_file, universe_file : Path
        The candidate list, and the chances of all companies.
    run_id, event, rulebook_version, model_version : str
        As on the list.
    as_of, data_cutoff : date
        The moment's day, and the session of the closes used.
    hindsight : str
        `strict` or `slow-facts`.
    simulated : bool
        Whether the data is of the simulated market.
    made_at : datetime
        When it was first archived, UTC: a moment long after `as_of` is a replay of the past.
    """

    name: str
    list_file: Path
    universe_file: Path
    run_id: str
    event: str
    rulebook_version: str
    model_version: str
    as_of: date
    data_cutoff: date
    hindsight: Hindsight
    simulated: bool
    made_at: datetime

    def rows(self) -> pl.DataFrame:
        """Candidate list, as from `recon.publish.formats.read_list`."""
        return read_list(self.list_file)

    def universe(self) -> pl.DataFrame:
        """Chances of all companies, as from `recon.publish.universe.universe`."""
        return _read(self.universe_file, list(UNIVERSE))


def about(run: Archived) -> dict[str, Any]:
    """Say which run it is, for JSON: all of `Archived` but its files."""
    files = ("list_file", "universe_file")
    return {one.name: getattr(run, one.name) for one in fields(run) if one.name not in files}


def writable(folder: Path) -> bool:
    """Whether a run may be archived in a folder, which need not exist yet."""
    return os.access(folder if folder.exists() else folder.parent, os.W_OK)


def keep(
    folder: Path, run: Run, rows: pl.DataFrame, outlook: Outlook | None, made_at: datetime
) -> str:
    """Archive a run; one that is there already stays as it is.

    Parameters
    ----------
    folder : Path
        `Store.archive`.
    run : Run
        As from `recon.pipeline.run`.
    rows : pl.DataFrame
        Its whole candidate list.
    outlook : Outlook or None
        That the list was made with.
    made_at : datetime
        The present moment, aware.

    Returns
    -------
    str
        Name of the archived run.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    whole = universe(run, outlook)
    name = _name(rows, whole)
    kept = folder / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    listed, chances = folder / f"{name}.parquet", kept / f"{name}.parquet"
    # The list comes last: a run is archived when its list is there, and then all of it is.
    if not chances.exists():
        write_atomic(chances, encode(whole.with_columns(pl.lit(made_at).alias(MADE)), "parquet"))
    if not listed.exists():
        write_atomic(listed, encode(rows, "parquet"))
    return name


def archived(folder: Path, event_id: str | None = None) -> list[Archived]:
    """Runs in an archive, by event, moment and the time of their making.

    Parameters
    ----------
    folder : Path
        `Store.archive`; it need not exist.
    event_id : str, optional
        Only this event.

    Raises
    ------
    StoreError
        If the chances of an archived list are missing, or cannot be read.
    """
    columns = ["run_id", "event", "rulebook_version", "model_version", "as_of", "data_cutoff"]
    columns += ["hindsight", "simulated", MADE]
    found = []
    for file in folder.glob("*.parquet"):
        chances = folder / FOLDER / file.name
        said = _read(chances, columns, rows=1).row(0, named=True)
        found.append(Archived(file.stem, file, chances, **said))
    return sorted(
        (one for one in found if event_id in {None, one.event}),
        key=lambda one: (one.event, one.as_of, one.made_at, one.name),
    )


def previous(
    runs: Sequence[Archived], run: Run, name: str, outlook: Outlook | None
) -> Archived | None:
    """Last archived run before a new one, of the same event and hindsight, made in the same way.

    A run under a user's own rulebook is compared with runs under that one only, and a run without
    a model with none that has one: what differs between them did not happen in the market. A newer
    model or a newer shipped rulebook is the same way.

    Parameters
    ----------
    runs : sequence of Archived
        In the order of `archived`.
    run : Run
        The new one; runs of later moments are none of its past.
    name : str
        Of the new one: the same run, archived before, is not its own past.
    outlook : Outlook or None
        That the new one was made with.
    """
    model = STAND_IN if outlook is None else outlook.model_version
    made = run.event.id, run.hindsight, *_way(run.rulebook.version, model)
    past = [
        one
        for one in runs
        if (one.event, one.hindsight, *_way(one.rulebook_version, one.model_version)) == made
        and one.as_of <= run.as_of
        and one.name != name
    ]
    return past[-1] if past else None


def _way(rulebook: str, model: str) -> tuple[str, bool]:
    """Say how a run was made: the user's own rulebook, if any, and whether with a model."""
    return rulebook if USER in rulebook else "", model != STAND_IN


def name_of(run: Run, rows: pl.DataFrame, outlook: Outlook | None) -> str:
    """Name under which a run is archived; parameters as for `keep`."""
    return _name(rows, universe(run, outlook))


def _name(rows: pl.DataFrame, whole: pl.DataFrame) -> str:
    # The last bits of a float hang on the order in which cores add up: they make no other run.
    said = [one.with_columns(cs.float().round_sig_figs(FIGURES)) for one in (rows, whole)]
    digest = checksum(b"".join(encode(one, "csv") for one in said))
    run_id, model = whole.select("run_id", "model_version").row(0)
    return f"{run_id}_{re.sub(r'[^A-Za-z0-9.-]', '-', model)}_{digest[:DIGITS]}"


def _read(file: Path, columns: list[str], rows: int | None = None) -> pl.DataFrame:
    try:
        found = read_parquet(file, dict.fromkeys(columns, PLAIN))
        return found if rows is None else found.head(rows)
    except RefusedFileError as error:
        raise StoreError(
            "the chances of an archived forecast cannot be read",
            field="archive",
            value=file,
            expected="the file that was written beside its list",
        ) from error
