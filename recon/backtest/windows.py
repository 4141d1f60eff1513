"""The windows of an event study, each with the close of its entry and of its exit.

A window that starts before rank day holds the momentum that caused the change, and one that
starts before the calls were known could not have been traded: both are kept apart and named.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from recon.calendar import Event, session_on_or_before, sessions

PRE_RANK: Final = 20
"""Sessions before rank day where the lead is shorter."""
AFTER: Final = 20
"""Sessions after the effective day in which a pressure on the price can revert."""
NAMES: Final = (
    "pre-rank",
    "rank to preliminary",
    "preliminary to effective",
    "rank to effective",
    "effective to +20",
)
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Window:
    """One window.

    Attributes
    ----------
    name : str
        One of `NAMES`.
    first, last : date
        Sessions of entry and exit, both at the close.
    looks_back : bool
        Whether the calls were not yet known at the entry.
    """

    name: str
    first: date
    last: date
    looks_back: bool


def windows(event: Event, as_of: date) -> list[Window]:
    """Windows of an event whose calls are as of a day.

    Parameters
    ----------
    event : Event
        A reconstitution with a preliminary and an effective day.
    as_of : date
        Day of the calls: a longer lead than `PRE_RANK` starts the first window earlier. The
        preliminary list comes out after the close of its day, so the window that starts there
        is entered just before it.
    """
    rank, preliminary, effective = (
        session_on_or_before(day)
        for day in (event.rank_day, event.preliminary, event.effective)
        if day is not None
    )
    usual = sessions(rank - timedelta(days=3 * PRE_RANK), rank)[-1 - PRE_RANK]
    after = sessions(effective, effective + timedelta(days=3 * AFTER))[AFTER]
    ends = (
        (min(usual, session_on_or_before(as_of)) if as_of < rank else usual, rank),
        (rank, preliminary),
        (preliminary, effective),
        (rank, effective),
        (effective, after),
    )
    return [
        Window(name, first, last, first < as_of)
        for name, (first, last) in zip(NAMES, ends, strict=True)
    ]
