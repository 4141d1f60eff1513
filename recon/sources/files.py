"""Looking into files without trusting their names: what every source module needs.

The functions that recognise never raise; the functions that read turn whatever goes wrong
into one `RefusedFileError`.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from recon.errors import RefusedFileError
from recon.sources.base import Chunk

_PARQUET_MAGIC = b"PAR1"


def parquet_columns(path: Path) -> frozenset[str]:
    """Give the column names of a Parquet file.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    frozenset of str
        Empty when the path is no readable Parquet file; never raises.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != _PARQUET_MAGIC:
                return frozenset()
        return frozenset(pl.read_parquet_schema(path))
    except (OSError, pl.exceptions.PolarsError):
        return frozenset()


def read_parquet(path: Path, columns: Iterable[str]) -> pl.DataFrame:
    """Read columns of a Parquet file that `parquet_columns` has seen.

    Raises
    ------
    RefusedFileError
        If the file is damaged or lacks a column.
    """
    wanted = list(columns)
    try:
        return pl.read_parquet(path, columns=wanted)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedFileError(
            f"Parquet file cannot be read ({str(error).splitlines()[0]})",
            field="file",
            value=path,
            expected="an undamaged Parquet file with the columns " + ", ".join(wanted),
        ) from error


def opening(path: Path, size: int = 4096) -> str:
    """Give the first bytes of a file as text, without its byte order mark.

    Parameters
    ----------
    path : Path
        Any path.
    size : int
        Bytes to read.

    Returns
    -------
    str
        Empty when the path cannot be read or is binary; never raises.
    """
    try:
        with path.open("rb") as file:
            start = file.read(size)
    except OSError:
        return ""
    if b"\0" in start:
        return ""
    return start.decode("utf-8-sig", errors="ignore")


def read_text(path: Path) -> str:
    """Read a text file as UTF-8, with or without a byte order mark, else as Windows-1252.

    Raises
    ------
    RefusedFileError
        If the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RefusedFileError(
            f"File cannot be read ({error.strerror})",
            field="file",
            value=path,
            expected="a readable text file",
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def rejecting(chunk: Chunk, rows: pl.DataFrame) -> Chunk:
    """Add rows to the rejected ones of a chunk.

    Parameters
    ----------
    chunk : Chunk
        What the contract let through and what it did not.
    rows : pl.DataFrame
        Rows with a column `rule`; the others are kept as JSON.

    Returns
    -------
    Chunk
    """
    if rows.is_empty():
        return chunk
    more = rows.select("rule", row=pl.struct(pl.exclude("rule")).struct.json_encode())
    return Chunk(chunk.table, chunk.rows, pl.concat([chunk.rejected, more]), chunk.skipped)


SIMULATED_STAMP = {"recon.simulated": "true"}
"""Parquet metadata of every file of the simulated market, so that a copy still says what it is."""


def is_stamped(path: Path) -> bool:
    """Whether a Parquet file says of itself that it is of the simulated market."""
    if path.suffix != ".parquet":
        return False
    try:
        found = pl.read_parquet_metadata(path)
    except (pl.exceptions.PolarsError, OSError):
        return False
    return found.items() >= SIMULATED_STAMP.items()
