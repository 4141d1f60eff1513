"""What the factors see in prices, and what they must not."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from recon.forecast.factors import FLOOR, LIMIT, fit_factors, log_returns
from recon.forecast.hazard import hazard

DAYS = [date(2023, 1, 1) + timedelta(days=i) for i in range(200)]


def quotes(changes: np.ndarray) -> pl.DataFrame:
    """Closes of columns of log changes, with the adjusted change."""
    closes = 10 * np.exp(np.cumsum(changes, axis=0))
    before = closes / np.exp(changes)
    days, n = changes.shape
    return pl.DataFrame(
        {
            "session": [day for day in DAYS[:days] for _ in range(n)],
            "security_id": [f"s{i}" for i in range(n)] * days,
            "close": closes.ravel(),
            "netchange": (closes - before).ravel(),
        }
    )


def drawn(n: int = 60, days: int = 200, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    market = rng.normal(0, 0.01, (days, 1))
    own = rng.normal(0, 1, (days, n)) * np.linspace(0.01, 0.05, n)
    return market + own


def test_changes_are_those_of_the_source_oldest_first() -> None:
    changes = drawn(3, 5) * 0.5
    found = log_returns(quotes(changes).sample(fraction=1, shuffle=True, seed=1))
    assert found.securities == ["s0", "s1", "s2"]
    np.testing.assert_allclose(found.values, changes, atol=1e-6)


def test_a_split_is_no_move_and_a_first_row_no_change() -> None:
    frame = pl.DataFrame(
        {
            "session": DAYS[:3],
            "security_id": ["a"] * 3,
            "close": [100.0, 101.0, 10.1],
            "netchange": [100.0, 1.0, 0.0],
        }
    )
    values = log_returns(frame).values[:, 0]
    np.testing.assert_allclose(values, [np.log(1.01), 0.0], atol=1e-6)


def test_glitches_are_cut() -> None:
    frame = pl.DataFrame(
        {"session": DAYS[:1], "security_id": ["a"], "close": [90.0], "netchange": [81.0]}
    )
    assert log_returns(frame).values[0, 0] == pytest.approx(LIMIT)


def test_volatility_is_found_and_rises_with_the_truth() -> None:
    changes = drawn()
    returns = log_returns(quotes(changes))
    factors = fit_factors(
        returns, returns.securities, [None] * 60, np.linspace(24, 18, 60).astype(np.float32)
    )
    truth = np.array([0.01 + 0.04 / 59 * int(s[1:]) for s in returns.securities])
    assert factors.market_sigma == pytest.approx(0.01, rel=0.3)
    assert np.corrcoef(factors.own_sigma, truth)[0, 1] > 0.9
    assert np.median(factors.own_sigma / truth) == pytest.approx(1, abs=0.15)


def test_a_company_without_history_gets_what_its_size_shows() -> None:
    changes = drawn(80)
    returns = log_returns(quotes(changes))
    caps = np.array([24 - 0.05 * int(s[1:]) for s in returns.securities] + [23.9, 20.1])
    factors = fit_factors(
        returns, [*returns.securities, None, "unheard of"], [None] * 82, caps.astype(np.float32)
    )
    large, small = factors.own_sigma[-2:]
    assert FLOOR < large < small


def test_no_history_at_all_still_gives_volatilities() -> None:
    empty = quotes(drawn(2, 1)).clear()
    factors = fit_factors(log_returns(empty), ["s0", None], ["x", None], np.ones(2, np.float32))
    assert (factors.sigma() > 0).all()


def test_hazard_counts_who_vanished_but_not_who_was_renamed() -> None:
    today = date(2023, 6, 1)
    lives = pl.DataFrame(
        {
            "security_id": ["a", "b", "c", "c", "w"],
            "symbol": ["A", "B", "C", "CC", "BWXYZ"],
            "first": [date(2021, 1, 29)] * 3 + [date(2023, 1, 2)] + [date(2021, 1, 29)],
            "gone": [None, date(2023, 3, 1), date(2023, 1, 2), None, date(2023, 3, 1)],
        }
    )
    years = (365 + 365 + 273) / 365
    assert hazard(lives, today) == pytest.approx(min(1 / (years * 252), 0.001), rel=0.02)
    assert hazard(lives.filter(pl.col("gone").is_null()), today) == 0
