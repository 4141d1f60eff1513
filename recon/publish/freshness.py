"""How old the data behind an answer is, said in one line with the defaults that were taken."""

from datetime import date

from recon.calendar import Event, session_on_or_before, sessions


def mark(simulated: bool) -> str:
    """Say first of all that a market is simulated."""
    return "SIMULATED MARKET: " if simulated else ""


def age(session: date, today: date) -> int:
    """Count the NYSE sessions after `session` up to `today`, both days in New York."""
    newest = session_on_or_before(today)
    return max(len(sessions(session, newest)) - 1, 0) if newest > session else 0


def line(as_of: date, event: Event, today: date, *, simulated: bool = False) -> str:
    """Say which event is looked at, as of when, and how stale that is.

    Parameters
    ----------
    as_of : date
        Day at whose end the data was known.
    event : Event
        What is forecast.
    today : date
        The present day in New York.
    simulated : bool
        Whether the data is the simulated market.
    """
    old = age(as_of, today)
    stale = "of today" if old == 0 else f"{old} session{'s' if old > 1 else ''} old"
    return f"{mark(simulated)}event {event.id}, rank day {event.rank_day}, as of {as_of} ({stale})"
