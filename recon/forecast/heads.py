"""The two heads of the classifier: who enters, and who leaves.

Each asks two models and takes the mean of what they say, as log odds. The first takes the
question apart: a company changes side if its **size** puts it there (the simulation's answer)
and if the owner **admits** it (learned from companies that are large enough, where only the
other tests decide). The second sees everything at once and finds where the caps themselves are
wrong.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtr  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]

HARD: Final = 1e-4
"""No chance is taken for surer than this."""
COUNT_DOUBT: Final = 0.05
"""Log cap: how far the owner's count is from the best public one when nothing seems wrong;
shares issued or bought back since the last filing. Keeps rank day from being certain."""
IN_SIZE: Final = 0.6
"""Chance of the size above which a company shows whether the owner admits its kind."""
POSSIBLE: Final = 0.003
"""Chance of the size below which nothing is learned."""
DOUBTED: Final = 2.0
"""Events by which the calibration is held back: companies of one event err together, so a
correction learned from few events is mostly the luck of those."""

NOT_TRAITS: Final = (
    "p_r3000",
    "p_r1000",
    "p_r2000",
    "sigmas_3000",
    "distance_1000",
    "distance_side",
    "relative_rank",
    "member",
    "was_r1000",
    "was_micro",
    "knows_micro",
    "unheld",
    "list_age",
    "ruled_in",
)
"""Features that say nothing about admission, given a sufficient size."""
LEAVING: Final = (
    "p_r3000",
    "p_alive",
    "sigma",
    "distance_3000",
    "sigmas_3000",
    "fails_share_type",
    "fails_structure",
    "fails_price",
    "fails_cap",
    "price_pinned",
    "unheld",
    "doubt",
    "cap_units",
    "cap_reported",
    "change_quarter",
    "log_price",
    "sessions_ahead",
    "knows_micro",
    "ruled_in",
    "ruled_eligible",
)
"""Features of members that bear on leaving: few events, few features."""
RISING: Final = {
    "enter": {
        "p_r3000": 1,
        "distance_3000": 1,
        "sigmas_3000": 1,
        "p_alive": 1,
        "kind_passes": 1,
        "ruled_in": 1,
        "ruled_eligible": 1,
    },
    "leave": {
        "p_r3000": -1,
        "distance_3000": -1,
        "sigmas_3000": -1,
        "fails_price": 1,
        "fails_cap": 1,
        "unheld": 1,
        "ruled_in": -1,
    },
}
"""Signs that are known before anything is learned."""


def boosted(features: Sequence[str], side: str, rounds: int) -> HistGradientBoostingClassifier:
    """Gradient boosting, held back strongly: a few hundred changes are all there is."""
    signs = RISING[side]
    return HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=0.07,
        max_leaf_nodes=8,
        min_samples_leaf=40,
        l2_regularization=10.0,
        max_features=0.4,
        early_stopping=False,
        monotonic_cst=[signs.get(name, 0) for name in features],
        random_state=0,
    )


def size_chance(x: Floats, features: Sequence[str]) -> Floats:
    """Chance that the size puts a company into the Russell 3000, counts never quite sure.

    Returns
    -------
    array (n,)
        Mean of the share of paths and of a normal around today's distance; 0.5 where the cap is
        not known.
    """
    at = {name: i for i, name in enumerate(features)}
    paths, distance, sigma = (x[:, at[n]] for n in ("p_r3000", "distance_3000", "sigma"))
    smooth = ndtr(distance / np.sqrt(np.nan_to_num(sigma) ** 2 + COUNT_DOUBT**2))
    chance = 0.5 * (paths + smooth)
    return np.asarray(np.where(np.isfinite(chance), chance, 0.5))


def _logit(chance: Floats) -> Floats:
    return np.asarray(logit(np.clip(chance, HARD, 1 - HARD)))


class Head:
    """One side: models of admission and of everything, and the calibration of their mean.

    Parameters
    ----------
    side : {"enter", "leave"}
        Which.
    features : sequence of str
        Columns of `x`.
    rounds : int
        Of boosting.
    """

    def __init__(self, side: str, features: Sequence[str], rounds: int) -> None:
        self.side = side
        self.features = list(features)
        self.rounds = rounds
        wanted = LEAVING if side == "leave" else self.features
        self.all_columns = [i for i, n in enumerate(self.features) if n in wanted]
        self.trait_columns = [i for i, n in enumerate(self.features) if n not in NOT_TRAITS]

    def learn(self, x: Floats, y: Labels, groups: npt.NDArray[Any]) -> tuple[Floats, Bools]:
        """Fit the models, and their calibration on companies of groups that they did not see.

        Returns
        -------
        tuple of array
            Calibrated chance of the rows, each by models that did not see its group; and which
            rows were given one (all but hopeless ones).
        """
        size = size_chance(x, self.features)
        possible = size >= POSSIBLE if self.side == "enter" else np.ones(len(y), np.bool_)
        cross = np.zeros((len(y), 2))
        for group in np.unique(groups):
            inside, others = possible & (groups == group), possible & (groups != group)
            if inside.any() and len(np.unique(y[others])) == 2:
                self._fit(x[others], y[others], size[others])
                cross[inside] = self._scores(x[inside], size[inside])
        self._fit(x[possible], y[possible], size[possible])
        mean = cross[possible].mean(axis=1)
        line = LogisticRegression(C=10.0).fit(mean[:, None], y[possible])
        events = len(np.unique(groups))
        trust = events / (events + DOUBTED)
        self.slope_ = float(1 + trust * (line.coef_[0, 0] - 1))
        self.start_ = float(trust * line.intercept_[0])
        chance = np.zeros(len(y))
        chance[possible] = self._calibrated(mean)
        return chance, possible

    def _calibrated(self, mean: Floats) -> Floats:
        return np.asarray(expit(self.start_ + self.slope_ * mean))

    def _fit(self, x: Floats, y: Labels, size: Floats) -> None:
        names = [self.features[i] for i in self.all_columns]
        self.all_ = boosted(names, self.side, self.rounds).fit(x[:, self.all_columns], y)
        self.admits_: HistGradientBoostingClassifier | float = 1.0
        if self.side == "enter":
            shown = size >= IN_SIZE
            if len(np.unique(y[shown])) == 2:
                names = [self.features[i] for i in self.trait_columns]
                model = boosted(names, self.side, self.rounds)
                self.admits_ = model.fit(x[shown][:, self.trait_columns], y[shown])

    def _scores(self, x: Floats, size: Floats) -> Floats:
        whole = self.all_.predict_proba(x[:, self.all_columns])[:, 1]
        if self.side == "leave":
            apart = 1 - size
        elif isinstance(self.admits_, float):
            apart = size * self.admits_
        else:
            apart = size * self.admits_.predict_proba(x[:, self.trait_columns])[:, 1]
        return np.column_stack([_logit(apart), _logit(whole)])

    def chance(self, x: Floats) -> Floats:
        """Calibrated chance that each company changes side."""
        size = size_chance(x, self.features)
        found = self._calibrated(self._scores(x, size).mean(axis=1))
        if self.side == "enter":
            found = np.where(size >= POSSIBLE, found, np.minimum(found, size))
        return found
