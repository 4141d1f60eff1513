"""What can be lost: the hedge against the market, a stop for each name and one for the basket.

A name stops at a price, so many of its own daily volatilities away. The basket stops at a loss in
dollars, from its own volatility with the hedge in place: what is left of the market, what its
sectors do together, and what every name does alone.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from recon.orders.market import Market
from recon.orders.profile import Profile


@dataclass(frozen=True, slots=True)
class Basket:
    """Risk of all orders together.

    Attributes
    ----------
    beta_usd : float
        Net position in dollars of the hedge's index, before the hedge.
    hedge_usd : float
        Of the hedge's index, bought positive; 0 without a hedge.
    daily_volatility_usd : float
        With the hedge.
    stop_loss_usd : float
        Loss at which the basket is given up.
    """

    beta_usd: float
    hedge_usd: float
    daily_volatility_usd: float
    stop_loss_usd: float


def stopped(orders: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Give every name its hedge and its stop.

    Parameters
    ----------
    orders : pl.DataFrame
        `side` (1, -1, null), `target_usd`, `price_usd`, `beta`, `sigma`, `state`.
    profile : Profile
        Its hedge and stops.

    Returns
    -------
    pl.DataFrame
        `orders` with `hedge_usd` (USD of the hedge's index, bought positive; null without a hedge
        or an order), `stop_percent` (distance from the price), `stop_price_usd` (below a bought
        position, above a sold one), `loss_at_stop_usd`, `daily_volatility_percent`.
    """
    stops, ordered = profile.stops, pl.col("state") == "order"
    percent = 100 * pl.col("sigma")
    distance = (stops.name_daily_sigmas * percent).clip(
        stops.name_min_percent, stops.name_max_percent
    )
    hedged = ordered if profile.hedge.enabled else pl.lit(value=False)
    return orders.with_columns(
        daily_volatility_percent=percent,
        hedge_usd=pl.when(hedged).then(-pl.col("side") * pl.col("target_usd") * pl.col("beta")),
        stop_percent=pl.when(ordered).then(distance),
    ).with_columns(
        stop_price_usd=pl.col("price_usd") * (1 - pl.col("side") * pl.col("stop_percent") / 100),
        loss_at_stop_usd=pl.col("target_usd") * pl.col("stop_percent") / 100,
    )


def basket(orders: pl.DataFrame, market: Market, profile: Profile) -> Basket:
    """Give the risk of all orders together.

    Parameters
    ----------
    orders : pl.DataFrame
        As from `stopped`, with `own_sigma` and `sector_number`.
    market : Market
        As from `recon.orders.market.priced`.
    profile : Profile
        Its hedge and stops.
    """
    held = orders.filter(pl.col("state") == "order")
    usd = (held["side"] * held["target_usd"]).to_numpy()
    beta_usd = float(usd @ held["beta"].to_numpy())
    hedge_usd = -beta_usd if profile.hedge.enabled else 0.0
    of_market = (beta_usd + hedge_usd) * market.index_beta * market.sigma
    by_sector = np.bincount(
        held["sector_number"].to_numpy(), weights=usd, minlength=len(market.sectors)
    ) * np.array(market.sectors)
    alone = usd * held["own_sigma"].to_numpy()
    sigma = float(np.sqrt(of_market**2 + (by_sector**2).sum() + (alone**2).sum()))
    most = float(np.abs(usd).sum()) * profile.stops.basket_max_percent / 100
    return Basket(beta_usd, hedge_usd, sigma, min(profile.stops.basket_daily_sigmas * sigma, most))
