"""Nasdaq Trader's symbol directories, as intervals and as the live files.

Three directories: Nasdaq's own lines, the other exchanges' lines, and a daily list of all.
An interval file has the dates of its snapshots in a file beside it, which is what says when
a row was first missing. The live files end in a line with the time of their creation; each
states what it shows as seen on that day and ends nothing.

`exchange` is kept as the directory writes it: the market tier for Nasdaq's lines (Q, G, S),
a letter for the others' (N NYSE, A NYSE American, P Arca, Z Cboe), a name in the daily list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from recon.contracts import FIRST_SESSION, LAST_SESSION, Directory
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.csv_table import table_of
from recon.sources.files import opening, read_text
from recon.sources.parquet import PRINTED_DAY, TEXT, parquet_columns, read_parquet
from recon.sources.printed import filled, read_day, to_date, to_open_date
from recon.sources.sightings import dated_happenings, seen_on

_ATTRIBUTES = ("security_name", "exchange", "etf", "test_issue", "financial_status")
_DATES = {"snapshot_date": PRINTED_DAY}
_FOOT = "File Creation Time"
_CREATED = re.compile(rf"^{_FOOT}:?\s*(\d{{8}})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where a directory keeps what we take, by our names; None where it says nothing."""

    directory: str
    symbol: str
    security_name: str
    exchange: str
    etf: str | None = None
    test_issue: str | None = None
    financial_status: str | None = None

    def columns(self) -> dict[str, str]:
        """Our name → the directory's."""
        names = ("symbol", *_ATTRIBUTES)
        return {name: column for name in names if (column := getattr(self, name)) is not None}


_SHAPES = (
    _Shape(
        "nasdaqlisted",
        "Symbol",
        "Security Name",
        "Market Category",
        "ETF",
        "Test Issue",
        "Financial Status",
    ),
    _Shape("otherlisted", "ACT Symbol", "Security Name", "Exchange", "ETF", "Test Issue"),
    _Shape("symbol_list", "symbol", "security_name", "exchange"),
)


def _shape(columns: frozenset[str]) -> _Shape | None:
    return next((s for s in _SHAPES if columns.issuperset(s.columns().values())), None)


def _recognise_intervals(path: Path) -> bool:
    columns = parquet_columns(path)
    return columns.issuperset({"first_seen", "last_seen"}) and _shape(columns) is not None


def _read_intervals(path: Path, _seen: Seen) -> Iterator[Chunk]:
    columns = parquet_columns(path)
    shape = _shape(columns)
    if shape is None:
        raise _refused(path, "columns", ", ".join(sorted(columns)), "a symbol directory's")
    older = [c for c in ("Company Name",) if c in columns]
    table = read_parquet(
        path,
        dict.fromkeys((*shape.columns().values(), *older), TEXT)
        | dict.fromkeys(("first_seen", "last_seen"), PRINTED_DAY),
    )
    lines = _lines(table, shape, older).with_columns(
        to_date("first_seen"), to_open_date("last_seen")
    )
    rows = dated_happenings(lines, ["symbol"], _ATTRIBUTES, _snapshot_dates(path, shape))
    yield _checked(rows, shape, skipped=table.height - lines.height)


def _snapshot_dates(path: Path, shape: _Shape) -> list[date]:
    beside = path.with_name(f"{shape.directory}_snapshot_dates.parquet")
    if parquet_columns(beside) != _DATES.keys():
        raise _refused(path, "file beside it", beside.name, "its column snapshot_date")
    days: list[date] = (
        read_parquet(beside, _DATES)
        .select(to_date("snapshot_date"))
        .to_series()
        .drop_nulls()
        .to_list()
    )
    if any(not FIRST_SESSION <= day <= LAST_SESSION for day in days):
        raise _refused(path, "file beside it", beside.name, "dates of snapshots")
    return days


def _recognise_dates(path: Path) -> bool:
    return parquet_columns(path) == _DATES.keys()


def _read_dates(path: Path, _seen: Seen) -> Iterator[Chunk]:
    dates = read_parquet(path, _DATES)
    # Read with the intervals that it stands beside; it states nothing of its own.
    yield Chunk("directory", Directory.create_empty(), skipped=dates.height)


def _recognise_live(path: Path) -> bool:
    return path.is_file() and _live_shape(opening(path)) is not None


def _live_shape(text: str) -> _Shape | None:
    head = frozenset(cell.strip() for cell in text.partition("\n")[0].split("|"))
    return _shape(head)


def _read_live(path: Path, _seen: Seen) -> Iterator[Chunk]:
    text = read_text(path)
    shape, created = _live_shape(text), _CREATED.search(text)
    day = read_day(created.group(1), ["%m%d%Y"]) if created else None
    if shape is None or created is None or day is None:
        expected = f"a last line like {_FOOT}: 0430202621:31, which a whole download has"
        raise _refused(path, "last line", text.rstrip().rpartition("\n")[2][:60], expected)
    # The foot has fewer cells than the lines above it.
    table = table_of(path, text[: created.start()], "|", quoted=False)
    lines = _lines(table, shape, [])
    lines = lines.unique(["symbol"], keep="first", maintain_order=True)
    yield _checked(seen_on(lines, day), shape, skipped=table.height - lines.height + 1)


def _lines(table: pl.DataFrame, shape: _Shape, older: list[str]) -> pl.DataFrame:
    """Take the lines of a directory under our names, without its foot."""
    columns = shape.columns()
    flags = {name: columns[name] for name in ("etf", "test_issue") if name in columns}
    # Before 2024 the name stood in another column.
    names = [filled(c) for c in (columns["security_name"], *older)]
    silent = [name for name in _ATTRIBUTES if name not in columns]
    return table.filter(~filled(columns["symbol"]).str.starts_with(_FOOT).fill_null(False)).select(
        symbol=filled(columns["symbol"]),
        security_name=pl.coalesce(names),
        exchange=filled(columns["exchange"]),
        **{
            name: filled(column).replace_strict(
                {"Y": True, "N": False}, default=None, return_dtype=pl.Boolean
            )
            for name, column in flags.items()
        },
        **{name: filled(columns[name]) for name in ("financial_status",) if name in columns},
        **{name: pl.lit(None) for name in silent},
        **{name: pl.col(name) for name in ("first_seen", "last_seen") if name in table.columns},
    )


def _checked(rows: pl.DataFrame, shape: _Shape, *, skipped: int) -> Chunk:
    return check("directory", rows.with_columns(directory=pl.lit(shape.directory)), skipped=skipped)


def _refused(path: Path, field: str, value: object, expected: str) -> RefusedFileError:
    return RefusedFileError(
        f"Symbol directory {path.name} cannot be read", field=field, value=value, expected=expected
    )


SOURCES = (
    Source(
        name="symbol_directory_intervals",
        describes="history of a Nasdaq Trader symbol directory",
        recognise=_recognise_intervals,
        read=_read_intervals,
    ),
    Source(
        name="symbol_directory_dates",
        describes="snapshot dates of a symbol directory's history",
        recognise=_recognise_dates,
        read=_read_dates,
    ),
    Source(
        name="symbol_directory",
        describes="Nasdaq Trader symbol directory of one day",
        recognise=_recognise_live,
        read=_read_live,
    ),
)
