from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.sources.sightings import dated_happenings, seen_on

DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(30)]
SCHEMA = {"key": pl.String, "value": pl.String, "first_seen": pl.Date, "last_seen": pl.Date}


def rows(*spans):
    """(value, first, last) by number of the snapshot; last None: no end known."""
    cells = [("K", v, DAYS[a], None if b is None else DAYS[b]) for v, a, b in spans]
    return pl.DataFrame(cells, schema=SCHEMA, orient="row")


def told(frame, dates=DAYS):
    result = dated_happenings(frame, ["key"], ["value"], dates)
    return [
        (DAYS.index(day), happening, value)
        for day, happening, value in result.select("session", "happening", "value").rows()
    ]


def shown(frame, dates=DAYS):
    """What a reader finds after each snapshot: the newest happening."""
    result = dated_happenings(frame, ["key"], ["value"], dates).sort("session")
    state = []
    for day in dates:
        past = result.filter(pl.col("session") <= day)
        newest = past.row(-1, named=True) if past.height else None
        state.append(newest["value"] if newest and newest["happening"] == "seen" else None)
    return state


def test_a_value_that_came_back_is_stated_again():
    assert told(rows(("a", 0, None), ("b", 3, 4))) == [
        (0, "seen", "a"),
        (3, "seen", "b"),
        (5, "seen", "a"),
    ]


def test_the_longest_of_two_that_begin_together_is_kept():
    assert told(rows(("a", 0, 0), ("b", 0, 5))) == [(0, "seen", "b"), (6, "vanished", None)]


def test_a_change_is_not_stated_twice():
    assert told(rows(("a", 0, 2), ("b", 3, 4), ("c", 5, None))) == [
        (0, "seen", "a"),
        (3, "seen", "b"),
        (5, "seen", "c"),
    ]


def test_an_end_at_the_newest_snapshot_is_no_end():
    assert told(rows(("a", 0, 29))) == [(0, "seen", "a")]


def test_without_other_snapshots_a_single_date_has_no_end():
    frame = rows(("a", 2, 2))
    result = dated_happenings(frame, ["key"], ["value"])
    assert result["happening"].to_list() == ["seen"]


def test_a_row_without_a_start_is_left_for_the_contract_to_reject():
    frame = rows(("a", 0, None)).with_columns(first_seen=pl.lit(None, pl.Date))
    result = dated_happenings(frame, ["key"], ["value"], DAYS)
    assert result.select("session", "known_at").rows() == [(None, None)]


def test_a_file_of_one_date_states_it():
    result = seen_on(pl.DataFrame({"key": ["K"]}), date(2024, 10, 16))
    assert result.select("session", "happening").rows() == [(date(2024, 10, 16), "seen")]
    assert str(result["known_at"][0]) == "2024-10-17 03:59:59.999999"


@given(
    before=st.integers(0, 3),
    outer=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    inner=st.lists(st.integers(1, 3), min_size=3, max_size=3),
    after=st.integers(0, 3),
)
def test_reading_as_of_each_snapshot_shows_what_it_showed(before, outer, inner, after):
    # One value that is interrupted by others, each of which shows once.
    truth = [None] * before
    for place, length in enumerate(outer):
        truth += ["a"] * length
        if place < len(outer) - 1:
            truth += [f"b{place}"] * inner[place]
    truth += [None] * after
    spans = [
        (value, truth.index(value), len(truth) - 1 - truth[::-1].index(value))
        for value in dict.fromkeys(truth)
        if value is not None
    ]
    assert shown(rows(*spans), DAYS[: len(truth)]) == truth


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_does_not_matter(order):
    spans = [("a", 0, None), ("b", 3, 4), ("c", 6, 7)][::order]
    assert told(rows(*spans)) == told(rows(*sorted(spans)))
