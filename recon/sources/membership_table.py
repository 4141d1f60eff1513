"""The prepared table of index snapshots from many publishers, `membership.parquet`.

`kind` says how far each snapshot can be trusted and is kept as it is. An official list of
day D is known at the end of D; everything else (holdings, what was derived, watch lists)
at the next session's open.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr, next_open
from recon.calendar.nyse import FIRST_DAY, LAST_DAY
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.parquet import NUMBER, PRINTED_DAY, TEXT, Types, parquet_columns, read_parquet
from recon.sources.printed import filled, to_date
from recon.sources.pseudo_lines import keep_larger, no_line

_TEXTS = ("index", "ticker", "name", "cusip", "isin", "sector", "exchange", "kind", "source")
_NUMBERS = ("weight", "shares", "price", "market_value")
_KEY = ("asof", "index", "ticker", "kind", "origin")
_READ: Types = {
    "asof": PRINTED_DAY,
    **dict.fromkeys(_TEXTS, TEXT),
    **dict.fromkeys(_NUMBERS, NUMBER),
}
_SIGNS = frozenset({"ticker_norm", *_READ})


def _recognise(path: Path) -> bool:
    return parquet_columns(path) >= _SIGNS


def _symbol(column: str) -> pl.Expr:
    """Take off what some publishers print behind a ticker: `RXO WI`, `CWEN US`; `BH A` is BH.A."""
    return (
        pl.col(column)
        .str.replace(r" (WI|US|UN|UW|UQ)$", "")
        .str.replace(r"^([A-Z]{1,5}) ([A-Z])$", "$1.$2")
    )


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    printed = (
        read_parquet(path, _READ)
        .with_columns(to_date("asof"), *(filled(c).alias(c) for c in _TEXTS))
        .with_columns(ticker=_symbol("ticker"))
        .rename({"source": "origin"})
    )
    # Pseudo-lines are a thing of funds; an official list has none.
    lines = keep_larger(
        printed.filter(~(pl.col("kind").str.starts_with("etf_").fill_null(False) & no_line())),
        _KEY,
    )
    known = lines.join(_opens(lines["asof"]), on="asof", how="left", maintain_order="left")
    known = known.with_columns(
        known_at=pl.when(pl.col("kind") == "official_membership_list")
        .then(end_of_day_expr("asof"))
        .otherwise("open")
    )
    yield check("membership", known, skipped=printed.height - lines.height)


def _opens(days: pl.Series) -> pl.DataFrame:
    """Give `asof` and `open`, the open of the next session.

    A snapshot older than the calendar is known from the calendar's first session: later than
    it was, never earlier. One beyond its end has none, and the contract rejects it.
    """
    opens = {
        day: next_open(max(day, FIRST_DAY)).replace(tzinfo=None)
        for day in days.drop_nulls().unique()
        if day < LAST_DAY
    }
    return pl.DataFrame(
        list(opens.items()), schema={"asof": pl.Date, "open": pl.Datetime("us")}, orient="row"
    )


SOURCE = Source(
    name="membership_table",
    describes="prepared table of index membership snapshots",
    recognise=_recognise,
    read=_read,
)
