"""Holdings from the close of one session to the close of another, beside their market.

The market is an index of the same universe, weighted by total cap on the day of the calls and
held from there. A beta uses the year up to the first entry and nothing later.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.forecast.factors import BETA_PRIOR, LIMIT
from recon.forecast.growth import Panel
from recon.master.window import SESSIONS_A_YEAR

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

LARGEST_BETA: Final = 3.0
"""Beyond it a beta of a year of closes is noise."""


@dataclass(frozen=True, slots=True)
class Held:
    """Outcomes of one window, a value a holding; NaN where it was not entered.

    Attributes
    ----------
    raw : array
        Return of the price, fraction.
    adjusted : array
        Less beta times the market's return over the same sessions, fraction.
    exit : array of int
        Row of the session of exit: the last of the window, or the line's last quote before.
    """

    raw: Array
    adjusted: Array
    exit: Indices


def market(panel: Panel, caps: pl.DataFrame, row: int) -> Array:
    """Daily growth of an index weighted by cap and held.

    Parameters
    ----------
    panel : Panel
        Changes of at least the members.
    caps : pl.DataFrame
        Members: `security_id`, `total_cap_usd`; those without a quote are left out.
    row : int
        Session of the caps; weights before and after follow the members' own growth.

    Returns
    -------
    array (sessions,)
        Value over the value at the session before. What leaves is put into the rest.
    """
    place = panel.columns(caps["security_id"])
    there = place >= 0
    cap = caps["total_cap_usd"].to_numpy()[there]
    change, quoted = panel.growth[:, place[there]], panel.quoted[:, place[there]]
    level = np.cumprod(change, axis=0)
    before = np.vstack([np.ones(level.shape[1]), level[:-1]])
    weight = np.where(quoted, cap * before / level[row], 0.0)
    total = weight.sum(axis=1)
    moved = (weight * change).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, moved, 1.0))


def betas(panel: Panel, index: Array, row: int) -> Array:
    """Beta of every security on an index, from the year that ends at a session.

    Parameters
    ----------
    panel : Panel
        Changes.
    index : array (sessions,)
        Daily growth, as from `market`.
    row : int
        Last session used.

    Returns
    -------
    array (securities,)
        Drawn toward one by `BETA_PRIOR` sessions; one where nothing is known. Daily changes
        beyond `LIMIT` count as `LIMIT`.
    """
    days = slice(max(row + 1 - SESSIONS_A_YEAR, 0), row + 1)
    own = np.clip(panel.growth[days] - 1, -LIMIT, LIMIT)
    of_market = (index[days] - 1)[:, None]
    seen = panel.quoted[days]
    # A first row has no change.
    seen = seen & (np.cumsum(panel.quoted[: row + 1], axis=0)[days] > 1)
    prior = BETA_PRIOR * float(np.mean(of_market**2)) if own.size else 0.0
    square = (seen * of_market**2).sum(axis=0)
    product = (seen * own * of_market).sum(axis=0)
    if prior == 0:
        return np.ones(len(panel.securities))
    return np.asarray(np.clip((product + prior) / (square + prior), 0, LARGEST_BETA))


def held(panel: Panel, index: Array, beta: Array, place: Indices, first: int, last: int) -> Held:
    """Buy at the close of one session and sell at the close of another.

    Parameters
    ----------
    panel : Panel
        Changes.
    index : array (sessions,)
        Daily growth of the market.
    beta : array (n,)
        Of each holding.
    place : array (n,)
        Column of each holding; -1 without quotes.
    first, last : int
        Rows of entry and exit. What is not quoted at the entry is not bought; what is no longer
        quoted at the exit goes out at its last price, and its hedge with it.
    """
    quoted, level = panel.quoted[:, place], np.cumprod(panel.growth, axis=0)[:, place]
    of_market = np.cumprod(index)
    entered = (place >= 0) & quoted[first]
    rows = np.arange(first, last + 1)[:, None]
    exit_ = np.where(quoted[first : last + 1], rows, first).max(axis=0)
    raw = level[last] / level[first] - 1
    adjusted = raw - beta * (of_market[exit_] / of_market[first] - 1)
    return Held(
        np.where(entered, raw, np.nan),
        np.where(entered, adjusted, np.nan),
        np.asarray(exit_, dtype=np.int64),
    )
