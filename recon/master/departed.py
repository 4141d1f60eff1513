"""Lines that left the exchange after rank day, by merger, bankruptcy or a move over the counter.

Between rank day and lock-down the owner re-evaluates membership for mergers (fact sheet §1.2;
owner's text §6.4.1). Of that, public data show one thing for sure: that a line is gone. It can
no longer be added, and a member leaves by itself, whenever that was, and is on no list of
deletions. Ranks and lines stay those of rank day: a place that falls empty is not filled (§3.4).
"""

from datetime import date

import polars as pl

from recon.master.lives import GAP


def with_departures(lines: pl.DataFrame, securities: pl.DataFrame, newest: date) -> pl.DataFrame:
    """Mark the lines of rank day that have left since.

    Parameters
    ----------
    lines : pl.DataFrame
        Listed at the session that prices: `security_id`.
    securities : pl.DataFrame
        Lives of all symbols as known at the moment: `security_id`, `gone`.
    newest : date
        Newest session known at the moment. A line away for no longer than
        `recon.master.lives.GAP` may be missing from the source alone.

    Returns
    -------
    pl.DataFrame
        `lines` with `left_on`: first session without the line under any symbol, else null.
    """
    left = (
        securities.group_by("security_id")
        .agg(left_on=pl.col("gone").max(), listed=pl.col("gone").is_null().any())
        .filter(~pl.col("listed") & (pl.lit(newest) - pl.col("left_on") > GAP))
        .select("security_id", "left_on")
    )
    return lines.join(left, on="security_id", how="left", maintain_order="left")


def company_departures(lines: pl.DataFrame) -> pl.DataFrame:
    """Companies of which no line is left.

    Parameters
    ----------
    lines : pl.DataFrame
        `company_id`, `role` (null for a line that can be in no index), `left_on`.

    Returns
    -------
    pl.DataFrame
        `company_id`, `left_on` of the last of its lines to go.
    """
    return (
        lines.filter(pl.col("role").is_not_null())
        .group_by("company_id")
        .agg(left_on=pl.col("left_on").max(), gone=pl.col("left_on").is_not_null().all())
        .filter("gone")
        .select("company_id", "left_on")
    )
