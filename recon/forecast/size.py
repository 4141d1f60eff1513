"""Chance that a size ends above a line, from the simulation and from today's distance to it."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped]

from recon.forecast.learners import Floats

COUNT_DOUBT: Final = 0.06
"""Log cap: how far the owner's count is from the best public one when nothing seems wrong, and
the line from ours; shares issued or bought back since the last filing. Keeps rank day from being
certain."""
HARD: Final = 1e-4
"""No chance is taken for surer than this."""


def line_chance(distance: Floats, sigma: Floats, paths: Floats, shift: float = 0.0) -> Floats:
    """Chance that a cap ends above a line, counts and line never quite sure.

    Parameters
    ----------
    distance : array (n,)
        Log of today's cap over today's line; NaN where the cap is not known.
    sigma : array (n,)
        Of the log cap up to rank day.
    paths : array (n,)
        Share of simulated paths that end above; NaN where nothing is left to move.
    shift : float
        Log cap by which the line lies lower than it seems.

    Returns
    -------
    array (n,)
        A normal around the distance, and where there are paths the mean of that and of theirs,
        which know fat tails and moving lines; NaN where the distance is.
    """
    width = np.sqrt(np.nan_to_num(sigma) ** 2 + COUNT_DOUBT**2)
    smooth = ndtr((distance + shift) / width)
    moved = ndtr(ndtri(np.clip(paths, HARD, 1 - HARD)) + shift / width)
    return np.asarray(np.where(np.isfinite(paths), 0.5 * (smooth + moved), smooth))


def size_chance(x: Floats, features: Sequence[str], shift: float = 0.0) -> Floats:
    """Chance that size and price put a company into the Russell 3000.

    Parameters
    ----------
    x : array (n, features)
        Features.
    features : sequence of str
        Their names.
    shift : float
        As for `line_chance`.

    Returns
    -------
    array (n,)
        `line_chance` at rank 3,000, times the share of paths on which the price rule holds on
        rank day; 0.5 where the cap is not known.
    """
    at = {name: i for i, name in enumerate(features)}
    priced = np.nan_to_num(x[:, at["p_priced"]], nan=1.0)
    paths = x[:, at["p_r3000"]] / np.maximum(priced, HARD)
    ahead = x[:, at["sessions_ahead"]] > 0
    chance = line_chance(
        x[:, at["distance_3000"]],
        x[:, at["sigma"]],
        np.where(ahead, np.minimum(paths, 1.0), np.nan),
        shift,
    )
    return np.asarray(np.where(np.isfinite(chance), chance, 0.5) * priced)
