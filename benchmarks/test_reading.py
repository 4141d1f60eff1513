"""Reading as of a moment, and ranking what was read."""

from typing import Any

import pandas as pd
import polars as pl
import polars.selectors as cs
import pytest

from benchmarks.conftest import Market
from benchmarks.pair import Row, timed
from benchmarks.pandas_ruling import Answer, master, ruling
from recon.calendar import end_of_day
from recon.forecast.factors import Factors, fit_factors, log_returns
from recon.forecast.field import Field, field_of
from recon.forecast.simulate import Setting, simulate
from recon.master.company import companies, pricing_vehicles
from recon.master.identity import companies_of_lines
from recon.master.pinned import quiet_lines, with_blank_cheques
from recon.master.shares import repair
from recon.master.types import classify
from recon.master.window import mean_price, traded, two_years
from recon.pipeline import Run
from recon.ruling import Ruling, rule
from recon.store import Store
from recon.store.database import connect

SECTION = Row("cross-section of a rank day", "<= 2 x", 30)
RULING = Row("master, screen, rank and bands", ">= 5 x", 7)
PATHS = Row("1,000 paths of 4,500 companies", "<= 1 s", 5)
COMPUTED = [
    *("security_type", "structure", "type_reason", "structure_reason"),
    *("daily_sigma", "price_pinned", "company_id", "shares", "provenance", "shares_reported"),
    *("note", "log_shares_dispersion", "role", "addtv_usd", "days_traded", "mean_price_usd"),
    *("company_eligible", "line_eligible"),
]
"""Columns of a run's lines that both sides work out."""
ELSEWHERE = ("filled:holdings", "first_shown", "vendor", "companyfacts")
"""Provenances of counts that are not the screener's; they are given to both sides."""


def test_cross_section(benchmark: Any, market: Market, store: Store) -> None:
    known = store.as_of(end_of_day(market.rank_day))
    found = timed(benchmark, lambda: known.cross_section(market.rank_day), SECTION, "recon")
    assert found.height > 1000


def test_cross_section_by_duckdb(benchmark: Any, market: Market, store: Store) -> None:
    number = (store.path / "current").read_text().strip()
    columns = "session, symbol, exchange, close, netchange, volume, market_cap, known_at"
    file = store.path / "generations" / f"{number}.duckdb"
    with connect(file, read_only=True) as bare:
        asked = f"SELECT {columns} FROM quote WHERE session = ? ORDER BY session, symbol, exchange"

        def scan() -> pl.DataFrame:
            found: pl.DataFrame = bare.sql(asked, params=[market.rank_day]).pl()
            return found

        assert timed(benchmark, scan, SECTION, "beside").height > 1000


@pytest.fixture(scope="module")
def window(store: Store, done: Run) -> pl.DataFrame:
    """Two years of quotes."""
    known = store.as_of(end_of_day(done.as_of))
    return two_years(known, done.session, done.securities, done.lines, years=2)


@pytest.fixture(scope="module")
def given(done: Run) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines without what is computed, and counts that are not the screener's."""
    other = done.lines.filter(pl.col("provenance").is_in(ELSEWHERE))
    return done.lines.drop(COMPUTED), other.select("symbol", "shares", "provenance")


def ruled(done: Run, lines: pl.DataFrame, elsewhere: pl.DataFrame, window: pl.DataFrame) -> Ruling:
    """Do again what the pipe does with the lines of a session and their quotes."""
    typed = with_blank_cheques(classify(lines), quiet_lines(window))
    counts = repair(window, [done.session], key="line").select("symbol", "shares", "provenance")
    others = counts.join(elsewhere, on="symbol", how="anti")
    counted = companies_of_lines(typed).join(
        pl.concat([others, elsewhere]), on="symbol", how="left"
    )
    rules = done.rulebook.pricing_vehicle
    priced = pricing_vehicles(
        counted,
        traded(window),
        tolerance_percent=rules.volume_tolerance_percent,
        min_trading_days=rules.min_trading_days,
    )
    means = mean_price(window, done.session, done.rulebook)
    whole = priced.join(means, on="security_id", how="left")
    return rule(whole, companies(whole), done.absent, done.rulebook, done.answers)


def test_ruling(
    benchmark: Any, done: Run, given: tuple[pl.DataFrame, pl.DataFrame], window: pl.DataFrame
) -> None:
    found = timed(benchmark, lambda: ruled(done, *given, window), RULING, "recon")
    said = ["company_id", "eligible", "rank", "to_size", "total_cap_usd"]
    assert found.companies.select(said).equals(done.companies.select(said))


def test_ruling_by_pandas(
    benchmark: Any, done: Run, given: tuple[pl.DataFrame, pl.DataFrame], window: pl.DataFrame
) -> None:
    lines, elsewhere, absent = (frame.to_pandas() for frame in (*given, done.absent))
    quotes = window.with_columns(cs.string().cast(pl.Categorical)).to_pandas()
    counts = elsewhere.set_index("symbol")

    def work() -> Answer:
        return ruling(master(lines, quotes, counts), quotes, absent, done.rulebook)

    found = timed(benchmark, work, RULING, "beside")
    said = ["company_id", "eligible", "rank", "to_size"]
    own = done.companies.select(said).sort("company_id").to_pandas().set_index("company_id")
    other = found.companies.sort_index()[said[1:]].rename_axis("company_id")
    pd.testing.assert_frame_equal(own, other, check_dtype=False)
    lines_of = {point.name: point.cap_usd for point in done.breakpoints}
    assert found.lines == pytest.approx({name: lines_of[name] for name in found.lines})


@pytest.fixture(scope="module")
def simulated(store: Store, done: Run) -> tuple[Field, Factors]:
    """The 4,500 largest companies and their factors."""
    whole = field_of(done)
    largest = whole.companies.head(4500)
    known = store.as_of(end_of_day(done.as_of))
    quotes = two_years(known, done.session, done.securities, done.lines, years=1)
    field = Field(largest, whole.unseen_large, whole.unseen_small)
    factors = fit_factors(
        log_returns(quotes),
        largest["security_id"].to_list(),
        largest["sector"].to_list(),
        field.companies["total_cap_usd"].log().to_numpy(),
    )
    return field, factors


def test_simulation(benchmark: Any, done: Run, simulated: tuple[Field, Factors]) -> None:
    field, factors = simulated
    setting = Setting(paths=1000, sessions=40, hazard=1e-4)
    timed(benchmark, lambda: simulate(field, factors, done.rulebook, setting), PATHS, "recon")
