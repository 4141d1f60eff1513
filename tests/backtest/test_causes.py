"""Each cause by the test that makes it, and the order in which they are asked."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from recon.backtest.causes import CAUSES, by_cause, explained
from recon.backtest.evidence import ERRORS, EVIDENCE, NEAR

PLAIN: dict[str, Any] = {
    "event": "2024-06",
    "symbol": "AAA",
    "name": "Alpha Inc. Common Stock",
    "rank_day": date(2024, 4, 30),
    "effective": date(2024, 6, 28),
    "resolved": True,
    "quoted": True,
    "begun": date(2021, 1, 29),
    "name_at_effective": "Alpha Inc. Common Stock",
    "member": False,
    "member_later": False,
    "line_was_member": False,
    "cut_usd": 100.0,
    "cut_corrected_usd": 100.0,
    "failed": [],
    "failed_later": [],
}
IN = {"error": "missed addition", "total_cap_usd": 50.0, "rank": 3500}
"""Too small for us, and added."""
OUT = {"error": "false addition", "total_cap_usd": 200.0, "rank": 2500}
"""Large enough for us, and not added."""
STAYED = {"error": "false deletion", "member": True, "member_later": True} | {
    "total_cap_usd": 50.0,
    "rank": 3500,
}
LEFT = {"error": "missed deletion", "member": True, "member_later": True} | {
    "total_cap_usd": 200.0,
    "rank": 2500,
}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([PLAIN | row for row in rows], schema=EVIDENCE)


def cause_of(row: dict[str, Any]) -> tuple[str, str | None]:
    cause, found = explained(frame(row)).select("cause", "found").row(0)
    return cause, found


@pytest.mark.parametrize(
    ("row", "cause", "found"),
    [
        (OUT | {"gone": date(2024, 6, 3)}, "merger or listing", "2024-06-03"),
        (STAYED | {"gone": date(2024, 5, 1)}, "merger or listing", "stops trading"),
        (
            IN | {"quoted": False, "rank": None, "begun": date(2024, 5, 2), "total_cap_usd": None},
            "merger or listing",
            "begins to trade 2024-05-02",
        ),
        (
            IN | {"failed": ["structure"], "name_at_effective": "Beta Corp. Common Stock"},
            "merger or listing",
            "is Beta",
        ),
        (
            IN | {"resolved": False, "quoted": False, "begun": None, "total_cap_usd": None},
            "not in the data",
            "no line",
        ),
        (IN | {"quoted": False, "total_cap_usd": None}, "not in the data", "no quote"),
        (
            LEFT | {"member": False, "member_later": False},
            "not in the data",
            "no list has it as a member",
        ),
        (IN | {"total_cap_usd": None, "rank": None}, "no cap in the data", "no share count"),
        (
            IN | {"member": True, "member_later": True, "total_cap_usd": 200.0},
            "class of a member",
            "another line",
        ),
        (OUT | {"member_later": True}, "fact wrong: membership", "a member by later lists"),
        (STAYED | {"member_later": False}, "fact wrong: membership", "no member by later"),
        (LEFT | {"member": False}, "fact wrong: membership", "a member by later lists"),
        (IN | {"member": True}, "fact wrong: membership", "no member by later lists"),
        (IN | {"total_cap_usd": 96.0}, "near the line", "-4.0 %"),
        (OUT | {"total_cap_usd": 104.0}, "near the line", "4.0 %"),
        (IN | {"cap_reported": 120.0}, "fact wrong: cap", "reported count: 20.0 %"),
        (IN | {"cap_units": 150.0}, "fact wrong: cap", "units seen before"),
        (IN | {"cap_year": 300.0}, "fact wrong: cap", "units seen a year later: 200.0 %"),
        (IN | {"cap_later": 110.0}, "fact wrong: cap", "count at the effective day: 10.0 %"),
        (OUT | {"cap_later": 90.0}, "fact wrong: cap", "-10.0 %"),
        (STAYED | {"cap_later": 110.0}, "fact wrong: cap", "effective day"),
        (LEFT | {"cap_reported": 99.0}, "fact wrong: cap", "reported"),
        (
            IN | {"total_cap_usd": 90.0, "cut_corrected_usd": 85.0},
            "moved by other errors",
            "-15.0 %",
        ),
        (
            OUT | {"total_cap_usd": 110.0, "cut_corrected_usd": 120.0},
            "moved by other errors",
            "20.0 %",
        ),
        (
            IN | {"total_cap_usd": 200.0, "failed": ["nationality"]},
            "fact wrong: country",
            "not foreign",
        ),
        (OUT | {"failed_later": ["nationality"]}, "fact wrong: country", "foreign by later"),
        (
            IN | {"total_cap_usd": 200.0, "failed": ["structure"], "failed_later": ["structure"]},
            "fact wrong: type",
            "fails structure",
        ),
        (OUT | {"failed_later": ["share_type"]}, "fact wrong: type", "fails share_type by later"),
        (
            IN | {"total_cap_usd": 200.0, "failed": ["passed_over"]},
            "rule not computable from public data",
            "fails passed_over",
        ),
        (
            IN
            | {"total_cap_usd": 200.0, "failed": ["nationality"], "failed_later": ["nationality"]},
            "rule not computable from public data",
            "fails nationality",
        ),
        (OUT, "rule not computable from public data", "passes every public rule"),
        (LEFT, "rule not computable from public data", "passes every public rule"),
    ],
)
def test_a_cause_is_what_its_test_finds(row: dict[str, Any], cause: str, found: str) -> None:
    got, said = cause_of(row)
    assert got.startswith(cause)
    assert said is not None
    assert found in said


@pytest.mark.parametrize(
    "row",
    [
        IN,
        STAYED,
        IN | {"failed": ["minimum_total_cap"], "rank": None},
        IN | {"total_cap_usd": 90.0, "failed": ["nationality", "passed_over"]},
        IN | {"total_cap_usd": 90.0, "cap_later": 95.0},
        STAYED | {"failed": ["minimum_price"], "total_cap_usd": 200.0},
        IN | {"member": True, "member_later": True, "line_was_member": True},
    ],
)
def test_what_no_test_explains_is_our_defect(row: dict[str, Any]) -> None:
    assert cause_of(row) == ("our defect", None)


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (OUT | {"gone": date(2024, 4, 30)}, "rule not computable from public data"),
        (OUT | {"gone": date(2024, 7, 5)}, "merger or listing after rank day"),
        (OUT | {"gone": date(2024, 7, 6)}, "rule not computable from public data"),
        (OUT | {"total_cap_usd": 100 * (1 + NEAR) - 0.01}, "near the line"),
        (OUT | {"total_cap_usd": 100 * (1 + NEAR) + 0.01}, "rule not computable from public data"),
        (OUT | {"cap_later": 100.0}, "rule not computable from public data"),
        (IN | {"cap_later": 100.0}, "fact wrong: cap"),
    ],
)
def test_edges(row: dict[str, Any], cause: str) -> None:
    assert cause_of(row)[0] == cause


def test_the_first_cause_that_holds_is_taken() -> None:
    many = OUT | {
        "gone": date(2024, 6, 3),
        "member_later": True,
        "total_cap_usd": 103.0,
        "cap_later": 90.0,
        "failed_later": ["nationality", "structure"],
    }
    removed = (
        {"gone": None},
        {"member_later": False},
        {"total_cap_usd": 130.0},
        {"cap_later": None},
        {"failed_later": ["structure"]},
        {"failed_later": []},
    )
    found = [cause_of(many)[0]]
    for change in removed:
        many = many | change
        found.append(cause_of(many)[0])
    assert found == [
        "merger or listing after rank day",
        "fact wrong: membership",
        "near the line",
        "fact wrong: cap",
        "fact wrong: country",
        "fact wrong: type",
        "rule not computable from public data",
    ]
    order = [one.name for one in CAUSES]
    assert [order.index(name) for name in found] == sorted(order.index(name) for name in found)


def test_size_explains_nothing_where_a_rule_failed_too() -> None:
    row = IN | {"total_cap_usd": 97.0, "cap_later": 150.0, "failed": ["passed_over"]}
    assert cause_of(row)[0] == "our defect"


def test_every_cause_says_what_it_asks() -> None:
    assert len({one.name for one in CAUSES}) == len(CAUSES)
    assert all(one.test for one in CAUSES)


def test_counts_name_every_kind_in_every_event() -> None:
    rows = frame(
        OUT, OUT | {"symbol": "BBB"}, IN | {"event": "2023-06"}, LEFT | {"event": "2023-06"}
    )
    counts = by_cause(explained(rows).with_columns(hindsight=pl.lit("strict")))
    assert counts.height == 2 * 3
    assert counts["count"].sum() == 4
    false = counts.filter(pl.col("error") == ERRORS[0])
    assert dict(false.select("event", "count").iter_rows()) == {"2023-06": 0, "2024-06": 2}
    assert counts["error"].unique(maintain_order=True).to_list() == [
        "false addition",
        "missed addition",
        "missed deletion",
    ]
