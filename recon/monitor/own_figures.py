"""What the user's own vendor says of each line: spread, implied volatility, short interest."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from recon.master.resolve import resolve
from recon.monitor.panel import Floats, Ints, Panel, taken
from recon.pipeline import Run
from recon.store import AsOf

SPREAD_DAYS: Final = 10
"""Calendar days for which a spread or a volatility stands: a week and a holiday or two."""
SHORT_DAYS: Final = 45
"""Calendar days for which a short interest stands: FINRA settles twice a month and publishes eight
business days later, so that one report may be missed."""
TENOR: Final = 30
"""Calendar days to expiry that are preferred, the tenor in which volatility is commonly quoted."""


def own_figures(
    known: AsOf, securities: pl.DataFrame, wanted: pl.Series, day: date
) -> pl.DataFrame:
    """Newest figures of the user's own about lines.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.
    securities : pl.DataFrame
        Lives of all symbols with `security_id`.
    wanted : pl.Series
        `security_id` of each line, in the order in which rows are given.
    day : date
        The moment's day.

    Returns
    -------
    pl.DataFrame
        `security_id`, `quoted_spread_bps`, `quoted_spread_on`, `implied_volatility_percent` (a
        year), `implied_volatility_days`, `implied_volatility_on`, `shares_short` (of
        `shares_short_on`), `shares_short_on`, and `own_reasons`: `FIGURE:not_supplied`, or
        `FIGURE:stale` for one too old to stand (`SPREAD_DAYS`, `SHORT_DAYS`), which is null.
    """
    spreads = _newest(
        known.quoted_spreads().select(
            "symbol", "known_at", "quoted_spread_bps", quoted_spread_on="session"
        ),
        "quoted_spread_on",
        securities,
    )
    volatilities = _newest(
        known.implied_volatilities().select(
            "symbol",
            "known_at",
            "implied_volatility_percent",
            off_tenor=(pl.col("days").cast(pl.Int64) - TENOR).abs(),
            implied_volatility_days="days",
            implied_volatility_on="session",
        ),
        "implied_volatility_on",
        securities,
    )
    shorts = _newest(
        known.short_interests().select(
            "symbol", "known_at", "shares_short", shares_short_on="settled"
        ),
        "shares_short_on",
        securities,
    )
    frame = wanted.to_frame("security_id")
    for figures in (spreads, volatilities, shorts):
        frame = frame.join(figures, on="security_id", how="left", maintain_order="left")
    limits = {
        "quoted_spread_bps": ("quoted_spread_on", SPREAD_DAYS),
        "implied_volatility_percent": ("implied_volatility_on", SPREAD_DAYS),
        "shares_short": ("shares_short_on", SHORT_DAYS),
    }
    reasons, fresh = [], []
    for figure, (on, days) in limits.items():
        old = (pl.lit(day) - pl.col(on)).dt.total_days() > days
        reasons += [
            pl.when(pl.col(figure).is_null()).then(pl.lit(f"{figure}:not_supplied")),
            pl.when(old).then(pl.lit(f"{figure}:stale")),
        ]
        fresh.append(pl.when(~old).then(figure).alias(figure))
    return frame.with_columns(*fresh, own_reasons=pl.concat_list(reasons).list.drop_nulls())


def _newest(figures: pl.DataFrame, day: str, securities: pl.DataFrame) -> pl.DataFrame:
    """The newest figure of each security: nearest to the tenor, then the latest known."""
    told = resolve(
        figures.rename({"symbol": "ticker"}).with_columns(day=pl.col(day)), securities
    ).drop_nulls("security_id")
    order = [name for name in ("off_tenor",) if name in told.columns]
    descending = [False, *[True] * len(order), False, False]
    return (
        told.sort("day", *order, "known_at", "ticker", descending=descending)
        .unique("security_id", keep="last", maintain_order=True)
        .drop("ticker", "known_at", "day", "life", *order)
    )


def short_interest(
    run: Run, prices: Panel, lines: Ints, figures: pl.DataFrame, traded_usd: pl.Series
) -> pl.DataFrame:
    """Short interest in proportion, in the shares of today.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    prices : Panel
        Quotes, with splits from `SHORT_DAYS` before the moment on.
    lines : array of int (n,)
        Column of each line; -1 for none.
    figures : pl.DataFrame
        As from `own_figures`, with `security_id`.
    traded_usd : pl.Series
        Mean dollar volume of each line.

    Returns
    -------
    pl.DataFrame
        `short_percent` (of all shares of the company), `days_to_cover` (mean volumes).
    """
    days = np.array(prices.sessions, dtype="datetime64[D]")
    settled = figures["shares_short_on"].to_numpy().astype("datetime64[D]")
    # A line without a short interest has no date, which sorts after the last.
    at = np.searchsorted(days, settled, side="right") - 1
    splits = np.cumsum(taken(prices.split, lines), axis=0)
    counts = run.lines.select("security_id", "shares").unique("security_id")
    short = pl.col("shares_short") * pl.col("split").exp()
    return (
        figures.join(counts, on="security_id", how="left", maintain_order="left")
        .with_columns(
            split=pl.Series(splits[-1] - splits[at, np.arange(len(lines))]),
            last_close=pl.Series(np.exp(_last(taken(prices.log_close, lines)))).fill_nan(None),
            traded=pl.when(traded_usd > 0).then(traded_usd),
        )
        .select(
            short_percent=100 * short / pl.col("shares"),
            days_to_cover=short * pl.col("last_close") / pl.col("traded"),
        )
    )


def _last(values: Floats) -> Floats:
    """The newest known figure of each column."""
    known = np.isfinite(values)
    at = len(values) - 1 - np.argmax(known[::-1], axis=0)
    return np.where(known.any(axis=0), values[at, np.arange(values.shape[1])], np.nan)
