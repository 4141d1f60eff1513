"""Lines carried from a ranking, and where they put new companies, on frames made by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from small_run import small_rulebook, small_run

from recon.additions import SMALLEST, Carried, basket_growth, carry, place, russell_3000e, yardstick
from recon.calendar import event
from recon.rulebook import Rulebook, load

GROWTH = 1.1


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return small_rulebook()


@pytest.fixture(scope="module")
def carried(rulebook: Rulebook) -> Carried:
    """The ranking of the small run, ten per cent later."""
    ranked = small_run()
    members = russell_3000e(ranked.companies, rulebook)
    return carry(ranked.event, "a run", ranked.session, members, ranked.breakpoints, GROWTH)


def company(**changes: Any) -> dict[str, Any]:
    return {
        "company_id": "new",
        "member": False,
        "was_r1000": False,
        "was_r2000": False,
        "was_micro": False,
        "eligible": True,
        "total_cap_usd": 2e9,
    } | changes


def placed(carried: Carried, rulebook: Rulebook, **changes: Any) -> dict[str, Any]:
    frame = pl.DataFrame([company(**changes)], schema_overrides={"total_cap_usd": pl.Float64})
    return place(frame, carried, rulebook).row(0, named=True)


def test_the_lines_are_those_of_the_ranking_times_the_growth(carried: Carried) -> None:
    then = {one.name: one.cap_usd for one in small_run().breakpoints}
    now = {one.name: one.cap_usd for one in carried.breakpoints}
    assert set(now) == {name for name in then if name.startswith("rank_")} | {SMALLEST}
    for name in set(now) - {SMALLEST}:
        assert now[name] == pytest.approx(then[name] * GROWTH)
    assert now[SMALLEST] == pytest.approx(7e8 * GROWTH)
    assert carried.ladder["rank"].is_sorted()


@pytest.mark.parametrize(
    ("cap", "to_size", "to_micro", "rank"),
    [
        (200e9, "R1000", False, 1),
        (40e9 * GROWTH * 1.001, "R1000", False, 4),
        (40e9 * GROWTH * 0.999, "R2000", False, 5),
        (2e9 * GROWTH * 1.001, "R2000", False, 6),
        (2e9 * GROWTH * 0.999, "R2000", True, 7),
        (9e8 * GROWTH * 1.001, "R2000", True, 8),
        (9e8 * GROWTH * 0.999, None, True, 9),
        (7e8 * GROWTH, None, False, 10),
        (6e8, None, False, 11),
    ],
)
def test_a_company_goes_where_the_carried_lines_put_it(
    carried: Carried,
    rulebook: Rulebook,
    cap: float,
    to_size: str | None,
    to_micro: bool,
    rank: int,
) -> None:
    found = placed(carried, rulebook, total_cap_usd=cap)
    assert (found["to_size"], found["to_micro"]) == (to_size, to_micro)
    assert found["rank"] == rank
    assert not found["stays"]


@pytest.mark.parametrize(
    ("before", "cap"), [("R1000", 1e6), ("R2000", 500e9), ("R2000", None), ("R1000", None)]
)
def test_members_stay_whatever_their_size(
    carried: Carried, rulebook: Rulebook, before: str, cap: float | None
) -> None:
    side = {"was_r1000": before == "R1000", "was_r2000": before == "R2000"}
    for eligible in (True, False):
        found = placed(
            carried,
            rulebook,
            member=True,
            total_cap_usd=cap,
            eligible=eligible,
            was_micro=True,
            **side,
        )
        assert (found["to_size"], found["to_micro"], found["stays"]) == (before, True, True)
        assert found["rank"] is None


def test_who_is_not_eligible_or_has_no_size_goes_nowhere(
    carried: Carried, rulebook: Rulebook
) -> None:
    for changes in ({"eligible": False}, {"eligible": False, "total_cap_usd": None}):
        found = placed(carried, rulebook, was_micro=True, **changes)
        assert (found["to_size"], found["to_micro"], found["rank"]) == (None, True, None)


def test_a_market_with_fewer_companies_than_ranks_has_no_line_below(rulebook: Rulebook) -> None:
    ranked = small_run()
    members = russell_3000e(ranked.companies, rulebook)
    above = [one for one in ranked.breakpoints if one.rank <= 4]
    carried = carry(ranked.event, "a run", ranked.session, members, above, 1.0)
    assert placed(carried, rulebook, total_cap_usd=7.1e8)["to_size"] == "R2000"
    assert placed(carried, rulebook, total_cap_usd=6.9e8)["to_size"] is None


def test_a_basket_is_weighted_by_what_it_held_at_the_start() -> None:
    moves = pl.DataFrame(
        {"security_id": ["A", "A", "A", "B", "B"], "growth": [1.0, 1.5, 2.0, 1.0, 0.5]}
    )
    held = pl.DataFrame({"security_id": ["A", "B", "C"], "total_cap_usd": [1e9, 2e9, 1e9]})
    assert basket_growth(moves, held) == pytest.approx((3 * 1 + 0.5 * 2 + 1) / 4)
    assert basket_growth(moves, held.clear()) == 1.0


def test_the_lines_come_from_the_reconstitution_before() -> None:
    def base(name: str, **ipo: str) -> str:
        target = event(name)
        own = load(target)
        changed = own.model_copy(update={"ipo": own.ipo.model_copy(update=ipo)})
        return yardstick(target, changed).id

    assert base("ipo:2025-12") == "2025-06"
    assert base("ipo:2026-03") == "2025-06"
    assert base("ipo:2027-03") == "2026-11"
    assert base("ipo:2027-03", size_floor_from="latest_june_reconstitution") == "2026-06"
    assert yardstick(event("ipo:2025-12"), load(event("ipo:2025-12"))).rank_day < date(2025, 8, 1)
