"""Figures of an event study: how large an effect is, and how sure.

Names of one event share its market, sector and style moves: they are not independent, and an
interval over names is too narrow. The interval over the means of events is the honest one, with
as few events as there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats  # type: ignore[import-untyped]

Array = npt.NDArray[np.float64]

DRAWS: Final = 2000
"""Bootstrap samples: the ends of a 95 % interval then stand on fifty draws each."""
LEVEL: Final = 0.95
TRIM: Final = 0.1
"""Share of names that a trimmed mean leaves out at each end."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Figures of several outcomes of the same names, an array each; NaN where none is known.

    Attributes
    ----------
    n : array of int
        Names, or events.
    mean, median, trimmed_mean : array
        Of the outcomes; the mean weighted, the other two not.
    error : array
        Standard error of the mean.
    low, high : array
        Bounds of the 95 % interval of the mean.
    draws : array (draws, outcomes)
        Bootstrapped means; empty for means over events.
    """

    n: npt.NDArray[np.int64]
    mean: Array
    median: Array
    trimmed_mean: Array
    error: Array
    low: Array
    high: Array
    draws: Array

    @property
    def t(self) -> Array:
        """Mean over its standard error; NaN where that is not known."""
        usable = self.error > 0
        return np.asarray(np.where(usable, self.mean / np.where(usable, self.error, 1.0), np.nan))


def over_names(values: Array, weights: Array, seed: int) -> Effect:
    """Figures over names.

    Parameters
    ----------
    values : array (names, outcomes)
        Fractions; NaN where a name has no outcome.
    weights : array (names,)
        Of the means, not negative.
    seed : int
        Of the bootstrap: names are drawn with replacement, all outcomes of a name together.
    """
    known = np.isfinite(values)
    weight = np.where(known, weights[:, None], 0.0)
    filled = np.where(known, values, 0.0)
    n = (known & (weight > 0)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weight * filled).sum(axis=0) / weight.sum(axis=0)
        spread = (weight**2 * np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
        error = np.sqrt(spread * n / (n - 1)) / weight.sum(axis=0)
        times = _times(len(values), seed)
        draws = (times @ (weight * filled)) / (times @ weight)
    return Effect(
        n,
        mean,
        _by_column(values, np.median),
        _by_column(values, lambda one: stats.trim_mean(one, TRIM)),
        error,
        *_interval(draws),
        draws,
    )


def between(long: Effect, short: Effect, side: Array) -> Effect:
    """Figures of a long leg less a short one, drawn apart; `n` counts both.

    Parameters
    ----------
    long, short : Effect
        The legs.
    side : array (outcomes,)
        1 where the short leg's outcomes are those of the shares, -1 where they are already those
        of the sold position.
    """
    draws = long.draws - side * short.draws
    return Effect(
        np.where((long.n > 0) & (short.n > 0), long.n + short.n, 0),
        long.mean - side * short.mean,
        long.median - side * short.median,
        long.trimmed_mean - side * short.trimmed_mean,
        np.hypot(long.error, short.error),
        *_interval(draws),
        draws,
    )


def over_events(means: Sequence[Array]) -> Effect:
    """Figures over the means of events, with Student's interval.

    Parameters
    ----------
    means : sequence of array (outcomes,)
        One an event.
    """
    values = np.vstack(means)
    known = np.isfinite(values)
    n = known.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / n
        square = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
        error = np.sqrt(square / (n - 1) / n)
    half = stats.t.ppf((1 + LEVEL) / 2, np.maximum(n - 1, 1)) * error
    return Effect(
        n,
        mean,
        _by_column(values, np.median),
        np.full(values.shape[1], np.nan),
        error,
        mean - half,
        mean + half,
        np.empty((0, values.shape[1])),
    )


def _times(names: int, seed: int) -> Array:
    """How often each name is in each bootstrap sample."""
    if names == 0:
        return np.empty((DRAWS, 0))
    chance = np.full(names, 1 / names)
    drawn = np.random.default_rng(seed).multinomial(names, chance, size=DRAWS)
    return np.asarray(drawn, dtype=np.float64)


def _interval(draws: Array) -> tuple[Array, Array]:
    ends = (50 * (1 - LEVEL), 50 * (1 + LEVEL))
    known = np.isfinite(draws).all(axis=0)
    low, high = np.percentile(np.where(known, draws, 0.0), ends, axis=0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _by_column(values: Array, figure: Callable[[Array], float]) -> Array:
    """Give a figure of the known values of each outcome; NaN where none is known."""
    known = [column[np.isfinite(column)] for column in values.T]
    return np.array([figure(one) if one.size else np.nan for one in known])
