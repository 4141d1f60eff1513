"""What a line trades in a day, to measure demand by."""

from datetime import date
from typing import Final

import polars as pl

from recon.master.window import last_sessions
from recon.store import AsOf

WINDOW: Final = 63
"""Sessions: a quarter, as most of a desk's measures of volume are."""


def volumes(
    known: AsOf, securities: pl.DataFrame, lines: pl.DataFrame, *, sessions: int = WINDOW
) -> pl.DataFrame:
    """Dollars traded a day over the last sessions known at the moment.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.
    securities : pl.DataFrame
        Lives with `security_id`.
    lines : pl.DataFrame
        Lines wanted: `symbol`, `security_id`, `name`, `security_type`.
    sessions : int
        Length of the window; a line listed later has fewer.

    Returns
    -------
    pl.DataFrame
        `symbol`, `median_volume_usd`, `mean_volume_usd` (a session's close × volume),
        `volume_sessions`, `volume_window` (in words).
    """
    last: date = known.sessions()[-1]
    window = last_sessions(known, last, securities, lines, sessions=sessions)
    dollars = (pl.col("close") * pl.col("volume")).drop_nulls()
    return (
        window.group_by("security_id", maintain_order=True)
        .agg(
            median_volume_usd=dollars.median(),
            mean_volume_usd=dollars.mean(),
            volume_sessions=dollars.len(),
        )
        .join(lines.select("symbol", "security_id"), on="security_id")
        .select(
            "symbol",
            "median_volume_usd",
            "mean_volume_usd",
            "volume_sessions",
            volume_window=pl.format(
                "median dollars of {} sessions to {}", "volume_sessions", pl.lit(str(last))
            ),
        )
    )
