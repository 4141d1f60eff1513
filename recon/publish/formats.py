"""The formats of a list: to bytes, and back from a file.

CSV keeps every name as it is, also one that begins with `=`: it is for programs. Parquet and
JSON hold the reason codes as a list, CSV joins them by `;`. Equal frames give equal bytes.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, get_args

import orjson
import polars as pl
import polars.selectors as cs

from recon.contracts import FIRST_SESSION, LAST_SESSION, LONGEST_TEXT
from recon.errors import InputError
from recon.publish.candidate import FRAME_SCHEMA, Index
from recon.sources.csv_table import read_csv
from recon.sources.files import loads, read_bytes
from recon.sources.parquet import PLAIN, parquet_columns, read_parquet

FORMATS = ("csv", "json", "parquet")
NEEDED = ("event", "as_of", "index", "action", "symbol", "call", "probability")
"""Columns of `FRAME_SCHEMA` without which a list cannot be scored."""
LARGEST: Final = 1e15
"""USD or shares: ten times the market."""
_NAMED: Final = {"index": get_args(Index), "action": ("add", "delete")}


def encode(frame: pl.DataFrame, format_: str) -> bytes:
    """Give a frame in one of `FORMATS`.

    Parameters
    ----------
    frame : pl.DataFrame
        Lists become text joined by `;` in CSV.
    format_ : {"csv", "json", "parquet"}
        JSON is an array with one object a row.
    """
    if format_ == "csv":
        return joined(frame).write_csv().encode()
    if format_ == "json":
        return document(frame.to_dicts())
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def document(content: Any) -> bytes:
    """Give JSON for people and programs: indented, with an end of line."""
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Join the elements of every list by `;`."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(";"))


def read_list(path: Path, needed: Sequence[str] = NEEDED) -> pl.DataFrame:
    """Read a candidate list back.

    Parameters
    ----------
    path : Path
        The ending says the format.
    needed : sequence of str
        Columns that must be there; the others of the contract may be absent, and columns
        that are not of the contract are left out.

    Returns
    -------
    pl.DataFrame
        Columns and types of `FRAME_SCHEMA`, as far as the file has them.

    Raises
    ------
    InputError
        The file cannot be read, lacks a needed column, or has a cell of another type.
    """
    raw = _raw(path)
    missing = [name for name in needed if name not in raw.columns]
    if missing:
        raise InputError(
            "this is no candidate list",
            field=f"columns of {path.name}",
            value=f"without {', '.join(missing)}",
            expected=", ".join(needed),
        )
    try:
        frame = raw.select(
            _read(name, raw.schema[name], kind).alias(name)
            for name, kind in FRAME_SCHEMA.items()
            if name in raw.columns
        )
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"a cell of {path.name} is of another type: {str(error).splitlines()[0]}",
            field="list",
            value=path,
            expected="the types of the candidate list",
        ) from error
    for name in needed:
        if frame[name].null_count():
            raise InputError(
                "a needed cell is empty", field=f"{name} in {path.name}", expected="a value"
            )
    _check_values(path, frame)
    return frame


def _check_values(path: Path, frame: pl.DataFrame) -> None:
    """Refuse what no list holds: `Candidate` says the same of each row."""
    chance = pl.col("^(model_)?probability$")
    named = [name for name, known in _NAMED.items() if name in frame.columns]
    odd = {
        "a fraction from 0 to 1": ~chance.is_between(0, 1),
        f"a day from {FIRST_SESSION} to {LAST_SESSION}": ~cs.date().is_between(
            FIRST_SESSION, LAST_SESSION
        ),
        f"a number up to {LARGEST:g}": ~(cs.float().abs() <= LARGEST),
        f"at most {LONGEST_TEXT} letters": cs.string().str.len_chars() > LONGEST_TEXT,
        "text without control characters": cs.string().str.contains(r"\p{Cc}"),
    } | {" or ".join(_NAMED[name]): ~pl.col(name).is_in(_NAMED[name]) for name in named}
    for expected, rule in odd.items():
        for column in frame.select(rule):
            if column.any():
                value = frame.filter(column)[column.name][0]
                raise InputError(
                    "a cell of the list is beyond its bounds",
                    field=f"{column.name} in {path.name}",
                    value=ascii(value),
                    expected=expected,
                )


def _raw(path: Path) -> pl.DataFrame:
    ending = path.suffix.lower().lstrip(".")
    if ending not in FORMATS:
        raise InputError(
            "the ending of the file says no format",
            field="list",
            value=path,
            expected=".csv, .json or .parquet",
        )
    if ending == "csv":
        return read_csv(path)
    if ending == "parquet":
        there = FRAME_SCHEMA.keys() & parquet_columns(path)
        return read_parquet(path, dict.fromkeys(there, PLAIN))
    try:
        rows = loads(read_bytes(path))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("it is no list of rows")
        return pl.DataFrame(rows, infer_schema_length=None)
    except (ValueError, TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        reason = (str(error).splitlines() or ["damaged"])[0]
        raise InputError(f"cannot read the list: {reason}", field="list", value=path) from error


def _read(name: str, found: pl.DataType, wanted: pl.DataType) -> pl.Expr:
    cell = pl.col(name)
    if found != pl.String:
        return cell.cast(wanted)
    if wanted == pl.List(pl.String):
        return pl.when(cell == "").then(pl.lit([], wanted)).otherwise(cell.str.split(";"))
    if wanted == pl.Boolean:
        return cell.replace_strict(
            {"true": True, "false": False, None: None}, return_dtype=pl.Boolean
        )
    if wanted == pl.Date:
        return cell.str.to_date("%Y-%m-%d")
    return cell.cast(wanted)
