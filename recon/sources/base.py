"""What every source module delivers, and the check that stands between it and the store.

A source is a module with a `SOURCE` of this shape. `recognise` looks into a file, never at
its name alone; `read` yields chunks of at most a few million rows, so that memory stays
bounded and a progress bar moves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from recon.contracts import CONTRACTS


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows for one table of the store.

    Attributes
    ----------
    table : str
        Key of `recon.contracts.CONTRACTS`.
    rows : pl.DataFrame
        Rows that keep the contract, in its column order and types.
    rejected : pl.DataFrame
        `rule` and `row` (JSON) of each row that broke it; the first rule broken is named.
    skipped : int
        Lines of the file that are no facts (cash, futures, foot-notes), for the summary.
    """

    table: str
    rows: pl.DataFrame
    rejected: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"rule": pl.String, "row": pl.String})
    )
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store already holds of a source, so that it can read on from there.

    Attributes
    ----------
    sessions : frozenset of date
        Sessions present.
    """

    sessions: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """One outside format.

    Attributes
    ----------
    name : str
        Stable name, recorded with every batch.
    describes : str
        What a file of this format is, in a few words, for the user.
    recognise : callable
        Path → whether the file or folder is of this format. Never raises.
    read : callable
        Path and what was seen before → chunks. Raises `RefusedFileError` when the content
        is not what `recognise` took it for.
    incremental : bool
        Whether the same path grows (a repository): then `Seen` matters and the batch is
        known by `version`, not by the file's checksum.
    version : callable or None
        Path → what identifies the present state of an incremental source (a commit id).
    """

    name: str
    describes: str
    recognise: Callable[[Path], bool]
    read: Callable[[Path, Seen], Iterator[Chunk]]
    incremental: bool = False
    version: Callable[[Path], str] | None = None


def check(table: str, frame: pl.DataFrame, *, skipped: int = 0) -> Chunk:
    """Split a frame by the contract of its table.

    Parameters
    ----------
    table : str
        Key of `recon.contracts.CONTRACTS`.
    frame : pl.DataFrame
        At least the contract's columns; castable types are cast.
    skipped : int
        Passed on to the chunk.

    Returns
    -------
    Chunk
        Good rows and, with the first broken rule's name, the others.
    """
    contract: type[dy.Schema] = CONTRACTS[table]
    good, failures = contract.filter(frame, cast=True)
    rows = good.select(contract.column_names())
    if rows.height == frame.height:
        return Chunk(table, rows, skipped=skipped)
    columns = contract.column_names()
    details = failures.details()
    # A value that is not finite breaks min or max too, and JSON writes it as null: only the
    # name of its own rule still tells what was there.
    rules = sorted(
        (c for c in details.columns if c not in columns),
        key=lambda rule: not rule.endswith(("|nan", "|inf")),
    )
    rejected = details.select(
        rule=pl.coalesce(
            pl.when(pl.col(r).cast(pl.String) == "invalid").then(pl.lit(r)) for r in rules
        ),
        row=pl.struct(printable(details.select(columns))).struct.json_encode(),
    )
    return Chunk(table, rows, rejected, skipped)


def printable(frame: pl.DataFrame) -> list[pl.Expr]:
    """Give a frame's columns, with days that JSON cannot write, beyond the year 9999, as null.

    Parameters
    ----------
    frame : DataFrame
        Rows about to be quarantined.

    Returns
    -------
    list of Expr
        One for each column, under its name.
    """
    return [
        pl.when(pl.col(name).is_between(date.min, date.max)).then(name)
        if isinstance(dtype, pl.Date | pl.Datetime)
        else pl.col(name)
        for name, dtype in frame.schema.items()
    ]
