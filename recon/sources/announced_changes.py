"""The prepared table of FTSE Russell's announced changes, `announced_changes.csv`.

Its `list_date` is the day on which a change takes effect, not the day on which the list was
published; when a list was known follows from its stage and its event (design, Time).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from recon.calendar import Event, evening_expr, event
from recon.errors import UnknownEventError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.csv_table import header, read_csv
from recon.sources.printed import filled, to_date

_COLUMNS = (
    "recon",
    "kind",
    "index",
    "action",
    "ticker",
    "name",
    "list_date",
    "preliminary_or_final",
    "source",
)
_KEY = ("event", "index", "action", "ticker", "stage", "listed_on")


def _recognise(path: Path) -> bool:
    return header(path).issuperset(_COLUMNS)


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    printed = _table(path)
    lists = printed.select(*_LIST).unique(maintain_order=True)
    dated = pl.DataFrame(
        [(*row, *_publication(*row)) for row in lists.rows()],
        schema={**lists.schema, "event": pl.String, "stage": pl.String, "listed_on": pl.Date},
        orient="row",
    )
    rows = printed.join(
        dated, on=list(_LIST), how="left", nulls_equal=True, maintain_order="left"
    ).select(
        *_KEY,
        "name",
        industry=pl.lit(None, pl.String),
        origin="source",
        known_at=evening_expr("listed_on"),
    )
    # A row without a ticker is no repeat of another such row.
    lines = rows.filter(pl.struct(_KEY).is_first_distinct() | pl.col("ticker").is_null())
    yield check("announcement", lines, skipped=rows.height - lines.height)


_LIST = ("recon", "kind", "list_date", "preliminary_or_final")


def _table(path: Path) -> pl.DataFrame:
    table = read_csv(path, _COLUMNS)
    return table.select(filled(c).alias(c) for c in _COLUMNS).with_columns(to_date("list_date"))


def _publication(
    month: str | None, kind: str | None, list_date: date | None, said: str | None
) -> tuple[str, str | None, date | None]:
    """Give event, stage and day of publication of one list; null where they cannot be told."""
    event_id = f"ipo:{month}" if kind == "ipo_addition" else str(month)
    stage = _stage(said or "")
    try:
        return event_id, stage, _published(event(event_id), stage, list_date)
    except UnknownEventError:
        return event_id, stage, None


def _stage(said: str) -> str | None:
    # `final(last update of list titled preliminary, …)` is the final list all the same.
    if said.startswith("final"):
        return "final"
    if not said.startswith("preliminary"):
        return None
    return "updated" if "update" in said else "preliminary"


def _published(of: Event, stage: str | None, list_date: date | None) -> date | None:
    if of.kind == "ipo" or stage == "preliminary":
        return of.preliminary
    if stage == "final":
        return of.effective
    return list_date if list_date in of.updates else None


SOURCE = Source(
    name="announced_changes",
    describes="prepared table of announced additions and deletions",
    recognise=_recognise,
    read=_read,
)
