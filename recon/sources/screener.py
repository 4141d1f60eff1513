"""The Nasdaq stock screener prepared as Parquet: daily quotes, and listings as intervals.

A file is known by its columns. It is read through Arrow's plain reader, which reports a
damaged file where others abort, and in slices of whole symbols, so that a repeated row meets
its twin in whatever order the file is.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from recon.calendar import end_of_day_expr
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check, printable
from recon.sources.files import parquet_columns, rejecting
from recon.sources.intervals import happenings
from recon.sources.printed import filled

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

ROWS_PER_CHUNK = 1_000_000
_KEY = ("symbol", "exchange")
_TEXTS = ("name", "country", "sector", "industry")
_ATTRIBUTES = ("name", "country", "ipo_year", "sector", "industry")

_TEXT = frozenset({pl.String})
_DATE = frozenset({pl.Date})
_WHOLE = frozenset({pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32})
_NUMBER = _WHOLE | {pl.Float32, pl.Float64}
_Types = Mapping[str, frozenset[type[pl.DataType]]]

QUOTES: _Types = {
    "session": _DATE,
    "symbol": _TEXT,
    "exchange": _TEXT,
    "close": _NUMBER,
    "netchange": _NUMBER,
    "volume": _WHOLE,
    "market_cap": _NUMBER,
}
"""Columns of `screener_daily.parquet` and the types that each may have."""

LISTINGS: _Types = {
    **dict.fromkeys((*_KEY, *_TEXTS), _TEXT),
    "ipo_year": _TEXT | _WHOLE,
    "first_seen": _DATE,
    "last_seen": _DATE,
}
"""Columns of `screener_listings.parquet` and the types that each may have."""


def _recognise(path: Path) -> bool:
    columns = parquet_columns(path)
    return columns >= QUOTES.keys() or columns >= LISTINGS.keys()


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    import pyarrow as pa  # noqa: PLC0415 - a third of a second, and only ingest needs it
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        with ParquetFile(path) as file:
            if QUOTES.keys() <= set(file.schema_arrow.names):
                _check_types(path, file, QUOTES)
                yield from _quotes(file)
            else:
                _check_types(path, file, LISTINGS)
                yield _listings(_frame(file, range(file.num_row_groups), list(LISTINGS)))
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise RefusedFileError(
            f"Parquet file cannot be read ({(str(error).splitlines() or ['damaged'])[0]})",
            field="file",
            value=path,
            expected="an undamaged Parquet file",
        ) from error


def _check_types(path: Path, file: "ParquetFile", types: _Types) -> None:
    import pyarrow as pa  # noqa: PLC0415

    missing = types.keys() - set(file.schema_arrow.names)
    if missing:
        raise RefusedFileError(
            f"{path.name} lacks a column", field="file", value=path, expected=min(missing)
        )
    found = pl.Schema(pa.schema([(name, file.schema_arrow.field(name).type) for name in types]))
    for column, allowed in types.items():
        if found[column] not in allowed:
            raise RefusedFileError(
                f"A column of {path.name} has the wrong type",
                field=column,
                value=found[column],
                expected=" or ".join(sorted(str(dtype) for dtype in allowed)),
            )


def _frame(file: "ParquetFile", groups: Iterable[int], columns: list[str]) -> pl.DataFrame:
    table = file.read_row_groups(list(groups), columns=columns)
    table.validate(full=True)
    # Column by column: damaged notes on the table would abort the conversion.
    return pl.DataFrame([pl.Series(name, table[name]) for name in columns])


def _quotes(file: "ParquetFile") -> Iterator[Chunk]:
    """Read whole symbols at a time, each slice from the row groups that hold any of it."""
    places = pl.concat(
        [
            pl.DataFrame(schema={"symbol": pl.String, "rows": pl.UInt32, "group": pl.Int32}),
            *(
                _frame(file, [group], ["symbol"])["symbol"]
                .value_counts(name="rows")
                .with_columns(group=pl.lit(group, pl.Int32))
                for group in range(file.num_row_groups)
            ),
        ]
    ).sort("symbol")
    places = places.with_columns(slice=pl.col("rows").cum_sum() // ROWS_PER_CHUNK)
    places = places.with_columns(pl.col("slice").first().over("symbol"))
    for part in places.partition_by("slice", maintain_order=True):
        rows = _frame(file, part["group"].unique().sort(), list(QUOTES))
        rows = rows.join(part, on="symbol", how="semi", nulls_equal=True)
        yield check("quote", rows.with_columns(known_at=end_of_day_expr("session")))


def _listings(intervals: pl.DataFrame) -> Chunk:
    """Turn intervals into happenings.

    The file does not list its sessions, but on every session some line's attributes begin or
    end, so that the dates in it are the sessions; should one be missing, an end is known a
    session late, never early.
    """
    first, last = pl.col("first_seen"), pl.col("last_seen")
    broken = (
        pl.when(first.is_null())
        .then(pl.lit("first_seen|nullability"))
        .when(last < first)
        .then(pl.lit("last_seen|order"))
    )
    marked = intervals.with_columns(rule=broken)
    kept = marked.filter(pl.col("rule").is_null()).with_columns(
        *(filled(column).alias(column) for column in _ATTRIBUTES)
    )
    rows = happenings(
        kept,
        _KEY,
        _ATTRIBUTES,
        first_seen="first_seen",
        last_seen="last_seen",
        snapshot_dates=pl.concat([kept["first_seen"], kept["last_seen"]]),
    )
    rejected = marked.filter(pl.col("rule").is_not_null()).select(printable(marked))
    return rejecting(check("listing", rows), rejected)


SOURCE = Source(
    name="screener_parquet",
    describes="Nasdaq stock screener prepared as Parquet (daily quotes, or listings)",
    recognise=_recognise,
    read=_read,
)
