"""What became of a changed file, and whether that is right.

Whatever was done to it: no error but recon's own, in one line, and no accepted row that holds what
no fact can be. Where the change is known to make a row wrong, every accepted row is one of the
original's, and what is missing is quarantined, skipped or refused: nothing goes in silence.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import polars as pl
import polars.selectors as cs

import recon.sources
from proofs.input.mutate import Promise
from recon.contracts import CONTRACTS
from recon.errors import ReconError, RefusedFileError
from recon.sources.base import Seen

Kind = Literal["accepted", "quarantined", "refused", "unrecognised"]
LARGEST: Final = 1e15
"""Beyond any figure that a market knows."""

_HARMFUL: Final = r"\.\.|['\"\\;()`<>]|^[=+\-@/]| "
"""What a shell, a query or a spreadsheet would take for more than a symbol; and a path."""

Rows = dict[str, frozenset[tuple[object, ...]]]
"""Accepted rows by table, without the columns that may shift."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of a file.

    Attributes
    ----------
    kind : str
        What became of it.
    frames : dict
        Accepted rows by table.
    rejected, skipped : int
        Rows that were not.
    """

    kind: Kind
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    rejected: int = 0
    skipped: int = 0

    def rows(self, loose: frozenset[str]) -> Rows:
        """Accepted rows, comparable."""
        return {
            table: frozenset(frame.drop(loose & set(frame.columns)).rows())
            for table, frame in self.frames.items()
        }


class WrongError(Exception):
    """A reader did what it must not."""


def take(path: Path) -> Taken:
    """Read a file as ingest does.

    Raises
    ------
    WrongError
        If an accepted row holds what no fact can be, or a refusal has several lines.
    """
    source = recon.sources.recognise(path)
    if source is None:
        return Taken("unrecognised")
    parts: dict[str, list[pl.DataFrame]] = {}
    rejected = skipped = 0
    try:
        for chunk in source.read(path, Seen()):
            parts.setdefault(chunk.table, []).append(chunk.rows)
            if chunk.rejected["rule"].null_count():
                raise WrongError("a row was set aside without a rule")
            rejected += chunk.rejected.height
            skipped += chunk.skipped
    except RefusedFileError as error:
        one_line(error)
        return Taken("refused")
    frames = {table: pl.concat(found) for table, found in parts.items()}
    for table, frame in frames.items():
        plausible(frame)
        if frame.columns != CONTRACTS[table].column_names():
            raise WrongError(f"{table} has other columns than its contract")
    return Taken("quarantined" if rejected else "accepted", frames, rejected, skipped)


def one_line(error: ReconError) -> None:
    """Hold an error to one line of ordinary length."""
    if "\n" in str(error) or len(str(error)) > 2000:
        raise WrongError(f"an error of {len(str(error))} letters: {str(error)[:200]!r}")


def plausible(frame: pl.DataFrame) -> None:
    """Hold every cell to what a fact can be, whatever its column.

    Raises
    ------
    WrongError
        With the first column that breaks it.
    """
    wrong = frame.select(
        (~cs.float().is_finite() | (cs.float().abs() > LARGEST)).any(),
        (~cs.date().dt.year().is_between(1900, 2032)).any(),
        (~cs.datetime().dt.year().is_between(1900, 2032)).any(),
        (cs.string().str.contains(r"\p{Cc}") | (cs.string().str.len_chars() > 1000)).any(),
    )
    symbols = pl.col("^((old_|new_)?symbol|ticker)$").cast(pl.String)
    odd = [one.name for one in wrong if one.any()]
    odd += [one.name for one in frame.select(symbols.str.contains(_HARMFUL)) if one.any()]
    if odd:
        raise WrongError(f"accepted, and can be no fact: {', '.join(odd)}")


def judge(found: Taken, whole: Taken, promise: Promise, loose: frozenset[str]) -> None:
    """Hold what was taken of a changed file against the original.

    Raises
    ------
    WrongError
        If a row is new, or is missing in silence.
    """
    if promise == "any" or found.kind in {"refused", "unrecognised"}:
        return
    now, before = found.rows(loose), whole.rows(loose)
    for table, rows in now.items():
        if new := rows - before.get(table, frozenset()):
            raise WrongError(
                f"a row of {table} that the original does not hold: {min(map(str, new))}"
            )
    lost = sum(len(rows - now.get(table, frozenset())) for table, rows in before.items())
    if lost and (
        promise == "same" or found.rejected + found.skipped <= whole.skipped + whole.rejected
    ):
        raise WrongError(f"{lost} rows are gone and nothing says so")
