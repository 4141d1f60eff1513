"""Questions, answers and baselines, on companies made by hand."""

from typing import Any

import polars as pl
import pytest

from recon.backtest.answers import answers

COMPANY: dict[str, Any] = {
    "event": "2024-06",
    "lead": 0,
    "hindsight": "strict",
    "symbol": "S",
    "member": 1.0,
    "was_r1000": 0.0,
    "added": False,
    "deleted": False,
    "moved": None,
    "seen": True,
    "chance": 0.1,
    "call": False,
    "p_large": 0.0,
    "rules_in": True,
    "rules_large": False,
    "rules_unbanded_large": False,
    "eligible": True,
    "stays": False,
    "distance_3000": 1.0,
    "distance_1000": -1.0,
    "distance_side": -1.5,
}
COMPANIES = {
    "riser": {"moved": "up", "p_large": 0.9, "rules_large": True, "distance_side": 0.2},
    "banded": {"rules_unbanded_large": True, "p_large": 0.2, "distance_1000": 0.3},
    "faller": {"was_r1000": 1.0, "moved": "down", "p_large": 0.2, "distance_side": -0.2},
    "uncapped": {
        "was_r1000": 1.0,
        "distance_1000": None,
        "distance_side": None,
        "stays": True,
        "p_large": 1.0,
    },
    "leaver": {"deleted": True, "chance": 0.9, "call": True, "rules_in": False, "p_large": 0.9},
    "outsider": {"member": 0.0, "added": True, "distance_3000": None},
    "misprint": {"member": 0.0, "moved": "up", "p_large": 0.9, "rules_large": True},
    "lost": {"member": None, "was_r1000": None, "moved": "down", "seen": False, "chance": 0.0},
    "other": {"event": "2023-06", "p_large": 0.9},
}


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    rows = [COMPANY | {"company_id": name} | own for name, own in COMPANIES.items()]
    return answers(pl.DataFrame(rows, infer_schema_length=None))


def row(found: pl.DataFrame, action: str, company: str) -> dict[str, Any]:
    return found.row(
        by_predicate=(pl.col("action") == action) & (pl.col("company_id") == company), named=True
    )


def companies(found: pl.DataFrame, action: str) -> set[str]:
    return set(found.filter(pl.col("action") == action)["company_id"])


def test_each_question_is_asked_of_those_who_could_and_of_all_that_is_printed(
    found: pl.DataFrame,
) -> None:
    assert companies(found, "add") == {"outsider", "misprint"}
    assert companies(found, "up") == {"riser", "banded", "leaver", "misprint"}
    assert companies(found, "down") == {"faller", "uncapped", "lost"}


def test_events_without_labels_of_moves_are_not_asked_about_them(found: pl.DataFrame) -> None:
    assert found.filter(pl.col("event") == "2023-06")["action"].to_list() == ["delete"]


def test_a_move_needs_the_other_side_and_to_stay(found: pl.DataFrame) -> None:
    riser, leaver = row(found, "up", "riser"), row(found, "up", "leaver")
    assert riser["chance"] == pytest.approx(0.9 * 0.9)
    assert riser["call"]
    assert leaver["chance"] == pytest.approx(0.1 * 0.9)
    assert not leaver["call"]
    faller = row(found, "down", "faller")
    assert faller["chance"] == pytest.approx(0.9 * 0.8)
    assert faller["call"]


def test_bands_hold_a_move_back(found: pl.DataFrame) -> None:
    banded = row(found, "up", "banded")
    assert not banded["rules_call"]
    assert banded["unbanded_call"]
    assert row(found, "up", "riser")["rules_call"]
    assert not row(found, "up", "riser")["unbanded_call"]


def test_who_has_no_cap_stays(found: pl.DataFrame) -> None:
    uncapped = row(found, "down", "uncapped")
    assert uncapped["chance"] == 0
    assert not any(uncapped[who] for who in ("call", "rules_call", "unbanded_call"))
    assert row(found, "add", "outsider")["rules_strength"] == 0


def test_what_nobody_could_have_called_is_marked_and_stays_a_miss(found: pl.DataFrame) -> None:
    noise = found.filter("noise")
    assert set(noise["company_id"]) == {"misprint", "lost"}
    assert noise["outcome"].all()
    assert noise["chance"].max() == 0
    assert noise.filter(pl.col("call") | pl.col("rules_call")).is_empty()


def test_outside_the_moves_bands_change_nothing(found: pl.DataFrame) -> None:
    plain = found.filter(pl.col("action").is_in(["add", "delete"]))
    assert plain["rules_call"].equals(plain["unbanded_call"])
    assert plain["rules_strength"].equals(plain["unbanded_strength"])
    assert row(found, "delete", "leaver")["rules_call"]
