from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from recon.backtest.costs import Costs
from recon.backtest.holding import betas, held, market
from recon.forecast.growth import Panel

NAMES = ["A", "B", "C"]


def laid(growth: list[list[float]], close: list[list[float]] | None = None) -> Panel:
    change = np.array(growth)
    days = [date(2024, 1, 1) + timedelta(days=i) for i in range(len(change))]
    prices = 100 * np.cumprod(change, axis=0) if close is None else np.array(close)
    return Panel(days, NAMES, change, prices)


def caps(*values: float) -> pl.DataFrame:
    return pl.DataFrame({"security_id": NAMES[: len(values)], "total_cap_usd": values})


def test_an_index_is_weighted_by_cap_on_its_day_and_held() -> None:
    quoted = laid([[1, 1, 1], [2, 1, 1], [2, 1, 1]])
    np.testing.assert_allclose(market(quoted, caps(3.0, 1.0), 0), [1, 7 / 4, 13 / 7])
    # The same caps a day later: the weights of the day before are smaller where it grew since.
    np.testing.assert_allclose(market(quoted, caps(3.0, 1.0), 1), [1, 4 / 2.5, 7 / 4])


def test_what_leaves_an_index_weighs_no_more() -> None:
    quoted = laid([[1, 1, 1], [1, 1.1, 1]], [[10, 10, 10], [np.nan, 11, 10]])
    np.testing.assert_allclose(market(quoted, caps(9.0, 1.0), 0), [1, 1.1])


def test_a_member_without_quotes_is_left_out() -> None:
    quoted = laid([[1, 1, 1], [1.1, 1, 1]])
    members = pl.DataFrame({"security_id": ["A", "Z"], "total_cap_usd": [1.0, 99.0]})
    np.testing.assert_allclose(market(quoted, members, 0), [1, 1.1])


def series(beta: float, sessions: int = 260) -> tuple[Panel, np.ndarray]:
    moves = np.random.default_rng(1).normal(0, 0.01, sessions)
    moves[0] = 0
    own = np.column_stack([1 + beta * moves, 1 + moves, np.ones(sessions)])
    return laid(own.tolist()), 1 + moves


def test_a_beta_is_drawn_toward_one() -> None:
    quoted, index = series(2.0)
    high, one, none = betas(quoted, index, 259)
    assert 1.7 < high < 2.0
    assert one == pytest.approx(1.0)
    assert 0 < none < 0.3


def test_a_beta_uses_nothing_later() -> None:
    quoted, index = series(2.0)
    before = betas(quoted, index, 200)
    quoted.growth[201:] = 5.0
    index = np.where(np.arange(260) > 200, 0.5, index)
    np.testing.assert_array_equal(betas(quoted, index, 200), before)
    assert not np.allclose(betas(quoted, index, 259), before)


def test_a_line_without_history_has_a_beta_of_one() -> None:
    quoted, index = series(2.0)
    close = quoted.close.copy()
    close[:259, 0] = np.nan
    late = Panel(quoted.sessions, quoted.securities, quoted.growth, close)
    assert betas(late, index, 259)[0] == pytest.approx(1.0)


def test_a_holding_goes_from_close_to_close_less_beta_times_the_market() -> None:
    quoted = laid([[1, 1, 1], [1.5, 1, 1], [1.1, 1, 1], [1.2, 1, 1]])
    index = np.array([1, 2, 1.05, 1.1])
    found = held(quoted, index, np.array([2.0]), np.array([0]), 1, 3)
    assert found.raw[0] == pytest.approx(1.1 * 1.2 - 1)
    assert found.adjusted[0] == pytest.approx(1.1 * 1.2 - 1 - 2 * (1.05 * 1.1 - 1))


def test_what_is_delisted_goes_out_at_its_last_price_and_its_hedge_with_it() -> None:
    nan = np.nan
    quoted = laid([[1, 1, 1], [1.1, 1, 1], [1, 1, 1]], [[10, nan, 1], [11, nan, 1], [nan, 5, 1]])
    found = held(quoted, np.array([1, 1.05, 3.0]), np.ones(3), np.array([0, 1, -1]), 0, 2)
    assert found.raw[0] == pytest.approx(0.1)
    assert found.adjusted[0] == pytest.approx(0.05)
    assert found.exit[0] == 1
    assert np.isnan(found.raw[1]), "no close at the entry"
    assert np.isnan(found.raw[2]), "no quotes at all"


def test_costs_fall_with_size_and_rise_as_the_price_nears_a_tick() -> None:
    costs = Costs()
    small, large, cheap, unknown = costs.one_way(
        np.array([20.0, 20.0, 0.5, 20.0]), np.array([2.5e8, 1e11, 1e9, np.nan])
    )
    assert small == pytest.approx(31e-4)
    assert large == pytest.approx(0.005 / 20 + 1e-4)
    assert cheap == pytest.approx(0.005 / 0.5 + 1e-4)
    assert unknown == pytest.approx(301e-4)


def test_a_position_pays_both_sides_its_hedge_and_what_it_borrows() -> None:
    costs = Costs()
    price, cap = np.array([20.0]), np.array([2.5e8])
    beta, days = np.array([1.5]), np.array([73.0])
    long = costs.of_holding(price, cap, beta, days, short=False)
    assert long[0] == pytest.approx(2 * (31e-4 + 1.5e-4))
    short = costs.of_holding(price, cap, beta, days, short=True)
    assert short[0] - long[0] == pytest.approx(0.03 / 5)
