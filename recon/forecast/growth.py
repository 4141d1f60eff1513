"""From quotes to what a holding became: the source's own adjusted change, with its traps guarded.

`close - netchange` is the previous close adjusted for splits and distributions, so a close over
it is what the day did to a holding. It fails in five known ways (data/README.md, Traps), each
answered here by a rule and not by a list of names or days: first rows, a previous close that is
not positive, sessions that are missing or were quoted before the close, quotes that are repeated
from the day before, and splits of which the source's change knows nothing.

What the source restates decides what a return holds: spin-offs and special dividends everywhere,
ordinary dividends on Nasdaq but not on the NYSE. Elsewhere these are returns of prices.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.forecast.factors import FIRST_ROW, LIMIT
from recon.master.share_splits import SAME_CLOSE, comparable_sessions, is_mechanical, steps

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HIDDEN: Final = float(np.log(1.8))
"""Log: a move below this is no split that the source missed; the least is 2:1 (0.69), less what
the day itself did."""
MATCH: Final = 0.25
"""Log: how far a split's own day may move the price off the ratio of the counts."""
SETTLES: Final = 3
"""Sessions after which the count has followed a split (data/README.md, Share counts)."""
QUOTED: Final = ("session", "symbol", "exchange", "close", "netchange", "market_cap")
"""Columns of `recon.contracts.Quote` that are needed."""


@dataclass(frozen=True, slots=True)
class Panel:
    """What holdings became, session by session.

    Attributes
    ----------
    sessions : list of date
        Ascending; rows.
    securities : list of str
        `security_id`; columns.
    growth : array (sessions, securities)
        Value of a holding over its value at its last quote before; 1 where it was not quoted.
    close : array (sessions, securities)
        USD, unadjusted; NaN where it was not quoted.
    """

    sessions: list[date]
    securities: list[str]
    growth: Array
    close: Array

    @property
    def quoted(self) -> Flags:
        """Where a security had a close."""
        return np.isfinite(self.close)

    def row(self, day: date) -> int:
        """Row of the newest session up to a day; -1 if there is none."""
        return bisect_right(self.sessions, day) - 1

    def columns(self, securities: pl.Series) -> npt.NDArray[np.int64]:
        """Columns of securities; -1 for those without any quote."""
        place = {name: i for i, name in enumerate(self.securities)}
        return np.array([place.get(one, -1) for one in securities], dtype=np.int64)


def growth(quotes: pl.DataFrame) -> pl.DataFrame:
    """Change of a holding since its last quote.

    Parameters
    ----------
    quotes : pl.DataFrame
        `session`, `security_id`, `exchange`, `close`, `netchange`, `market_cap` (USD); one row
        per session and security.

    Returns
    -------
    pl.DataFrame
        `session`, `security_id`, `close` (USD, unadjusted), `growth` (fraction of the last
        value; 1 on a first row). Rows without a close are left out.

    Notes
    -----
    Where hardly any line of an exchange restates the close that was quoted before, that close
    was no close or a session is missing, and what lies between is in no change of the source:
    the two closes are then compared as they were quoted, unless they lie so far apart that a
    split is between them. So is a line's own gap. A close that did not move while the source
    still shows a change is the quote of the day before.
    """
    priced = quotes.filter(pl.col("close") > 0).select(
        "session", "security_id", "exchange", "close", "netchange", "market_cap"
    )
    step = steps(priced, "security_id").with_columns(
        plain=pl.col("close") / pl.col("before"), own=pl.col("close") / pl.col("restated")
    )
    told = pl.col("restated") > pl.col("close") * FIRST_ROW
    gap = pl.col("raw").log().abs()
    seam = pl.col("share").is_null() | (pl.col("apart") > 1)
    moved = (
        step.join(comparable_sessions(step), on=["session", "exchange"], how="left")
        .with_columns(
            growth=pl.when(pl.col("before").is_null())
            .then(1.0)
            .when(~told.fill_null(False))
            .then(pl.when(pl.col("plain").log().abs() < HIDDEN).then("plain").otherwise(1.0))
            .when((pl.col("close") == pl.col("before")) & (gap > SAME_CLOSE))
            .then(1.0)
            .when(seam & (gap < LIMIT))
            .then("plain")
            .otherwise("own")
        )
        .select("session", "security_id", "close", "market_cap", "growth")
        .sort("security_id", "session")
    )
    missed = hidden_splits(moved)
    return (
        moved.join(missed, on=["session", "security_id"], how="left")
        .with_columns(growth=pl.col("growth") * pl.col("ratio").fill_null(1.0))
        .select("session", "security_id", "close", "growth")
    )


def hidden_splits(moved: pl.DataFrame) -> pl.DataFrame:
    """Splits that the source took for a change of price (ANET 2024-12-04).

    The count shows them: it is multiplied by a split's factor to the share within `SETTLES`
    sessions, by about as much as the price was divided. An offering never hits such a factor.

    Parameters
    ----------
    moved : pl.DataFrame
        `session`, `security_id`, `close`, `market_cap` (USD), `growth`, by security and session.

    Returns
    -------
    pl.DataFrame
        `session`, `security_id`, `ratio` (new shares for one old).
    """
    jumped = pl.col("growth").log().abs() > HIDDEN
    names = moved.filter(jumped)["security_id"].unique()
    shares = pl.when(pl.col("market_cap") > 0).then(pl.col("market_cap") / pl.col("close"))
    jumps = (
        moved.filter(pl.col("security_id").is_in(names.implode()))
        .with_columns(shares=shares)
        .with_columns(
            (pl.col("shares").shift(-k) / pl.col("shares").shift(1))
            .over("security_id")
            .alias(f"ratio_{k}")
            for k in range(SETTLES + 1)
        )
        .filter(jumped)
    )
    ratios = jumps.select(f"ratio_{k}" for k in range(SETTLES + 1)).fill_null(np.nan).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        log_ratio = np.log(ratios)
        price = np.log(jumps["growth"].to_numpy())[:, None]
        exact = np.isfinite(log_ratio) & (np.abs(log_ratio + price) < MATCH)
        exact &= is_mechanical(np.where(exact, log_ratio, 0.0))
    first = exact.argmax(axis=1)
    ratio = np.where(exact.any(axis=1), ratios[np.arange(len(first)), first], np.nan)
    return (
        jumps.select("session", "security_id", ratio=pl.Series(ratio, dtype=pl.Float64))
        .fill_nan(None)
        .drop_nulls()
    )


def panel(moves: pl.DataFrame) -> Panel:
    """Lay changes out by session and security.

    Parameters
    ----------
    moves : pl.DataFrame
        As from `growth`.
    """
    days = moves["session"].unique().sort()
    names = moves["security_id"].unique().sort()
    placed = moves.join(pl.DataFrame({"session": days}).with_row_index("row"), on="session").join(
        pl.DataFrame({"security_id": names}).with_row_index("column"), on="security_id"
    )
    at = (placed["row"].to_numpy(), placed["column"].to_numpy())
    change = np.ones((len(days), len(names)))
    close = np.full(change.shape, np.nan)
    change[at] = placed["growth"].to_numpy()
    close[at] = placed["close"].to_numpy()
    return Panel(days.to_list(), names.to_list(), change, close)
