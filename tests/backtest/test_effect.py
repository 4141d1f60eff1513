import warnings

import numpy as np
import pytest
from scipy import stats

from recon.backtest.effect import between, over_events, over_names

SAMPLE = np.random.default_rng(3).normal(0.02, 0.1, 400)[:, None]


def test_figures_over_names_are_the_textbook_ones() -> None:
    found = over_names(SAMPLE, np.ones(400), seed=1)
    plain = SAMPLE[:, 0]
    assert found.n[0] == 400
    assert found.mean[0] == pytest.approx(plain.mean())
    assert found.median[0] == pytest.approx(np.median(plain))
    assert found.trimmed_mean[0] == pytest.approx(stats.trim_mean(plain, 0.1))
    assert found.t[0] == pytest.approx(stats.ttest_1samp(plain, 0).statistic)
    usual = stats.t.interval(0.95, 399, plain.mean(), stats.sem(plain))
    assert (found.low[0], found.high[0]) == pytest.approx(usual, abs=0.002)


def test_the_same_seed_gives_the_same_interval() -> None:
    first, again, other = (over_names(SAMPLE, np.ones(400), seed=s) for s in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high)
    assert first.low != other.low


def test_weights_move_the_mean_and_a_name_without_weight_does_not_count() -> None:
    values = np.array([[0.1], [0.3], [9.0]])
    found = over_names(values, np.array([3.0, 1.0, 0.0]), seed=1)
    assert found.n[0] == 2
    assert found.mean[0] == pytest.approx(0.15)


def test_a_missing_outcome_is_left_out_of_its_own_column_only() -> None:
    values = np.array([[0.1, 0.1], [0.3, np.nan], [0.2, 0.5]])
    found = over_names(values, np.ones(3), seed=1)
    assert found.n.tolist() == [3, 2]
    assert found.mean.tolist() == pytest.approx([0.2, 0.3])


@pytest.mark.parametrize("names", [0, 1])
def test_too_few_names_give_no_interval_and_no_warning(names: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = over_names(np.full((names, 2), 0.1), np.ones(names), seed=1)
    assert found.n.tolist() == [names, names]
    assert np.isnan(found.t).all()


def test_a_spread_is_the_long_leg_less_the_short_one() -> None:
    short = over_names(-SAMPLE, np.ones(400), seed=2)
    long = over_names(SAMPLE, np.ones(400), seed=1)
    plain = between(long, short, np.array([1.0]))
    assert plain.mean[0] == pytest.approx(2 * SAMPLE.mean())
    assert plain.t[0] == pytest.approx(stats.ttest_ind(SAMPLE, -SAMPLE).statistic[0], rel=0.01)
    sold = between(long, short, np.array([-1.0]))
    assert sold.mean[0] == pytest.approx(0.0)
    assert sold.low[0] < 0 < sold.high[0]


def test_means_of_events_have_the_interval_of_so_few() -> None:
    found = over_events([np.array([0.1, np.nan]), np.array([0.2, 0.3]), np.array([0.3, np.nan])])
    assert found.n.tolist() == [3, 1]
    assert found.mean.tolist() == pytest.approx([0.2, 0.3])
    usual = stats.t.interval(0.95, 2, 0.2, 0.1 / np.sqrt(3))
    assert (found.low[0], found.high[0]) == pytest.approx(usual)
    assert np.isnan(found.low[1]), "one event has no interval"
