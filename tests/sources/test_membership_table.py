from datetime import date, datetime

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.membership_table import SOURCE

SCHEMA = {
    "asof": pl.Date,
    **dict.fromkeys(("index", "ticker", "ticker_norm", "name"), pl.String),
    **dict.fromkeys(("weight", "shares", "price", "market_value"), pl.Float64),
    **dict.fromkeys(("cusip", "isin", "sector", "exchange", "kind", "source", "note"), pl.String),
}
FRIDAY = date(2025, 6, 27)


def row(ticker, kind="etf_ishares", asof=FRIDAY, index="R2000", **more):
    return {"asof": asof, "index": index, "ticker": ticker, "kind": kind, "source": "s"} | more


def read(folder, *rows):
    path = folder / "table.parquet"
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(path)
    assert SOURCE.recognise(path)
    (chunk,) = SOURCE.read(path, Seen())
    return chunk


@pytest.mark.parametrize(
    ("kind", "known_at"),
    [
        ("official_membership_list", "2025-06-28T03:59:59.999999"),
        ("official_derived", "2025-06-30T13:30"),
        ("etf_ishares", "2025-06-30T13:30"),
        ("etf_ishares_tickers", "2025-06-30T13:30"),
        ("watchlist_tickers", "2025-06-30T13:30"),
        ("derived_list_NOT_official", "2025-06-30T13:30"),
    ],
)
def test_when_a_snapshot_is_known_depends_on_its_kind(tmp_path, kind, known_at):
    rows = read(tmp_path, row("AAON", kind)).rows
    assert rows.select("kind", "origin", "known_at").rows() == [
        (kind, "s", datetime.fromisoformat(known_at))
    ]


def test_the_ticker_is_kept_as_printed(tmp_path):
    rows = read(tmp_path, row("MOG.A", "official_membership_list", ticker_norm="MOGA")).rows
    assert rows["ticker"].to_list() == ["MOG.A"]


@pytest.mark.parametrize(
    ("printed", "ticker"), [("RXO WI", "RXO"), ("CWEN US", "CWEN"), ("BH A", "BH.A")]
)
def test_what_a_publisher_prints_behind_a_ticker_is_taken_off(tmp_path, printed, ticker):
    assert read(tmp_path, row(printed, "etf_ishares_tickers")).rows["ticker"].to_list() == [ticker]


def test_pseudo_lines_are_skipped_and_the_larger_of_two_is_kept(tmp_path):
    chunk = read(
        tmp_path,
        row("USD", "etf_ishares_tickers"),
        row("RTYU5"),
        row("BTCS", name="BTCS INC", market_value=0.19, exchange="NO MARKET (E.G. UNLISTED)"),
        row("BTCS", name="BTCS INC", market_value=262151.85, exchange="NASDAQ"),
        row("NTRB", name="NUTRIBAND INC SERIES A", market_value=0.02),
        row("NTRB", name="NUTRIBAND INC", market_value=40273.0),
        row("CB", "etf_ishares_tickers"),
        row("CB", "etf_ishares_tickers"),
    )
    assert sorted(chunk.rows.select("ticker", "market_value").rows()) == [
        ("BTCS", 262151.85),
        ("CB", None),
        ("NTRB", 40273.0),
    ]
    assert (chunk.skipped, chunk.rejected.height) == (5, 0)


def test_the_same_line_from_two_origins_is_two_facts(tmp_path):
    chunk = read(tmp_path, row("A"), row("A", source="t"), row("A", index="R3000"))
    assert chunk.rows.height == 3


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (row("CWEN CLASS"), "ticker|regex"),
        (row("A", index="R500"), "index|dtype"),
        (row("A", kind="rumour"), "kind|dtype"),
        (row("A", weight=101.0), "weight|max"),
        (row("A", asof=None), "asof|nullability"),
        (row("A", asof=date(2099, 1, 2)), "asof|max"),
    ],
)
def test_a_row_that_breaks_the_contract_is_rejected_with_its_rule(tmp_path, bad, rule):
    chunk = read(tmp_path, row("AAON"), bad)
    assert chunk.rows["ticker"].to_list() == ["AAON"]
    assert rule in chunk.rejected["rule"].to_list()


def test_a_snapshot_older_than_the_calendar_is_known_from_its_first_session(tmp_path):
    rows = read(tmp_path, row("A", asof=date(2007, 12, 31))).rows
    assert rows["known_at"].to_list() == [datetime.fromisoformat("2009-01-02T14:30")]


def test_other_and_damaged_files(tmp_path):
    other, damaged = tmp_path / "membership.parquet", tmp_path / "damaged.parquet"
    pl.DataFrame({"asof": [FRIDAY], "ticker": ["A"]}).write_parquet(other)
    assert not SOURCE.recognise(other)
    assert not SOURCE.recognise(tmp_path)
    pl.DataFrame([row("A")], schema=SCHEMA).write_parquet(damaged)
    content = bytearray(damaged.read_bytes())
    content[4:200] = b"\xff" * 196
    damaged.write_bytes(content)
    with pytest.raises(RefusedFileError, match="cannot be read"):
        list(SOURCE.read(damaged, Seen()))


@pytest.mark.realdata
def test_the_real_table(real_data):
    path = real_data / "membership" / "membership.parquet"
    assert SOURCE.recognise(path)
    (chunk,) = SOURCE.read(path, Seen())
    assert (chunk.rows.height, chunk.skipped, chunk.rejected.height) == (410_246, 1_233, 0)
    kinds = dict(chunk.rows["kind"].cast(pl.String).value_counts().rows())
    assert kinds["official_membership_list"] == 43_022
    assert kinds["official_derived"] == 14_049
    assert chunk.rows.filter(pl.col("known_at").dt.date() < pl.col("asof")).is_empty()
