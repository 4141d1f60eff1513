"""When things are known: New York clock times in both forms."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon.calendar import (
    end_of_day,
    end_of_day_expr,
    evening,
    evening_expr,
    next_open,
    next_open_map,
)
from recon.errors import InputError

DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))


def test_the_close_of_rank_day_2025_is_known_by_four_in_the_morning_utc() -> None:
    assert end_of_day(date(2025, 4, 30)) == datetime(2025, 5, 1, 3, 59, 59, 999_999, UTC)


def test_winter_and_summer_time() -> None:
    assert evening(date(2026, 11, 13)) == datetime(2026, 11, 13, 23, 0, tzinfo=UTC)
    assert evening(date(2026, 5, 22)) == datetime(2026, 5, 22, 22, 0, tzinfo=UTC)


def test_a_day_on_which_the_clocks_change() -> None:
    assert end_of_day(date(2025, 3, 9)) - end_of_day(date(2025, 3, 8)) == timedelta(hours=23)
    assert end_of_day(date(2025, 11, 2)) - end_of_day(date(2025, 11, 1)) == timedelta(hours=25)


def test_holdings_of_a_day_are_known_at_the_next_open_over_weekends_and_holidays() -> None:
    monday = datetime(2025, 4, 21, 13, 30, tzinfo=UTC)
    assert next_open(date(2025, 4, 17)) == monday
    assert next_open(date(2025, 4, 18)) == monday
    assert next_open(date(2025, 4, 20)) == monday
    assert next_open(date(2025, 4, 21)) == monday + timedelta(days=1)


def test_next_open_map_answers_each_distinct_day_once() -> None:
    days = [date(2025, 4, 17), date(2025, 4, 18), date(2025, 4, 17)]
    assert next_open_map(iter(days)) == {day: next_open(day) for day in days}
    assert next_open_map([]) == {}


def test_next_open_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InputError, match="day=2031-12-31"):
        next_open(date(2031, 12, 31))


@settings(deadline=None)  # the first example reads the exchange calendar
@given(st.lists(st.none() | DAYS, min_size=1))
def test_both_forms_agree_and_null_stays_null(days: list[date | None]) -> None:
    frame = pl.DataFrame({"day": days}, schema={"day": pl.Date}).select(
        end_of_day_expr("day"), evening=evening_expr(pl.col("day"))
    )
    assert frame.schema == {"day": pl.Datetime("us"), "evening": pl.Datetime("us")}
    for column, moment in (("day", end_of_day), ("evening", evening)):
        expected = [None if d is None else moment(d).replace(tzinfo=None) for d in days]
        assert frame[column].to_list() == expected


@settings(deadline=None)  # the first example reads the exchange calendar
@given(DAYS)
def test_moments_are_aware_utc_and_in_the_order_of_the_day(day: date) -> None:
    assert evening(day) < end_of_day(day) < next_open(day)
    for moment in (evening(day), end_of_day(day), next_open(day)):
        assert moment.tzinfo is UTC
