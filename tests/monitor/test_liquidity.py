"""Liquidity measures against their definitions."""

import numpy as np
import polars as pl
import pytest
from small_panel import BEGIN, SESSIONS, calm, made, quotes

from recon.forecast.traits import LIQUIDITY_SESSIONS
from recon.monitor.liquidity import LEAST, liquidity
from recon.monitor.panel import panel


def bounced(spread: float, days: int = 400, seed: int = 2) -> np.ndarray:
    """Changes of a still price that trades at the bid or the ask by chance."""
    side = np.random.default_rng(seed).choice([-0.5, 0.5], (days + 1, 1))
    return np.diff(side * spread, axis=0)


def test_dollar_volume_is_of_the_last_quarter():
    frame = quotes(np.zeros((100, 1))).with_columns(
        volume=pl.when(pl.col("session") < SESSIONS[100 - LIQUIDITY_SESSIONS])
        .then(10**9)
        .when(pl.col("session") == SESSIONS[99])
        .then(64_000)
        .otherwise("volume")
    )
    row = liquidity(panel(frame, BEGIN), np.array([0])).row(0, named=True)
    assert row["median_dollar_volume_usd"] == pytest.approx(20_000)
    assert row["mean_dollar_volume_usd"] == pytest.approx(20_000 * 2)
    assert row["volume_sessions"] == LIQUIDITY_SESSIONS


def test_amihud_is_the_mean_change_a_million_dollars():
    changes = np.tile([[0.01], [-0.01]], (50, 1))
    row = liquidity(made(changes), np.array([0])).row(0, named=True)
    dollars = 20_000 * np.exp([0.01, 0.0])
    expected = np.mean(0.01 / dollars) * 1e6
    assert row["amihud"] == pytest.approx(expected, rel=0.01)


def test_sessions_without_trade_count_in_the_volume_and_not_in_amihud():
    frame = quotes(calm(100, 1)).with_columns(
        volume=pl.when(pl.int_range(pl.len()) % 2 == 0).then(0).otherwise("volume")
    )
    row = liquidity(panel(frame, BEGIN), np.array([0])).row(0, named=True)
    whole = liquidity(made(calm(100, 1)), np.array([0])).row(0, named=True)
    assert row["mean_dollar_volume_usd"] == pytest.approx(
        whole["mean_dollar_volume_usd"] / 2, rel=0.1
    )
    assert np.isfinite(row["amihud"])


def test_rolls_spread_is_found_where_there_is_one():
    prices = made(np.column_stack([bounced(0.04), bounced(0.01)])[-LIQUIDITY_SESSIONS - 1 :])
    found = liquidity(prices, np.array([0, 1]))["roll_spread"]
    assert found.to_list() == pytest.approx([0.04, 0.01], rel=0.35)


def test_rolls_spread_of_a_trend_is_null_with_the_reason():
    trend = np.repeat(calm(10, 1, sigma=0.03), 10, axis=0)
    row = liquidity(made(trend), np.array([0])).row(0, named=True)
    assert row["roll_spread"] is None
    assert row["liquidity_reasons"] == ["roll_spread:positive_covariance"]


def test_a_line_with_too_few_sessions_or_none_says_so():
    frame = liquidity(made(calm(LEAST - 1, 1)), np.array([0, -1]))
    for row in frame.rows(named=True):
        assert row["median_dollar_volume_usd"] is None
        assert row["amihud"] is None
        assert row["liquidity_reasons"] == [
            "volume:too_few_sessions",
            "amihud:too_few_sessions",
            "roll_spread:too_few_sessions",
        ]
