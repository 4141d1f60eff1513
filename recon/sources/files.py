"""Looking into files without trusting their names: what every source module needs.

The functions that recognise never raise; the functions that read turn whatever goes wrong
into one `RefusedFileError`.
"""

from pathlib import Path

import polars as pl

from recon.errors import RefusedFileError
from recon.sources.base import Chunk


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
