"""Traits and the slow question."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from recon.forecast.kind import chance_by_kind
from recon.forecast.traits import KIND, liquidity, traits


def kinds(n: int = 1200) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    foreign = rng.random(n) < 0.3
    columns = {name: rng.normal(size=n) for name in KIND}
    columns["files_as_foreign"] = foreign.astype(float)
    return pl.DataFrame(columns).with_columns(
        company_id=pl.Series([f"c{i}" for i in range(n)]),
        member=pl.Series(~foreign & (rng.random(n) < 0.6)),
        refused=pl.Series(foreign & (rng.random(n) < 0.6)),
    )


def test_the_kind_tells_who_passes_also_for_who_was_never_tested() -> None:
    asked = kinds()
    odds = chance_by_kind(asked)["kind_odds"]
    untested = ~(asked["member"] | asked["refused"])
    foreign = asked["files_as_foreign"] == 1
    assert odds.filter(untested & foreign).mean() < -2  # type: ignore[operator]
    assert odds.filter(untested & ~foreign).mean() > 2  # type: ignore[operator]


def test_the_own_membership_is_not_seen() -> None:
    asked = kinds()
    one = pl.col("company_id") == "c7"
    as_member, as_refused = (
        chance_by_kind(
            asked.with_columns(
                member=pl.when(one).then(member).otherwise("member"),
                refused=pl.when(one).then(not member).otherwise("refused"),
            )
        ).filter(one)["kind_odds"][0]
        for member in (True, False)
    )
    assert as_member == as_refused


def test_without_refusals_the_rate_of_all_is_the_answer() -> None:
    asked = kinds(50).with_columns(member=pl.lit(True), refused=pl.lit(False))
    assert chance_by_kind(asked)["kind_odds"].n_unique() == 1


def test_liquidity() -> None:
    quotes = pl.DataFrame(
        {
            "session": [date(2023, 1, 2), date(2023, 1, 3), date(2023, 1, 4)],
            "security_id": ["a"] * 3,
            "close": [10.0, 11.0, 5.5],
            "netchange": [10.0, 1.0, 0.0],
            "volume": [100, 0, 300],
        }
    )
    row = liquidity(quotes).row(0, named=True)
    assert row["dollar_volume"] == 1000.0
    assert row["traded_share"] == pytest.approx(2 / 3)
    assert row["change_year"] == pytest.approx(np.log(1.1))


def view_of(facts: list[dict[str, object]]) -> SimpleNamespace:
    """Companies that differ in nothing but what EDGAR shows."""
    n = len(facts)
    same = {
        "symbol": "A",
        "security_id": "a",
        "name": "A Inc. Class A Common Stock",
        "exchange": "nyse",
        "sector": "Finance",
        "security_type": "common",
        "classes": 1,
        "ipo_year": 2019,
        "price_usd": 10.0,
        "total_cap_usd": 1e9,
    }
    return SimpleNamespace(
        session=date(2023, 4, 28),
        companies=pl.DataFrame(
            {
                "company_id": [f"c{i}" for i in range(n)],
                **{name: [value] * n for name, value in same.items()},
                **{
                    name: pl.Series([fact.get(name) for fact in facts], dtype=kind)
                    for name, kind in (
                        ("headquarters", pl.String),
                        ("incorporation", pl.String),
                        ("domestic_filer", pl.Boolean),
                    )
                },
            }
        ),
        securities=pl.DataFrame({"security_id": ["a"], "first": [date(2021, 1, 29)]}),
    )


def test_no_trait_tells_whether_a_later_file_knows_the_company() -> None:
    known = {"headquarters": "US", "incorporation": "US", "domestic_filer": True}
    quotes = pl.DataFrame(
        schema={
            "session": pl.Date,
            "security_id": pl.String,
            "close": pl.Float64,
            "netchange": pl.Float64,
            "volume": pl.Int64,
        }
    )
    found = traits(view_of([known, {}]), quotes).drop("company_id")
    assert found.row(0) == found.row(1)
    against = traits(view_of([{"incorporation": "KY", "domestic_filer": False}]), quotes)
    assert against["incorporated_abroad"][0] == against["files_as_foreign"][0] == 1
    assert found["class_letter"][0] == 1
    assert found["listed_years"][0] == pytest.approx(2.24, abs=0.01)
