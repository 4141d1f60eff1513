from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from recon.contracts import Quote
from recon.errors import RefusedFileError
from recon.sources import screener
from recon.sources.base import Chunk, Seen
from recon.sources.screener import SOURCE

WED, THU, FRI, MON = date(2024, 1, 3), date(2024, 1, 4), date(2024, 1, 5), date(2024, 1, 8)


def quotes(rows: int = 3, **columns: object) -> pl.DataFrame:
    base = pl.DataFrame(
        {
            "session": [WED, THU, FRI][:rows],
            "symbol": ["A", "A", "BRK/A"][:rows],
            "exchange": ["nyse", "nyse", "nyse"][:rows],
            "close": [10.0, 11.0, 500_000.0][:rows],
            "netchange": [0.5, 1.0, None][:rows],
            "volume": [100, 200, 0][:rows],
            "market_cap": [1e9, 1.1e9, None][:rows],
        }
    )
    return base.with_columns(**columns)


def listings(*rows: tuple) -> pl.DataFrame:
    texts = ["symbol", "exchange", "name", "country", "ipo_year", "sector", "industry"]
    schema = dict.fromkeys(texts, pl.String) | {"first_seen": pl.Date, "last_seen": pl.Date}
    return pl.DataFrame(rows, schema, orient="row")


def line(symbol: str, first: date | None, last: date | None, **changes: str) -> tuple:
    values = {
        "exchange": "nyse",
        "name": "Alpha Inc.",
        "country": "",
        "ipo_year": "1999",
        "sector": "Finance",
        "industry": " ",
    }
    return (symbol, *(values | changes).values(), first, last)


def read(folder: Path, frame: pl.DataFrame) -> list[Chunk]:
    path = folder / "any.name"
    frame.write_parquet(path, row_group_size=5)
    assert SOURCE.recognise(path)
    return list(SOURCE.read(path, Seen()))


def rejected(chunks: list[Chunk]) -> list[str]:
    return [rule for chunk in chunks for rule in chunk.rejected["rule"]]


def test_quotes_keep_the_contract_and_are_known_at_the_end_of_their_day(tmp_path):
    (chunk,) = read(tmp_path, quotes())
    assert chunk.table == "quote"
    Quote.validate(chunk.rows)
    assert chunk.rows["known_at"].to_list()[0] == datetime(
        2024, 1, 4, 4, 59, 59, 999999, tzinfo=UTC
    ).replace(tzinfo=None)
    assert chunk.rows.drop("known_at", "exchange").equals(quotes().drop("exchange"))


@pytest.mark.parametrize("order", ["session", "symbol"])
def test_a_repeated_row_meets_its_twin_however_the_file_is_cut(tmp_path, monkeypatch, order):
    monkeypatch.setattr(screener, "ROWS_PER_CHUNK", 2)
    days = pl.DataFrame({"session": [WED, THU, FRI]})
    lines = pl.DataFrame({"symbol": list("DCBA")})
    frame = quotes(1).drop("session", "symbol").join(days, how="cross").join(lines, how="cross")
    twice = pl.concat([frame, frame.filter(symbol="C", session=THU)]).sort(order)
    chunks = read(tmp_path, twice)
    assert len(chunks) > 1
    assert rejected(chunks) == ["primary_key"] * 2
    assert sum(chunk.rows.height for chunk in chunks) == 11


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("close", -0.01, "close|min"),
        ("close", float("nan"), "close|nan"),
        ("market_cap", float("inf"), "market_cap|inf"),
        ("market_cap", 1e15, "market_cap|max"),
        ("volume", -1, "volume|min"),
        ("symbol", "../../etc/passwd", "symbol|regex"),
        ("symbol", None, "symbol|nullability"),
        ("exchange", "otc", "exchange|dtype"),
        ("session", date(1969, 1, 1), "session|min"),
        ("session", date(9999, 12, 31), "session|max"),
        ("session", None, "session|nullability"),
    ],
)
def test_an_absurd_value_quarantines_its_row_alone(tmp_path, column, value, rule):
    bad = pl.when(pl.int_range(pl.len()) == 1).then(pl.lit(value)).otherwise(column)
    frame = quotes().with_columns(bad.cast(quotes().schema[column]).alias(column))
    chunks = read(tmp_path, frame)
    assert rejected(chunks) == [rule]
    assert sum(chunk.rows.height for chunk in chunks) == 2


@pytest.mark.parametrize("day", [-(2**31), 2**31 - 1])
def test_a_day_beyond_any_calendar_is_quarantined(tmp_path, day):
    sessions = pl.Series([day, 19_000, 19_001], dtype=pl.Int32).cast(pl.Date)
    chunks = read(tmp_path, quotes(session=sessions))
    assert sum(chunk.rejected.height for chunk in chunks) == 1


@pytest.mark.parametrize(
    ("column", "dtype"),
    [("close", pl.String), ("volume", pl.Float64), ("session", pl.Datetime), ("symbol", pl.Int64)],
)
def test_a_wrong_type_refuses_the_file_and_names_the_column(tmp_path, column, dtype):
    frame = quotes().with_columns(pl.lit(None, dtype).alias(column))
    with pytest.raises(RefusedFileError) as refusal:
        read(tmp_path, frame)
    assert refusal.value.field == column
    assert str(dtype) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_narrower_numbers_and_further_columns_do_no_harm(tmp_path):
    frame = quotes(close=pl.col("volume"), volume=pl.col("volume").cast(pl.Int32), note=pl.lit(1))
    (chunk,) = read(tmp_path, frame)
    assert chunk.rows["close"].to_list() == [100.0, 200.0, 0.0]


def test_other_files_are_not_recognised(tmp_path):
    parquet = tmp_path / "screener_daily.parquet"
    quotes().drop("volume").write_parquet(parquet)
    text = tmp_path / "screener_listings.parquet"
    text.write_text("symbol,exchange\n")
    assert not SOURCE.recognise(parquet)
    assert not SOURCE.recognise(text)
    assert not SOURCE.recognise(tmp_path)
    assert not SOURCE.recognise(tmp_path / "absent")


def test_a_file_without_a_column_is_refused(tmp_path):
    path = tmp_path / "listings.parquet"
    listings().drop("industry").write_parquet(path)
    with pytest.raises(RefusedFileError, match="lacks a column"):
        list(SOURCE.read(path, Seen()))


def test_a_file_without_rows_gives_none(tmp_path):
    assert sum(chunk.rows.height for chunk in read(tmp_path, quotes().clear())) == 0


def test_a_damaged_page_refuses_the_file(tmp_path):
    path = tmp_path / "quotes.parquet"
    quotes().write_parquet(path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[4:60] = bytes(56)
    path.write_bytes(content)
    with pytest.raises(RefusedFileError, match="cannot be read"):
        list(SOURCE.read(path, Seen()))


def test_a_listing_ends_at_the_first_session_without_it(tmp_path):
    frame = listings(
        line("A", WED, WED),
        line("A", THU, None, name="Alpha Corp."),
        line("B", WED, THU),
        line("C", FRI, None),
    )
    (chunk,) = read(tmp_path, frame)
    assert chunk.table == "listing"
    assert chunk.rows.select("symbol", "session", "happening", "name").rows() == [
        ("A", WED, "seen", "Alpha Inc."),
        ("B", WED, "seen", "Alpha Inc."),
        ("A", THU, "seen", "Alpha Corp."),
        ("B", FRI, "vanished", None),
        ("C", FRI, "seen", "Alpha Inc."),
    ]
    assert chunk.rows["known_at"].is_sorted()


def test_empty_text_is_no_attribute(tmp_path):
    (chunk,) = read(tmp_path, listings(line("A", WED, None, ipo_year="")))
    assert chunk.rows.select("country", "ipo_year", "sector", "industry").rows() == [
        (None, None, "Finance", None)
    ]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (line("B", None, THU), "first_seen|nullability"),
        (line("B", THU, WED), "last_seen|order"),
        (line("B", date.max, WED), "first_seen|range"),
        (line("B", THU, date.max), "last_seen|range"),
        (line("B", WED, None, ipo_year="soon"), "ipo_year|dtype"),
        (line("B", WED, None, ipo_year="1066"), "ipo_year|min"),
    ],
)
def test_a_broken_interval_is_quarantined(tmp_path, row, rule):
    (chunk,) = read(tmp_path, listings(line("A", WED, None), row))
    assert chunk.rejected["rule"].to_list() == [rule]
    assert chunk.rows["symbol"].to_list() == ["A"]


@pytest.mark.realdata
def test_every_line_of_the_real_listings_is_taken(real_data):
    (chunk,) = SOURCE.read(real_data / "market" / "screener_listings.parquet", Seen())
    assert chunk.rejected.is_empty()
    assert chunk.rows.filter(happening="seen").height == 224_988
    meta = chunk.rows.filter(symbol="META", exchange="nasdaq").select("session", "happening")
    # It dropped out of the screener for some days after it took the symbol.
    assert meta.rows()[2:4] == [(date(2022, 6, 13), "vanished"), (date(2022, 6, 15), "seen")]
