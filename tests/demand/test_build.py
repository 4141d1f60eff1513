"""Demand of a small run, reckoned by hand, and of real events."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_known import SmallKnown, holdings, securities
from small_run import small_run

from recon.calendar import end_of_day
from recon.demand.assets import read_assets
from recon.demand.build import COLUMNS, Demand, demand, fill
from recon.pipeline import Run, run
from recon.publish.candidate import FRAME_SCHEMA, Candidate
from recon.publish.candidates import candidates
from recon.store import Store

FLOATS = {
    "AAA": 1.0,
    "BBB/A": 0.5,
    "BBB/B": 0.25,
    "CCC": 0.8,
    "DDD": 0.5,
    "EEE": 1.0,
    "FFF": 0.6,
    "GGG": 1.0,
    "HHH": 1.0,
    "III": 0.5,
    "KKK": 0.4,
}
TABLE = """index,vehicle,assets_usd,effective,known_at,source
R1000,A,1e9,2024-01-01,2024-01-02,by hand
R2000,B,5e8,2024-01-01,2024-01-02,by hand
R3000,C,1e8,2024-01-01,2024-01-02,by hand
RMIDCAP,D,2e8,2024-01-01,2024-01-02,by hand
R2000,B,9e9,2024-06-01,2024-06-02,later than the moment
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    file = tmp_path_factory.mktemp("assets") / "own.csv"
    file.write_text(TABLE)
    return read_assets(file)


@pytest.fixture(scope="module")
def small() -> Run:
    return small_run(securities=securities())


@pytest.fixture(scope="module")
def found(small: Run, table: pl.DataFrame) -> Demand:
    return demand(small, candidates(small), SmallKnown(holdings(FLOATS)), table)


def row(found: Demand, symbol: str, index: str) -> dict[str, object]:
    return found.rows.filter(symbol=symbol, index=index).row(0, named=True)


def test_a_migration_is_netted_over_all_indexes(found: Demand) -> None:
    """CCC, $48bn of float, goes from the R2000 to the R1000 and its Midcap."""
    small = 48e9 + 3e9 + 1e9 + 0.9e9 + 0.4e9 + 0.2e9
    # A whole, half of B's 80bn and a quarter of its 64bn, half of D, and CCC.
    large = 100e9 + 40e9 + 16e9 + 20e9 + 48e9
    middle = 20e9 + 48e9  # above the line at rank 2: A and B
    added, deleted = row(found, "CCC", "R1000"), row(found, "CCC", "R2000")
    assert added["weight_after"] == pytest.approx(48e9 / large)
    assert deleted["weight_before"] == pytest.approx(48e9 / small)
    assert (added["weight_before"], deleted["weight_after"]) == (0, 0)
    after = small + large - 48e9 + 1.2e9 - 0.4e9 - 0.2e9
    before = small + large - 48e9
    usd = (
        1e9 * 48e9 / large
        - 5e8 * 48e9 / small
        + 2e8 * 48e9 / middle
        + 1e8 * (48e9 / after - 48e9 / before)
    )
    for r in (added, deleted):
        assert r["usd_to_trade"] == pytest.approx(usd)
        assert r["shares_to_trade"] == pytest.approx(usd / 60)
        assert r["days_of_volume"] == pytest.approx(abs(usd) / (60 * 100_000))
        assert r["volume_window"] == "median dollars of 63 sessions to 2024-04-30"
        assert r["no_demand"] is None


def test_additions_are_bought_and_deletions_sold(found: Demand) -> None:
    assert row(found, "FFF", "R2000")["usd_to_trade"] > 0
    assert row(found, "FFF", "R3000")["usd_to_trade"] > 0
    assert row(found, "III", "R2000")["usd_to_trade"] < 0
    assert row(found, "KKK", "R3000")["shares_to_trade"] < 0
    assert row(found, "KKK", "R3000")["days_of_volume"] > 0


def test_the_expectation_is_weighted_by_probability(small: Run, found: Demand) -> None:
    rows = found.rows.filter(symbol="FFF")
    assert rows["expected_usd"].n_unique() == 1
    fff = row(found, "FFF", "R2000")
    small = found.flows.filter(index="R2000")
    worth = (small["expected"] * small["float_cap_usd"]).sum()
    assert fff["expected_weight_after"] == pytest.approx(fff["probability"] * 1.2e9 / worth)
    usd = found.flows.filter(symbol="FFF")["usd_expected"].sum()
    assert fff["expected_usd"] == pytest.approx(usd)
    assert fff["expected_days"] == pytest.approx(usd / (20 * 100_000))


def test_every_fund_balances(found: Demand) -> None:
    told = found.flows.group_by("index").agg(pl.col("weight_before", "usd_called").sum())
    whole = told.filter(pl.col("index") != "RMICRO")
    assert whole["weight_before"].to_list() == pytest.approx([1.0] * 4)
    assert whole["usd_called"].abs().max() < 0.01
    assert set(found.flows.filter(index="R2000")["symbol"]) >= {"EEE", "GGG"}  # who stays too
    assert found.funds.filter(index="R2000")["members"].item() == 6


def test_a_member_that_is_not_quoted_has_its_weight(table: pl.DataFrame) -> None:
    absent = pl.DataFrame({"ticker": ["VZ"], "size": ["R1000"], "total_cap_usd": [176e9]})
    with_it = small_run(securities=securities(), absent=absent)
    found = demand(with_it, candidates(with_it), SmallKnown(holdings(FLOATS)), table)
    large = found.flows.filter(index="R1000")
    assert dict(large.select("symbol", "weight_before").iter_rows())["absent:VZ"] == pytest.approx(
        0.5
    )
    assert large["usd_called"].sum() == pytest.approx(0, abs=0.01)


def test_without_assets_there_is_no_demand_and_a_reason(small: Run, table: pl.DataFrame) -> None:
    known = SmallKnown(holdings(FLOATS))
    no_large = table.filter(pl.col("index") != "R1000")
    found = demand(small, candidates(small), known, no_large)
    for index in ("R1000", "R2000"):
        ccc = row(found, "CCC", index)
        assert ccc["usd_to_trade"] is None
        assert ccc["shares_to_trade"] is None
        assert ccc["days_of_volume"] is None
        assert ccc["expected_usd"] is None
        assert ccc["no_demand"] == "no assets of R1000 are known at the moment"
    assert row(found, "CCC", "R1000")["weight_after"] > 0
    assert row(found, "FFF", "R2000")["usd_to_trade"] > 0
    fewer = demand(small, candidates(small), known, table.filter(pl.col("index") != "R3000"))
    assert row(fewer, "FFF", "R2000")["usd_to_trade"] > 0
    assert row(fewer, "FFF", "R2000")["not_counted"] == ["R3000"]


def test_without_holdings_there_is_no_float_and_a_reason(small: Run, table: pl.DataFrame) -> None:
    found = demand(small, candidates(small), SmallKnown(holdings(FLOATS).clear()), table)
    assert found.rows["usd_to_trade"].null_count() == found.rows.height
    assert found.rows["no_demand"].str.contains("holdings").all()


def test_filling_changes_six_columns_and_keeps_the_contract(small: Run, found: Demand) -> None:
    rows = candidates(small)
    filled = fill(rows, found)
    assert filled.schema == pl.Schema(FRAME_SCHEMA)
    assert_frame_equal(filled.drop(COLUMNS), rows.drop(COLUMNS))
    assert filled["usd_to_trade"].null_count() == found.rows["usd_to_trade"].null_count()
    assert [Candidate.model_validate(r).symbol for r in filled.to_dicts()]
    part = rows.filter(pl.col("index") == "R3000")
    assert_frame_equal(fill(part, found), filled.filter(pl.col("index") == "R3000"))


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
class TestRealJune2024:
    """June 2024 on its rank day, held against the fund's own file of five months later."""

    @pytest.fixture(scope="class")
    @classmethod
    def real(cls, real_store: Store) -> Demand:
        day = date(2024, 4, 30)
        done = run(real_store, "2024-06", day)
        return demand(done, candidates(done), real_store.as_of(end_of_day(day)))

    def test_every_fund_balances_to_the_cent(self, real: Demand) -> None:
        told = (
            real.flows.drop_nulls("weight_before")
            .group_by("index")
            .agg(
                pl.col("weight_before", "weight_called", "weight_expected").sum(),
                pl.col("usd_called", "usd_expected").sum().abs(),
            )
        )
        assert told.height == 4
        assert told.select(pl.selectors.starts_with("usd").max()).max_horizontal().item() < 0.01
        assert (told["weight_expected"] - 1).abs().max() < 1e-9

    def test_the_indexes_are_as_large_as_the_owner_says(self, real: Demand) -> None:
        """PR24: the Russell 3000 was worth $53.0tn by all shares; a tenth does not float."""
        worth = dict(real.funds.select("index", "float_cap_usd").iter_rows())
        assert 46e12 < worth["R3000"] < 50e12
        assert 2.2e12 < worth["R2000"] < 2.6e12
        assert real.funds["without_float"].max() <= 2

    def test_nearly_every_candidate_has_a_trade(self, real: Demand) -> None:
        assert real.rows["usd_to_trade"].null_count() <= 5

    def test_weights_are_near_those_in_the_fund_after_the_event(
        self, real: Demand, real_store: Store
    ) -> None:
        later = real_store.as_of(end_of_day(date(2024, 10, 15))).holdings()
        held = later.filter(pl.col("asof") == date(2024, 9, 30)).unique("ticker")
        weight = held.select(
            symbol="ticker", weight=pl.col("market_value") / pl.col("market_value").sum()
        )
        added = real.rows.filter("call", index="R2000", action="add").join(weight, on="symbol")
        assert added.height > 180
        assert added["weight_after"].sum() == pytest.approx(added["weight"].sum(), rel=0.1)
        assert added.select(pl.corr("weight_after", "weight", method="spearman")).item() > 0.6

    def test_two_years_before_no_assets_were_known(self, real_store: Store) -> None:
        day = date(2022, 5, 6)
        done = run(real_store, "2022-06", day)
        found = demand(done, candidates(done), real_store.as_of(end_of_day(day)))
        assert found.rows["usd_to_trade"].null_count() == found.rows.height
        assert found.rows["no_demand"].str.contains("no assets of R").sum() > 500
