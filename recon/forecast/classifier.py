"""The classifier: what the rules cannot know, learned from past events.

The target is a change of side: a company outside the Russell 3000 that is officially added, a
member that is officially deleted. Entry and exit have a head each, so the chance to be in the
index afterwards is the entry's chance for the one and one less the exit's for the other.
"""

from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from recon.forecast.features import FEATURES
from recon.forecast.heads import Bools, Floats, Head, Labels

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
    thresholds_ : dict of str to array (k, 2)
        By head: sessions ahead, and the chance from which a company is called; rising.

    Notes
    -----
    Calibration and thresholds rest on chances given by models that did not see the event in
    question. The threshold that gives the best F1 of well-calibrated chances is half of that F1
    (Lipton, Elkan & Naryanaswamy 2014), which is steadier than the best cut of one event.
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
        self.thresholds_: dict[str, Floats] = {}
        for side, own in self._sides(X).items():
            if len(np.unique(target[own])) < 2:
                raise ValueError(f"y has no changes, or nothing but changes, to {side}")
            head = Head(side, self.features, self.rounds)
            chance, possible = head.learn(X[own], target[own], _dealt(events[own]))
            self.heads_[side] = head
            self.thresholds_[side] = _thresholds(
                target[own], np.where(possible, chance, 0), self._ahead(X[own]), events[own]
            )
        return self

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Chances to keep and to change sides, of each company."""
        check_is_fitted(self)
        X = validate_data(  # noqa: N806
            self, X, reset=False, ensure_all_finite="allow-nan", dtype=np.float64
        )
        changes = np.zeros(len(X))
        for side, own in self._sides(X).items():
            if own.any():
                changes[own] = self.heads_[side].chance(X[own])
        return np.column_stack([1 - changes, changes])

    def predict(self, X: Any) -> Labels:  # noqa: N803
        """Calls: 1 where the chance reaches the threshold of its side and time."""
        changes = self.predict_proba(X)[:, 1]
        return (changes >= self.thresholds(X)).astype(np.int64)

    def thresholds(self, X: Any) -> Floats:  # noqa: N803
        """Chance from which each company is called, by its side and the sessions ahead."""
        check_is_fitted(self)
        values = np.asarray(X, dtype=np.float64)
        ahead = np.sqrt(self._ahead(values))
        found = np.zeros(len(values))
        for side, own in self._sides(values).items():
            table = self.thresholds_[side]
            found[own] = np.interp(ahead[own], np.sqrt(table[:, 0]), table[:, 1])
        return found

    def _sides(self, x: Floats) -> dict[str, Bools]:
        member = x[:, list(self.features).index("member")] == 1
        return dict(zip(SIDES, (~member, member), strict=True))

    def _ahead(self, x: Floats) -> Floats:
        return np.asarray(x[:, list(self.features).index("sessions_ahead")])


def _dealt(events: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Groups for calibration: events, or where there is one only, rows dealt out."""
    if len(np.unique(events)) >= MIN_GROUPS:
        return events
    return np.arange(len(events)) % FOLDS


def _thresholds(y: Labels, chance: Floats, ahead: Floats, events: npt.NDArray[Any]) -> Floats:
    """Half of the best F1 at each distance from rank day, averaged over events."""
    rows = []
    for lead in np.unique(ahead):
        best = [
            _best_f1(y[chosen], chance[chosen])
            for event in np.unique(events)
            if y[chosen := (ahead == lead) & (events == event)].any()
        ]
        if best:
            rows.append((float(lead), float(np.mean(best)) / 2))
    return np.array(rows)


def _best_f1(y: Labels, chance: Floats) -> float:
    order = np.argsort(-chance, kind="stable")
    hits = np.cumsum(y[order])
    called = np.arange(1, len(y) + 1)
    return float((2 * hits / (called + y.sum())).max())
