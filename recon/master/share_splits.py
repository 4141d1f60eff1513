"""Stock splits, read off the quotes of the screener.

`close - netchange` is the previous close as the exchange restated it for the day. Where it
differs from the close that was quoted the day before, something happened to the share. A
split restates it by a simple ratio, exact to the four decimals of the quote (PCAR 3:2 on
2023-02-08: 110.29 became 73.5267); a spin-off or a special dividend does not (DELL
2021-11-02: 1.977; FLEX 2024-01-03: 1.3748, near 11:8 but 0.004 USD off).
"""

from fractions import Fraction
from functools import cache

import numpy as np
import polars as pl

FLOATS = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
BOOLS = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

MIN_SPLIT = float(np.log(1.15))
"""Smaller factors are stock dividends of a few percent: the count absorbs them by itself."""
PRICE_STEP = 0.0001
"""USD: quotes and net changes carry four decimals."""
REVERSE_SLACK = 0.002
"""Relative: for a reverse split; penny prices are restated from their cents, and nothing else
raises the previous close."""
SAME_CLOSE = 0.0005
"""Relative: a restated close this near to the quoted one is the same close."""
COMPARABLE_SHARE = 0.8
"""A session is comparable on an exchange when this share of its lines restates the previous
close exactly. After a missing session, or one quoted before the close, hardly any line does."""
BLURRED_SPLIT = float(np.log(3.5))
BLUR = 0.06
"""Log: the return of the session in between blurs the factor."""
MAX_APART = 10
"""Sessions of the frame between two rows of a line that are compared."""
REVERSE = (100, 50, 40, 30, 25, 20, 15, 12, 10, 8, 6, 5, 4)
USUAL = (*(1 / n for n in REVERSE), 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0)
"""Factors that a blurred session may show."""
EXACT = 2e-6
"""Relative: counts are whole shares, so a mechanical multiplication is exact."""


@cache
def simple_ratios() -> FLOATS:
    """Split factors that companies use, in ascending order.

    Returns
    -------
    numpy.ndarray
        n:1 up to 100, 1:n up to 1,000, and n:m with m up to 10.
    """
    ratios = {Fraction(n) for n in range(2, 101)}
    ratios |= {Fraction(1, n) for n in range(2, 1001)}
    ratios |= {Fraction(n, m) for m in range(2, 11) for n in range(2, 22)}
    return np.array(sorted(float(r) for r in ratios if r != 1))


def nearest_ratio(factor: FLOATS, ratios: FLOATS) -> FLOATS:
    """Ratio nearest to each factor among `ratios`, which ascend."""
    right = np.clip(np.searchsorted(ratios, factor), 1, len(ratios) - 1)
    low, high = ratios[right - 1], ratios[right]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(factor / low < high / factor, low, high)


def is_mechanical(move: FLOATS) -> BOOLS:
    """Whether a count was multiplied by a product of split factors, to the share.

    A merger or an offering never multiplies a count by exactly 20; the vendor's replay of a
    split does, once or several times over (AMZN 2022-05-25: 20, 2023-12-06: 12).

    Parameters
    ----------
    move : numpy.ndarray
        Change of the log count between two sessions.

    Returns
    -------
    numpy.ndarray
        True where the ratio is n, n/2, n/3, n/4 or n/5 (or the inverse) with n up to 2,000.
    """
    ratio = np.exp(np.abs(move))
    found = np.zeros(ratio.shape, dtype=bool)
    for denominator in (1, 2, 3, 4, 5):
        numerator = np.rint(ratio * denominator)
        error = np.abs(ratio * denominator / np.maximum(numerator, 1) - 1)
        found |= (error < EXACT) & (numerator <= 2000)
    mechanical: BOOLS = found & (ratio > np.exp(MIN_SPLIT))
    return mechanical


def steps(quotes: pl.DataFrame, key: str = "symbol") -> pl.DataFrame:
    """What each row says of the close before it.

    Parameters
    ----------
    quotes : polars.DataFrame
        As for `price_breaks`; other columns are carried along.
    key : str
        Column that names a line through time.

    Returns
    -------
    polars.DataFrame
        The rows by line and session with `restated` (the previous close as the source restated
        it, USD), `before` (the close of the line's last row, USD), `apart` (sessions of the
        frame between the two; both null on a line's first row) and `raw` (`before` over
        `restated`).
    """
    return (
        quotes.with_columns(
            restated=pl.col("close") - pl.col("netchange"),
            ordinal=pl.col("session").rank("dense").cast(pl.Int64),
        )
        # Two stable sorts of one column take a third of the time of one of both.
        .sort("session", maintain_order=True)
        .sort(key, maintain_order=True)
        .with_columns(
            before=pl.col("close").shift().over(key), apart=pl.col("ordinal").diff().over(key)
        )
        .with_columns(raw=pl.col("before") / pl.col("restated"))
        .drop("ordinal")
    )


def comparable_sessions(step: pl.DataFrame) -> pl.DataFrame:
    """Sessions and exchanges whose lines restate the close that was quoted before.

    Parameters
    ----------
    step : polars.DataFrame
        As from `steps`.

    Returns
    -------
    polars.DataFrame
        `session`, `exchange`, `share` (fraction of lines, at least `COMPARABLE_SHARE`).
    """
    return (
        step.filter(pl.col("apart") == 1)
        .group_by("session", "exchange")
        .agg(share=((pl.col("raw") - 1).abs() < SAME_CLOSE).mean())
        .filter(pl.col("share") >= COMPARABLE_SHARE)
    )


def price_breaks(quotes: pl.DataFrame, key: str = "symbol") -> pl.DataFrame:
    """Splits, and changes of the security behind a symbol, that the prices show.

    Parameters
    ----------
    quotes : polars.DataFrame
        `session`, `key`, `exchange`, `close`, `netchange` (USD); one row per session and line.
        A line may be missing for a few sessions of the frame.
    key : str
        Column that names a line through time.

    Returns
    -------
    polars.DataFrame
        `session` (the first at the new price), `key`, `factor`: new shares for one old share
        (20 for AMZN 2022-06-06, 0.1 for a 1:10 reverse split, else null), and `renewed`: the
        restated close contradicts the last one by more than twofold without being a split, or
        is not positive at another price (BHVN 2022-10-04, INBX 2024-05-31: the successor of a
        spin-off under the old symbol). In sessions that are not comparable only factors beyond
        3.5 count, and only usual ones (JSPR 2024-01-04: 1:10).
    """
    columns = ("session", key, "exchange", "close", "netchange")
    step = steps(quotes.select(columns), key).filter(
        pl.col("apart") <= MAX_APART, pl.col("before") > 0, pl.col("restated").is_not_null()
    )
    comparable = comparable_sessions(step)
    vanished = (pl.col("restated") <= 0) & (
        (pl.col("close") / pl.col("before")).log().abs() > MIN_SPLIT
    )
    broken = (pl.col("restated") > 0) & (pl.col("raw").log().abs() > MIN_SPLIT)
    jumps = step.filter(broken | vanished).join(comparable, on=["session", "exchange"], how="left")
    nearest = nearest_ratio(jumps["raw"].to_numpy(), simple_ratios())
    off = (pl.col("before") / pl.col("nearest") - pl.col("restated")).abs()
    is_split = broken & (
        (off <= 1.1 * PRICE_STEP + 0.6 * PRICE_STEP / pl.col("nearest"))
        | ((pl.col("nearest") < 1) & (off <= REVERSE_SLACK * pl.col("restated")))
    )
    usual = nearest_ratio(jumps["raw"].to_numpy(), np.array(USUAL))
    blurred = (
        broken
        & ((pl.col("raw") / pl.col("usual")).log().abs() < BLUR)
        & (pl.col("raw").log().abs() > BLURRED_SPLIT)
    )
    comparable_row = pl.col("share").is_not_null()
    next_row = pl.col("apart") == 1
    plain = comparable_row & next_row
    gapped = comparable_row & ~next_row & (pl.col("raw").log().abs() > np.log(1.9))
    return (
        jumps.with_columns(
            pl.Series("nearest", nearest, dtype=pl.Float64),
            pl.Series("usual", usual, dtype=pl.Float64),
        )
        .with_columns(
            factor=pl.when((plain | gapped) & is_split)
            .then("nearest")
            .when(~plain & blurred)
            .then("usual"),
            renewed=plain & ~is_split & (vanished | (pl.col("raw").log().abs() > np.log(2))),
        )
        .filter(pl.col("factor").is_not_null() | pl.col("renewed"))
        .select("session", key, "factor", "renewed")
        .sort("session", key)
    )
