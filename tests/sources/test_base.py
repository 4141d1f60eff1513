from datetime import date, datetime

import polars as pl

from recon.sources.base import check


def quotes(close: list[float | None]) -> pl.DataFrame:
    count = len(close)
    return pl.DataFrame(
        {
            "session": [date(2024, 1, 3)] * count,
            "symbol": [f"S{place}" for place in range(count)],
            "exchange": ["nyse"] * count,
            "close": close,
            "netchange": [None] * count,
            "volume": [1] * count,
            "market_cap": [None] * count,
            "known_at": [datetime.fromisoformat("2024-01-04T04:59:59")] * count,
        }
    )


def test_good_rows_pass_with_nothing_rejected():
    chunk = check("quote", quotes([1.0, None]), skipped=3)
    assert chunk.rows.height == 2
    assert chunk.rejected.is_empty()
    assert chunk.rejected.schema == {"rule": pl.String, "row": pl.String}
    assert chunk.skipped == 3


def test_each_broken_row_names_its_rule_and_shows_what_it_was():
    chunk = check("quote", quotes([1.0, -1.0, float("nan"), float("inf"), 1e9]))
    assert chunk.rows["symbol"].to_list() == ["S0"]
    assert chunk.rejected["rule"].to_list() == ["close|min", "close|nan", "close|inf", "close|max"]
    shown = chunk.rejected["row"].str.json_decode(pl.Struct({"symbol": pl.String}))
    assert shown.struct.field("symbol").to_list() == ["S1", "S2", "S3", "S4"]


def test_text_that_is_no_number_is_rejected_and_kept_as_it_was():
    frame = quotes([1.0, 2.0]).with_columns(close=pl.Series(["1.5", "n.a."]))
    chunk = check("quote", frame)
    assert chunk.rows["close"].to_list() == [1.5]
    assert chunk.rejected["rule"].to_list() == ["close|dtype"]
    assert '"close":"n.a."' in chunk.rejected["row"].item()
