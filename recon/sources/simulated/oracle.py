"""An independent oracle: membership by the published rules, in plain numpy.

This is written apart from `recon.assign`, on purpose and without sharing any of its code or
values, so that the two can be held against each other: the pipe's own assignment must find
what this module put into the simulated history.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Caps = NDArray[np.float64]


class Members(NamedTuple):
    """Companies of each index, as flags over all companies."""

    r1000: Flags
    r2000: Flags
    rmicro: Flags

    @property
    def r3000(self) -> Flags:
        """Companies of the Russell 3000."""
        return self.r1000 | self.r2000


class Ranking(NamedTuple):
    """A reconstitution: new members, and the lines that parted them.

    Attributes
    ----------
    members : Members
        After the event.
    rank : array of int
        From 1; 0 for companies that are not eligible.
    percentile : array of float
        Cumulative cap, percent of the Russell 3000E, inclusive; NaN outside it.
    cap_at : dict of int to float
        USD, the cap at each of the ranks, or of the smallest where there are fewer.
    band : tuple of float
        Percentiles between which members of the Russell 1000 and 2000 stay.
    """

    members: Members
    rank: NDArray[np.int64]
    percentile: Caps
    cap_at: dict[int, float]
    band: tuple[float, float]


RANKS = (1000, 2000, 3000, 4000)
"""Methodology §3.2: Russell 1000, Microcap's upper end, Russell 3000, Russell 3000E."""


def reconstitute(
    cap: Caps, eligible: Flags, before: Members, ranks: tuple[int, int, int, int] = RANKS
) -> Ranking:
    """Rank and place all companies.

    Ranks by methodology §3.2, bands by §3.3: ±2.5 percentage points of cumulative cap around
    rank 1,000 and ±0.5 around rank 2,000, for members of the Russell 3000 only; hard cuts at
    3,000 and 4,000; an exact edge is inside. Equal caps keep the order of the companies.

    Parameters
    ----------
    cap : array of float, shape (companies,)
        Total cap at the close of rank day, USD.
    eligible : array of bool
        Companies that pass every test.
    before : Members
        Membership at the event.
    ranks : tuple of int
        Where the indexes part; other values scale a small market.

    Returns
    -------
    Ranking
    """
    first, second, third, fourth = ranks
    order = np.flatnonzero(eligible)
    order = order[np.argsort(-cap[order], kind="stable")]
    extended = order[:fourth]
    rank = np.zeros(len(cap), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    percentile = np.full(len(cap), np.nan)
    percentile[extended] = 100 * np.cumsum(cap[extended]) / cap[extended].sum()

    def at(place: int) -> int:
        return int(extended[min(place, len(extended)) - 1])

    middle, upper = percentile[at(first)], percentile[at(second)]
    low, high = middle - 2.5, middle + 2.5
    in_3000 = (rank > 0) & (rank <= third)
    r1000 = np.where(before.r1000, percentile <= high, rank <= first)
    r1000 = np.where(before.r2000, percentile < low, r1000) & in_3000
    micro = np.where(before.r3000 & ~before.rmicro, percentile > upper + 0.5, rank > second)
    micro = np.where(before.r3000 & before.rmicro, percentile >= upper - 0.5, micro)
    members = Members(r1000, in_3000 & ~r1000, micro & (rank > 0) & (rank <= fourth))
    caps = {place: float(cap[at(place)]) for place in ranks}
    return Ranking(members, rank, percentile, caps, (float(low), float(high)))


def add_ipos(cap: Caps, listed: Flags, before: Members, cap_at: dict[int, float]) -> Members:
    """Place the quarter's IPOs by market-adjusted break-points (methodology §1.4).

    Parameters
    ----------
    cap : array of float, shape (companies,)
        Total cap at the close of the IPO rank day, USD.
    listed : array of bool
        Eligible companies that priced and traded within the window.
    before : Members
        Membership at the event.
    cap_at : dict of int to float
        `Ranking.cap_at` of the last reconstitution times one plus the index's return since.

    Returns
    -------
    Members
        `before` with the additions; nobody leaves.
    """
    first, second, third, fourth = (cap_at[place] for place in sorted(cap_at))
    fits = listed & ~before.r3000 & ~before.rmicro & (cap > fourth)
    large = fits & (cap >= first)
    return Members(
        before.r1000 | large,
        before.r2000 | (fits & ~large & (cap >= third)),
        before.rmicro | (fits & (cap < second)),
    )
