"""Sessions of the New York Stock Exchange, 2009 to 2031.

They are the weekdays but for the closings of `closings.toml`. A library that works them out takes
half a second of every verb, and pandas with it; the tests hold the file against one.
"""

import tomllib
from bisect import bisect_left, bisect_right
from calendar import SATURDAY
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from recon.errors import InputError

FIRST_DAY = date(2009, 1, 1)
LAST_DAY = date(2031, 12, 31)


def sessions(first: date, last: date) -> list[date]:
    """Give the NYSE sessions of a range.

    Parameters
    ----------
    first, last : date
        Both ends included; `first` after `last` gives an empty list.

    Returns
    -------
    list of date
        In order.

    Raises
    ------
    InputError
        If an end lies outside 2009-01-01 … 2031-12-31.
    """
    low = bisect_left(_sessions(), _within(first))
    high = bisect_right(_sessions(), _within(last))
    return list(_sessions()[low:high])


def is_session(day: date) -> bool:
    """Say whether the NYSE trades on a day, half days included.

    Parameters
    ----------
    day : date
        Any day within the bounds.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        If `day` lies outside 2009-01-01 … 2031-12-31.
    """
    return session_on_or_before(day) == day


def session_on_or_before(day: date) -> date:
    """Give the newest session not later than a day.

    Parameters
    ----------
    day : date
        Any day within the bounds.

    Returns
    -------
    date

    Raises
    ------
    InputError
        If there is none within 2009-01-01 … 2031-12-31.
    """
    place = bisect_right(_sessions(), _within(day))
    if place == 0:
        raise _outside(day)
    return _sessions()[place - 1]


def session_after(day: date) -> date:
    """Give the first session later than a day.

    Parameters
    ----------
    day : date
        Any day within the bounds.

    Returns
    -------
    date

    Raises
    ------
    InputError
        If there is none within 2009-01-01 … 2031-12-31.
    """
    place = bisect_right(_sessions(), _within(day))
    if place == len(_sessions()):
        raise _outside(day)
    return _sessions()[place]


@lru_cache(maxsize=1)
def _sessions() -> tuple[date, ...]:
    text = files(__package__).joinpath("closings.toml").read_text(encoding="utf-8")
    closed = {day for days in tomllib.loads(text).values() for day in days}
    days = (FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
    return tuple(day for day in days if day.weekday() < SATURDAY and day not in closed)


def _within(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _outside(day)
    return day


def _outside(day: date) -> InputError:
    return InputError(
        "No NYSE session is known for this day",
        field="day",
        value=day,
        expected=f"a day from {FIRST_DAY} to {LAST_DAY}, with a session on the side asked for",
    )
