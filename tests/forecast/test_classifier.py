"""The classifier keeps its contract, learns what the rules cannot know, and calibrates."""

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import average_precision_score
from small_events import frame

from recon.forecast.classifier import ReconClassifier, operating_threshold
from recon.forecast.features import FEATURES
from recon.forecast.heads import EVIDENCE, PRESUMPTION
from recon.forecast.size import size_chance


def data(*events: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, pl.DataFrame]:
    rows = pl.concat([frame(e, lead) for e in events for lead in (0, 20)])
    changed = (rows["added"] | rows["deleted"]).cast(pl.Int64).to_numpy()
    return rows.select(FEATURES).to_numpy(), changed, rows["event"].to_numpy(), rows


@pytest.fixture(scope="module")
def fitted() -> ReconClassifier:
    x, y, groups, _ = data("2021-06", "2022-06")
    return ReconClassifier(rounds=40).fit(x, y, groups)


def test_the_constructor_stores_and_a_clone_is_not_fitted(fitted: ReconClassifier) -> None:
    copy = clone(fitted)
    assert copy.get_params() == {"features": FEATURES, "rounds": 40}
    with pytest.raises(NotFittedError):
        copy.predict_proba(np.zeros((1, len(FEATURES))))


def test_it_learns_who_is_not_admitted(fitted: ReconClassifier) -> None:
    x, y, _, rows = data("2023-06")
    chance = fitted.predict_proba(x)[:, 1]
    outside = (rows["member"] == 0).to_numpy()
    large = outside & (rows["distance_3000"] > 0.5).to_numpy()
    foreign = (rows["files_as_foreign"] == 1).to_numpy()
    assert chance[large & foreign].mean() < 0.25
    assert chance[large & ~foreign].mean() > 0.9
    rules = rows["distance_3000"].to_numpy()
    assert average_precision_score(y[outside], chance[outside]) > 0.95
    assert average_precision_score(y[outside], rules[outside]) < 0.9


def test_chances_are_calibrated_on_an_event_not_seen(fitted: ReconClassifier) -> None:
    x, y, _, _ = data("2023-06")
    chance = fitted.predict_proba(x)
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    bins = np.clip((chance[:, 1] * 5).astype(int), 0, 4)
    gap = sum(abs(y[bins == b].sum() - chance[bins == b, 1].sum()) for b in range(5)) / len(y)
    assert gap < 0.05


def test_entry_and_exit_rise_with_the_size(fitted: ReconClassifier) -> None:
    row = np.nanmedian(data("2021-06")[0], axis=0)
    at = {name: i for i, name in enumerate(FEATURES)}
    rows = np.tile(row, (30, 1))
    distance = np.linspace(-0.6, 0.6, 30)
    rows[:, at["files_as_foreign"]] = 0
    rows[:, at["sigma"]] = 0.1
    rows[:, at["distance_3000"]] = distance
    rows[:, at["p_r3000"]] = np.linspace(0, 1, 30)
    for member, sign in ((0.0, 1), (1.0, -1)):
        rows[:, at["member"]] = member
        steps = np.diff(fitted.predict_proba(rows)[:, 1]) * sign
        assert steps.min() > -1e-9
        assert steps.sum() > 0.5


def test_calls_are_those_above_the_threshold_of_their_side(fitted: ReconClassifier) -> None:
    x, _, _, rows = data("2023-06")
    chance, calls = fitted.predict_proba(x)[:, 1], fitted.predict(x)
    for member in (0.0, 1.0):
        own = (rows["member"] == member).to_numpy()
        least = operating_threshold(chance[own])
        np.testing.assert_array_equal(calls[own] == 1, chance[own] >= least)


def test_as_many_are_called_as_changes_are_expected() -> None:
    chances = np.random.default_rng(0).beta(0.3, 2, 400)
    assert (chances >= operating_threshold(chances)).sum() == round(chances.sum())


def test_the_threshold_where_little_or_nothing_is_expected() -> None:
    assert operating_threshold(np.array([1.0, 1.0, 0.0])) == 1.0
    assert operating_threshold(np.full(5, 0.05)) == 1.0
    assert operating_threshold(np.zeros(3)) == 1.0
    assert operating_threshold(np.array([])) == 1.0


def test_equal_chances_are_called_together_or_not_at_all() -> None:
    """Fifty sure ones, and two thousand of whom twenty are expected, nobody knows which."""
    chances = np.concatenate([np.full(50, 0.9), np.full(2000, 0.01)])
    assert (chances >= operating_threshold(chances)).sum() == 50


def test_a_kind_is_presumed_before_it_is_learned() -> None:
    """That the Microcap holds a company is read in no other way."""
    x, y, groups, rows = data("2021-06")
    model = ReconClassifier(rounds=40).fit(x, y, groups)
    asked = x[((rows["member"] == 0) & (rows["distance_3000"] > 0.5)).to_numpy()][:20].copy()
    chances = []
    for held in (0.0, 1.0):
        asked[:, FEATURES.index("was_micro")] = held
        chances.append(model.predict_proba(asked)[:, 1])
    assert (chances[1] > chances[0]).all()


def test_what_is_presumed_is_learned_from_too() -> None:
    x, y, groups, rows = data("2021-06", "2022-06")
    abroad = (rows["files_as_foreign"] == 1).to_numpy()
    x[:, FEATURES.index("was_micro")] = np.where(abroad, 0.0, 1.0)
    line = ReconClassifier(rounds=40).fit(x, y, groups).heads_["enter"].admits_.line_
    assert line.coef_[0, EVIDENCE.index(PRESUMPTION)] > 0


def test_what_few_events_show_is_held_back(fitted: ReconClassifier) -> None:
    x, y, groups, rows = data("2021-06")
    alone = ReconClassifier(rounds=40).fit(x, y, groups)
    refused = (rows["member"] == 0).to_numpy() & (rows["files_as_foreign"] == 1).to_numpy()
    large = refused & (rows["distance_3000"] > 0.5).to_numpy()
    means = [m.predict_proba(x[large])[:, 1].mean() for m in (alone, fitted)]
    assert means[0] > means[1]


def test_a_company_without_a_cap_still_gets_a_chance(fitted: ReconClassifier) -> None:
    x, _, _, rows = data("2023-06")
    some = x[(rows["member"] == 0).to_numpy()][:5].copy()
    for name in ("p_r3000", "p_priced", "distance_3000", "sigma"):
        some[:, FEATURES.index(name)] = np.nan
    assert (size_chance(some, FEATURES) == 0.5).all()
    chance = fitted.predict_proba(some)[:, 1]
    assert np.isfinite(chance).all()


@pytest.mark.parametrize(
    ("y", "message"),
    [("none", "expected 0 and 1"), ("one side", "to leave"), ("columns", "columns")],
)
def test_what_cannot_be_learned_from_is_refused(y: str, message: str) -> None:
    x, target, groups, rows = data("2021-06")
    if y == "none":
        target = np.zeros_like(target)
    elif y == "one side":
        target = np.where((rows["member"] == 1).to_numpy(), 0, target)
    else:
        x = x[:, :-1]
    with pytest.raises(ValueError, match=message):
        ReconClassifier().fit(x, target, groups)


def test_one_event_alone_is_enough_to_fit() -> None:
    x, y, groups, _ = data("2021-06")
    model = ReconClassifier(rounds=10).fit(x, y, groups)
    assert set(model.heads_) == {"enter", "leave"}
