"""How large each position is: a leg's dollars split by weight, within the bounds of its names.

Dollars are poured into a leg like water: every name takes its weight's share until its own bound,
or that of its sector, is reached, and what it cannot take goes to the others. A leg whose bounds
are reached before its dollars are spent stays smaller; bounds are in dollars of the whole book, so
they hold however full it is.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.orders.limits import BELOW_MIN_ORDER, BOUNDS
from recon.orders.profile import Profile

Floats = npt.NDArray[np.float64]
CENT: Final = 0.01
"""USD: two bounds that differ by less are the same."""
FULL: Final = 0.99
"""Part of its dollars from which on a leg counts as full."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The names of one leg that nothing stops, one entry each.

    Attributes
    ----------
    weight : array (n,)
        Any unit, not negative.
    cap : array (n,)
        Largest position, USD.
    sector : array of str (n,)
        Its sector; names without one are a sector of their own.
    price : array (n,)
        USD.
    """

    weight: Floats
    cap: Floats
    sector: npt.NDArray[np.str_]
    price: Floats

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Pool":
        """Some of the names."""
        return Pool(self.weight[chosen], self.cap[chosen], self.sector[chosen], self.price[chosen])


def level(weight: Floats, cap: Floats, budget: float) -> float:
    """Find how high the water stands: the largest x with min(cap, x * weight) within a budget.

    Parameters
    ----------
    weight, cap : array (n,)
        Of each name; weights are positive.
    budget : float
        USD.

    Returns
    -------
    float
        Infinite where all bounds fit.
    """
    if cap.sum() <= budget:
        return math.inf
    order = np.argsort(cap / weight)
    at, sorted_weight = (cap / weight)[order], weight[order]
    full = np.concatenate([[0.0], np.cumsum(cap[order])[:-1]])
    filling = np.cumsum(sorted_weight[::-1])[::-1]
    reached = int(np.searchsorted(full + at * filling, budget))
    return float((budget - full[reached]) / filling[reached])


def poured(pool: Pool, budget: float, sector_cap: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Split a budget.

    Parameters
    ----------
    pool : Pool
        Of one leg.
    budget, sector_cap : float
        USD.

    Returns
    -------
    dollars : array (n,)
        USD of each name.
    held_by_sector : array of bool (n,)
        Whether it is its sector's bound that holds it.
    """
    cap = pool.cap.copy()
    for sector in np.unique(pool.sector):
        own = pool.sector == sector
        height = level(pool.weight[own], pool.cap[own], sector_cap)
        cap[own] = np.minimum(pool.cap[own], height * pool.weight[own])
    dollars = np.minimum(cap, level(pool.weight, cap, budget) * pool.weight)
    return dollars, (dollars >= cap - CENT) & (cap < pool.cap - CENT)


def split(
    pool: Pool, budget: float, sector_cap: float, least: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Split a budget into whole shares, and leave out who would get too little.

    What they leave goes to the others, whose positions only grow by it.

    Parameters
    ----------
    pool, budget, sector_cap
        As for `poured`.
    least : float
        Smallest order, USD.

    Returns
    -------
    shares : array (n,)
        Whole shares of each name; 0 for who is left out.
    held_by_sector : array of bool (n,)
    """
    first, _ = poured(pool, budget, sector_cap)
    kept = (np.floor(first / pool.price) * pool.price >= least) & (first >= pool.price)
    shares, by_sector = np.zeros(len(first)), np.zeros(len(first), dtype=np.bool_)
    dollars, by_sector[kept] = poured(pool.only(kept), budget, sector_cap)
    shares[kept] = np.floor(dollars / pool.price[kept])
    return shares, by_sector


def sized(checked: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Give every name that nothing stops its shares.

    Parameters
    ----------
    checked : pl.DataFrame
        As from `recon.orders.limits.checked`.
    profile : Profile
        Its book, sizes and limits.

    Returns
    -------
    pl.DataFrame
        `checked` with `target_shares`, `target_usd` (0 where blocked), `state`, `bound_by`, and
        `blocked_by` with who is left out because its order would be too small.
    """
    free = (checked["blocked_by"].list.len() == 0) & (checked["weight"] > 0) & (checked["cap"] > 0)
    legs = {leg: (free & (checked["leg"] == leg)).fill_null(False) for leg in ("long", "short")}
    pools = {leg: _pool(checked.filter(mine)) for leg, mine in legs.items()}
    sector_cap = profile.book.book_usd * profile.limits.max_sector_percent_of_book / 100
    budgets = {leg: profile.leg_usd(leg) for leg in pools}
    least = profile.sizing.min_order_usd
    found = {leg: split(pool, budgets[leg], sector_cap, least) for leg, pool in pools.items()}
    ends = "budget"
    if profile.book.legs == "both" and profile.book.balance == "dollars":
        smaller = min(float((found[leg][0] * pools[leg].price).sum()) for leg in pools)
        found = {leg: split(pool, smaller, sector_cap, least) for leg, pool in pools.items()}
        # Whole shares leave a leg just below its dollars: only more than that is the other leg's.
        ends = "balance" if smaller < FULL * min(budgets.values()) else ends
    shares = np.zeros(checked.height)
    by_sector = np.zeros(checked.height, dtype=np.bool_)
    for leg, mine in legs.items():
        shares[mine.to_numpy()], by_sector[mine.to_numpy()] = found[leg]
    return _told(checked, shares, by_sector, ends)


def _pool(names: pl.DataFrame) -> Pool:
    return Pool(
        names["weight"].to_numpy(),
        names["cap"].to_numpy(),
        names["sector"].fill_null("unknown").to_numpy().astype(np.str_),
        names["price_usd"].to_numpy(),
    )


def _told(
    checked: pl.DataFrame, shares: Floats, by_sector: npt.NDArray[np.bool_], ends: str
) -> pl.DataFrame:
    """Write sizes, and what bounds or stops each name, into the frame."""
    ordered = pl.col("target_shares") > 0
    # One share more would break the bound: whole shares end just below it.
    at_cap = pl.col("target_usd") > pl.col("cap") - pl.col("price_usd") - CENT
    least_bound = pl.coalesce(
        pl.when(pl.col(f"bound_{name}") <= pl.col("cap") + CENT).then(pl.lit(name))
        for name in BOUNDS
    )
    small = (pl.col("blocked_by").list.len() == 0) & ~ordered
    return (
        checked.with_columns(
            target_shares=pl.Series(shares).cast(pl.Int64), by_sector=pl.Series(by_sector)
        )
        .with_columns(target_usd=(pl.col("target_shares") * pl.col("price_usd")).fill_null(0.0))
        .with_columns(
            state=pl.when(ordered).then(pl.lit("order")).otherwise(pl.lit("blocked")),
            bound_by=pl.when(ordered).then(
                pl.when("by_sector")
                .then(pl.lit("sector"))
                .when(at_cap)
                .then(least_bound)
                .otherwise(pl.lit(ends))
            ),
            blocked_by=pl.when(small)
            .then(pl.lit([BELOW_MIN_ORDER], pl.List(pl.String)))
            .otherwise("blocked_by"),
        )
        .drop("by_sector")
    )
