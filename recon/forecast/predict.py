"""Chances of all companies of one moment, settled with the number of places there are.

The Russell 3000 has a fixed number of places. Chances learned company by company need not add up
to it; where they do not, the line at rank 3,000 is not where the ranking of today has it. So the
line is moved, for all companies alike, until the expected number of members fits.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl
from scipy.optimize import brentq  # type: ignore[import-untyped]

from recon.forecast.classifier import ReconClassifier, operating_threshold
from recon.forecast.features import FEATURES
from recon.forecast.learners import Bools, Floats
from recon.forecast.size import line_chance

MOST_SHIFT: Final = 0.1
"""Log cap by which the line is moved at most: more is no error of the line."""
STAYS: Final = 0.02
"""Chance to be deleted of a member that the rules leave where it is, because its size is not
known or bounded from below only."""


def matrix(frame: pl.DataFrame) -> Floats:
    """Features as the classifier takes them; NaN where not known."""
    return frame.select(pl.col(name).cast(pl.Float64) for name in FEATURES).to_numpy()


def predict(model: ReconClassifier, frame: pl.DataFrame) -> pl.DataFrame:
    """Chance and call of every company of one moment.

    Parameters
    ----------
    model : ReconClassifier
        Fitted.
    frame : pl.DataFrame
        Companies of one run, as from `recon.forecast.features.features`.

    Returns
    -------
    pl.DataFrame
        The frame with `chance` (fraction, to be added for a company outside the Russell 3000, to
        be deleted for a member), `call` (bool: at or above the operating threshold of its side)
        and `line_shift` (log cap by which the line at rank 3,000 was moved down).
    """
    x = matrix(frame)
    member = x[:, FEATURES.index("member")] == 1
    stays, learned = frame["stays"].to_numpy(), model.chances(x)

    def chances(shift: float) -> Floats:
        return np.where(stays, STAYS, learned(shift))

    shift = _shift(chances, member, float(frame["places"][0])) if len(x) else 0.0
    chance = chances(shift)
    called = np.zeros(len(x), np.bool_)
    for side in (member, ~member):
        called[side] = chance[side] >= operating_threshold(chance[side])
    return frame.with_columns(
        chance=pl.Series(chance), call=pl.Series(called), line_shift=pl.lit(shift)
    )


def _shift(chances: Callable[[float], Floats], member: Bools, places: float) -> float:
    """Shift of the line at which as many members are expected as there are places."""

    def excess(shift: float) -> float:
        chance = chances(shift)
        return float(np.where(member, 1 - chance, chance).sum()) - places

    low, high = excess(-MOST_SHIFT), excess(MOST_SHIFT)
    if low >= 0:
        return -MOST_SHIFT
    if high <= 0:
        return MOST_SHIFT
    return float(brentq(excess, -MOST_SHIFT, MOST_SHIFT, xtol=1e-3))


def large_chance(found: pl.DataFrame) -> np.ndarray:
    """Chance of the Russell 1000 side, given that the company is in the Russell 3000.

    Parameters
    ----------
    found : pl.DataFrame
        As from `recon.forecast.features.features`.
    """
    columns = ("distance_side", "sigma", "p_r1000", "p_r3000", "sessions_ahead")
    side, sigma, large, whole, ahead = (found[c].cast(pl.Float64).to_numpy() for c in columns)
    share = np.divide(large, whole, out=np.full_like(large, np.nan), where=whole > 0)
    chance = line_chance(side, sigma, np.where(ahead > 0, share, np.nan))
    known = np.isfinite(side)
    before = found["was_r1000"].to_numpy() == 1
    # Where a member's size is not known, or bounded from below only, the rules leave it.
    stays = found["stays"].to_numpy() | ~known
    return np.where(stays, before.astype(np.float64), chance)
