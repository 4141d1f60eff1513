"""Break-points: how far the simulated lines of rank day are from what they became.

The truth is our own line of rank day: the owner publishes two of them, rounded
(`recon.backtest.published`), so an error here is that of the forecast and not of the caps.
"""

from typing import Final

import polars as pl

from recon.backtest.answers import strict_first

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
"""Quantiles of the simulation: an interval that should hold nine truths of ten."""
NOMINAL: Final = HIGH - LOW


def line_errors(lines: pl.DataFrame) -> pl.DataFrame:
    """Error and coverage of the simulated break-points.

    Parameters
    ----------
    lines : pl.DataFrame
        `event`, `lead`, `hindsight`, `name`, `quantile`, `cap_usd`, `now_usd`; lead 0 gives
        the truth.

    Returns
    -------
    pl.DataFrame
        One row an event, lead, hindsight and line: `low`, `median`, `high`, `actual`, `now_usd`
        (USD), `error` (log of median over truth), `error_now` (of today's line), `covered`
        (truth within the 5–95 % interval).
    """
    key = ["event", "hindsight", "name"]
    actual = lines.filter(pl.col("lead") == 0).unique(key).select(*key, actual="now_usd")
    wide = (
        lines.filter(pl.col("lead") > 0)
        .group_by(*key, "lead", maintain_order=True)
        .agg(
            pl.col("now_usd").first(),
            *(
                pl.col("cap_usd").filter(pl.col("quantile") == q).first().alias(name)
                for q, name in ((LOW, "low"), (MIDDLE, "median"), (HIGH, "high"))
            ),
        )
    )
    return wide.join(actual, on=key, maintain_order="left").with_columns(
        error=(pl.col("median") / pl.col("actual")).log(),
        error_now=(pl.col("now_usd") / pl.col("actual")).log(),
        covered=pl.col("actual").is_between("low", "high"),
    )


def lines_by_lead(errors: pl.DataFrame) -> pl.DataFrame:
    """Errors of the lines, over events.

    Returns
    -------
    pl.DataFrame
        One row a hindsight, line and lead: `n` (events), `error` (mean of |log error| of the
        median), `bias` (mean log error), `error_now` (mean of |log error| of the moment's own
        line), `covered` (events whose truth lies within the interval).
    """
    return (
        errors.group_by("hindsight", "name", "lead", maintain_order=True)
        .agg(
            n=pl.len(),
            error=pl.col("error").abs().mean(),
            bias=pl.col("error").mean(),
            error_now=pl.col("error_now").abs().mean(),
            covered=pl.col("covered").sum(),
        )
        .sort(strict_first(), "name", "lead")
    )
