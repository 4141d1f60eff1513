import json
from datetime import date, datetime

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.ticker_cik import SOURCES

MAP, HISTORY, LIST, LIVE = SOURCES


def write(folder, name, *rows):
    path = folder / f"{name}.parquet"
    pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_parquet(path)
    return path


def read(source, path):
    assert [s.name for s in SOURCES if s.recognise(path)] == [source.name]
    return list(source.read(path, Seen()))


def span(ticker, cik, first, last, **more):
    pair = {"ticker": ticker, "cik": cik, "name": f"Company {cik}", "exchange": "Nasdaq"}
    return pair | {"first_seen": first, "last_seen": last} | more


def test_a_reused_ticker_has_one_history_for_each_company(tmp_path):
    rows = [
        span("META", "1", "2021-12-26", "2022-01-30"),
        span("META", "2", "2022-06-09", "2025-02-28"),
    ]
    (chunk,) = read(HISTORY, write(tmp_path, "h", *rows))
    columns = ["cik", "session", "happening", "name", "origin"]
    assert chunk.rows.select(columns).rows() == [
        ("0000000001", date(2021, 12, 26), "seen", "Company 1", "sec_cik_mapper"),
        ("0000000001", date(2022, 6, 9), "vanished", None, "sec_cik_mapper"),
        ("0000000002", date(2022, 6, 9), "seen", "Company 2", "sec_cik_mapper"),
    ]


def test_the_map_is_read_by_origin_without_the_mappers_rows(tmp_path):
    rows = [
        span("A", "1", "2021-12-26", "2025-02-28", source="sec_cik_mapper"),
        span("A", "1", "2024-10-16", "2024-10-16", source="wheel"),
        span("A", "1", "2024-10-16", "2024-10-16", source="wheel"),
        span("A", "1", "2025-08-16", "2025-12-05", source="datamule", sic="1"),
        span("A", "1", "2025-12-06", None, source="datamule", sic="2"),
        span("B", "2", "2025-08-16", "2025-12-05", source="datamule"),
    ]
    chunks = read(MAP, write(tmp_path, "m", *rows))
    told = pl.concat(chunk.rows for chunk in chunks)
    columns = ["origin", "ticker", "session", "happening"]
    assert told.select(columns).sort(columns).rows() == [
        ("datamule", "A", date(2025, 8, 16), "seen"),
        ("datamule", "A", date(2025, 12, 6), "seen"),
        ("datamule", "B", date(2025, 8, 16), "seen"),
        ("datamule", "B", date(2025, 12, 6), "vanished"),
        ("wheel", "A", date(2024, 10, 16), "seen"),
    ]
    assert sum(chunk.skipped for chunk in chunks) == 1


def test_a_list_of_one_date(tmp_path):
    row = {"cik": "0000320193", "ticker": "AAPL", "title": "Apple Inc."}
    (chunk,) = read(LIST, write(tmp_path, "company_tickers_2025-01", row))
    assert chunk.rows.row(0) == (
        "AAPL",
        "0000320193",
        date(2025, 1, 7),
        "seen",
        "Apple Inc.",
        "company_tickers",
        datetime.fromisoformat("2025-01-08T04:59:59.999999"),
    )


PLAIN = {"0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."}}
LISTED = {
    "fields": ["cik", "name", "ticker", "exchange"],
    "data": [[320193, "Apple Inc.", "AAPL", "Nasdaq"], [320193, "Apple Inc.", "AAPL", None]],
}


@pytest.mark.parametrize(("content", "skipped"), [(PLAIN, 0), (LISTED, 1)])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_live_lists(tmp_path, content, skipped, indent):
    path = tmp_path / "company_tickers_2026-04-30.json"
    path.write_text(json.dumps(content, indent=indent))
    (chunk,) = read(LIVE, path)
    assert chunk.rows.select("ticker", "cik", "name", "session").rows() == [
        ("AAPL", "0000320193", "Apple Inc.", date(2026, 4, 30))
    ]
    assert chunk.skipped == skipped


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("company_tickers.json", json.dumps(PLAIN)),
        ("company_tickers_2026-04-30.json", json.dumps(PLAIN)[:-5]),
        ("company_tickers_2026-04-30.json", json.dumps({"0": {"cik_str": 1}})),
        ("company_tickers_2026-04-30.json", json.dumps(PLAIN | {"1": 2})),
        ("company_tickers_2026-04-30.json", json.dumps(LISTED | {"data": [[1, 2]]})),
    ],
)
def test_a_live_list_without_date_or_not_whole_is_refused(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(RefusedFileError) as raised:
        read(LIVE, path)
    assert "\n" not in str(raised.value)


def test_other_files_are_not_recognised(tmp_path):
    path = tmp_path / "company_tickers.json"
    for text in ("", "[]", '{"a": 1}'):
        path.write_text(text)
        assert not any(s.recognise(path) for s in SOURCES)
    assert not any(s.recognise(tmp_path) for s in SOURCES)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("source", "name", "lines", "skipped"),
    [
        (MAP, "ticker_cik_map", 46_310, 26_012),
        (HISTORY, "sec_cik_mapper/cik_ticker_history_2021_2025", 39_345, 0),
        (LIST, "sec_filer_metadata/company_tickers_2024-10", 10_167, 0),
        (LIST, "sec_filer_metadata/company_tickers_2025-01", 9_998, 0),
    ],
)
def test_real_files(real_data, source, name, lines, skipped):
    chunks = read(source, real_data / "reference" / f"{name}.parquet")
    assert sum(chunk.rows.height for chunk in chunks) == lines
    assert sum(chunk.skipped for chunk in chunks) == skipped
    assert sum(chunk.rejected.height for chunk in chunks) == 0


@pytest.mark.realdata
def test_what_the_real_map_repeats_of_the_mapper_is_all_there(real_data):
    pairs = ["ticker", "cik", "first_seen", "last_seen"]
    table = pl.read_parquet(real_data / "reference" / "ticker_cik_map.parquet")
    history = real_data / "reference" / "sec_cik_mapper" / "cik_ticker_history_2021_2025.parquet"
    repeated = table.filter(source="sec_cik_mapper")
    assert repeated.join(pl.read_parquet(history), on=pairs, how="anti").is_empty()
