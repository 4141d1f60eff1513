"""Looking into files without trusting their names: what every source module needs.

The functions that recognise never raise; the functions that read turn whatever goes wrong
into one `RefusedFileError`.
"""

import re
from pathlib import Path
from typing import Any, Final

import orjson
import polars as pl

from recon.errors import RefusedFileError
from recon.sources.base import Chunk

LARGEST: Final = 2**28
"""Bytes; a table of every company's counts on every day since 2009 is about as large."""
BRACKETS_FROM: Final = 100_000
BYTES_OF_BRACKET: Final = 12
"""An object takes 64 bytes of memory at least; EDGAR's and the screener's are of hundreds."""
_OF_UTF8: Final = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
"""A letter beyond ASCII in UTF-8."""


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


def read_bytes(path: Path) -> bytes:
    """Read a file that has to fit into memory.

    Raises
    ------
    RefusedFileError
        If the file cannot be read, or is larger than `LARGEST`.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise RefusedFileError(
            f"File cannot be read ({error.strerror})",
            field="file",
            value=path,
            expected="a readable file",
        ) from error
    if size > LARGEST:
        raise RefusedFileError(
            "File is too large", field="file", value=path, expected=f"at most {LARGEST} bytes"
        )
    return content


def read_text(path: Path) -> str:
    """Read a text file as UTF-8, with or without a byte order mark, else as Windows-1252.

    Raises
    ------
    RefusedFileError
        If the file cannot be read, is too large, or is written in both or neither.
    """
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    # Read as Windows-1252 a letter of UTF-8 is two or three that are none: a name would change.
    if not text or _OF_UTF8.search(content):
        raise RefusedFileError(
            "File is in no one encoding", field="file", value=path, expected="text in UTF-8"
        )
    return text


def loads(content: bytes) -> Any:
    """Read JSON of which no small part stands for much memory.

    Raises
    ------
    orjson.JSONDecodeError
        If it is damaged, or is little else than brackets.
    """
    brackets = content.count(b"{") + content.count(b"[")
    if brackets > BRACKETS_FROM and brackets * BYTES_OF_BRACKET > len(content):
        raise orjson.JSONDecodeError("more brackets than content", "", 0)
    return orjson.loads(content)


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
