"""Sessions of the New York Stock Exchange, 2009 to 2031.

The exchange calendar costs half a second to import, so it is read on first use and kept as
a sorted tuple of days; importing this module stays cheap.
"""

import warnings
from bisect import bisect_left, bisect_right
from datetime import date
from functools import lru_cache

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
    # Imported here: pandas comes with it, and `recon --help` needs neither.
    from exchange_calendars import get_calendar  # noqa: PLC0415

    with warnings.catch_warnings():
        # Its pandas idioms lag behind pandas; nothing of that reaches the list of days.
        warnings.simplefilter("ignore", DeprecationWarning)
        nyse = get_calendar("XNYS", start=FIRST_DAY.isoformat(), end=LAST_DAY.isoformat())
    return tuple(nyse.sessions.date)


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
