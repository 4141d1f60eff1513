"""Errors of break-points."""

import numpy as np
import polars as pl
import pytest

from recon.backtest.lines import line_errors, lines_by_lead


@pytest.fixture(scope="module")
def errors() -> pl.DataFrame:
    """Two events: one truth is inside the interval, the other far above it."""
    parts = [
        pl.DataFrame(
            {
                "event": [event] * 4,
                "hindsight": ["strict"] * 4,
                "name": ["rank_3000"] * 4,
                "lead": [0, 10, 10, 10],
                "quantile": [0.5, 0.05, 0.5, 0.95],
                "cap_usd": [1.0, 80.0, 110.0, 130.0],
                "now_usd": [truth, 90.0, 90.0, 90.0],
            }
        )
        for event, truth in (("2023-06", 100.0), ("2024-06", 200.0))
    ]
    return line_errors(pl.concat(parts))


def test_the_truth_is_the_line_of_rank_day(errors: pl.DataFrame) -> None:
    row = errors.row(by_predicate=pl.col("event") == "2023-06", named=True)
    assert row["error"] == pytest.approx(np.log(1.1))
    assert row["error_now"] == pytest.approx(np.log(0.9))
    assert row["covered"]


def test_over_events_errors_do_not_cancel_and_the_bias_shows(errors: pl.DataFrame) -> None:
    row = lines_by_lead(errors).row(0, named=True)
    assert (row["n"], row["covered"]) == (2, 1)
    assert row["error"] == pytest.approx((np.log(1.1) + np.log(2 / 1.1)) / 2)
    assert row["bias"] == pytest.approx((np.log(1.1) - np.log(2 / 1.1)) / 2)
