"""Reads of the user's own counts and answers, and of how companies file."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from store_files import Row, known_after, quote, write_file

from recon.store import Store

LATER = datetime(2030, 1, 1, tzinfo=UTC)
ALL = (date(2020, 1, 1), date(2029, 12, 31))


def after(day: str) -> datetime:
    return datetime.fromisoformat(known_after(day)).replace(tzinfo=UTC)


def counted(as_of: str, shares: float, known: str | None = None, **more: Any) -> Row:
    return {
        "company": "AAA",
        "as_of": as_of,
        "counted_by": "companyfacts",
        "measure": "cover",
        "shares": shares,
        "origin": "10-Q 1",
        "known_at": known_after(known or as_of),
        **more,
    }


def said(day: str, value: str) -> Row:
    known = known_after(day)
    return {"company": "AAA", "fact": "ubti", "value": value, "origin": "x", "known_at": known}


def filed(day: str, form: str) -> Row:
    return {
        "cik": "0000000001",
        "filed": day,
        "form": form,
        "origin": "submissions",
        "known_at": known_after(day),
    }


@pytest.mark.parametrize(
    ("rows", "newest"),
    [
        ([counted("2024-01-02", 1e6), counted("2024-01-05", 2e6)], 2e6),
        (
            [
                counted("2024-01-05", 1e6),
                counted("2024-01-05", 2e6, known="2024-01-09", measure="balance_sheet"),
            ],
            1e6,
        ),
        ([counted("2024-01-05", 1e6), counted("2024-01-05", 2e6, known="2024-01-09")], 2e6),
        ([counted("2024-01-05", 1e6), counted("2024-01-02", 2e6, known="2024-01-09")], 1e6),
    ],
)
def test_the_newest_count_is_read(
    store: Store, files: Path, rows: list[Row], newest: float
) -> None:
    store.ingest([write_file(files / "x.alpha", share_count=rows)])
    assert store.as_of(LATER).share_counts(*ALL)["shares"].to_list() == [newest]


def test_a_count_is_read_from_when_it_was_known_and_each_counter_has_its_own(
    store: Store, files: Path
) -> None:
    vendor = {"counted_by": "vendor_counts", "measure": "stated"}
    rows = [
        counted("2024-01-02", 1e6, known="2024-01-10"),
        counted("2024-01-05", 2e6, known="2024-01-08", **vendor),
        counted("2024-01-05", 3e6, known="2024-01-12", **vendor),
    ]
    store.ingest([write_file(files / "x.alpha", share_count=rows)])

    def seen(day: str, first: str = "2020-01-01", last: str = "2029-12-31") -> list[float]:
        days = (date.fromisoformat(first), date.fromisoformat(last))
        return store.as_of(after(day)).share_counts(*days)["shares"].to_list()

    assert seen("2024-01-07") == []
    assert seen("2024-01-08") == [2e6]
    assert sorted(seen("2024-01-11")) == [1e6, 2e6]
    assert sorted(seen("2024-01-12")) == [1e6, 3e6]
    assert seen("2024-01-12", first="2024-01-03") == [3e6]
    assert seen("2024-01-12", last="2024-01-04") == [1e6]


def test_a_correction_lands_beside_what_it_corrects(store: Store, files: Path) -> None:
    vendor = {"counted_by": "vendor_counts", "measure": "stated"}
    first = counted("2024-01-05", 2e6, **vendor)
    corrected = counted("2024-01-05", 3e6, known="2024-01-12", **vendor)
    store.ingest([write_file(files / "x.alpha", share_count=[first])])
    (report,) = store.ingest([write_file(files / "y.alpha", share_count=[first, corrected])])
    assert (report.rows, report.repeated, report.conflicts) == ({"share_count": 1}, 1, 0)
    assert store.as_of(LATER).share_counts(*ALL)["shares"].to_list() == [3e6]


def test_every_answer_known_is_read(store: Store, files: Path) -> None:
    rows = [said("2024-01-02", "pass"), said("2024-01-08", "fail")]
    store.ingest([write_file(files / "x.alpha", own_fact=rows)])
    assert store.as_of(after("2024-01-07")).own_facts()["value"].to_list() == ["pass"]
    assert store.as_of(LATER).own_facts()["value"].to_list() == ["pass", "fail"]


def test_the_newest_annual_report_tells_how_a_company_files(store: Store, files: Path) -> None:
    rows = [filed("2022-04-01", "20-F"), filed("2024-03-01", "10-K")]
    store.ingest([write_file(files / "x.alpha", annual_report=rows)])
    assert store.as_of(after("2024-02-29")).annual_forms()["form"].to_list() == ["20-F"]
    assert store.as_of(LATER).annual_forms().rows() == [("0000000001", "10-K", date(2024, 3, 1))]


@pytest.mark.parametrize("gone", [[], [None]])
def test_marks_are_read_where_no_life_has_ended(
    store: Store, files: Path, gone: list[date | None]
) -> None:
    store.ingest(
        [write_file(files / "x.alpha", quote=[quote("2024-01-02", close=2.0, market_cap=20.0)])]
    )
    lives = pl.DataFrame(
        {
            "life": ["A:2024-01-02"] * len(gone),
            "symbol": ["A"] * len(gone),
            "first": [date(2024, 1, 2)] * len(gone),
            "gone": gone,
        },
        schema={"life": pl.String, "symbol": pl.String, "first": pl.Date, "gone": pl.Date},
    )
    marks = store.as_of(LATER).life_marks(lives)
    assert marks.schema["life"] == pl.String
    assert marks["first_shares"].to_list() == [10.0] * len(gone)
