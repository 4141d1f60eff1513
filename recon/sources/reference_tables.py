"""Small reference tables: profiles of lines, changed symbols, CUSIPs, EDGAR's place codes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr
from recon.calendar.nyse import FIRST_DAY
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.csv_table import header, read_csv
from recon.sources.parquet import PRINTED_DAY, TEXT, Types, parquet_columns, read_parquet
from recon.sources.printed import filled, to_date
from recon.sources.stated import stated_date

CUT = date(2026, 4, 30)
"""The day on which the delivered data stops: an undated table is known from its end on."""

_PLACE = ("sector", "industry", "country", "state", "city")
_PROFILE: Types = {
    **dict.fromkeys(("symbol", "long_name", "short_name", *_PLACE), TEXT),
    "asof_before": PRINTED_DAY,
}
_CHANGE: Types = {
    "effective_date": PRINTED_DAY,
    **dict.fromkeys(("old_symbol", "new_symbol", "new_company_name"), TEXT),
}
_CUSIPS: Types = {"Cusip": TEXT, "Ticker": TEXT}
_CODES = ("Code", "Place", "Type", "ISO")


def _recognise_profiles(path: Path) -> bool:
    return parquet_columns(path).issuperset(_PROFILE)


def _read_profiles(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, _PROFILE).select(
        filled("symbol"),
        *(filled(c).alias(c) for c in _PLACE),
        name=pl.coalesce(filled("long_name"), filled("short_name")),
        session=to_date("asof_before"),
    )
    yield _once("profile", table.with_columns(known_at=end_of_day_expr("session")))


def _recognise_changes(path: Path) -> bool:
    return parquet_columns(path) == _CHANGE.keys()


def _read_changes(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, _CHANGE).select(
        filled("old_symbol"),
        filled("new_symbol"),
        name=filled("new_company_name"),
        effective_on=to_date("effective_date"),
    )
    yield _once("symbol_change", table.with_columns(known_at=end_of_day_expr("effective_on")))


def _recognise_cusips(path: Path) -> bool:
    return parquet_columns(path) == _CUSIPS.keys()


def _read_cusips(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, _CUSIPS).select(
        cusip=filled("Cusip"),
        ticker=filled("Ticker"),
        known_at=end_of_day_expr(pl.lit(stated_date(path) or CUT)),
    )
    yield _once("cusip_ticker", table)


def _recognise_places(path: Path) -> bool:
    return header(path) == set(_CODES)


def _read_places(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_csv(path, _CODES)
    # A key to read filings with, older than any of them; it tells nothing about a company.
    known_at = end_of_day_expr(pl.lit(FIRST_DAY))
    codes = table.select(
        *(filled(column).alias(column.lower()) for column in _CODES), known_at=known_at
    )
    yield _once("place", codes)


def _once(table: str, rows: pl.DataFrame) -> Chunk:
    """Check rows, leaving out those that repeat another word for word."""
    lines = rows.unique(maintain_order=True)
    return check(table, lines, skipped=rows.height - lines.height)


SOURCES = (
    Source(
        name="financedatabase",
        describes="sector, industry and place of lines on past dates",
        recognise=_recognise_profiles,
        read=_read_profiles,
    ),
    Source(
        name="symbol_changes",
        describes="tickers that became others",
        recognise=_recognise_changes,
        read=_read_changes,
    ),
    Source(
        name="cusip_tickers",
        describes="CUSIPs of lines, undated",
        recognise=_recognise_cusips,
        read=_read_cusips,
    ),
    Source(
        name="place_codes",
        describes="EDGAR's place codes",
        recognise=_recognise_places,
        read=_read_places,
    ),
)
