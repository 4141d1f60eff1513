"""The Nasdaq stock screener prepared as Parquet: daily quotes, and listings as intervals.

A file is known by its columns. It is read through Arrow, whose reader reports a damaged
file where others abort, in slices of whole symbols, so that a repeated row meets its twin
in whatever order the file is.
"""

from collections.abc import Iterator, Mapping
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
    from pyarrow.dataset import Dataset, Expression

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
    from pyarrow.dataset import dataset  # noqa: PLC0415

    try:
        file = dataset(path, format="parquet")
        if QUOTES.keys() <= set(file.schema.names):
            _check_types(path, file, QUOTES)
            yield from _quotes(file)
        else:
            _check_types(path, file, LISTINGS)
            yield _listings(_frame(file, list(LISTINGS)))
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise RefusedFileError(
            f"Parquet file cannot be read ({(str(error).splitlines() or ['damaged'])[0]})",
            field="file",
            value=path,
            expected="an undamaged Parquet file",
        ) from error


def _check_types(path: Path, file: "Dataset", types: _Types) -> None:
    found = pl.Schema(file.schema)
    for column, allowed in types.items():
        if found[column] not in allowed:
            raise RefusedFileError(
                f"A column of {path.name} has the wrong type",
                field=column,
                value=found[column],
                expected=" or ".join(sorted(str(dtype) for dtype in allowed)),
            )


def _frame(file: "Dataset", columns: list[str], only: "Expression | None" = None) -> pl.DataFrame:
    table = file.to_table(columns=columns, filter=only)
    table.validate(full=True)
    return pl.DataFrame(table)


def _quotes(file: "Dataset") -> Iterator[Chunk]:
    from pyarrow.dataset import field  # noqa: PLC0415

    symbol = field("symbol")
    symbols = _frame(file, ["symbol"])["symbol"].value_counts(name="rows")
    slices = (
        symbols.drop_nulls("symbol")
        .sort("symbol")
        .group_by(pl.col("rows").cum_sum() // ROWS_PER_CHUNK, maintain_order=True)
        .agg(first=pl.col("symbol").first(), last=pl.col("symbol").last())
    )
    wanted = [
        (symbol >= first) & (symbol <= last)
        for first, last in slices.select("first", "last").rows()
    ]
    if symbols["symbol"].null_count():
        wanted.append(symbol.is_null())
    for only in wanted:
        rows = _frame(file, list(QUOTES), only)
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
