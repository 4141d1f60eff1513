"""How much of a line can be traded, and at what cost, from its quotes."""

from typing import Final

import numpy as np
import polars as pl
import polars.selectors as cs

from recon.forecast.factors import LIMIT
from recon.forecast.traits import LIQUIDITY_SESSIONS
from recon.monitor.panel import Floats, Ints, Panel, over_sessions, taken

LEAST: Final = 21
"""Sessions with a figure that a mean or a covariance needs: a month of the quarter looked at."""
MILLION: Final = 1e6
"""Amihud's ratio is stated for a million dollars, as a ratio for one is too small to read."""


def liquidity(prices: Panel, columns: Ints) -> pl.DataFrame:
    """Liquidity of lines over the last `LIQUIDITY_SESSIONS` of a panel.

    Parameters
    ----------
    prices : Panel
        Quotes.
    columns : array of int (n,)
        Column of each line; -1 for one without quotes.

    Returns
    -------
    pl.DataFrame
        In the order of `columns`: `median_dollar_volume_usd`, `mean_dollar_volume_usd` (a
        session); `amihud` (mean of the absolute log change over the dollars traded, for a million
        USD; Amihud 2002); `roll_spread` (effective spread, a fraction of the price: twice the
        root of the negative covariance of successive log changes; Roll 1984), null where that
        covariance is not negative; `volume_sessions` (sessions with a volume); and
        `liquidity_reasons`. Changes are cut to `LIMIT`.
    """
    last = slice(-LIQUIDITY_SESSIONS, None)
    dollars = taken(prices.dollars[last], columns)
    change = np.clip(taken(prices.change[last], columns), -LIMIT, LIMIT)
    impact = MILLION * np.abs(change) / np.where(dollars > 0, dollars, np.nan)
    frame = pl.DataFrame(
        {
            "median_dollar_volume_usd": over_sessions(np.nanmedian, dollars, least=LEAST),
            "mean_dollar_volume_usd": over_sessions(np.nanmean, dollars, least=LEAST),
            "amihud": over_sessions(np.nanmean, impact, least=LEAST),
            "covariance": _covariance(change),
            "volume_sessions": np.isfinite(dollars).sum(axis=0),
        }
    ).with_columns(cs.float().fill_nan(None))
    below = pl.col("covariance") < 0
    reasons = {
        "volume:too_few_sessions": pl.col("median_dollar_volume_usd").is_null(),
        "amihud:too_few_sessions": pl.col("amihud").is_null(),
        "roll_spread:too_few_sessions": pl.col("covariance").is_null(),
        "roll_spread:positive_covariance": ~below,
    }
    found = [pl.when(holds).then(pl.lit(code)) for code, holds in reasons.items()]
    return frame.select(
        "median_dollar_volume_usd",
        "mean_dollar_volume_usd",
        "amihud",
        roll_spread=pl.when(below).then(2 * (-pl.col("covariance")).sqrt()),
        volume_sessions=pl.col("volume_sessions").cast(pl.Int64),
        liquidity_reasons=pl.concat_list(found).list.drop_nulls(),
    )


def _covariance(change: Floats) -> Floats:
    """Covariance of each line's change with its change of the session before."""
    later, earlier = change[1:], change[:-1]
    both = np.isfinite(later) & np.isfinite(earlier)
    later, earlier = (np.where(both, side, np.nan) for side in (later, earlier))
    product, one, other = (
        over_sessions(np.nanmean, values, least=LEAST)
        for values in (later * earlier, later, earlier)
    )
    return product - one * other
