"""The NYSE calendar, the events and their dates, and when what is published is known."""

from recon.calendar.event import DateSource, Event
from recon.calendar.events import event, events, next_event, previous_event
from recon.calendar.moments import (
    end_of_day,
    end_of_day_expr,
    evening,
    evening_expr,
    next_open,
    next_open_map,
)
from recon.calendar.nyse import is_session, session_after, session_on_or_before, sessions
from recon.calendar.rules import open_choices

__all__ = [
    "DateSource",
    "Event",
    "end_of_day",
    "end_of_day_expr",
    "evening",
    "evening_expr",
    "event",
    "events",
    "is_session",
    "next_event",
    "next_open",
    "next_open_map",
    "open_choices",
    "previous_event",
    "session_after",
    "session_on_or_before",
    "sessions",
]
