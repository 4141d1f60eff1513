"""Each trap of the source's adjusted change, on lines made by hand."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from recon.forecast.growth import growth, hidden_splits, panel

FIRST = date(2024, 1, 1)
CALM = 20
"""Lines that do nothing, so that an exchange is comparable."""


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def rows(
    name: str, closes: list[float | None], changes: list[float], shares: list[float] | None = None
) -> list[dict[str, object]]:
    counts = shares or [1e6] * len(closes)
    return [
        {
            "session": day(i),
            "security_id": name,
            "exchange": "nasdaq",
            "close": close,
            "netchange": change,
            "market_cap": close * count,
        }
        for i, (close, change, count) in enumerate(zip(closes, changes, counts, strict=True))
        if close is not None
    ]


def found(*own: list[dict[str, object]], late: float = 0.0) -> dict[str, list[float]]:
    """Growth of each line; `late` is what the calm lines' second close missed."""
    calm = [
        row
        for i in range(CALM)
        for row in rows(f"calm{i:02}", [100.0 + i] * 5, [0.0, 0.0, late, 0.0, 0.0])
    ]
    moves = growth(pl.DataFrame([*calm, *(row for part in own for row in part)]))
    return {
        str(name): part.sort("session")["growth"].to_list()
        for (name,), part in moves.group_by("security_id")
    }


def test_the_source_own_change_is_the_return() -> None:
    own = rows("A", [10.0, 11.0, 9.9, 9.9, 9.9], [0.0, 1.0, -1.1, 0.0, 0.0])
    assert found(own)["A"] == pytest.approx([1, 1.1, 0.9, 1, 1])


def test_a_first_row_has_no_return_whatever_it_says() -> None:
    assert found(rows("A", [10.0, 10.0], [9.99, 0.0]))["A"] == [1, 1]
    assert found(rows("B", [10.0, 10.0], [-5.0, 0.0]))["B"] == [1, 1]


@pytest.mark.parametrize("change", [10.5, 10.2, 11.0])
def test_a_previous_close_that_is_none_gives_way_to_the_quoted_one(change: float) -> None:
    assert found(rows("A", [10.0, 10.5], [0.0, change]))["A"] == pytest.approx([1, 1.05])


def test_a_split_that_the_source_adjusted_is_no_return() -> None:
    own = rows("A", [100.0, 51.0, 51.0], [0.0, 1.0, 0.0], [1e6, 1e6, 2e6])
    assert found(own)["A"] == pytest.approx([1, 1.02, 1])


@pytest.mark.parametrize("settles", [0, 1, 3])
def test_a_split_that_the_source_missed_shows_in_the_count(settles: int) -> None:
    closes = [100.0, 24.0, 24.0, 24.0, 24.0]
    counts = [1e6 if i < 1 + settles else 4e6 for i in range(5)]
    own = rows("A", closes, [0.0, -76.0, 0.0, 0.0, 0.0], counts)
    assert found(own)["A"][1] == pytest.approx(0.96)


def test_a_fall_with_an_offering_stays_a_fall() -> None:
    counts = [1e6, 1e6, 2.137e6, 2.137e6, 2.137e6]
    own = rows("A", [10.0, 4.5, 4.5, 4.5, 4.5], [0.0, -5.5, 0.0, 0.0, 0.0], counts)
    assert found(own)["A"][1] == pytest.approx(0.45)


def test_a_close_quoted_before_the_close_loses_nothing() -> None:
    # The second close of every line was 1 % too high: the third's change starts from the true one.
    own = rows("A", [10.0, 10.5, 10.0, 10.0, 10.0], [0.0, 0.5, -0.3, 0.0, 0.0])
    assert np.prod(found(own, late=1.0)["A"]) == pytest.approx(1.0)
    assert np.prod(found(own)["A"]) != pytest.approx(1.0, abs=0.01)


def test_a_line_that_was_away_has_all_of_its_return() -> None:
    own = rows("A", [10.0, None, 12.0, 12.0], [0.0, 0.0, 1.0, 0.0])
    assert found(own)["A"] == pytest.approx([1, 1.2, 1])


def test_a_quote_that_is_repeated_has_no_return() -> None:
    own = rows("A", [10.0, 11.0, 11.0, 11.0], [0.0, 1.0, 1.0, 0.0])
    assert found(own)["A"] == pytest.approx([1, 1.1, 1, 1])


def test_no_jump_no_split() -> None:
    moved = pl.DataFrame(
        {
            "session": [day(0), day(1)],
            "security_id": ["A", "A"],
            "close": [10.0, 10.0],
            "market_cap": [1e7, 4e7],
            "growth": [1.0, 1.0],
        }
    )
    assert hidden_splits(moved).is_empty()


def test_a_panel_holds_one_where_nothing_was_quoted() -> None:
    laid = panel(
        pl.DataFrame(
            {
                "session": [day(0), day(2), day(2)],
                "security_id": ["A", "A", "B"],
                "close": [10.0, 12.0, 5.0],
                "growth": [1.0, 1.2, 1.0],
            }
        )
    )
    assert laid.sessions == [day(0), day(2)]
    np.testing.assert_allclose(laid.growth, [[1, 1], [1.2, 1]])
    assert laid.quoted.tolist() == [[True, False], [True, True]]
    assert laid.row(day(1)) == 0
    assert laid.columns(pl.Series(["B", "Z"])).tolist() == [1, -1]
