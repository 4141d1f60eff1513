"""Ticker ↔ CIK: interval files, files of one date, and EDGAR's live lists.

Tickers are reused, so every pair has its own history within its origin. A file of one date
states what it shows as seen on that date and ends nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl

from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.files import loads, opening, read_bytes
from recon.sources.parquet import CODE, PRINTED_DAY, TEXT, Types, parquet_columns, read_parquet
from recon.sources.printed import filled, to_date, to_open_date
from recon.sources.sec_filers import padded_cik
from recon.sources.sightings import dated_happenings, seen_on
from recon.sources.stated import delivery_date, required_date

_MAPPER = "sec_cik_mapper"
_KEY = ["ticker", "cik"]
_SPAN = ["first_seen", "last_seen"]
_PAIR: Types = {"ticker": TEXT, "cik": CODE}
_SPANNED: Types = {**_PAIR, "name": TEXT, **dict.fromkeys(_SPAN, PRINTED_DAY)}
_MAP: Types = {**_SPANNED, "source": TEXT}
_HISTORY: Types = {**_SPANNED, "exchange": TEXT}
_LIST: Types = {**_PAIR, "title": TEXT}


def _recognise_map(path: Path) -> bool:
    return parquet_columns(path).issuperset(_MAP)


def _read_map(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, _MAP)
    # The map repeats the mapper's history row by row; that is read from its own file.
    own = _pairs(
        table,
        "name",
        filled("source").alias("origin"),
        to_date("first_seen"),
        to_open_date("last_seen"),
    ).filter(pl.col("origin").ne_missing(_MAPPER))
    skipped = table.height - own.height
    for (origin,), rows in own.group_by("origin", maintain_order=True):
        yield _checked(dated_happenings(rows, _KEY, ["name"]), str(origin), skipped)
        skipped = 0


def _recognise_history(path: Path) -> bool:
    return parquet_columns(path) == _HISTORY.keys()


def _read_history(path: Path, _seen: Seen) -> Iterator[Chunk]:
    rows = _pairs(read_parquet(path, _HISTORY), "name", *_span())
    yield _checked(dated_happenings(rows, _KEY, ["name"]), _MAPPER)


def _recognise_list(path: Path) -> bool:
    return parquet_columns(path) == _LIST.keys()


def _read_list(path: Path, _seen: Seen) -> Iterator[Chunk]:
    rows = _pairs(read_parquet(path, _LIST), "title")
    yield _checked(seen_on(rows, delivery_date(path)), "company_tickers")


def _recognise_live(path: Path) -> bool:
    text = opening(path, 512).replace(" ", "").replace("\n", "") if path.is_file() else ""
    return text.startswith("{") and ('"cik_str":' in text or '"fields":["cik","name"' in text)


def _read_live(path: Path, _seen: Seen) -> Iterator[Chunk]:
    day = required_date(path)
    try:
        content = loads(read_bytes(path))
        if "fields" in content:
            table = pl.DataFrame(content["data"], schema=content["fields"], orient="row")
            rows = _pairs(table, "name")
        else:
            rows = _pairs(pl.DataFrame(list(content.values())).rename({"cik_str": "cik"}), "title")
    except (orjson.JSONDecodeError, pl.exceptions.PolarsError, KeyError, TypeError) as error:
        raise RefusedFileError(
            f"List of tickers {path.name} cannot be read ({str(error).splitlines()[0]})",
            field="file",
            value=path,
            expected="a whole company_tickers.json or company_tickers_exchange.json",
        ) from error
    lines = rows.unique(_KEY, keep="first", maintain_order=True)
    yield _checked(seen_on(lines, day), "company_tickers", rows.height - lines.height)


def _span() -> tuple[pl.Expr, pl.Expr]:
    return to_date("first_seen"), to_open_date("last_seen")


def _pairs(table: pl.DataFrame, name: str, *more: pl.Expr) -> pl.DataFrame:
    return table.select(filled("ticker"), padded_cik("cik"), filled(name).alias("name"), *more)


def _checked(rows: pl.DataFrame, origin: str, skipped: int = 0) -> Chunk:
    return check("ticker_cik", rows.with_columns(origin=pl.lit(origin)), skipped=skipped)


SOURCES = (
    Source(
        name="ticker_cik_map",
        describes="history of tickers and CIKs from several origins",
        recognise=_recognise_map,
        read=_read_map,
    ),
    Source(
        name="sec_cik_mapper",
        describes="history of tickers and CIKs",
        recognise=_recognise_history,
        read=_read_history,
    ),
    Source(
        name="sec_company_tickers_table",
        describes="EDGAR's list of tickers of one date",
        recognise=_recognise_list,
        read=_read_list,
    ),
    Source(
        name="sec_company_tickers",
        describes="EDGAR's live list of tickers",
        recognise=_recognise_live,
        read=_read_live,
    ),
)
