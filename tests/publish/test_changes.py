"""What changed between two lists."""

from datetime import date

import polars as pl
import pytest

from recon.errors import InputError
from recon.publish.changes import CHANGES, changes, flipped


def rows(*told: tuple[str, bool, float], **extra: str) -> pl.DataFrame:
    return pl.DataFrame(
        [("R3000", "add", *one) for one in told],
        schema={
            "index": pl.String,
            "action": pl.String,
            "symbol": pl.String,
            "call": pl.Boolean,
            "probability": pl.Float64,
        },
        orient="row",
    ).with_columns(
        event=pl.lit(extra.pop("event", "2024-06")),
        as_of=pl.lit(date(2024, 4, 30)),
        **{name: pl.lit(value) for name, value in extra.items()},
    )


BEFORE = rows(("AAA", True, 0.9), ("BBB", False, 0.4), ("CCC", True, 0.7), ("DDD", False, 0.2))
AFTER = rows(("AAA", True, 0.8), ("BBB", True, 0.55), ("EEE", True, 0.6), ("DDD", False, 0.21))


def told(found: pl.DataFrame) -> dict[str, tuple[str, bool]]:
    return {s: (c, f) for s, c, f in found.select("symbol", "change", "flipped").iter_rows()}


def test_new_dropped_moved_and_flipped() -> None:
    found = changes(BEFORE, AFTER)
    assert found.columns == list(CHANGES)
    assert told(found) == {
        "AAA": ("moved", False),
        "BBB": ("moved", True),
        "CCC": ("dropped", True),
        "EEE": ("new", True),
    }
    assert found["symbol"].to_list() == ["CCC", "EEE", "BBB", "AAA"]  # flips first, then by move
    assert found["probability_change"].to_list() == pytest.approx([-0.7, 0.6, 0.15, -0.1])
    assert set(flipped(found)["symbol"]) == {"BBB", "CCC", "EEE"}


def test_the_threshold_says_what_a_move_is() -> None:
    assert told(changes(BEFORE, AFTER, 0.12)) == {
        "BBB": ("moved", True),
        "CCC": ("dropped", True),
        "EEE": ("new", True),
    }
    # A call may flip with hardly a move: it is named all the same.
    assert told(changes(BEFORE, AFTER, 0.5))["BBB"] == ("same", True)
    assert "DDD" in told(changes(BEFORE, AFTER, 0.01))


def test_a_list_has_not_changed_from_itself() -> None:
    assert changes(BEFORE, BEFORE).is_empty()
    assert flipped(changes(BEFORE, BEFORE)).is_empty()


def test_a_name_without_a_call_on_either_side_does_not_flip() -> None:
    found = changes(BEFORE.head(1), rows(("AAA", True, 0.9), ("NEW", False, 0.3)))
    assert told(found) == {"NEW": ("new", False)}


def test_a_line_that_traded_under_another_symbol_is_the_same() -> None:
    old = rows(("OLD", True, 0.9), security_id="OLD:2021-01-29")
    new = rows(("NEW", True, 0.5), security_id="OLD:2021-01-29", company="New Inc.")
    (row,) = changes(old, new).to_dicts()
    assert (row["change"], row["symbol_before"], row["symbol"]) == ("moved", "OLD", "NEW")
    assert row["company"] == "New Inc."
    # A list that names no securities is compared by symbol.
    assert set(told(changes(old.drop("security_id"), new))) == {"OLD", "NEW"}


def test_lists_of_two_events_and_rows_twice_are_refused() -> None:
    with pytest.raises(InputError, match="different events"):
        changes(BEFORE, rows(("AAA", True, 0.9), event="2025-06"))
    with pytest.raises(InputError, match="row twice"):
        changes(BEFORE, pl.concat([AFTER, AFTER]))


def test_an_empty_list_drops_or_brings_everything() -> None:
    assert set(changes(BEFORE, BEFORE.clear())["change"]) == {"dropped"}
    assert set(changes(BEFORE.clear(), BEFORE)["change"]) == {"new"}
    assert changes(BEFORE.clear(), BEFORE.clear()).is_empty()
