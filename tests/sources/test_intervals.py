from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.sources.intervals import changes, happenings, snapshot_changes

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


def test_first_snapshot_is_seen_whole_and_a_missing_line_vanishes():
    stream = [
        (THU, pl.DataFrame({"symbol": ["A", "B", "C"], "name": ["Alpha", "Beta", None]})),
        (FRI, pl.DataFrame({"symbol": ["C", "A"], "name": [None, "Alpha Inc"]})),
        (MON, pl.DataFrame({"symbol": ["A", "C"], "name": ["Alpha Inc", None]})),
    ]
    first, second, third = snapshot_changes(stream, ["symbol"], ["name"])
    assert first["happening"].to_list() == ["seen"] * 3
    assert second.select("symbol", "name", "session", "happening").rows() == [
        ("A", "Alpha Inc", FRI, "seen"),
        ("B", None, FRI, "vanished"),
    ]
    assert third.is_empty()
    assert third.schema == first.schema


def test_a_null_that_is_filled_is_a_change():
    before = pl.DataFrame({"symbol": ["A"], "name": pl.Series([None], dtype=pl.String)})
    after = pl.DataFrame({"symbol": ["A"], "name": ["Alpha"]})
    assert changes(before, after, ["symbol"], ["name"], session=FRI).height == 1
    assert changes(before, before, ["symbol"], ["name"], session=FRI).is_empty()


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
    stream = [(day, daily.filter(pl.col("day") == day)) for day in SNAPSHOTS]
    from_snapshots = pl.concat(snapshot_changes(stream, ["symbol"], ["name"]))

    runs = []
    for symbol, names in history.items():
        for place, name in enumerate(names):
            if name is None:
                continue
            if place and names[place - 1] == name:
                runs[-1][3] = SNAPSHOTS[place]
            else:
                runs.append([symbol, name, SNAPSHOTS[place], SNAPSHOTS[place]])
    from_intervals = happenings(
        intervals(*map(tuple, runs)),
        ["symbol"],
        ["name"],
        first_seen="first",
        last_seen="last",
        snapshot_dates=SNAPSHOTS,
    )
    # A line that was never there before the first snapshot is in neither.
    assert from_intervals.rows() == from_snapshots.sort("session", "symbol").rows()
