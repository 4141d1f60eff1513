"""The two heads of the classifier: who enters, and who leaves.

Both take the question apart. A company ends inside if its **size** puts it there, which is the
simulation's answer and needs no learning, and if the owner **admits** it, which is learned from
companies that are large enough, where only the other tests decide. A member leaves if it is not
both, and if it is still there to be **named**: who is taken over or goes bankrupt before the
final list is on none.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from recon.forecast.features import STANDING
from recon.forecast.learners import Bools, Floats, Judge, Labels
from recon.forecast.presumed import presumed
from recon.forecast.size import HARD, size_chance
from recon.forecast.traits import KIND

IN_SIZE: Final = 0.6
"""Chance above which a company shows what the owner makes of its kind."""
POSSIBLE: Final = 0.003
"""Chance of the size below which nothing is learned."""
DOUBTED: Final = 1.5
"""Events by which all that is learned is held back: companies of one event err together, so
what few events show is mostly their luck. With three, two thirds of it are believed."""
PRESUMPTION: Final = "presumption"
"""Name of the column that a head adds to those of an entry: see `recon.forecast.presumed`."""
_MEMBERSHIP: Final = ("member", "was_r1000", "was_micro", "knows_micro", "unheld", "list_age")
_FIGURES: Final = tuple(n for n in KIND if n != "sector_code")
"""A code is no figure; what the sector tells is in `kind_odds`."""
ADMISSION: Final = (
    *(n for n in STANDING if n not in _MEMBERSHIP),
    *_FIGURES,
    "ruled_eligible",
)
"""Features that bear on admission, given a sufficient size."""
EVIDENCE: Final = (
    PRESUMPTION,
    "kind_odds",
    "ruled_eligible",
    "refused_recon",
    "refused_early",
    "refused_ipo",
    "refusals",
    "seat_abroad",
    "files_as_foreign",
    "fails_share_type",
    "fails_structure",
    "fails_price",
    "fails_cap",
    "once_member",
    "spun_off",
    "class_letter",
)
"""Features of admission that mean the same in every year: what the line reads."""
STAYING: Final = (
    "fails_share_type",
    "fails_structure",
    "unheld",
    "knows_micro",
    "price_pinned",
    "seat_abroad",
    "doubt",
    "cap_units",
    "cap_reported",
    "change_quarter",
    "ruled_eligible",
    *_FIGURES,
)
"""Features of a member that bear on what sizes and prices do not decide."""
NAMING: Final = (
    "distance_3000",
    "change_quarter",
    "change_year",
    "log_price",
    "fails_price",
    "fails_cap",
    "price_pinned",
    "unheld",
    "doubt",
    "cap_units",
    "sessions_ahead",
)
"""Features that tell who will not be there any more, or is larger than its count says."""
RISING: Final = {"kind_odds": 1, "ruled_eligible": 1}
"""Signs that are known before anything is learned."""


class Head:
    """One side: what size says, what is learned beside it, and the calibration of both.

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

    def learn(self, x: Floats, y: Labels, groups: npt.NDArray[Any], events: int) -> None:
        """Fit the parts, and the calibration on companies of groups that they did not see.

        Parameters
        ----------
        x : array (n, features)
            Companies of this side.
        y : array (n,)
            1 where the company changed side.
        groups : array (n,)
            Rows of one group do not calibrate each other.
        events : int
            Number of events among the rows.
        """
        possible = self._possible(x)
        self.trust_ = events / (events + DOUBTED)
        odds = np.zeros(len(y))
        for group in np.unique(groups):
            inside, others = possible & (groups == group), possible & (groups != group)
            if inside.any() and len(np.unique(y[others])) == 2:
                self._fit(x[others], y[others])
                odds[inside] = self._odds(x[inside])(0.0)
        self._fit(x[possible], y[possible])
        line = LogisticRegression(C=10.0).fit(odds[possible][:, None], y[possible])
        self.slope_ = float(1 + self.trust_ * (line.coef_[0, 0] - 1))
        self.start_ = float(self.trust_ * line.intercept_[0])

    def chance(self, x: Floats) -> Callable[[float], Floats]:
        """Calibrated chance that each company changes side, as the line at rank 3,000 shifts.

        What is learned does not depend on the line, so it is asked once for all shifts.

        Parameters
        ----------
        x : array (n, features)
            Companies of this side.

        Returns
        -------
        callable
            From a shift, as for `line_chance`, to an array (n,).
        """
        odds, possible = self._odds(x), self._possible(x)

        def shifted(shift: float) -> Floats:
            found = np.asarray(expit(self.start_ + self.slope_ * odds(shift)))
            if self.side == "enter":
                size = size_chance(x, self.features, shift)
                found = np.where(possible, found, np.minimum(found, size))
            return found

        return shifted

    def _possible(self, x: Floats) -> Bools:
        if self.side == "leave":
            return np.ones(len(x), np.bool_)
        return size_chance(x, self.features) >= POSSIBLE

    def _fit(self, x: Floats, y: Labels) -> None:
        size = size_chance(x, self.features)
        shown = size >= IN_SIZE
        if self.side == "enter":
            columns = [*self.features, PRESUMPTION]
            self.admits_ = Judge(ADMISSION, columns, RISING, self.rounds, EVIDENCE)
            self.admits_.fit(self._with_presumed(x[shown]), y[shown])
        else:
            self.admits_ = Judge(STAYING, self.features, RISING, self.rounds)
            self.admits_.fit(x[shown], 1 - y[shown])
            out = 1 - size * self._admitted(x) >= IN_SIZE
            self.named_ = Judge(NAMING, self.features, {}, self.rounds).fit(x[out], y[out])

    def _admitted(self, x: Floats) -> Floats:
        """Chance that the owner admits a company of sufficient size."""
        if self.side == "leave":
            return self.admits_.chance(x)
        known = self._with_presumed(x)
        odds = logit(np.clip(self.admits_.chance(known), HARD, 1 - HARD))
        return np.asarray(expit(self.trust_ * odds + (1 - self.trust_) * known[:, -1]))

    def _with_presumed(self, x: Floats) -> Floats:
        """Features, and in a last column what is presumed of companies outside."""
        return np.column_stack([x, presumed(x, self.features)])

    def _odds(self, x: Floats) -> Callable[[float], Floats]:
        """Log odds before calibration, by the shift of the line."""
        admitted = self._admitted(x)
        named = self.named_.chance(x) if self.side == "leave" else None

        def shifted(shift: float) -> Floats:
            inside = size_chance(x, self.features, shift) * admitted
            chance = inside if named is None else (1 - inside) * named
            return np.asarray(logit(np.clip(chance, HARD, 1 - HARD)))

        return shifted
