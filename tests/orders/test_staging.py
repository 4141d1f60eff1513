"""A plan in the calendar of June 2024: rank 04-30, preliminary 05-24, lock-down 06-10, 06-28."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from small_desk import profile

from recon.calendar import event
from recon.errors import InputError
from recon.orders.staging import schedule, stages

JUNE = event("2024-06")


def plan(folder: Path, as_of: date, entry: str = "", leave: str = ""):
    text = 'name = "one"\n' + (f"[entry]\n{entry}\n" if entry else "")
    return stages(JUNE, as_of, profile(folder, text + (f"[exit]\n{leave}\n" if leave else "")))


def test_entering_begins_in_the_session_after_the_moment(tmp_path: Path) -> None:
    found = plan(tmp_path, date(2024, 5, 17))
    assert found.entry == [date(2024, 5, day) for day in (20, 21, 22, 23, 24)]
    assert found.exit == [date(2024, 6, 28)]
    assert (found.phase, found.next_date) == ("ranked, lists awaited", "preliminary")
    assert (found.sessions_to_next, found.left) == (5, 14)  # to 06-07, Memorial Day left out


@pytest.mark.parametrize(
    ("as_of", "entry", "first", "last", "left"),
    [
        (date(2024, 4, 1), 'first = "rank_day"', date(2024, 5, 1), date(2024, 5, 7), 27),
        (date(2024, 5, 17), 'last = "preliminary"', date(2024, 5, 20), date(2024, 5, 24), 5),
        (date(2024, 6, 5), "sessions = 5", date(2024, 6, 6), date(2024, 6, 7), 2),
        (
            date(2024, 6, 24),
            'last = "effective"\nsessions = 9',
            date(2024, 6, 25),
            date(2024, 6, 27),
            3,
        ),
        (date(2024, 5, 1), 'first = "preliminary"', date(2024, 5, 28), date(2024, 6, 3), 9),
    ],
)
def test_days_of_entry(
    tmp_path: Path, as_of: date, entry: str, first: date, last: date, left: int
) -> None:
    found = plan(tmp_path, as_of, entry)
    assert (found.entry[0], found.entry[-1], found.left) == (first, last, left)


def test_in_the_lock_down_the_time_of_entry_is_over(tmp_path: Path) -> None:
    found = plan(tmp_path, date(2024, 6, 10))
    assert (found.entry, found.left) == ([], 0)
    assert (found.phase, found.next_date) == ("lock-down", "effective")
    assert found.exit == [date(2024, 6, 28)]


def test_leaving_ends_on_the_effective_day(tmp_path: Path) -> None:
    found = plan(tmp_path, date(2024, 6, 10), 'last = "effective"', "sessions = 3")
    assert found.exit == [date(2024, 6, day) for day in (26, 27, 28)]
    assert found.left == 10  # 06-11 to 06-25 without Juneteenth
    assert plan(tmp_path, date(2024, 6, 28)).exit == []


def test_an_event_without_effect_cannot_be_traded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such day"):
        stages(event("shadow:2025-11"), date(2025, 9, 30), profile(tmp_path, 'name = "one"'))


def test_days_add_up_to_the_order(tmp_path: Path) -> None:
    orders = pl.DataFrame(
        {"symbol": ["A", "B"], "leg": ["long", "short"], "target_shares": [13, 2]}
    )
    found = schedule(orders, plan(tmp_path, date(2024, 5, 17)))
    assert found.filter(symbol="A", purpose="entry")["quantity"].to_list() == [3, 3, 3, 2, 2]
    assert found.filter(symbol="B", purpose="entry")["quantity"].to_list() == [1, 1]
    assert found.filter(purpose="exit").select("symbol", "side", "quantity").rows() == [
        ("A", "SELL", 13),
        ("B", "COVER", 2),
    ]
    assert found["order_type"].unique().to_list() == ["MOC"]
