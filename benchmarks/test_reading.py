"""Reading as of a moment, and ranking what was read."""

from typing import Any

import pandas as pd
import polars as pl
import pytest

from benchmarks.conftest import Market
from benchmarks.pair import Row, timed
from benchmarks.pandas_ruling import ruling
from recon.calendar import end_of_day
from recon.forecast.factors import Factors, fit_factors, log_returns
from recon.forecast.field import Field, field_of
from recon.forecast.simulate import Setting, simulate
from recon.master.company import companies, pricing_vehicles
from recon.master.window import mean_price, traded, two_years
from recon.pipeline import Run
from recon.ruling import Ruling, rule
from recon.store import Store
from recon.store.database import connect

SECTION = Row("cross-section of a rank day", "<= 2 x", 30)
RULING = Row("companies, screen, rank and bands", ">= 5 x", 7)
PATHS = Row("1,000 paths of 4,500 companies", "<= 1 s", 5)
DERIVED = ["role", "addtv_usd", "days_traded", "mean_price_usd", "line_eligible"]


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


def ruled(done: Run, window: pl.DataFrame) -> Ruling:
    """Do again what the pipe does from the counted lines on."""
    rules = done.rulebook.pricing_vehicle
    priced = pricing_vehicles(
        done.lines.drop(DERIVED),
        traded(window),
        tolerance_percent=rules.volume_tolerance_percent,
        min_trading_days=rules.min_trading_days,
    )
    means = mean_price(window, done.session, done.rulebook)
    lines = priced.join(means, on="security_id", how="left")
    return rule(lines, companies(lines), done.absent, done.rulebook, done.answers)


def test_ruling(benchmark: Any, done: Run, window: pl.DataFrame) -> None:
    found = timed(benchmark, lambda: ruled(done, window), RULING, "recon")
    assert found.companies.height == done.companies.height


def test_ruling_by_pandas(benchmark: Any, done: Run, window: pl.DataFrame) -> None:
    lines, quotes, absent = (
        frame.to_pandas() for frame in (done.lines.drop(DERIVED), window, done.absent)
    )
    found = timed(benchmark, lambda: ruling(lines, quotes, absent, done.rulebook), RULING, "beside")
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
