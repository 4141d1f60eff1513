"""When a published thing could first be known: New York clock times as UTC moments.

Two forms of one rule (design, Time): functions of a `date` give an aware UTC `datetime`,
the `_expr` forms give a polars expression of naive UTC `Datetime("us")`, as the store keeps
`known_at`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import polars as pl

from recon.calendar.nyse import session_after

NEW_YORK = "America/New_York"
_END_OF_DAY = time(23, 59, 59, 999_999)
_EVENING = time(18, 0)
_OPEN = time(9, 30)


def end_of_day(day: date) -> datetime:
    """Give the last microsecond of a day in New York, when that day's close is known.

    Parameters
    ----------
    day : date
        Any day, a session or not.

    Returns
    -------
    datetime
        23:59:59.999999 New York of `day`, aware, in UTC.
    """
    return _moment(day, _END_OF_DAY)


def evening(day: date) -> datetime:
    """Give 18:00 New York of a day, when FTSE Russell's lists of that day are out.

    Parameters
    ----------
    day : date
        Publication date of a preliminary, updated or final list (methodology §1.1).

    Returns
    -------
    datetime
        18:00 New York of `day`, aware, in UTC.
    """
    return _moment(day, _EVENING)


def next_open(day: date) -> datetime:
    """Give the open of the next NYSE session after a day, when holdings of `day` are known.

    Parameters
    ----------
    day : date
        The day that the holdings are of; need not be a session.

    Returns
    -------
    datetime
        09:30 New York of the first session later than `day`, aware, in UTC.

    Raises
    ------
    InputError
        If `day` lies outside the calendar's bounds.
    """
    return _moment(session_after(day), _OPEN)


def next_open_map(days: Iterable[date]) -> dict[date, datetime]:
    """Give `next_open` of every distinct day of a column.

    Parameters
    ----------
    days : iterable of date
        Days, repeats allowed.

    Returns
    -------
    dict of date to datetime
        Aware UTC moments, for `Expr.replace_strict` or a join.
    """
    return {day: next_open(day) for day in set(days)}


def end_of_day_expr(column: str | pl.Expr) -> pl.Expr:
    """Give `end_of_day` of a column of dates.

    Parameters
    ----------
    column : str or Expr
        Column of type `Date`; null stays null.

    Returns
    -------
    Expr
        Naive UTC `Datetime("us")`, under the column's name.
    """
    return _moment_expr(column, _END_OF_DAY)


def evening_expr(column: str | pl.Expr) -> pl.Expr:
    """Give `evening` of a column of dates.

    Parameters
    ----------
    column : str or Expr
        Column of type `Date`; null stays null.

    Returns
    -------
    Expr
        Naive UTC `Datetime("us")`, under the column's name.
    """
    return _moment_expr(column, _EVENING)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(NEW_YORK)).astimezone(UTC)


def _moment_expr(column: str | pl.Expr, clock: time) -> pl.Expr:
    days = pl.col(column) if isinstance(column, str) else column
    return (
        days.dt.combine(clock, time_unit="us")
        .dt.replace_time_zone(NEW_YORK)
        .dt.convert_time_zone("UTC")
        .dt.replace_time_zone(None)
    )
