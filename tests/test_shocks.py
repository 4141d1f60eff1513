"""The same moment with other prices."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_run import small_run

from recon.errors import InputError
from recon.pipeline import Run
from recon.publish.candidates import candidates
from recon.shocks import Shock, shocked


def of(run: Run, company: str) -> dict[str, object]:
    return run.companies.row(by_predicate=pl.col("company_id") == company, named=True)


def test_without_a_move_the_run_is_the_same() -> None:
    run = shocked(small_run(), Shock())
    again = shocked(run, Shock())
    assert run.run_id == again.run_id == small_run().run_id
    assert_frame_equal(again.companies, run.companies)
    assert_frame_equal(candidates(run), candidates(small_run()))


def test_a_company_moves_alone_with_all_its_lines() -> None:
    run = small_run()
    moved = shocked(run, Shock({"name:B": 0.5}))
    ratio = moved.lines["close"] / run.lines["close"]
    own = moved.lines["company_id"] == "name:B"
    assert ratio.filter(own).to_list() == pytest.approx([1.5] * 3)
    assert ratio.filter(~own).to_list() == [1.0] * (~own).sum()
    assert_frame_equal(moved.lines.select("symbol", "shares"), run.lines.select("symbol", "shares"))
    assert of(moved, "name:B")["total_cap_usd"] == pytest.approx(120e9)
    assert of(moved, "name:B")["rank"] == 1
    assert of(moved, "name:A")["rank"] == 2
    assert moved.run_id != run.run_id


def test_a_named_company_moves_by_its_own_figure_and_not_by_the_markets() -> None:
    run = small_run()
    moved = shocked(run, Shock({"name:A": 0.2}, market=-0.1))
    assert of(moved, "name:A")["price_usd"] == pytest.approx(120.0)
    assert of(moved, "name:C")["price_usd"] == pytest.approx(54.0)


def test_a_move_of_all_leaves_ranks_and_moves_the_lines() -> None:
    run = small_run()
    moved = shocked(run, Shock(market=0.25))
    columns = ("company_id", "rank", "to_size", "eligible")
    assert_frame_equal(moved.companies.select(columns), run.companies.select(columns))
    caps = [[b.cap_usd for b in one.breakpoints] for one in (run, moved)]
    assert caps[1] == pytest.approx([1.25 * cap for cap in caps[0]])


def test_a_move_of_all_still_meets_the_rules_in_dollars() -> None:
    run = small_run()
    assert of(run, "name:K")["reasons"] == ["price_below_minimum"]
    risen = shocked(run, Shock(market=1.0))
    assert of(risen, "name:K")["eligible"]  # 1.00 USD a share
    assert of(risen, "name:K")["rank"] == 11
    fallen = shocked(run, Shock(market=-0.98))
    assert "cap_below_minimum" in of(fallen, "name:J")["reasons"]  # 14m USD
    assert of(fallen, "name:J")["rank"] is None


def test_the_mean_price_of_a_member_stays() -> None:
    run = small_run()
    moved = shocked(run, Shock({"name:I": -0.9}))
    member = of(moved, "name:I")
    assert (member["price_usd"], member["mean_price_usd"]) == (pytest.approx(0.8), 8.0)
    verdict = moved.verdicts.filter(company_id="name:I", rule="minimum_price")
    assert verdict["reason"].item() == "member_mean_price_at_least_minimum"


def test_a_small_company_rises_past_the_line_and_puts_another_out() -> None:
    moved = shocked(small_run(), Shock({"name:J": 2.0}))
    found = candidates(moved).filter(pl.col("index") == "R3000", pl.col("call"))
    assert ("add", "JJJ") in set(found.select("action", "symbol").iter_rows())
    assert ("delete", "HHH") in set(found.select("action", "symbol").iter_rows())


def test_unquoted_members_move_with_the_market() -> None:
    absent = pl.DataFrame({"ticker": ["VZ"], "size": ["R1000"], "total_cap_usd": [70e9]})
    moved = shocked(small_run(absent=absent), Shock({"name:A": 0.1}, market=-0.5))
    assert moved.absent["total_cap_usd"].to_list() == [35e9]


@pytest.mark.parametrize("shock", [Shock(market=-1.0), Shock({"name:A": -1.2})])
def test_no_price_falls_by_all_that_it_is(shock: Shock) -> None:
    with pytest.raises(InputError, match="cannot fall"):
        shocked(small_run(), shock)


def test_after_rank_day_prices_decide_nothing() -> None:
    with pytest.raises(InputError, match="rank day"):
        shocked(small_run(as_of=date(2024, 5, 1)), Shock(market=0.1))
