"""The Nasdaq stock screener prepared as Parquet: daily quotes, and listings as intervals.

A file is known by its columns. Quotes are read in slices of whole symbols, so that a repeated row
meets its twin in whatever order the file is.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr
from recon.contracts import FIRST_SESSION, LAST_SESSION
from recon.sources.base import Chunk, Seen, Source, check, printable
from recon.sources.files import rejecting
from recon.sources.intervals import happenings, without_ends
from recon.sources.parquet import (
    CODE,
    DAY,
    NUMBER,
    TEXT,
    WHOLE,
    Opened,
    Types,
    opened,
    parquet_columns,
    read_parquet,
)
from recon.sources.printed import one_line

ROWS_PER_CHUNK = 1_000_000
_KEY = ("symbol", "exchange")
_TEXTS = ("name", "country", "sector", "industry")
_ATTRIBUTES = ("name", "country", "ipo_year", "sector", "industry")

QUOTES: Types = {
    "session": DAY,
    "symbol": TEXT,
    "exchange": TEXT,
    "close": NUMBER,
    "netchange": NUMBER,
    "volume": WHOLE | {pl.Null},
    "market_cap": NUMBER,
}
"""Columns of `screener_daily.parquet` and the types that each may have."""

LISTINGS: Types = {
    **dict.fromkeys((*_KEY, *_TEXTS), TEXT),
    "ipo_year": CODE,
    "first_seen": DAY,
    "last_seen": DAY | {pl.Null},
}
"""Columns of `screener_listings.parquet` and the types that each may have."""


def _recognise(path: Path) -> bool:
    columns = parquet_columns(path)
    return columns >= QUOTES.keys() or columns >= LISTINGS.keys()


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    if parquet_columns(path) >= QUOTES.keys():
        with opened(path, QUOTES) as file:
            yield from _quotes(file)
    else:
        yield _listings(read_parquet(path, LISTINGS))


def _quotes(file: Opened) -> Iterator[Chunk]:
    """Read whole symbols at a time, each slice from the row groups that hold any of it."""
    places = pl.concat(
        [
            pl.DataFrame(schema={"symbol": pl.String, "rows": pl.UInt32, "group": pl.Int32}),
            *(
                file.frame([group], ["symbol"])["symbol"]
                .value_counts(name="rows")
                .with_columns(group=pl.lit(group, pl.Int32))
                for group in file.groups
            ),
        ]
    ).sort("symbol")
    places = places.with_columns(slice=pl.col("rows").cum_sum() // ROWS_PER_CHUNK)
    places = places.with_columns(pl.col("slice").first().over("symbol"))
    for part in places.partition_by("slice", maintain_order=True):
        rows = file.frame(part["group"].unique().sort(), list(QUOTES))
        rows = rows.join(part, on="symbol", how="semi", nulls_equal=True)
        yield check("quote", _stamped(rows))


def _stamped(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `known_at`, worked out once a session: a row at a time takes five times as long."""
    ends = rows.select("session").unique().with_columns(known_at=end_of_day_expr("session"))
    return rows.join(ends, on="session", how="left", maintain_order="left")


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
        .when(~first.is_between(FIRST_SESSION, LAST_SESSION))
        .then(pl.lit("first_seen|range"))
        .when(~last.is_between(FIRST_SESSION, LAST_SESSION))
        .then(pl.lit("last_seen|range"))
        .when(last < first)
        .then(pl.lit("last_seen|order"))
    )
    marked = intervals.with_columns(rule=broken)
    kept = marked.filter(pl.col("rule").is_null()).with_columns(
        *(one_line(column).alias(column) for column in _ATTRIBUTES)
    )
    rows = happenings(
        kept,
        _KEY,
        _ATTRIBUTES,
        first_seen="first_seen",
        last_seen="last_seen",
        snapshot_dates=pl.concat([kept["first_seen"], kept["last_seen"]]),
    )
    aside = marked.filter(pl.col("rule").is_not_null())
    rows = without_ends(rows, aside, _KEY)
    return rejecting(check("listing", rows), aside.select(printable(marked)))


SOURCE = Source(
    name="screener_parquet",
    describes="Nasdaq stock screener prepared as Parquet (daily quotes, or listings)",
    recognise=_recognise,
    read=_read,
)
