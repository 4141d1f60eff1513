"""Chances that are honest, proud, and asked again and again."""

import numpy as np
import polars as pl
import pytest

from recon.backtest.calibration import LEAST, calibration, calibration_error, clustered

N = 4000


def rows(chance: np.ndarray, outcome: np.ndarray, events: int = 1) -> pl.DataFrame:
    place = np.arange(len(chance))
    return pl.DataFrame(
        {
            "event": [f"e{i % events}" for i in place],
            "company_id": [f"c{i}" for i in place],
            "chance": chance,
            "outcome": outcome,
        }
    )


def drawn(seed: int, events: int = 4) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.01, 0.99, N)
    return rows(chance, rng.random(N) < chance, events)


def test_honest_and_dishonest_chances_are_told_apart() -> None:
    honest = calibration(drawn(0))
    assert honest["n"].sum() == N
    assert honest["inside"].sum() >= 8
    assert calibration_error(honest) < 0.02
    proud = calibration(drawn(0).with_columns(pl.col("chance") ** 3))
    assert calibration_error(proud) > 0.1
    assert proud["inside"].sum() <= 3


def test_small_chances_are_left_out() -> None:
    few = rows(np.array([LEAST / 2, 0.5]), np.array([True, False]))
    assert calibration(few)["n"].to_list() == [1]


def test_the_same_company_six_times_is_no_more_evidence_than_once() -> None:
    once = drawn(1)
    leads = pl.concat([once] * 6)
    one, six = clustered(once), clustered(leads)
    naive = (six["high"] - six["low"]) / (one["high"] - one["low"])
    knowing = (six["high_clustered"] - six["low_clustered"]) / (
        one["high_clustered"] - one["low_clustered"]
    )
    assert naive.max() < 0.5
    assert knowing.to_list() == pytest.approx([1.0] * 10)
    assert six["n"].to_list() == (6 * one["n"]).to_list()
    assert six["companies"].to_list() == one["companies"].to_list()


def test_errors_that_an_event_shares_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    chance = rng.uniform(0.3, 0.7, N)
    luck = np.array([-0.2, 0.2, -0.1, 0.1])[np.arange(N) % 4]
    alone = clustered(rows(chance, rng.random(N) < chance, 4))
    shared = clustered(rows(chance, rng.random(N) < chance + luck, 4))

    def width(bins: pl.DataFrame) -> float:
        return float((bins["high_clustered"] - bins["low_clustered"]).mean())  # type: ignore[arg-type]

    assert width(shared) > 2 * width(alone)
    assert shared["inside_clustered"].all()


def test_the_intervals_hold_honest_rates_as_often_as_they_say() -> None:
    inside = pl.concat([clustered(drawn(seed), draws=300) for seed in range(10)])
    assert float(inside["inside_clustered"].mean()) > 0.85  # type: ignore[arg-type]
    assert float(inside["inside"].mean()) > 0.88  # type: ignore[arg-type]


def test_equal_answers_give_equal_intervals() -> None:
    assert clustered(drawn(3)).equals(clustered(drawn(3)))


def test_no_answers_give_no_bins() -> None:
    assert clustered(drawn(4).clear()).is_empty()
