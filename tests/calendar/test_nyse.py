"""Sessions: holidays, bounds, and what importing costs."""

import subprocess
import sys
import warnings
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.calendar import is_session, session_after, session_on_or_before, sessions
from recon.errors import InputError

DAYS = st.dates(date(2009, 1, 5), date(2031, 12, 29))


@pytest.mark.parametrize(
    "holiday",
    [
        date(2012, 10, 29),  # Sandy
        date(2025, 1, 9),  # day of mourning
        date(2025, 4, 18),  # Good Friday
        date(2026, 6, 19),  # Juneteenth
        date(2027, 6, 18),  # Juneteenth, observed
        date(2026, 9, 7),  # Labor Day
    ],
)
def test_the_exchange_is_closed_on_a_holiday_between_two_sessions(holiday: date) -> None:
    assert not is_session(holiday)
    assert session_on_or_before(holiday) < holiday < session_after(holiday)


def test_juneteenth_was_a_session_before_2022() -> None:
    assert is_session(date(2020, 6, 19))


def test_a_half_day_is_a_session() -> None:
    assert is_session(date(2026, 11, 27))


def test_sessions_of_a_short_week() -> None:
    week = sessions(date(2025, 4, 14), date(2025, 4, 20))
    assert week == [date(2025, 4, d) for d in (14, 15, 16, 17)]
    assert sessions(date(2025, 4, 18), date(2025, 4, 20)) == []
    assert sessions(date(2025, 4, 17), date(2025, 4, 14)) == []


def test_every_session_is_one_of_the_exchange_calendars() -> None:
    with warnings.catch_warnings():
        # its pandas idioms lag behind pandas; nothing of that reaches the list of days
        warnings.simplefilter("ignore", DeprecationWarning)
        from exchange_calendars import get_calendar  # noqa: PLC0415

        first, last = date(2009, 1, 1), date(2031, 12, 31)
        nyse = get_calendar("XNYS", start=first.isoformat(), end=last.isoformat())
    assert sessions(first, last) == list(nyse.sessions.date)


def test_bounds_hold_on_both_sides() -> None:
    assert len(sessions(date(2009, 1, 1), date(2031, 12, 31))) > 5700
    assert session_after(date(2009, 1, 1)) == date(2009, 1, 2)
    assert session_on_or_before(date(2031, 12, 31)) == date(2031, 12, 31)
    for call in (
        lambda: session_after(date(2031, 12, 31)),
        lambda: session_on_or_before(date(2009, 1, 1)),
        lambda: is_session(date(2032, 1, 2)),
        lambda: sessions(date(2008, 12, 31), date(2010, 1, 1)),
    ):
        with pytest.raises(InputError, match="2009-01-01"):
            call()


@settings(deadline=None)  # the first example reads the closings
@given(DAYS)
def test_the_next_session_is_the_first_after_the_last(day: date) -> None:
    before, after = session_on_or_before(day), session_after(day)
    assert before <= day < after
    assert sessions(before, after) == [before, after]
    assert session_on_or_before(after - timedelta(days=1)) == before


def test_the_calendar_needs_no_pandas() -> None:
    code = (
        "import sys; from recon.calendar import event; import recon.rulebook; event('2024-06');"
        "assert not {'pandas', 'exchange_calendars'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
