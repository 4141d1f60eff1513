import json
from datetime import UTC, date, datetime

import polars as pl
import pytest

from recon.contracts import Listing, Quote
from recon.errors import RefusedFileError
from recon.sources import snapshots
from recon.sources.snapshots import Snapshot, chunks

WED, THU, FRI = date(2024, 1, 3), date(2024, 1, 4), date(2024, 1, 5)


def line(symbol: str, **changes: object) -> dict[str, object]:
    return {
        "symbol": symbol,
        "name": f"{symbol} Inc. Common Stock",
        "lastsale": "$9.965",
        "netchange": "0.015",
        "pctchange": "0.151%",
        "volume": "395,389",
        "marketCap": "1,000,000.00",
        "country": "United States",
        "ipoyear": "2025",
        "industry": "",
        "sector": "Finance",
        "url": "/market-activity/stocks/a",
    } | changes


def shot(session: date, *lines: object, exchange: str = "nyse", fresh: bool = True) -> Snapshot:
    content = json.dumps(lines).encode()
    return Snapshot(session, exchange, content, f"{exchange} {session}", fresh)


def rows(table: str, *shots: Snapshot) -> pl.DataFrame:
    return pl.concat(chunk.rows for chunk in chunks(shots) if chunk.table == table)


def rejected(*shots: Snapshot) -> list[str]:
    return [rule for chunk in chunks(shots) for rule in chunk.rejected["rule"]]


def story(*shots: Snapshot) -> list[tuple]:
    listing = rows("listing", *shots).sort("session", "symbol")
    return listing.select("symbol", "session", "happening").rows()


def test_a_line_becomes_a_quote_and_a_listing():
    quote = rows("quote", shot(WED, line("A")))
    Quote.validate(quote)
    assert quote.to_dicts() == [
        {
            "session": WED,
            "symbol": "A",
            "exchange": "nyse",
            "close": 9.965,
            "netchange": 0.015,
            "volume": 395_389,
            "market_cap": 1e6,
            "known_at": datetime(2024, 1, 4, 4, 59, 59, 999999, tzinfo=UTC).replace(tzinfo=None),
        }
    ]
    listing = rows("listing", shot(WED, line("A")))
    Listing.validate(listing)
    assert listing.select("name", "country", "ipo_year", "sector", "industry").rows() == [
        ("A Inc. Common Stock", "United States", 2025, "Finance", None)
    ]


@pytest.mark.parametrize(
    ("printed", "close"),
    [("$1,234.5", 1234.5), ("", None), ("NA", None), (None, None), (7, 7.0), (1.5, 1.5)],
)
def test_prices_as_printed(printed, close):
    assert rows("quote", shot(WED, line("A", lastsale=printed)))["close"].to_list() == [close]


def test_symbols_are_trimmed():
    assert rows("quote", shot(WED, line("ECC      ")))["symbol"].to_list() == ["ECC"]


@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        (line("B", lastsale="soon"), "close|dtype"),
        (line("B", lastsale="NaN"), "close|nan"),
        (line("B", lastsale="$-1"), "close|min"),
        (line("B", volume="1.5"), "volume|dtype"),
        (line(None), "symbol|nullability"),
        (line("../../etc"), "symbol|regex"),
        (line({"x": 1}), "line|json"),
        (["B"], "line|json"),
        (None, "line|json"),
        (5, "line|json"),
    ],
)
def test_an_odd_line_is_quarantined_once_and_the_others_are_kept(odd, rule):
    snapshot = shot(WED, line("A"), odd, line("C"))
    assert rejected(snapshot) == [rule]
    assert rows("quote", snapshot)["symbol"].to_list() == ["A", "C"]


def test_a_repeated_symbol_is_quarantined():
    assert rejected(shot(WED, line("A"), line("B"), line("A"))) == ["primary_key"] * 2


def test_lines_are_seen_changed_and_gone():
    past = (
        shot(WED, line("A"), line("B")),
        shot(THU, line("A"), line("B", name="B Corp.")),
        shot(FRI, line("B", name="B Corp.")),
    )
    assert story(*past) == [
        ("A", WED, "seen"),
        ("B", WED, "seen"),
        ("B", THU, "seen"),
        ("A", FRI, "vanished"),
    ]


def test_chunks_may_be_cut_anywhere(monkeypatch):
    past = [
        shot(day, *lines, exchange=exchange)
        for day, lines in [(WED, [line("A"), line("B")]), (THU, [line("B")]), (FRI, [line("A")])]
        for exchange in ("nasdaq", "nyse")
    ]
    whole = story(*past)
    assert len(whole) == 10
    for size in (1, 300, 1000):
        monkeypatch.setattr(snapshots, "BYTES_PER_CHUNK", size)
        assert sorted(story(*past)) == sorted(whole)


def test_a_seen_session_gives_no_quotes_but_says_what_changed_after_it():
    past = (shot(WED, line("A"), line("B"), fresh=False), shot(THU, line("B"), line("C")))
    assert rows("quote", *past)["session"].unique().to_list() == [THU]
    assert story(*past) == [("A", THU, "vanished"), ("C", THU, "seen")]


def test_a_session_found_late_ends_its_lines_in_the_seen_one_after_it():
    past = (shot(WED, line("A"), line("B")), shot(THU, line("B"), fresh=False))
    assert story(*past) == [("A", WED, "seen"), ("B", WED, "seen"), ("A", THU, "vanished")]
    assert rows("quote", *past)["session"].unique().to_list() == [WED]


@pytest.mark.parametrize("content", [b"", b"[", b"{}", b"[]", b"[1]", b'[{"a":1}]', b"[" * 9999])
def test_one_broken_snapshot_does_not_cost_the_history(content):
    past = (shot(WED, line("A")), Snapshot(THU, "nyse", content, "here"), shot(FRI, line("A")))
    assert rejected(*past) == ["file|json"]
    assert story(*past) == [("A", WED, "seen")]
    assert rows("quote", *past)["session"].to_list() == [WED, FRI]


def test_nothing_but_broken_snapshots_is_refused():
    with pytest.raises(RefusedFileError, match="nyse 1: ") as refusal:
        list(chunks([Snapshot(WED, "nyse", b"[oops", "nyse 1")]))
    assert "\n" not in str(refusal.value)


def test_no_snapshots_give_nothing():
    assert list(chunks([])) == []


def test_a_byte_order_mark_does_no_harm():
    content = b"\xef\xbb\xbf" + json.dumps([line("A")]).encode()
    assert rows("quote", Snapshot(WED, "nyse", content, "here")).height == 1
