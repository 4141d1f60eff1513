"""Well-known share counts, from the real quotes up to each session alone."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from recon.master.share_holdings import fill_from_holdings
from recon.master.shares import repair

pytestmark = pytest.mark.realdata

TARGETS = [
    "AMZN",
    "DXCM",
    "ANET",
    "LRCX",
    "NVO",
    "DELL",
    "EXC",
    "VFC",
    "DCI",
    "RKT",
    "UWMC",
    "EDR",
    "RSI",
    "CVNA",
    "RYAN",
    "BRP",
    "ESRT",
    "NTAP",
    "APH",
    "EXPI",
    "IDXX",
    "V",
    "GEN",
    "WBS",
    "PCAR",
    "AAPL",
    "MSFT",
    "BKKT",
    "MARK",
]


def load(real_data: Path, until: date, days: int, *, sample: bool = True) -> pl.DataFrame:
    """Quotes of the targets and of a sixth of the lines (or all), with names as of `until`."""
    quotes = (
        pl.scan_parquet(real_data / "market" / "screener_daily.parquet")
        .filter(pl.col("session").is_between(until - timedelta(days=days), until))
        .filter(
            pl.col("symbol").is_in(TARGETS)
            | pl.col("symbol").str.slice(0, 1).is_in(["B", "H"])
            | (not sample)
        )
        .collect()
    )
    names = (
        pl.read_parquet(real_data / "market" / "screener_listings.parquet")
        .filter(pl.col("first_seen") <= until)
        .sort("first_seen")
        .group_by("symbol")
        .agg(pl.col("name").last())
    )
    return quotes.join(names, on="symbol", how="left")


def million(rows: pl.DataFrame) -> dict[tuple[str, date], tuple[float, str]]:
    return {
        (r["symbol"], r["session"]): (r["shares"] / 1e6, r["provenance"])
        for r in rows.filter(pl.col("symbol").is_in(TARGETS)).iter_rows(named=True)
        if r["shares"] is not None
    }


def test_amazon_and_dexcom_around_their_splits(real_data: Path) -> None:
    sessions = [date(2022, 5, 25), date(2022, 6, 3), date(2022, 6, 6), date(2022, 6, 7)]
    sessions += [date(2022, 6, d) for d in (8, 9, 10, 13, 14, 15, 16, 17)]
    found = million(repair(load(real_data, date(2022, 6, 17), 200), sessions))
    for session in sessions:
        amazon = 508.7 if session < date(2022, 6, 6) else 10175
        dexcom = 98.1 if session < date(2022, 6, 13) else 392.5
        assert found["AMZN", session][0] == pytest.approx(amazon, rel=0.01), session
        assert found["DXCM", session][0] == pytest.approx(dexcom, rel=0.01), session
    assert found["AMZN", date(2022, 5, 25)][1] == "repaired:glitch"
    assert found["AMZN", date(2022, 6, 6)][1] == "repaired:split"
    assert found["AMZN", date(2022, 6, 7)][1] == "reported"


def test_rank_day_2022(real_data: Path) -> None:
    day = date(2022, 5, 6)
    found = million(repair(load(real_data, day, 730, sample=False), [day]))
    all_units = {"RKT": 1985, "UWMC": 1605, "EDR": 682, "RSI": 219, "CVNA": 173, "RYAN": 259}
    for symbol, expected in all_units.items():
        assert found[symbol, day][0] == pytest.approx(expected, rel=0.03), symbol
        assert found[symbol, day][1] == "carried:units"
    assert found["ESRT", day] == (pytest.approx(169.7, rel=0.01), "reported")  # a UPREIT
    replays = {"VFC": 388.9, "DCI": 123.6}
    for symbol, expected in replays.items():
        assert found[symbol, day] == (pytest.approx(expected, rel=0.01), "repaired:glitch")
    genuine = {"WBS": 180, "DELL": 757, "EXC": 980, "EXPI": 149.5, "APH": 599, "IDXX": 84.3}
    for symbol, expected in genuine.items():
        assert found[symbol, day][0] == pytest.approx(expected, rel=0.02), symbol


def test_visa_and_the_glitches_of_spring_2023(real_data: Path) -> None:
    sessions = [date(2023, 5, 23), date(2023, 5, 24), date(2023, 6, 1), date(2023, 6, 16)]
    found = million(repair(load(real_data, sessions[-1], 400), sessions))
    for session in sessions:
        assert found["V", session][0] == pytest.approx(2000, rel=0.1), session
    assert found["V", date(2023, 5, 24)][1] == "repaired:glitch"


def test_rank_day_2024(real_data: Path) -> None:
    day = date(2024, 4, 30)
    found = million(repair(load(real_data, day, 730, sample=False), [day]))
    assert found["NTAP", day] == (pytest.approx(206, rel=0.02), "repaired:glitch")
    assert found["BKKT", day] == (pytest.approx(12.9, rel=0.02), "repaired:split")
    assert found["RKT", day] == (pytest.approx(1985, rel=0.02), "reported")
    assert found["RYAN", day][0] == pytest.approx(260, rel=0.01)


def test_splits_that_quotes_hide_or_that_lead(real_data: Path) -> None:
    sessions = [date(2024, 10, 1), date(2024, 10, 2), date(2024, 10, 3), date(2024, 12, 3)]
    sessions += [date(2024, 12, 5)]
    found = million(repair(load(real_data, sessions[-1], 250), sessions))
    lam = [found["LRCX", s][0] for s in sessions[:3]]
    assert lam == pytest.approx([129.9, 129.9, 1298], rel=0.01)
    assert found["ANET", date(2024, 12, 3)][0] == pytest.approx(314.9, rel=0.01)
    assert found["ANET", date(2024, 12, 5)][0] == pytest.approx(1259.8, rel=0.01)


def test_companies_that_the_screener_lacks(real_data: Path) -> None:
    day = date(2021, 5, 7)
    held = (
        pl.scan_parquet(real_data / "membership" / "membership.parquet")
        .filter(pl.col("kind") == "etf_ishares", pl.col("asof") < day)
        .filter(pl.col("asof") > date(2021, 1, 1))
        .select("asof", "index", "shares", "price", line="ticker_norm")
        .collect()
    )
    repaired = repair(load(real_data, day, 60), [day]).filter(pl.col("shares") > 0)
    known = repaired.select(line="symbol", shares="shares").unique("line")
    wanted = pl.DataFrame(
        {"session": [day] * 4, "line": ["VZ", "CBOE", "FDS", "MOGA"]}
    ).with_columns(company=pl.col("line"), close=pl.lit(None, dtype=pl.Float64))
    filled = fill_from_holdings(wanted, held, known)
    counts = dict(filled.select("line", pl.col("shares") / 1e6).rows())
    filed = {"VZ": 4140, "CBOE": 107, "FDS": 37.8, "MOGA": 32}
    for line, expected in filed.items():
        assert counts[line] == pytest.approx(expected, rel=0.12), line
    assert set(filled["note"]) == {"holdings:2021-04-15;price:2021-04-15"}
