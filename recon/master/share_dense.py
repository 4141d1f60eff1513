"""Quotes as matrices, session by line, for the pass over share counts."""

import numpy as np
import polars as pl

from recon.master.share_splits import BOOLS, FLOATS


def dense_quotes(
    quotes: pl.DataFrame, row: np.ndarray, line: np.ndarray, shape: tuple[int, int]
) -> tuple[FLOATS, FLOATS]:
    """Log close and log count of quotes.

    Parameters
    ----------
    quotes : polars.DataFrame
        `close` and `market_cap` (USD).
    row, line : numpy.ndarray
        Position of each quote.
    shape : tuple of int
        Numbers of sessions and of lines.

    Returns
    -------
    tuple of numpy.ndarray
        Price and count, session by line, NaN where unknown (a cap of 0 is unknown).
    """
    close, cap = quotes["close"].to_numpy(), quotes["market_cap"].to_numpy()
    price, count = np.full(shape, np.nan), np.full(shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_close = np.where(close > 0, np.log(close), np.nan)
        price[row, line] = log_close
        count[row, line] = np.where(cap > 0, np.log(cap), np.nan) - log_close
    return price, count


def dense_breaks(
    breaks: pl.DataFrame, grid: pl.Series, lines: pl.Series, key: str
) -> tuple[FLOATS, BOOLS]:
    """Splits and renewals of `price_breaks`.

    Parameters
    ----------
    breaks : polars.DataFrame
        As `price_breaks` gives them.
    grid, lines : polars.Series
        Sessions and lines, ascending.
    key : str
        Column that names a line.

    Returns
    -------
    tuple of numpy.ndarray
        Log factor (0 without) and whether another security begins, session by line.
    """
    shape = (len(grid), len(lines))
    split, renewed = np.zeros(shape), np.zeros(shape, dtype=bool)
    row = grid.search_sorted(breaks["session"]).to_numpy()
    line = lines.search_sorted(breaks[key]).to_numpy()
    split[row, line] = breaks["factor"].log().fill_null(0.0).to_numpy()
    renewed[row, line] = breaks["renewed"].to_numpy()
    return split, renewed
