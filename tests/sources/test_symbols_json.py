import json
from datetime import date
from pathlib import Path

import pytest

import recon.sources
from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.symbols_json import SOURCE

LINE = {"symbol": "A", "name": "Alpha", "lastsale": "$1.00", "volume": "1", "marketCap": "2.00"}


def put(root: Path, name: str) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([LINE]))
    return file


def sessions(path: Path) -> list[tuple[date, str]]:
    chunks = [chunk for chunk in SOURCE.read(path, Seen()) if chunk.table == "quote"]
    return [row for chunk in chunks for row in chunk.rows.select("session", "exchange").rows()]


@pytest.mark.parametrize(
    "name",
    [
        "2025-04-30/nasdaq/nasdaq_full_tickers.json",
        "2025-04-30/nasdaq_full_tickers.json",
        "us-stock-symbols-20250430/nasdaq/nasdaq_full_tickers.json",
        "nasdaq_full_tickers_2025-04-30.json",
        "2025-04-30_nasdaq_full_tickers.json",
        "2025-04-29/nasdaq/nasdaq_full_tickers_2025-04-30.json",
    ],
)
def test_the_nearest_name_says_the_session(tmp_path, name):
    file = put(tmp_path, name)
    assert SOURCE.recognise(tmp_path)
    assert SOURCE.recognise(file)
    for path in (tmp_path, file):
        assert sessions(path) == [(date(2025, 4, 30), "nasdaq")]


def test_sessions_are_read_in_order_with_what_changed(tmp_path):
    for day in ("2025-04-30", "2025-04-29"):
        for exchange in ("nyse", "amex"):
            put(tmp_path, f"{day}/{exchange}/{exchange}_full_tickers.json")
    quotes, listing = SOURCE.read(tmp_path, Seen())
    assert quotes.rows.height == 4
    assert listing.rows["session"].to_list() == [date(2025, 4, 29)] * 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nasdaq/nasdaq_full_tickers.json", "no date"),
        ("2025-05-03/nasdaq_full_tickers.json", "2025-05-03, on which the NYSE did not trade"),
        ("2025-02-30/nasdaq_full_tickers.json", "2025-02-30, on which"),
        ("0001-01-01/nasdaq_full_tickers.json", "0001-01-01, on which"),
        ("2025-04-29_2025-04-30/nasdaq_full_tickers.json", "more than one date"),
    ],
)
def test_a_session_that_cannot_be_known_is_refused(tmp_path, name, reason):
    put(tmp_path, f"data/x/{name}")
    with pytest.raises(RefusedFileError, match=reason) as refusal:
        sessions(tmp_path / "data" / "x")
    assert refusal.value.field == "session"


def test_two_files_for_one_session_and_exchange_are_refused(tmp_path):
    put(tmp_path, "2025-04-30/nyse/nyse_full_tickers.json")
    put(tmp_path, "2025-04-30/nyse_full_tickers.json")
    with pytest.raises(RefusedFileError, match="again"):
        sessions(tmp_path)


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("recon.sources.symbols_json.LARGEST_FILE", 10)
    put(tmp_path, "2025-04-30/nyse_full_tickers.json")
    with pytest.raises(RefusedFileError, match="too large"):
        sessions(tmp_path)


def test_what_the_repository_has_beside_them_is_passed_over(tmp_path):
    put(tmp_path, "2025-04-30/nyse/nyse_full_tickers.json")
    put(tmp_path, "2025-04-30/nyse/nyse_tickers.json")
    (tmp_path / "2025-04-30" / "nyse" / "nyse_tickers.txt").write_text("A\n")
    (tmp_path / "2025-04-30" / "README.md").write_text("Symbols\n")
    (tmp_path / "2025-04-30" / "all").mkdir()
    assert SOURCE.recognise(tmp_path)
    assert len(sessions(tmp_path)) == 1


def test_folders_with_other_things_are_left_to_others(tmp_path):
    put(tmp_path, "2025-04-30/nyse/nyse_full_tickers.json")
    assert recon.sources.recognise(tmp_path) is SOURCE
    (tmp_path / "holdings.csv").write_text("Ticker\n")
    assert not SOURCE.recognise(tmp_path)
    assert SOURCE.recognise(tmp_path / "2025-04-30")
    assert not SOURCE.recognise(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    assert not SOURCE.recognise(tmp_path / "empty")


def test_links_are_not_followed(tmp_path):
    put(tmp_path / "elsewhere", "nyse_full_tickers_2025-04-30.json")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "elsewhere")
    assert not SOURCE.recognise(tmp_path / "folder")
