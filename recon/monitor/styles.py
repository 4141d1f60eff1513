"""Style factors of this universe, day by day.

Five portfolios of the companies that could be ranked on one day, each weighted by the cap of the
evening before: the market; small less large, below and above rank 1,000, which is what index desks
trade as Russell 2000 against Russell 1000; the sector less the market; winners less losers of the
past year but its last month; volatile less calm by the past year. They are formed anew every month
from the past alone (Fama and French 1993, Carhart 1997, in this universe).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.forecast.factors import LIMIT
from recon.forecast.traits import SECTOR_BEFORE, SECTORS
from recon.monitor.panel import Floats, Ints, Panel

STYLES: Final = ("market", "size", "sector", "momentum", "volatility")
MONTHS: Final = 12
"""Calendar months of the past by which companies are sorted; momentum leaves out the newest, as it
reverts (Jegadeesh 1990). Portfolios are formed anew when a month begins, so that it does not matter
how much of the past is looked at."""
HISTORY: Final = 126
"""Sessions with a change that a company needs before it is sorted: half a year."""
THIRD: Final = 3
"""Winners, losers, the volatile and the calm are each a third of the companies sorted."""

Bools = npt.NDArray[np.bool_]
_SORTED: Final = ("size", "momentum", "volatility")


@dataclass(frozen=True, slots=True)
class Styles:
    """Daily log returns of the factors.

    Attributes
    ----------
    market, size, momentum, volatility : array (sessions,)
        Of the market, and of one side less the other; 0 while nothing can be sorted.
    sector : array (sessions, len(SECTORS))
        Of each sector less the market; 0 where it has no company.
    """

    market: Floats
    size: Floats
    momentum: Floats
    volatility: Floats
    sector: Floats

    def of(self, sector: int) -> Floats:
        """Factors as a company of a sector meets them: (sessions, 5), by `STYLES`.

        Sector -1 is unknown, and has no return of its own.
        """
        own = self.sector[:, sector] if sector >= 0 else np.zeros(len(self.market))
        return np.column_stack([self.market, self.size, own, self.momentum, self.volatility])


def sector_codes(sectors: pl.Series) -> Ints:
    """Place of each sector among `SECTORS`, in today's words; -1 where unknown."""
    codes = {name: i for i, name in enumerate(SECTORS)}
    today = sectors.replace(SECTOR_BEFORE)
    return today.replace_strict(codes, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()


def style_returns(prices: Panel, universe: pl.DataFrame, formed: int, *, large: int) -> Styles:
    """Returns of the factors over all sessions of a panel.

    Parameters
    ----------
    prices : Panel
        Quotes.
    universe : pl.DataFrame
        Companies that could be ranked on one day: `security_id` (pricing vehicle), `sector`,
        `total_cap_usd` of that day. Whoever was listed later is not in it; whoever went since is,
        until the last price.
    formed : int
        Row of that day. Caps of other days follow the prices: no count of another day is used.
    large : int
        Rank down to which a company is large (`Ranks.russell_1000`).
    """
    known = universe.filter(
        (pl.col("total_cap_usd") > 0) & pl.col("security_id").is_in(prices.securities)
    )
    change = np.clip(
        prices.change[:, prices.columns(known["security_id"].to_list())], -LIMIT, LIMIT
    )
    traded = np.isfinite(change)
    filled = np.where(traded, change, 0.0)
    path = np.cumsum(filled, axis=0)
    log_cap = known["total_cap_usd"].log().to_numpy() + path - path[formed]
    # Weights are of the evening before.
    weight = np.where(traded, np.exp(log_cap - filled), 0.0)
    earned = weight * np.expm1(filled)
    codes = sector_codes(known["sector"])
    fixed = np.column_stack([np.ones(len(codes)), codes[:, None] == np.arange(len(SECTORS))])
    months = np.array(prices.sessions, dtype="datetime64[M]")
    begins = np.flatnonzero(months[1:] != months[:-1]) + 1
    begins = np.concatenate([[0], begins, [len(change)]])
    seen, total, square = (
        np.add.reduceat(values, begins[:-1], axis=0) for values in (traded, filled, filled**2)
    )
    found = np.zeros((len(change), fixed.shape[1] + 2 * len(_SORTED)))
    for month, (first, end) in enumerate(pairwise(begins)):
        year = slice(max(0, month - MONTHS), month)
        recent = slice(year.start, max(year.start, month - 1))
        count = seen[year].sum(axis=0)
        enough = count >= HISTORY
        per = np.maximum(count, 1)
        variance = square[year].sum(axis=0) / per - (total[year].sum(axis=0) / per) ** 2
        below = _below(log_cap[first - 1], large) if month else np.zeros(len(codes))
        held = np.column_stack(
            [
                fixed,
                below > 0,
                below < 0,
                *_thirds(np.where(enough, total[recent].sum(axis=0), np.nan)),
                *_thirds(np.where(enough, variance, np.nan)),
            ]
        ).astype(np.float64)
        rows = slice(first, end)
        found[rows] = _log_return(earned[rows] @ held, weight[rows] @ held)
    market, sector = found[:, 0], found[:, 1 : 1 + len(SECTORS)]
    up, down = found[:, fixed.shape[1] :: 2], found[:, fixed.shape[1] + 1 :: 2]
    # A side, or a sector, that holds nobody has no return to compare.
    spread = np.where((up != 0) & (down != 0), up - down, 0.0)
    return Styles(
        market=market,
        sector=np.where(sector != 0, sector - market[:, None], 0.0),
        **{name: spread[:, i] for i, name in enumerate(_SORTED)},
    )


def _log_return(earned: Floats, weight: Floats) -> Floats:
    found = np.zeros(earned.shape)
    np.divide(earned, weight, out=found, where=weight > 0)
    return np.log1p(found)


def _below(log_cap: Floats, large: int) -> Floats:
    """1 for companies below rank `large`, -1 for those above."""
    rank = np.empty(len(log_cap))
    rank[np.argsort(-log_cap, kind="stable")] = np.arange(1, len(log_cap) + 1)
    return np.where(rank > large, 1.0, -1.0)


def _thirds(trait: Floats) -> tuple[Bools, Bools]:
    """The highest and the lowest third of those that have the trait."""
    ordered = np.sort(trait[np.isfinite(trait)])
    third = len(ordered) // THIRD
    if not third:
        return np.zeros(trait.shape, dtype=np.bool_), np.zeros(trait.shape, dtype=np.bool_)
    return trait >= ordered[-third], trait <= ordered[third - 1]
