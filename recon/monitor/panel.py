"""Quotes of the lines that are looked at, as matrices of session by line.

The screener says twice what a price did: by the closes of two sessions, and by a net change that it
adjusts for splits. A daily change beyond `LIMIT` is believed only if the caps bear it out, since
most such changes are glitches, first rows and splits that the source took for a change of price.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.errors import NoDataError
from recon.forecast.factors import LIMIT, log_change
from recon.master.share_splits import price_breaks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COUNT_LAG: Final = 3
"""Sessions by which the screener's share count follows a split at most (data README, traps)."""
SAME: Final = 0.1
"""Log: two statements of one day's change that differ by less say the same. After a snapshot taken
before the close they differ by the rest of that day; no split is so small."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Quotes up to one session.

    Attributes
    ----------
    sessions : list of date
        Rows, oldest first.
    securities : list of str
        `security_id` of each column.
    log_close : array (sessions, securities)
        Log of the close in USD; NaN where not quoted.
    change : array (sessions, securities)
        Log change against the session before, adjusted for splits, as far as it is believed; NaN
        where unknown.
    split : array (sessions, securities)
        Log of new shares for one old on the first session at the new price; 0 without a split.
        Splits are looked for from `splits_from` on.
    dollars : array (sessions, securities)
        USD traded: close × volume; NaN where unknown.
    """

    sessions: list[date]
    securities: list[str]
    log_close: Floats
    change: Floats
    split: Floats
    dollars: Floats

    def row(self, day: date) -> int:
        """Row of the last session up to a day; -1 before the first."""
        return int(np.searchsorted(np.array(self.sessions), np.datetime64(day), side="right")) - 1

    def rows(self, first: int, end: int) -> "Panel":
        """Rows from `first` up to but not including `end`."""
        part = slice(first, end)
        return Panel(
            self.sessions[part],
            self.securities,
            self.log_close[part],
            self.change[part],
            self.split[part],
            self.dollars[part],
        )

    def columns(self, securities: Sequence[str | None]) -> Ints:
        """Column of each security; -1 for one without quotes."""
        place = {name: i for i, name in enumerate(self.securities)}
        return np.array([-1 if s is None else place.get(s, -1) for s in securities], dtype=np.int64)


def taken(values: Floats, columns: Ints) -> Floats:
    """Columns of a matrix, all NaN for column -1."""
    found = values[:, columns]
    found[:, columns < 0] = np.nan
    return found


def over_sessions(statistic: Callable[..., Floats], values: Floats, *, least: int) -> Floats:
    """A statistic of each column that has enough figures, else NaN.

    Parameters
    ----------
    statistic : callable
        `np.nanmean` and the like.
    values : array (sessions, n)
        NaN where unknown.
    least : int
        Figures that a column needs.
    """
    enough = np.isfinite(values).sum(axis=0) >= least
    found = np.full(values.shape[1], np.nan)
    if enough.any():
        found[enough] = statistic(values[:, enough], axis=0)
    return found


def panel(quotes: pl.DataFrame, splits_from: date) -> Panel:
    """Lay out quotes and settle what each day's change was.

    Parameters
    ----------
    quotes : pl.DataFrame
        `session`, `security_id`, `line` (a number for it), `exchange`, `close`, `netchange`,
        `market_cap` (USD), `volume` (shares) up to the moment, one row per session and security,
        as from `recon.master.window.two_years`.
    splits_from : date
        First session in which splits are looked for.

    Raises
    ------
    NoDataError
        If there are no quotes.

    Notes
    -----
    A change beyond `LIMIT` that both statements of the source agree on is compared with the cap
    `COUNT_LAG` sessions later: if the cap moved along, the change is believed whole; if it stood,
    the line was split and the source did not say so (ANET 2024-12-04), and the change is 0. In all
    other cases, and in the last `COUNT_LAG` sessions, it is cut to `LIMIT`.
    """
    if quotes.is_empty():
        raise NoDataError(
            "no line that is looked at is quoted",
            field="quotes",
            value=0,
            expected="sessions with quotes up to the moment",
        )
    sessions = quotes["session"].unique().sort()
    lines = (
        quotes.group_by("line", maintain_order=True)
        .agg(pl.col("security_id").first())
        .sort("security_id")
    )
    row = _places(sessions.to_physical())[quotes["session"].to_physical().to_numpy()]
    column = _places(lines["line"])[quotes["line"].to_numpy()]
    shape = (len(sessions), lines.height)

    def matrix(values: pl.Expr) -> Floats:
        found = np.full(shape, np.nan)
        found[row, column] = quotes.select(values.cast(pl.Float64)).to_series().to_numpy()
        return found

    positive = [pl.when(pl.col(c) > 0).then(pl.col(c).log()) for c in ("close", "market_cap")]
    log_close, log_cap = (matrix(log) for log in positive)
    split = np.zeros(shape)
    late = quotes.filter(pl.col("session") >= splits_from)
    breaks = price_breaks(late, "line").drop_nulls("factor")
    at = sessions.search_sorted(breaks["session"]).to_numpy()
    split[at, _places(lines["line"])[breaks["line"].to_numpy()]] = breaks["factor"].log().to_numpy()
    change, unsaid = _believed(matrix(log_change()), log_close, log_cap)
    return Panel(
        sessions=sessions.to_list(),
        securities=lines["security_id"].to_list(),
        log_close=log_close,
        change=change,
        split=np.where(unsaid == 0, split, unsaid),
        dollars=matrix(pl.col("close") * pl.col("volume")),
    )


def _places(values: pl.Series) -> Ints:
    """Place of each of some distinct whole numbers, to be looked up by the number itself."""
    numbers = values.cast(pl.Int64).to_numpy()
    places = np.full(int(numbers.max()) + 1, -1, dtype=np.int64)
    places[numbers] = np.arange(len(numbers))
    return places


def _believed(change: Floats, log_close: Floats, log_cap: Floats) -> tuple[Floats, Floats]:
    """Daily changes as believed, and the log factors of splits that the source did not say."""
    unsaid = np.zeros(change.shape)
    believed = np.clip(change, -LIMIT, LIMIT)
    row, column = np.nonzero(np.isnan(change[1:]) & np.isfinite(log_close[1:]))
    by_close = log_close[row + 1, column] - log_close[row, column]
    believed[row + 1, column] = np.where(np.abs(by_close) <= LIMIT, by_close, np.nan)
    row, column = np.nonzero(np.abs(change) > LIMIT)
    inside = (row > 0) & (row + COUNT_LAG < len(change))
    row, column = row[inside], column[inside]
    moved = log_close[row, column] - log_close[row - 1, column]
    cap_moved = log_cap[row + COUNT_LAG, column] - log_cap[row - 1, column]
    # What the price did in the sessions that the cap is given to follow.
    after = np.nansum([change[row + i, column] for i in range(1, COUNT_LAG + 1)], axis=0)
    agreed = np.abs(moved - change[row, column]) < SAME
    real = agreed & (np.abs(cap_moved - after - moved) < np.abs(moved) / 2)
    stood = agreed & (np.abs(cap_moved - after) < np.abs(moved) / 2)
    believed[row[real], column[real]] = change[row[real], column[real]]
    believed[row[stood], column[stood]] = 0.0
    unsaid[row[stood], column[stood]] = -moved[stood]
    return believed, unsaid
