from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.sources.intervals import happenings, snapshot_changes

SNAPSHOTS = [date(2024, 3, 7), date(2024, 3, 8), date(2024, 3, 11), date(2024, 3, 12)]
THU, FRI, MON, TUE = SNAPSHOTS


def intervals(*rows: tuple[str, str, date, date | None]) -> pl.DataFrame:
    schema = {"symbol": pl.String, "name": pl.String, "first": pl.Date, "last": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def read(frame: pl.DataFrame, snapshots=SNAPSHOTS) -> list[tuple]:
    result = happenings(
        frame, ["symbol"], ["name"], first_seen="first", last_seen="last", snapshot_dates=snapshots
    )
    return result.select("symbol", "session", "happening", "name").rows()


def test_an_end_is_known_at_the_first_snapshot_without_the_row():
    result = happenings(
        intervals(("A", "Alpha", THU, FRI)),
        ["symbol"],
        ["name"],
        first_seen="first",
        last_seen="last",
        snapshot_dates=SNAPSHOTS,
    )
    assert result.to_dicts() == [
        {
            "symbol": "A",
            "name": "Alpha",
            "session": THU,
            "happening": "seen",
            "known_at": utc(2024, 3, 8, 4, 59, 59, 999999),
        },
        {
            "symbol": "A",
            "name": None,
            "session": MON,
            "happening": "vanished",
            # New York went to summer time on the 10th.
            "known_at": utc(2024, 3, 12, 3, 59, 59, 999999),
        },
    ]


def test_a_change_without_a_gap_has_no_vanished():
    frame = intervals(("A", "Beta", MON, None), ("A", "Alpha", THU, FRI))
    assert read(frame) == [("A", THU, "seen", "Alpha"), ("A", MON, "seen", "Beta")]


def test_a_gap_gives_vanished_before_the_return():
    frame = intervals(("A", "Alpha", THU, THU), ("A", "Alpha", MON, None))
    assert read(frame) == [
        ("A", THU, "seen", "Alpha"),
        ("A", FRI, "vanished", None),
        ("A", MON, "seen", "Alpha"),
    ]


@pytest.mark.parametrize("last", [None, TUE])
def test_no_end_is_known_without_a_later_snapshot(last):
    assert read(intervals(("A", "Alpha", THU, last))) == [("A", THU, "seen", "Alpha")]


def test_an_inner_interval_does_not_end_the_outer_one():
    frame = intervals(("A", "Alpha", THU, None), ("A", "Beta", FRI, FRI))
    assert [row[2] for row in read(frame)] == ["seen", "seen"]


def test_keys_do_not_touch_each_other():
    frame = intervals(("A", "Alpha", THU, THU), ("B", "Beta", FRI, None))
    assert ("A", FRI, "vanished", None) in read(frame)


def test_an_empty_file_gives_no_happenings():
    assert read(intervals()) == []


def snapshots(*rows: tuple[str, str, str | None, date]) -> pl.DataFrame:
    schema = dict.fromkeys(("exchange", "symbol", "name"), pl.String) | {"session": pl.Date}
    return pl.DataFrame(rows, schema, orient="row")


def compare(frame: pl.DataFrame) -> list[tuple]:
    key = ["exchange", "symbol"]
    result = snapshot_changes(frame, key, ["name"], series=["exchange"])
    return result.select("symbol", "session", "happening", "name").rows()


def test_a_first_snapshot_is_seen_whole_and_a_missing_line_vanishes():
    frame = snapshots(
        ("x", "A", "Alpha Inc", FRI),
        ("x", "A", "Alpha", THU),
        ("x", "B", "Beta", THU),
        ("x", "A", "Alpha Inc", MON),
    )
    assert compare(frame) == [
        ("A", THU, "seen", "Alpha"),
        ("B", THU, "seen", "Beta"),
        ("A", FRI, "seen", "Alpha Inc"),
        ("B", FRI, "vanished", None),
    ]


def test_a_null_that_stays_is_no_change_and_one_that_is_filled_is():
    frame = snapshots(("x", "A", None, THU), ("x", "A", None, FRI), ("x", "A", "Alpha", MON))
    assert [row[1] for row in compare(frame)] == [THU, MON]


def test_a_series_that_misses_a_session_loses_no_line():
    frame = snapshots(
        ("x", "A", "Alpha", THU),
        ("y", "B", "Beta", THU),
        ("x", "A", "Alpha", FRI),
        ("x", "A", "Alpha", MON),
        ("y", "C", "Gamma", MON),
    )
    assert compare(frame) == [
        ("A", THU, "seen", "Alpha"),
        ("B", THU, "seen", "Beta"),
        ("B", MON, "vanished", None),
        ("C", MON, "seen", "Gamma"),
    ]


def test_of_a_repeated_row_the_first_counts():
    frame = snapshots(("x", "A", "Alpha", THU), ("x", "A", "Other", THU), ("x", "A", "Alpha", FRI))
    assert compare(frame) == [("A", THU, "seen", "Alpha")]


def test_no_snapshots_give_no_happenings():
    assert compare(snapshots()) == []


# What each line's name was on each snapshot day; None where it was not listed.
histories = st.dictionaries(
    st.sampled_from("ABC"),
    st.lists(st.sampled_from(["x", "y", None]), min_size=4, max_size=4),
    min_size=1,
)


@given(histories)
def test_intervals_and_snapshots_of_one_past_tell_the_same(history):
    rows = [
        (symbol, name, day)
        for symbol, names in history.items()
        for name, day in zip(names, SNAPSHOTS, strict=True)
        if name is not None
    ]
    daily = pl.DataFrame(
        rows, {"symbol": pl.String, "name": pl.String, "day": pl.Date}, orient="row"
    )
    # A snapshot without any line is none: then both must not know of it.
    days = [day for day in SNAPSHOTS if day in set(daily["day"])]
    from_snapshots = snapshot_changes(daily, ["symbol"], ["name"], session="day")

    runs = []
    for symbol, names in history.items():
        named = [(day, name) for day, name in zip(SNAPSHOTS, names, strict=True) if day in days]
        for place, (day, name) in enumerate(named):
            if name is None:
                continue
            if place and named[place - 1][1] == name:
                runs[-1][3] = day
            else:
                runs.append([symbol, name, day, day])
    from_intervals = happenings(
        intervals(*map(tuple, runs)),
        ["symbol"],
        ["name"],
        first_seen="first",
        last_seen="last",
        snapshot_dates=days,
    )
    assert from_intervals.rows() == from_snapshots.rows()
