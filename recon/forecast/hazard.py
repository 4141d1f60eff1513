"""How often companies leave the exchange, from the lives of the past year."""

from datetime import date, timedelta
from typing import Final

import polars as pl

LOOK_BACK: Final = timedelta(days=365)
SESSIONS: Final = 252
ORDINARY: Final = r"^[A-Z]{1,4}$"
"""Symbols that ordinary shares bear; a fifth letter marks warrants, units and rights."""
MOST: Final = 0.001
"""Largest hazard a session that is believed."""


def hazard(securities: pl.DataFrame, session: date) -> float:
    """Chance a session that a listed company vanishes.

    Parameters
    ----------
    securities : pl.DataFrame
        Lives of all symbols known at the moment: `security_id`, `symbol`, `first`, `gone` (null
        while listed).
    session : date
        Session of the moment.

    Returns
    -------
    float
        A fraction; lives that went on under another symbol do not count as vanished.
    """
    begin = session - LOOK_BACK
    ordinary = securities.filter(pl.col("symbol").str.contains(ORDINARY))
    whole = ordinary.group_by("security_id").agg(
        first=pl.col("first").min(),
        gone=pl.when(pl.col("gone").is_not_null().all()).then(pl.col("gone").max()),
    )
    at_risk = whole.filter((pl.col("first") <= session) & (pl.col("gone") > begin).fill_null(True))
    days = (pl.lit(session) - pl.max_horizontal(pl.col("first"), pl.lit(begin))).dt.total_days() - (
        pl.lit(session) - pl.min_horizontal("gone", pl.lit(session))
    ).dt.total_days()
    exposed = float(at_risk.select(days.clip(0).sum()).item() or 0) * SESSIONS / LOOK_BACK.days
    vanished = at_risk["gone"].is_not_null().sum()
    return min(float(vanished) / exposed, MOST) if exposed > 0 else 0.0
