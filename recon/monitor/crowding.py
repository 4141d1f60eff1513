"""Whether others are already there: volume against its own history, and the move since rank day."""

from typing import Final

import numpy as np
import polars as pl
import polars.selectors as cs

from recon.calendar import Event
from recon.forecast.traits import LIQUIDITY_SESSIONS
from recon.monitor.liquidity import LEAST
from recon.monitor.panel import Floats, Ints, Panel, over_sessions, taken

RECENT: Final = 5
"""Sessions of which the volume is compared with what went before: a week."""
TURNOVER_SESSIONS: Final = 21
"""Sessions over which turnover is taken: a month."""


def volumes(prices: Panel, columns: Ints, caps: Floats) -> pl.DataFrame:
    """Volume of lines against their own history, and turnover.

    Parameters
    ----------
    prices : Panel
        Quotes.
    columns : array of int (n,)
        Column of each line; -1 for none.
    caps : array (n,)
        Total cap of each line's company, USD.

    Returns
    -------
    pl.DataFrame
        In the order of `columns`: `abnormal_volume` (mean dollars of the last `RECENT` sessions
        over the median of the `LIQUIDITY_SESSIONS` before them), `abnormal_volume_z` (the same
        in logs, in standard deviations of the sessions before), `turnover` (mean dollars of the
        last `TURNOVER_SESSIONS` over the cap, a fraction a session). Dollars need no adjustment
        for splits.
    """
    dollars = taken(prices.dollars, columns)
    recent = dollars[-RECENT:]
    before = dollars[-RECENT - LIQUIDITY_SESSIONS : -RECENT]
    now = over_sessions(np.nanmean, recent, least=RECENT)
    usual = over_sessions(np.nanmedian, before, least=LEAST)
    logs = np.log(np.where(before > 0, before, np.nan))
    spread = over_sessions(np.nanstd, logs, least=LEAST)
    middle = over_sessions(np.nanmean, logs, least=LEAST)
    month = over_sessions(np.nanmean, dollars[-TURNOVER_SESSIONS:], least=TURNOVER_SESSIONS // 2)

    def ratio(one: Floats, other: Floats) -> Floats:
        found = np.full(one.shape, np.nan)
        np.divide(one, other, out=found, where=other > 0)
        return found

    log_now = np.log(np.where(now > 0, now, np.nan))
    return pl.DataFrame(
        {
            "abnormal_volume": ratio(now, usual),
            "abnormal_volume_z": ratio(log_now - middle, spread),
            "turnover": ratio(month, caps),
        }
    ).with_columns(cs.float().fill_nan(None))


def since_rank_day(prices: Panel, columns: Ints, event: Event) -> pl.Series:
    """Log return of lines from the event's rank day to the panel's last session.

    Adjusted for splits, as far as each day's change is believed; null before rank day and for a
    line without quotes.
    """
    if prices.sessions[-1] < event.rank_day:
        return pl.Series([None] * len(columns), dtype=pl.Float64)
    change = taken(prices.change, columns)[prices.row(event.rank_day) + 1 :]
    moved = np.where(np.isfinite(change), change, 0.0).sum(axis=0)
    return pl.Series(np.where(columns >= 0, moved, np.nan)).fill_nan(None)
