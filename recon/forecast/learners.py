"""What learns: boosted trees and a logistic line side by side, the mean of their log odds.

A few hundred changes of a handful of events are all there is. Trees find what belongs together
and trust the events they saw; a line with strong shrinkage bends less. Their mean errs less
than either on an event that neither has seen.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]

LEAST: Final = 40
"""Companies in a leaf of a tree."""
SHRINKAGE: Final = 0.3
"""Inverse strength of the line's penalty, on standardised figures."""
FARTHEST: Final = 4.0
"""Standard deviations beyond which a figure bends the line no further."""


class Judge:
    """Chance of a yes, from some of the features.

    Parameters
    ----------
    wanted : sequence of str
        Features that are read.
    features : sequence of str
        Columns of `x`.
    rising : mapping of str to int
        Features whose sign is known: 1 where more of it makes a yes likelier, -1 where less.
    rounds : int
        Of boosting.
    plain : sequence of str, optional
        Features that the line reads; default: all that are wanted.

    Notes
    -----
    Where all that was seen gave the same answer, so does the judge, by Laplace's rule.
    """

    def __init__(
        self,
        wanted: Sequence[str],
        features: Sequence[str],
        rising: Mapping[str, int],
        rounds: int,
        plain: Sequence[str] | None = None,
    ) -> None:
        self.wanted = list(wanted)
        self.columns = [list(features).index(name) for name in wanted]
        self.straight = [list(features).index(name) for name in plain or wanted]
        self.signs = [rising.get(name, 0) for name in wanted]
        self.rounds = rounds

    def fit(self, x: Floats, y: Labels) -> Self:
        """Learn; `x` holds NaN where a figure is not known."""
        own = x[:, self.columns]
        self.rate_ = float((y.sum() + 1) / (len(y) + 2))
        self.learned_ = len(np.unique(y)) == 2
        if self.learned_:
            self.trees_ = HistGradientBoostingClassifier(
                max_iter=self.rounds,
                learning_rate=0.07,
                max_leaf_nodes=8,
                min_samples_leaf=LEAST,
                l2_regularization=10.0,
                max_features=0.4,
                early_stopping=False,
                monotonic_cst=self.signs,
                random_state=0,
            ).fit(own, y)
            plain = x[:, self.straight]
            known = np.isfinite(plain)
            count = np.maximum(known.sum(axis=0), 1)
            self.middle_ = np.where(known, plain, 0.0).sum(axis=0) / count
            spread = np.where(known, plain - self.middle_, 0.0)
            self.scale_ = np.sqrt((spread**2).sum(axis=0) / count)
            self.line_ = LogisticRegression(C=SHRINKAGE, max_iter=1000).fit(self._plain(x), y)
        return self

    def chance(self, x: Floats) -> Floats:
        """Chance of a yes for each row."""
        if not self.learned_:
            return np.full(len(x), self.rate_)
        trees = self.trees_.predict_proba(x[:, self.columns])[:, 1]
        line = self.line_.predict_proba(self._plain(x))[:, 1]
        return np.asarray(expit(0.5 * (logit(trees) + logit(line))))

    def _plain(self, x: Floats) -> Floats:
        """Standardised figures; what is not known lies in the middle."""
        scale = np.where(self.scale_ > 0, self.scale_, 1.0)
        plain = (x[:, self.straight] - self.middle_) / scale
        return np.asarray(np.nan_to_num(plain, nan=0.0).clip(-FARTHEST, FARTHEST))
