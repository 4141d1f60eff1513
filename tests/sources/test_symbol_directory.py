from datetime import date, datetime

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.symbol_directory import SOURCES

INTERVALS, DATES, LIVE = SOURCES
SPAN = ("first_seen", "last_seen")
NASDAQ = ("Symbol", "Company Name", "Security Name", "Market Category", "Test Issue",
          "Financial Status", "ETF")  # fmt: skip
OTHER = ("ACT Symbol", "Company Name", "Security Name", "Exchange", "ETF", "Test Issue")
LIST = ("symbol", "security_name", "exchange")


def write(folder, name, columns, rows, dates):
    path = folder / f"{name}_intervals.parquet"
    pl.DataFrame(
        rows, schema=dict.fromkeys([*columns, *SPAN], pl.String), orient="row"
    ).write_parquet(path)
    beside = folder / f"{name}_snapshot_dates.parquet"
    pl.DataFrame({"snapshot_date": dates}).write_parquet(beside)
    return path


def read(path, source=INTERVALS):
    assert [s.name for s in SOURCES if s.recognise(path)] == [source.name]
    (chunk,) = source.read(path, Seen())
    return chunk


def test_nasdaqs_own_directory(tmp_path):
    rows = [
        ("AAON", "AAON, Inc.", "AAON, Inc. - Common Stock", "Q", "N", "N", "N", "2024-10-10", None),
        ("QQQ", "Invesco QQQ", "Invesco QQQ Trust", "G", "N", "N", "Y", "2024-10-10", "2024-12-01"),
        ("OLD", "Old Names Inc.", None, None, None, None, None, "2015-01-10", "2015-01-10"),
        ("ZVZZT", "Test", "NASDAQ TEST STOCK", "G", "Y", "D", " ", "2024-12-01", None),
        ("File Creation Time: 1009202409:46", "", "", "", "", "", "", "2024-10-10", "2024-10-10"),
    ]
    dates = ["2015-01-10", "2024-10-10", "2024-10-10", "2024-12-01", "2025-01-01"]
    chunk = read(write(tmp_path, "nasdaqlisted", NASDAQ, rows, dates))
    assert (chunk.skipped, chunk.rejected.height) == (1, 0)
    columns = ["symbol", "session", "happening", *chunk.rows.columns[4:9]]
    found = chunk.rows.select(columns).sort("symbol", "session").rows()
    assert found == [
        ("AAON", date(2024, 10, 10), "seen", "AAON, Inc. - Common Stock", "Q", False, False, "N"),
        ("OLD", date(2015, 1, 10), "seen", "Old Names Inc.", None, None, None, None),
        ("OLD", date(2024, 10, 10), "vanished", None, None, None, None, None),
        ("QQQ", date(2024, 10, 10), "seen", "Invesco QQQ Trust", "G", True, False, "N"),
        ("QQQ", date(2025, 1, 1), "vanished", None, None, None, None, None),
        ("ZVZZT", date(2024, 12, 1), "seen", "NASDAQ TEST STOCK", "G", None, True, "D"),
    ]
    assert chunk.rows["directory"].unique().to_list() == ["nasdaqlisted"]
    newest = chunk.rows.filter(symbol="QQQ", happening="vanished")["known_at"]
    assert newest.to_list() == [datetime.fromisoformat("2025-01-02T04:59:59.999999")]


def test_the_other_exchanges_directory_and_the_daily_list(tmp_path):
    span = ("2024-10-22", None)
    other = [("BRK.A", "Berkshire", "Berkshire Hathaway Inc.", "N", "N", "N", *span)]
    daily = [("BRK.A", "Berkshire Hathaway Inc.", "NYSE", *span)]
    first = read(write(tmp_path, "otherlisted", OTHER, other, ["2024-10-22"]))
    second = read(write(tmp_path, "symbol_list", LIST, daily, ["2024-10-22"]))
    columns = ["directory", "symbol", "exchange", "etf", "test_issue"]
    assert first.rows.select(columns).rows() == [("otherlisted", "BRK.A", "N", False, False)]
    assert second.rows.select(columns).rows() == [("symbol_list", "BRK.A", "NYSE", None, None)]


def test_a_line_without_symbol_or_with_an_unreadable_date_is_rejected(tmp_path):
    rows = [(None, "Nano", "NYSE", "2024-10-22", None), ("A", "Agilent", "NYSE", "soon", None)]
    chunk = read(write(tmp_path, "symbol_list", LIST, rows, ["2024-10-22"]))
    assert chunk.rows.is_empty()
    assert sorted(chunk.rejected["rule"]) == ["session|nullability", "symbol|nullability"]


def test_without_its_snapshot_dates_a_history_is_refused(tmp_path):
    path = write(tmp_path, "symbol_list", LIST, [("A", "A", "NYSE", "2024-10-22", None)], ["x"])
    (tmp_path / "symbol_list_snapshot_dates.parquet").unlink()
    with pytest.raises(RefusedFileError, match="symbol_list_snapshot_dates"):
        read(path)


def test_the_snapshot_dates_state_nothing_of_their_own(tmp_path):
    write(tmp_path, "symbol_list", LIST, [], ["2024-10-22", "2024-10-23"])
    chunk = read(tmp_path / "symbol_list_snapshot_dates.parquet", DATES)
    assert (chunk.table, chunk.rows.height, chunk.skipped) == ("directory", 0, 2)


LIVE_NASDAQ = """\
Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares
AAON|AAON, Inc. - "Common" Stock|Q|N|N|100|N|N
NA|Nano Labs Ltd|G|N|D|100|N|N
File Creation Time: 0430202621:31|||||||
"""
LIVE_OTHER = """\
ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Round Lot Size|Test Issue|NASDAQ Symbol
BRK.A|Berkshire Hathaway Inc. Common Stock|N|BRK.A|N|1|N|BRK.A
File Creation Time: 0430202621:31||||||
"""


@pytest.mark.parametrize(
    ("text", "directory", "symbols"),
    [(LIVE_NASDAQ, "nasdaqlisted", ["AAON", "NA"]), (LIVE_OTHER, "otherlisted", ["BRK.A"])],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_live_directory_is_dated_by_its_foot(tmp_path, text, directory, symbols, end):
    path = tmp_path / "download.txt"
    path.write_bytes(text.replace("\n", end).encode())
    chunk = read(path, LIVE)
    assert chunk.rows["symbol"].to_list() == symbols
    assert (chunk.skipped, chunk.rejected.height) == (1, 0)
    assert chunk.rows.select("directory", "session", "happening", "known_at").unique().rows() == [
        (
            directory,
            date(2026, 4, 30),
            "seen",
            datetime.fromisoformat("2026-05-01T03:59:59.999999"),
        )
    ]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("".join(LIVE_OTHER.splitlines(keepends=True)[:2]), "last line"),
        (LIVE_OTHER.replace("0430", "1340"), "last line"),
        (LIVE_OTHER.replace("|1|N|", "|1|N|N|N|"), "line"),
    ],
)
def test_half_a_live_directory_is_refused(tmp_path, text, field):
    path = tmp_path / "otherlisted.txt"
    path.write_text(text)
    with pytest.raises(RefusedFileError) as raised:
        read(path, LIVE)
    assert raised.value.field == field


def test_other_files_are_not_recognised(tmp_path):
    path = tmp_path / "nasdaqlisted.txt"
    for content in (b"", b"Symbol|Name\nA|B\n", b"PAR1\x00\x00"):
        path.write_bytes(content)
        assert not any(s.recognise(path) for s in SOURCES)
    assert not any(s.recognise(tmp_path) for s in SOURCES)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "lines", "skipped", "rejected", "listed"),
    [
        ("nasdaqlisted_intervals", 17_245, 24, 1, 5_413),
        ("otherlisted_intervals", 17_607, 0, 0, 7_079),
        ("symbol_list_daily_intervals_2021_2026", 22_640, 0, 0, 8_607),
    ],
)
def test_real_histories(real_data, name, lines, skipped, rejected, listed):
    chunk = read(real_data / "reference" / "nasdaqtrader_symdir" / f"{name}.parquet")
    assert (chunk.rows.height, chunk.skipped) == (lines, skipped)
    assert chunk.rejected["rule"].to_list() == ["symbol|nullability"] * rejected
    newest = chunk.rows.sort("session").unique("symbol", keep="last")
    assert newest.filter(happening="seen").height == listed
