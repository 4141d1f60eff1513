"""Of the companies large enough and not members, how many the owner admitted, by kind.

The shares that `recon.forecast.presumed` starts from, to be held against it event by event.
"""

import polars as pl

from recon.backtest.answers import strict_first
from recon.forecast.features import FEATURES
from recon.forecast.heads import IN_SIZE
from recon.forecast.predict import matrix
from recon.forecast.presumed import PRESUMED, kinds
from recon.forecast.size import size_chance


def admission(frame: pl.DataFrame) -> pl.DataFrame:
    """Admitted companies of sufficient size, by kind.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`.

    Returns
    -------
    pl.DataFrame
        One row a hindsight, lead, kind and event: `presumed` (fraction), `n` (companies outside
        the Russell 3000 whose size alone would bring them in with a chance of `IN_SIZE` or more),
        `admitted` (of them, on the official list).
    """
    outside = frame.filter(pl.col("seen") & (pl.col("member") == 0))
    x = matrix(outside)
    large = size_chance(x, FEATURES) >= IN_SIZE
    return (
        outside.with_columns(place=pl.Series(kinds(x, FEATURES)))
        .filter(pl.Series(large))
        .group_by("hindsight", "lead", "place", "event")
        .agg(n=pl.len(), admitted=pl.col("added").sum())
        .sort(strict_first(), "lead", "place", "event")
        .with_columns(kind=pl.col("place").replace_strict(dict(enumerate(PRESUMED))))
        .with_columns(presumed=pl.col("kind").replace_strict(PRESUMED))
        .select("hindsight", "lead", "kind", "presumed", "event", "n", "admitted")
    )
