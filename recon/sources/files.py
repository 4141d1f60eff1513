"""Looking into files without trusting their names: what every source module needs.

The functions that recognise never raise; the functions that read turn whatever goes wrong
into one `RefusedFileError`.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import polars as pl

from recon.errors import RefusedFileError
from recon.sources.base import Chunk

_FULL_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
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


def stated_date(path: Path) -> date | None:
    """Give the date that a file without one inside stands for.

    A file `NAME.date` beside it (one ISO date) goes before a date in the name, written
    `2025-06-27` or `20250627`; the last one in the name counts.

    Parameters
    ----------
    path : Path
        The file itself.

    Returns
    -------
    date or None
        None when nothing states a date.

    Raises
    ------
    RefusedFileError
        If the file beside it holds no ISO date.
    """
    beside = path.with_name(path.name + ".date")
    if beside.is_file():
        text = read_text(beside).strip()
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise RefusedFileError(
                "The date beside the file cannot be read",
                field=str(beside),
                value=text,
                expected="one ISO date such as 2025-06-27",
            ) from error
    found = None
    for year, month, day in _FULL_DATE.findall(path.stem):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
    return found


def required_date(path: Path) -> date:
    """Give `stated_date`, or refuse the file.

    Raises
    ------
    RefusedFileError
        If nothing states a date.
    """
    day = stated_date(path)
    if day is None:
        raise RefusedFileError(
            "Nothing says what date this file is of",
            field="file name",
            value=path.name,
            expected=f"a date such as 2025-06-27 in the name, or in a file {path.name}.date",
        )
    return day


def read_day(text: str, formats: Iterable[str]) -> date | None:
    """Read a printed date by the first format that fits; None when none does."""
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None


def to_date(column: str) -> pl.Expr:
    """Read a column of ISO dates, or of moments, as dates; what cannot be read is null."""
    return pl.col(column).cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def filled(column: str) -> pl.Expr:
    """Give a text column, trimmed, with empty text as null."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text.str.len_chars() > 0).then(text)


def read_numbers(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read printed numbers.

    Parameters
    ----------
    frame : pl.DataFrame
        The columns to read as text, with `,` between thousands and `-` or nothing for a
        missing figure.
    columns : iterable of str
        Columns to read.

    Returns
    -------
    tuple of DataFrame
        Rows with the columns as `Float64`; and, as printed, the rows in which one cannot be
        read, with `rule` = `COLUMN|number`.
    """
    names = list(columns)
    texts = [pl.col(c).str.strip_chars().str.replace_all(",", "", literal=True) for c in names]
    missing = ["", "-", "--"]
    numbers = frame.with_columns(
        pl.when(~text.is_in(missing)).then(text).cast(pl.Float64, strict=False) for text in texts
    )
    rule = frame.select(
        pl.coalesce(
            pl.when(text.is_not_null() & ~text.is_in(missing) & numbers[c].is_null()).then(
                pl.lit(f"{c}|number")
            )
            for c, text in zip(names, texts, strict=True)
        ).alias("rule")
    ).to_series()
    return numbers.filter(rule.is_null()), frame.with_columns(rule).filter(rule.is_not_null())


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
