"""FTSE Russell's own PDF lists: index members, additions and deletions.

A list of members bears its date at the foot of each page. A list of additions or deletions
does not: the name of the file says it, else the file's metadata. Its stage is final when
the foot or the title says so or the event is effective, else it follows from the event's
calendar.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from recon.calendar import Event, end_of_day, evening, events
from recon.errors import InputError, RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.pdf_table import NO_TEXT, Words, cut_tables, read_words
from recon.sources.printed import read_day
from recon.sources.stated import stated_date

_MEMBER_HEADS = ("Company", "Ticker")
_CHANGE_HEADS = ("Company", "Symbol", "Industry")
_INDEXES = {
    "Russell 1000": "R1000",
    "Russell 2000": "R2000",
    "Russell 3000": "R3000",
    "Russell Microcap": "RMICRO",
}
_ACTIONS = {"Additions": "add", "Deletions": "delete"}
_TITLE = rf"^(?P<of>{'|'.join(_INDEXES)})® Index(?: ?[-–] ?(?P<what>{'|'.join(_ACTIONS)}))?$"
_LONG_DATE = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}")
_REPOSTED = timedelta(days=7)
"""How long after the effective day a final list may be dated."""


def _recognise(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if file.read(5) != b"%PDF-":
                return False
        first = read_words(path).frame.filter(pl.col("page") == 1)
    except OSError:
        return False
    except RefusedFileError as error:
        # Damaged or locked: nothing else reads PDFs, so let the reading say what is wrong.
        return error.message != NO_TEXT
    return "Russell" in " ".join(first["text"])


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    words = read_words(path)
    changes = cut_tables(words, _CHANGE_HEADS)
    members = cut_tables(words, _MEMBER_HEADS)
    if changes.is_empty() == members.is_empty():
        expected = " ".join(_MEMBER_HEADS) + ", or " + " ".join(_CHANGE_HEADS)
        raise _refused(path, "head of the table", None, expected)
    if changes.is_empty():
        yield _membership(path, words, members)
    else:
        yield _announcements(path, words, changes)


def _membership(path: Path, words: Words, table: pl.DataFrame) -> Chunk:
    asof = _printed_date(path, words)
    rows = (
        table.join(_titles(path, words, table), on="page", maintain_order="left")
        .select("index", name="Company", ticker="Ticker", asof=pl.lit(asof))
        .with_columns(
            *(pl.lit(None, pl.Float64).alias(c) for c in _FIGURES),
            *(pl.lit(None, pl.String).alias(c) for c in _CODES),
            kind=pl.lit("official_membership_list"),
            origin=pl.lit(path.name),
            known_at=end_of_day(asof).replace(tzinfo=None),
        )
    )
    return _checked("membership", rows, ["index", "ticker"])


_FIGURES = ("weight", "shares", "price", "market_value")
_CODES = ("cusip", "isin", "sector", "exchange")


def _announcements(path: Path, words: Words, table: pl.DataFrame) -> Chunk:
    titles = _titles(path, words, table)
    if titles["action"].null_count():
        raise _refused(path, "title", "no action", "… Index - Additions or … Index - Deletions")
    day = _stated_day(path, words)
    event = _event(path, day)
    stage, listed_on = _stage(event, day, words)
    rows = table.join(titles, on="page", maintain_order="left").select(
        "index",
        "action",
        event=pl.lit(event.id),
        ticker="Symbol",
        name="Company",
        industry="Industry",
        stage=pl.lit(stage),
        listed_on=pl.lit(listed_on),
        origin=pl.lit(path.name),
        known_at=pl.lit(evening(listed_on).replace(tzinfo=None)),
    )
    return _checked("announcement", rows, ["index", "action", "ticker"])


def _checked(table: str, rows: pl.DataFrame, key: list[str]) -> Chunk:
    # A row without a ticker is no repeat of another such row.
    repeated = pl.col("ticker").is_not_null() & ~pl.struct(key).is_first_distinct()
    lines = rows.filter(~repeated)
    return check(table, lines, skipped=rows.height - lines.height)


def _titles(path: Path, words: Words, table: pl.DataFrame) -> pl.DataFrame:
    """Give `index` and `action` of each page that has a table."""
    found = (
        words.lines()
        .with_columns(pl.col("text").str.extract_groups(_TITLE))
        .unnest("text")
        .filter(pl.col("of").is_not_null())
        .select(
            "page",
            index=pl.col("of").replace_strict(_INDEXES),
            action=pl.col("what").replace_strict(_ACTIONS, default=None),
        )
        .unique(["page"], keep="first")
    )
    untitled = set(table["page"]) - set(found["page"])
    if untitled:
        expected = " or ".join(f"{name}® Index" for name in _INDEXES)
        raise _refused(path, "title of page", min(untitled), expected)
    return found


def _printed_date(path: Path, words: Words) -> date:
    for text in words.lines().filter("foot")["text"].drop_nulls():
        found = _LONG_DATE.search(text)
        day = read_day(found.group(), ["%B %d, %Y"]) if found else None
        if day is not None:
            return day
    raise _refused(path, "date at the foot of the page", None, "a date like June 26, 2017")


def _stated_day(path: Path, words: Words) -> date:
    day = stated_date(path) or read_day(words.created[2:10], ["%Y%m%d"])
    if day is None:
        expected = "a date such as 20250627 in the name"
        raise _refused(path, "file name", path.name, expected)
    return day


def _event(path: Path, day: date) -> Event:
    try:
        candidates = events(day.year, day.year, ("recon",))
    except InputError as error:
        raise _refused(path, "date of the list", day, str(error.expected)) from error
    for event in candidates:
        first, last = event.preliminary, event.effective
        if first is not None and last is not None and first <= day <= last + _REPOSTED:
            return event
    expected = "a day from an event's preliminary list to its effective day"
    raise _refused(path, "date of the list", day, expected)


def _stage(event: Event, day: date, words: Words) -> tuple[str, date]:
    """Give the stage and the day on which the list of that stage was published."""
    feet = " ".join(words.lines().filter("foot")["text"].drop_nulls())
    said = re.search(r"\bFinal\b", f"{words.title} {feet}") is not None
    if event.effective is not None and (said or day >= event.effective):
        return "final", event.effective
    if day == event.preliminary:
        return "preliminary", day
    return "updated", day


def _refused(path: Path, field: str, value: object, expected: str) -> RefusedFileError:
    return RefusedFileError(
        f"PDF {path.name} is no list that we know", field=field, value=value, expected=expected
    )


SOURCE = Source(
    name="ftse_russell_pdf",
    describes="FTSE Russell's PDF of members, additions or deletions",
    recognise=_recognise,
    read=_read,
)
