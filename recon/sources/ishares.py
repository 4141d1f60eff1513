"""iShares holdings files of the four funds that track Russell indexes.

Three shapes of one table: as downloaded, below a preamble; re-saved in a spreadsheet, with
its own dates and trailing commas; and headless, where the name of the file says fund and
date. A fund shows its holdings of day D before the next session's open.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl

from recon.calendar import next_open
from recon.calendar.nyse import FIRST_DAY, LAST_DAY
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.csv_table import table_of
from recon.sources.files import opening, read_text, rejecting
from recon.sources.printed import filled, read_day, read_numbers
from recon.sources.pseudo_lines import keep_larger, no_line
from recon.sources.stated import required_date

FUNDS = {"IWB": "R1000", "IWM": "R2000", "IWV": "R3000", "IWC": "RMICRO"}
"""Fund → the index that it tracks."""

_TITLES = {
    "iShares Russell 1000 ETF": "IWB",
    "iShares Russell 2000 ETF": "IWM",
    "iShares Russell 3000 ETF": "IWV",
    "iShares Micro-Cap ETF": "IWC",
}
_FUND_IN_NAME = re.compile(r"(?<![A-Z])(IWB|IWM|IWV|IWC)(?![A-Z])")
_DATE_FORMATS = ("%b %d, %Y", "%B %d, %Y", "%d-%b-%y", "%d-%b-%Y", "%Y-%m-%d", "%m/%d/%Y")
_REQUIRED = ("Ticker", "Name", "Asset Class", "Weight (%)")
_COLUMNS = {
    "Ticker": "ticker",
    "Name": "name",
    "Sector": "sector",
    "Asset Class": "asset_class",
    "Market Value": "market_value",
    "Weight (%)": "weight",
    "Shares": "shares",
    "Quantity": "shares",
    "Price": "price",
    "Exchange": "exchange",
    "CUSIP": "cusip",
    "ISIN": "isin",
}
_NUMBERS = ("market_value", "weight", "shares", "price")
_WEIGHTS = (95.0, 102.0)
"""Percent: full holdings sum to 98 … 100, cash and rounding make the rest."""


def _recognise(path: Path) -> bool:
    return path.is_file() and _header_place(opening(path).splitlines()) is not None


def _header_place(lines: Sequence[str]) -> int | None:
    for place, line in enumerate(lines):
        cells = {cell.strip().strip('"') for cell in line.split(",")}
        if cells.issuperset(_REQUIRED):
            return place
    return None


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    lines = read_text(path).splitlines()
    place = _header_place(lines)
    if place is None:
        raise _refused("no table of holdings", path, "header", None, ", ".join(_REQUIRED))
    preamble = {row[0].strip(): row[1].strip() for row in csv.reader(lines[:place]) if row[1:]}
    title = next((c for row in csv.reader(lines[:place]) for c in row[:1]), None)
    fund, asof = _fund(path, title), _asof(path, preamble)
    known_at = next_open(asof).replace(tzinfo=None)
    membership = _membership(path, _table(path, lines[place:]), fund, asof, known_at)
    if "Shares Outstanding" in preamble:
        yield _fund_snapshot(fund, asof, known_at, preamble["Shares Outstanding"])
    yield membership


def _fund(path: Path, title: str | None) -> str:
    if title is not None:
        if title.strip() in _TITLES:
            return _TITLES[title.strip()]
        raise _refused("fund tracks no index we follow", path, "fund", title, " or ".join(_TITLES))
    found = _FUND_IN_NAME.search(path.stem.upper())
    if found is None:
        expected = f"one of {', '.join(FUNDS)} in the name, as the file itself has no title"
        raise _refused("nothing says whose holdings these are", path, "name", path.name, expected)
    return found.group()


def _asof(path: Path, preamble: dict[str, str]) -> date:
    asof: date | None
    if "Fund Holdings as of" not in preamble:
        asof, text = required_date(path), path.name
    else:
        text = preamble["Fund Holdings as of"]
        asof = read_day(text, _DATE_FORMATS)
    if asof is None or not FIRST_DAY <= asof < LAST_DAY:
        expected = f"a date like May 13, 2025, from {FIRST_DAY} to {LAST_DAY}"
        raise _refused("date cannot be used", path, "holdings as of", text, expected)
    return asof


def _table(path: Path, lines: Sequence[str]) -> pl.DataFrame:
    # The table ends at a line of blanks and commas; the foot-notes come after it.
    end = next((n for n, line in enumerate(lines) if not line.strip(" ,\xa0\t")), len(lines))
    table = table_of(path, "\n".join(lines[:end]))
    known = {old: new for old, new in _COLUMNS.items() if old in table.columns}
    table = table.select(filled(old).alias(new) for old, new in known.items())
    absent = set(_COLUMNS.values()).difference(table.columns)
    return table.with_columns(pl.lit(None, pl.String).alias(c) for c in sorted(absent))


def _membership(
    path: Path, table: pl.DataFrame, fund: str, asof: date, known_at: datetime
) -> Chunk:
    frame, unreadable = read_numbers(table, _NUMBERS)
    total = frame["weight"].sum()
    if not _WEIGHTS[0] <= total <= _WEIGHTS[1]:
        expected = f"between {_WEIGHTS[0]:g} and {_WEIGHTS[1]:g}"
        raise _refused(
            "holdings are not whole", path, "sum of Weight (%)", f"{total:.2f}", expected
        )
    classless = frame.filter(pl.col("asset_class").is_null())
    lines = keep_larger(frame.filter(pl.col("asset_class") == "Equity", ~no_line()), ["ticker"])
    if lines.is_empty():
        raise _refused("no line of a company in it", path, "Asset Class", None, "Equity lines")
    chunk = check(
        "membership",
        lines.with_columns(
            asof=asof,
            index=pl.lit(FUNDS[fund]),
            kind=pl.lit("etf_ishares"),
            origin=pl.lit(path.name),
            known_at=known_at,
        ),
        skipped=frame.height - lines.height - classless.height,
    )
    chunk = rejecting(chunk, classless.with_columns(rule=pl.lit("asset_class|nullability")))
    return rejecting(chunk, unreadable)


def _fund_snapshot(fund: str, asof: date, known_at: datetime, outstanding: str) -> Chunk:
    head = pl.DataFrame(
        {
            "asof": [asof],
            "fund": [fund],
            "shares_outstanding": [outstanding],
            "known_at": [known_at],
        }
    )
    good, unreadable = read_numbers(head, ["shares_outstanding"])
    return rejecting(check("fund_snapshot", good), unreadable)


def _refused(what: str, path: Path, field: str, value: object, expected: str) -> RefusedFileError:
    return RefusedFileError(
        f"Holdings file {path.name}: {what}", field=field, value=value, expected=expected
    )


SOURCE = Source(
    name="ishares_holdings",
    describes="holdings of IWB, IWM, IWV or IWC from iShares",
    recognise=_recognise,
    read=_read,
)
