"""Events: every published date, the order of dates, names, and which one is next."""

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recon.calendar import (
    Event,
    event,
    events,
    is_session,
    next_event,
    open_choices,
    previous_event,
    session_after,
    session_on_or_before,
)
from recon.errors import InputError, UnknownEventError

GOLDEN = tomllib.loads(Path(__file__).with_name("published_dates.toml").read_text("utf-8"))
SINGLE = ("rank_day", "preliminary", "lock_down", "effective")
ALL = events(2010, 2030)
RECONS = events(2010, 2030, ("recon",))
EVENTS = st.sampled_from(ALL)


def days_of(name: str, kind: str) -> set[date]:
    """All days that any event of a kind has under one name."""
    found = [getattr(e, name) for e in ALL if e.kind == kind]
    flat = [day for value in found for day in (value if isinstance(value, tuple) else (value,))]
    return {day for day in flat if day is not None}


@pytest.mark.parametrize("event_id", GOLDEN)
def test_every_published_date(event_id: str) -> None:
    expected, found = GOLDEN[event_id], event(event_id)
    for name in (*SINGLE, "updates", "ipo_window"):
        if name in expected:
            want = expected[name]
            assert getattr(found, name) == (tuple(want) if isinstance(want, list) else want)
    if "trades_from" in expected:
        assert session_after(found.effective) == expected["trades_from"]


@pytest.mark.parametrize("event_id", GOLDEN)
def test_each_date_says_whether_it_was_published(event_id: str) -> None:
    expected, found = GOLDEN[event_id], event(event_id)
    derived = expected.get("derived", [])
    for name in (*SINGLE, "updates", "ipo_window"):
        source = found.source_of(name)
        if name in expected and name not in derived:
            assert source.basis == "published", name
        elif source is not None:
            assert source.basis == "rule", name


@pytest.mark.parametrize("event_id", GOLDEN)
def test_neighbouring_days_are_not_events(event_id: str) -> None:
    found = event(event_id)
    for name in (*SINGLE, "updates"):
        value = getattr(found, name)
        days = value if isinstance(value, tuple) else (value,)
        known = days_of(name, found.kind)
        for day in (d for d in days if d is not None):
            assert day in known
            around = {day - timedelta(days=1), day + timedelta(days=1)}
            around |= {session_on_or_before(day - timedelta(days=1)), session_after(day)}
            assert not around & known, (name, day)


def test_dates_that_were_never_published_are_absent_not_guessed() -> None:
    assert [e.id for e in RECONS if e.lock_down is None] == [f"{y}-06" for y in range(2010, 2019)]
    shadow = event("shadow:2025-11")
    assert (shadow.leg, shadow.preliminary, shadow.updates, shadow.effective) == (
        "november",
        None,
        (),
        None,
    )
    assert event("ipo:2015-09").preliminary is None


@given(EVENTS)
def test_dates_come_in_order(found: Event) -> None:
    line = [found.rank_day, found.preliminary, found.lock_down, found.effective]
    assert all(a < b for a, b in pairwise([day for day in line if day is not None]))
    assert all(a < b for a, b in pairwise(found.updates))
    for day in found.updates:
        assert found.preliminary < day <= found.effective


@given(EVENTS)
def test_lists_and_ranks_fall_on_sessions_and_lock_downs_on_mondays(found: Event) -> None:
    for day in (found.rank_day, found.preliminary, found.effective, *found.updates):
        assert day is None or is_session(day)
    if found.effective is not None:
        assert found.effective.strftime("%a") == "Fri"
    if found.lock_down is not None:
        assert found.lock_down.strftime("%a") == "Mon"


@given(EVENTS)
def test_each_date_has_one_source_and_no_more(found: Event) -> None:
    names = [source.name for source in found.sources]
    present = [name for name in (*SINGLE, "updates", "ipo_window") if getattr(found, name)]
    assert sorted(names) == sorted(present)
    assert all(source.source for source in found.sources)


def test_every_year_has_its_events() -> None:
    for year in range(2010, 2031):
        ids = {e.id for e in events(year, year)}
        if year < 2026:
            expected = {f"{year}-06", *(f"ipo:{year}-{m}" for m in ("03", "09", "12"))}
        else:
            expected = {f"{year}-06", f"{year}-11", f"ipo:{year}-03", f"ipo:{year}-09"}
        assert ids == expected | ({"shadow:2025-11"} if year == 2025 else set())


def test_june_takes_effect_on_the_fourth_friday_and_the_second_leg_on_the_second() -> None:
    for found in RECONS:
        first, month = (22, 6) if found.leg == "june" else (8, 12)
        assert found.effective.month == month
        assert first <= found.effective.day <= first + 6


def test_ipo_windows_meet_without_gap_or_overlap() -> None:
    ranked = [e for e in ALL if e.kind != "shadow"]
    for before, after in pairwise(ranked):
        assert after.ipo_window == (session_after(before.rank_day), after.rank_day)


def test_events_are_chosen_by_year_and_kind_and_ordered_by_rank_day() -> None:
    assert [e.id for e in events(2025, 2026, ("recon", "shadow"))] == [
        "2025-06",
        "shadow:2025-11",
        "2026-06",
        "2026-11",
    ]
    assert all(a.rank_day < b.rank_day for a, b in pairwise(ALL))
    assert events(2026, 2025) == []


@pytest.mark.parametrize(("first", "last"), [(2009, 2020), (2020, 2031)])
def test_years_outside_the_calendar_are_refused(first: int, last: int) -> None:
    with pytest.raises(InputError, match="2010 to 2030"):
        events(first, last)


@pytest.mark.parametrize("year", range(2026, 2031))
def test_december_names_the_second_leg(year: int) -> None:
    assert event(f"{year}-12") is event(f"{year}-11")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("2025-11", "shadow:2025-11"),
        ("ipo:2026-12", "2026-12"),
        ("ipo:2025-06", "2025-06"),
        ("2025-6", "2025-06"),
        ("2025-12", "ipo:2025-12"),
        ("2031-06", "2010 to 2030"),
        ("2009-06", "2010 to 2030"),
        ("ipo:2009-12", "2010 to 2030"),
        ("", "a name such as"),
    ],
)
def test_an_unknown_name_gets_a_hint(name: str, hint: str) -> None:
    with pytest.raises(UnknownEventError) as caught:
        event(name)
    assert hint in str(caught.value.expected)
    assert caught.value.value == name
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2010, 1, 1), "2010-06"),
        (date(2025, 4, 30), "2025-06"),
        (date(2025, 6, 26), "2025-06"),
        (date(2025, 6, 27), "2026-06"),  # effective after that day's close
        (date(2025, 9, 30), "2026-06"),  # the parallel run and IPO additions do not count
        (date(2026, 4, 30), "2026-06"),
        (date(2026, 11, 23), "2026-11"),
        (date(2026, 12, 10), "2026-11"),
        (date(2026, 12, 11), "2027-06"),
        (date(2030, 12, 12), "2030-11"),
    ],
)
def test_the_next_reconstitution(day: date, expected: str) -> None:
    assert next_event(day).id == expected


@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2030, 12, 13), date(2040, 1, 1)])
def test_no_next_reconstitution_outside_the_calendar(day: date) -> None:
    with pytest.raises(InputError, match=f"day={day}"):
        next_event(day)


@given(st.dates(date(2010, 1, 1), date(2030, 12, 12)))
def test_nothing_takes_effect_between_a_day_and_its_next_event(day: date) -> None:
    found = next_event(day)
    assert found.effective > day
    assert not [e.id for e in RECONS if day < e.effective < found.effective]


@pytest.mark.parametrize("event_id", ["ipo:2025-09", "ipo:2025-12", "ipo:2026-03"])
def test_an_ipo_list_is_announced_four_weeks_before_it_takes_effect(event_id: str) -> None:
    found = event(event_id)
    assert found.effective - found.preliminary == timedelta(weeks=4)


def test_an_event_is_frozen_hashable_and_closed() -> None:
    found = event("2025-06")
    assert {found: 1}[event("2025-06")] == 1
    with pytest.raises(ValidationError):
        found.rank_day = date(2025, 5, 1)
    with pytest.raises(ValidationError):
        Event.model_validate({**found.model_dump(), "open": date(2025, 6, 30)})


def test_open_choices_are_listed() -> None:
    assert any("three weeks" in text for text in open_choices().values())


@pytest.mark.parametrize(
    ("of", "before"),
    [
        ("2024-06", "2023-06"),
        ("2026-06", "2025-06"),
        ("2026-11", "2026-06"),
        ("ipo:2025-09", "2025-06"),
        ("shadow:2025-11", "2025-06"),
    ],
)
def test_the_event_before_is_the_last_reconstitution_ranked(of: str, before: str) -> None:
    assert previous_event(event(of)).id == before


def test_before_the_first_event_there_is_none() -> None:
    with pytest.raises(InputError, match="before this event"):
        previous_event(event("2010-06"))
