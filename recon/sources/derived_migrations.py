"""Moves between the Russell 1000 and the Russell 2000, inferred from lists before and after.

FTSE Russell's public lists do not say who moves between the two; `derived_migrations.csv` tells
it from index lists of both sides of a reconstitution. It is a label to score against, made
afterwards: it is known a month after the newest list that it was made from, and never before the
event took effect, so that no forecast of the event can see it.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr, event
from recon.errors import UnknownEventError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.csv_table import header, read_csv
from recon.sources.printed import filled, read_day

MARGIN = timedelta(days=30)
"""After the newest list: when the two were compared is not recorded."""

_COLUMNS = ("recon", "ticker_norm", "from_index", "to_index", "method")
_AFTER = re.compile(r"\bafter=(.*)$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _recognise(path: Path) -> bool:
    return header(path).issuperset(_COLUMNS)


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    printed = _table(path)
    lists = printed.select("recon", "method").unique(maintain_order=True)
    dated = lists.with_columns(
        pl.Series("known_on", [_known_on(*row) for row in lists.rows()], dtype=pl.Date)
    )
    rows = printed.join(
        dated, on=["recon", "method"], how="left", nulls_equal=True, maintain_order="left"
    ).select(
        event="recon",
        ticker="ticker_norm",
        from_index="from_index",
        to_index="to_index",
        origin="method",
        known_at=end_of_day_expr("known_on"),
    )
    lines = rows.unique(maintain_order=True)
    yield check("derived_migration", lines, skipped=rows.height - lines.height)


def _table(path: Path) -> pl.DataFrame:
    table = read_csv(path, _COLUMNS)
    return table.select(filled(c).alias(c) for c in _COLUMNS)


def _known_on(month: str | None, method: str | None) -> date | None:
    """Give the day from which a label counts as known; null where its event is not known."""
    try:
        effective = event(str(month)).effective
    except UnknownEventError:
        return None
    if effective is None:
        return None
    after = _AFTER.search(method or "")
    named = [read_day(day, ["%Y-%m-%d"]) for day in _DAY.findall(after[1])] if after else []
    return max([effective, *(day for day in named if day is not None)]) + MARGIN


SOURCE = Source(
    name="derived_migrations",
    describes="prepared table of inferred moves between Russell 1000 and Russell 2000",
    recognise=_recognise,
    read=_read,
)
