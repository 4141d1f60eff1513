"""A drawn market: its companies, their lines, and what happens to them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from recon.sources.simulated.companies import draw_companies
from recon.sources.simulated.lines import draw_lines, draw_periods
from recon.sources.simulated.prices import Paths, draw_paths


@dataclass(frozen=True, slots=True)
class Market:
    """Everything drawn from the seed but the membership.

    Attributes
    ----------
    sessions : list of date
        Sessions of the window.
    companies, lines, periods : DataFrame
        From `draw_companies`, `draw_lines`, `draw_periods`.
    paths : Paths
        From `draw_paths`.
    """

    sessions: list[date]
    companies: pl.DataFrame
    lines: pl.DataFrame
    periods: pl.DataFrame
    paths: Paths

    def place(self, day: date) -> int:
        """Give the newest session not after a day, counted in the window."""
        return int(np.searchsorted(np.array(self.sessions), np.datetime64(day), side="right")) - 1


def draw_market(seed: int, sessions: list[date], companies: int) -> Market:
    """Draw a market.

    Parameters
    ----------
    seed : int
        Source of all chance.
    sessions : list of date
        Sessions of the window.
    companies : int
        US operating companies at the start.

    Returns
    -------
    Market
    """
    chance = [np.random.default_rng([seed, part]) for part in range(4)]
    owners = draw_companies(chance[0], companies, sessions)
    lines = draw_lines(chance[1], owners)
    periods = draw_periods(chance[2], lines, len(sessions))
    paths = draw_paths(chance[3], owners, lines, len(sessions))
    return Market(sessions, owners, lines, periods, paths)
