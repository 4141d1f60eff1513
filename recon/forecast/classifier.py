"""The classifier: what the rules cannot know, learned from past events.

The target is a change of side: a company outside the Russell 3000 that is officially added, a
member that is officially deleted. Entry and exit have a head each, so the chance to be in the
index afterwards is the entry's chance for the one and one less the exit's for the other.
"""

from collections.abc import Callable
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from recon.forecast.features import FEATURES
from recon.forecast.heads import Head
from recon.forecast.learners import Bools, Floats, Labels

SIDES: Final = ("enter", "leave")
MIN_GROUPS: Final = 2
FOLDS: Final = 3
"""With one event only, companies are dealt to so many groups for calibration."""


class ReconClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Chance that a company is added to or deleted from the Russell 3000.

    Parameters
    ----------
    features : tuple of str
        Columns of `X`, in order; must hold `recon.forecast.features.FEATURES`' names.
    rounds : int
        Rounds of boosting.

    Attributes
    ----------
    classes_ : array
        0 (keeps its side) and 1 (changes side).
    n_features_in_ : int
        Columns seen.
    heads_ : dict of str to Head
        `enter` and `leave`.

    Notes
    -----
    Calibration rests on chances given by models that did not see the event in question.
    """

    def __init__(self, features: tuple[str, ...] = FEATURES, rounds: int = 100) -> None:
        self.features = features
        self.rounds = rounds

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from companies of past events.

        Parameters
        ----------
        X : array (n, features)
            Features; NaN where not known.
        y : array (n,)
            1 where the company changed side.
        groups : array (n,), optional
            Event of each row. Rows of one event never calibrate each other. Default: all of one.
        """
        X, y = validate_data(self, X, y, ensure_all_finite="allow-nan", dtype=np.float64)  # noqa: N806
        if X.shape[1] != len(self.features):
            raise ValueError(f"X has {X.shape[1]} columns, expected {len(self.features)}")
        self.classes_ = np.unique(y)
        if not np.array_equal(self.classes_, [0, 1]):
            raise ValueError(f"y holds {self.classes_.tolist()}, expected 0 and 1")
        events = np.zeros(len(y), np.int64) if groups is None else np.asarray(groups)
        target: Labels = y.astype(np.int64)
        self.heads_: dict[str, Head] = {}
        for side, own in self._sides(X).items():
            if len(np.unique(target[own])) < 2:
                raise ValueError(f"y has no changes, or nothing but changes, to {side}")
            head = Head(side, self.features, self.rounds)
            head.learn(X[own], target[own], _dealt(events[own]), len(np.unique(events)))
            self.heads_[side] = head
        return self

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Chances to keep and to change sides, of each company."""
        check_is_fitted(self)
        X = validate_data(  # noqa: N806
            self, X, reset=False, ensure_all_finite="allow-nan", dtype=np.float64
        )
        changes = self.chances(X)(0.0)
        return np.column_stack([1 - changes, changes])

    def chances(self, x: Floats) -> Callable[[float], Floats]:
        """Chance of each company to change sides, as the line at rank 3,000 shifts.

        Parameters
        ----------
        x : array (n, features)
            Features; NaN where not known.

        Returns
        -------
        callable
            From the log cap by which the line lies lower to an array (n,).
        """
        sides = [
            (own, self.heads_[side].chance(x[own]))
            for side, own in self._sides(x).items()
            if own.any()
        ]

        def shifted(shift: float) -> Floats:
            changes = np.zeros(len(x))
            for own, chance in sides:
                changes[own] = chance(shift)
            return changes

        return shifted

    def predict(self, X: Any) -> Labels:  # noqa: N803
        """Calls: 1 where the chance reaches that of its side; `X` holds all of one moment."""
        changes = self.predict_proba(X)[:, 1]
        called = np.zeros(len(changes), np.int64)
        for own in self._sides(np.asarray(X, dtype=np.float64)).values():
            called[own] = changes[own] >= operating_threshold(changes[own])
        return called

    def _sides(self, x: Floats) -> dict[str, Bools]:
        member = x[:, list(self.features).index("member")] == 1
        return dict(zip(SIDES, (~member, member), strict=True))


def operating_threshold(chances: Floats) -> float:
    """Chance from which a company is called: as many are called as changes are expected.

    The list of calls has the length that the owner's will have, so the last names of it may be
    likelier to stay than to change, and their chance says so. It follows from the chances alone:
    no outcome of any event enters it. Were the chances right, precision and recall of the calls
    would be the same, and their F1 near its best.

    Parameters
    ----------
    chances : array (n,)
        Of all companies of one side at one moment.

    Returns
    -------
    float
        In [0, 1]; 1 where no change is expected. Equal chances are called together or not at all.
    """
    falling = np.sort(chances)[::-1]
    expected = round(float(falling.sum()))
    if expected == 0:
        return 1.0
    least = falling[expected - 1]
    if expected < len(falling) and falling[expected] == least and least < falling[0]:
        least = falling[falling > least][-1]
    return float(least)


def _dealt(events: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Groups for calibration: events, or where there is one only, rows dealt out."""
    if len(np.unique(events)) >= MIN_GROUPS:
        return events
    return np.arange(len(events)) % FOLDS
