"""What the pandas version makes of lines and quotes is what the program makes of them."""

from datetime import date, timedelta

import polars as pl
import polars.selectors as cs
import pytest

from benchmarks.pandas_counts import repaired
from benchmarks.pandas_types import blank_cheques, grouped, types
from recon.master.identity import companies_of_lines
from recon.master.pinned import quiet_lines, with_blank_cheques
from recon.master.shares import repair
from recon.master.type_rules import load_type_rules
from recon.master.types import classify

FIRST = date(2024, 1, 1)
DAYS = 90
NAMES = {
    "A": "Alpha Inc. Class A Common Stock",
    "A/B": "Alpha Inc. Class B Common Stock",
    "BDC": "Beta Capital Corporation Common Stock",
    "C": "Gamma Realty Trust Common Shares",
    "CW": "Gamma Ltd. Warrant",
    "D": "Delta Acquisition Corp. Class A Ordinary Shares",
    "DU": "Delta Acquisition Corp. Unit",
    "E": "Epsilon L.P. Common Units",
    "F": "Zeta Holdings Inc. Common Stock",
    "G": "Eta plc American Depositary Shares",
    "H": "Theta Group Inc. Common Stock",
}
TEXTS = ("industry", "country", "directory_name", "sic", "entity_type", "filer_category")


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    missing = {name: pl.lit(None, pl.String) for name in (*TEXTS, "filer_name", "size")}
    return pl.DataFrame(
        {
            "symbol": list(NAMES),
            "security_id": list(NAMES),
            "exchange": ["nasdaq"] * len(NAMES),
            "name": list(NAMES.values()),
            "volume": [100 * i for i in range(len(NAMES))],
            "cik": ["1", None, *(str(i) for i in range(len(NAMES) - 2))],
        }
    ).with_columns(
        **missing,
        etf_flag=pl.lit(None, pl.Boolean),
        unit_listed=pl.lit(None, pl.Boolean),
        was_member=pl.lit(False),
    )


@pytest.fixture(scope="module")
def window() -> pl.DataFrame:
    """Quotes with a split (A), a count that glitches (BDC), one that stops (C), a trust (F)."""
    shares = 10_000_000
    grid = pl.DataFrame({"number": range(DAYS)}).join(
        pl.DataFrame({"symbol": list(NAMES), "line": range(len(NAMES))}), how="cross"
    )
    place, split = pl.col("line"), (pl.col("symbol") == "A") & (pl.col("number") >= 60)
    price = pl.when(pl.col("symbol") == "F").then(10.2).otherwise(20.0 + place)
    moved = price * (1 + pl.when(pl.col("symbol") != "F").then(0.03).otherwise(0.0) * drift())
    count = (
        pl.when((pl.col("symbol") == "BDC") & pl.col("number").is_between(70, 95))
        .then(shares * 20)
        .when(split & (pl.col("number") >= 65))
        .then(shares * 4)
        .when((pl.col("symbol") == "C") & (pl.col("number") > 50))
        .then(0)
        .otherwise(shares)
    )
    first = pl.col("number") == 0
    return (
        grid.with_columns(whole=moved.round(2), count=count)
        .with_columns(
            close=pl.when(split).then(pl.col("whole") / 4).otherwise("whole").round(4),
            before=pl.col("whole").shift().over("symbol") / pl.when(split).then(4).otherwise(1),
        )
        .select(
            session=pl.lit(FIRST) + pl.duration(days="number"),
            symbol="symbol",
            exchange=pl.lit("nasdaq"),
            close="close",
            netchange=pl.when(~first).then((pl.col("close") - pl.col("before")).round(4)),
            volume=pl.lit(1000),
            market_cap=pl.col("count") * pl.col("close"),
            security_id="symbol",
            line=pl.col("line").cast(pl.UInt32),
            name=pl.col("symbol").replace_strict(NAMES),
        )
    )


def drift() -> pl.Expr:
    return ((pl.col("number") * 7 + pl.col("line") * 3) % 5 - 2) / 2


def test_types_and_companies_agree(lines: pl.DataFrame, window: pl.DataFrame) -> None:
    own = companies_of_lines(with_blank_cheques(classify(lines), quiet_lines(window)))
    quotes = window.with_columns(cs.string().cast(pl.Categorical)).to_pandas()
    other = grouped(blank_cheques(types(lines.to_pandas(), load_type_rules()), quotes))
    for name in ("security_type", "structure", "company_id"):
        assert own[name].to_list() == other[name].to_list()
    assert own["security_type"].n_unique() >= 6
    assert "price_pinned_at_trust" in own["type_reason"]


def test_share_counts_agree(window: pl.DataFrame) -> None:
    last = FIRST + timedelta(days=DAYS - 1)
    own = repair(window, [last], key="line").sort("symbol")
    quotes = window.with_columns(cs.string().cast(pl.Categorical)).to_pandas()
    other = repaired(quotes).sort_index()
    assert own["provenance"].to_list() == other["provenance"].to_list()
    assert own["shares"].to_list() == pytest.approx(other["shares"].to_list())
    assert {"carried", "reported"} < set(own["provenance"])
