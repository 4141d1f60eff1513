"""The events of 2010 to 2030, looked up by name, by year, or as the next one after a day."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise

from recon.calendar.event import DateName, DateSource, Event, Kind
from recon.calendar.nyse import session_after
from recon.calendar.rules import Era, rules
from recon.errors import InputError, UnknownEventError
from recon.rulebook import aliases

FIRST_YEAR = 2010
LAST_YEAR = 2030


def event(event_id: str) -> Event:
    """Look an event up by its name.

    Parameters
    ----------
    event_id : str
        `2026-06`, `2026-11` or its alias `2026-12`, `ipo:2025-12`, `shadow:2025-11`.

    Returns
    -------
    Event

    Raises
    ------
    UnknownEventError
        If nothing has this name; `expected` holds the nearest ones.
    """
    found = _by_id().get(aliases().get(event_id, event_id))
    if found is None:
        raise UnknownEventError(
            "No such event", field="event", value=event_id, expected=_hint(event_id)
        )
    return found


def events(
    first_year: int, last_year: int, kinds: Iterable[Kind] = ("recon", "ipo", "shadow")
) -> list[Event]:
    """Give the events of a range of years.

    Parameters
    ----------
    first_year, last_year : int
        Both included, by the year in the event's name.
    kinds : iterable of {"recon", "ipo", "shadow"}
        Kinds to give.

    Returns
    -------
    list of Event
        By rank day.

    Raises
    ------
    InputError
        If a year lies outside 2010 … 2030.
    """
    for field, year in (("first_year", first_year), ("last_year", last_year)):
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise InputError(
                "The calendar does not reach this year",
                field=field,
                value=year,
                expected=f"{FIRST_YEAR} to {LAST_YEAR}",
            )
    wanted = frozenset(kinds)
    return [
        found
        for found in _by_id().values()
        if found.kind in wanted and first_year <= _year(found.id) <= last_year
    ]


def next_event(day: date) -> Event:
    """Give the next reconstitution not yet effective at the end of a day.

    An event takes effect after the close, so on its effective day the following one is next.

    Parameters
    ----------
    day : date
        From 2010 on.

    Returns
    -------
    Event
        Of kind `recon`.

    Raises
    ------
    InputError
        If `day` lies before 2010 or after the last effective date of 2030.
    """
    if day.year >= FIRST_YEAR:
        for found in _by_id().values():
            if found.kind == "recon" and found.effective is not None and found.effective > day:
                return found
    raise InputError(
        "No reconstitution is known after this day",
        field="day",
        value=day,
        expected=f"a day from {FIRST_YEAR} to the last reconstitution of {LAST_YEAR}",
    )


def previous_event(of: Event) -> Event:
    """Give the reconstitution ranked last before an event.

    Parameters
    ----------
    of : Event
        Of any kind.

    Returns
    -------
    Event
        Of kind `recon`; a parallel run moves nobody and does not count.

    Raises
    ------
    InputError
        If none since 2010 was ranked before.
    """
    before = [e for e in _by_id().values() if e.kind == "recon" and e.rank_day < of.rank_day]
    if not before:
        raise InputError(
            "No reconstitution is known before this event",
            field="event",
            value=of.id,
            expected=f"one ranked after the first of {FIRST_YEAR}",
        )
    return before[-1]


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Event]:
    """Build all events, by rank day."""
    dated = sorted((_dated(era, month) for era, month in _months()), key=lambda e: e.rank_day)
    windowed = [_with_window(found, before.rank_day) for before, found in pairwise(dated)]
    everything = sorted([*windowed, *_shadows()], key=lambda e: e.rank_day)
    return {found.id: found for found in everything}


def _months() -> list[tuple[Era, date]]:
    return [
        (era, date(year, month, 1))
        for era in rules().era
        for year in range(int(era.first[:4]), int(era.last[:4]) + 1)
        for month in era.months
        if era.first <= f"{year}-{month:02d}" <= era.last
    ]


def _dated(era: Era, month: date) -> Event:
    event_id = f"{'ipo:' if era.kind == 'ipo' else ''}{month:%Y-%m}"
    effective = era.effective_day(month)
    exceptional = next((e for e in rules().exception if e.event == event_id), None)
    dates: dict[DateName, date | tuple[date, ...] | None] = {
        "rank_day": exceptional.day if exceptional else era.rank.day(effective),
        "preliminary": era.preliminary_day(effective),
        "updates": era.update_days(effective),
        "lock_down": era.lock_down_day(effective),
        "effective": effective,
    }
    sources = [_source(event_id, name, era.source) for name, value in dates.items() if value]
    return Event.model_validate(
        {
            "id": event_id,
            "kind": era.kind,
            "leg": era.leg,
            "ipo_window": None,
            "sources": tuple(sources),
            **dates,
        }
    )


def _source(event_id: str, name: DateName, rule_source: str) -> DateSource:
    stated = [e.source for e in rules().exception if (e.event, e.name) == (event_id, name)]
    stated += [p.source for p in rules().publication if p.event == event_id and name in p.dates]
    if stated:
        return DateSource(name=name, basis="published", source=stated[0])
    return DateSource(name=name, basis="rule", source=rule_source)


def _with_window(found: Event, rank_day_before: date) -> Event:
    source = _source(found.id, "ipo_window", "methodology §1.4")
    return found.model_copy(
        update={
            "ipo_window": (session_after(rank_day_before), found.rank_day),
            "sources": (*found.sources, source),
        }
    )


def _shadows() -> list[Event]:
    return [
        Event(
            id=shadow.id,
            kind="shadow",
            leg=shadow.leg,
            rank_day=shadow.rank_day,
            preliminary=None,
            updates=(),
            lock_down=None,
            effective=None,
            ipo_window=None,
            sources=(DateSource(name="rank_day", basis="published", source=shadow.source),),
        )
        for shadow in rules().shadow
    ]


def _year(event_id: str) -> int:
    return int(event_id.rpartition(":")[2][:4])


def _within(month: str) -> bool:
    """Say whether a name's month, if it is one, lies in the years of the calendar."""
    year = month[:4]
    return not (year.isdecimal() and len(year) == 4) or FIRST_YEAR <= int(year) <= LAST_YEAR


def _hint(event_id: str) -> str:
    """Name the events of the same month, else the nearest names, else the range."""
    names = [*_by_id(), *aliases()]
    month = event_id.rpartition(":")[2]
    near = [name for name in names if name.rpartition(":")[2] == month]
    near = near or get_close_matches(event_id, names, n=3)
    if near and _within(month):
        return " or ".join(near)
    return f"a name such as 2026-06, 2026-11 or ipo:2025-12, {FIRST_YEAR} to {LAST_YEAR}"
