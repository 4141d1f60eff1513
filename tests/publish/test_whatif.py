"""Lines and companies before and after a shock."""

import pytest
from small_run import small_run

from recon.publish.whatif import companies_moved, lines_moved
from recon.shocks import Shock, shocked


def test_lines_stand_side_by_side() -> None:
    run = small_run()
    found = lines_moved(run, shocked(run, Shock(market=-0.1)))
    assert found["name"].to_list() == [one.name for one in run.breakpoints]
    assert found["change"].to_list() == pytest.approx([-0.1] * found.height)


def test_a_line_that_nobody_marks_any_more_is_null() -> None:
    run = small_run()
    found = lines_moved(run, small_run(breakpoints=run.breakpoints[:1]))
    assert found["cap_usd"].null_count() == found.height - 1
    assert found["cap_before_usd"].null_count() == 0


def test_named_companies_stand_before_and_after() -> None:
    run = small_run()
    row = companies_moved(run, shocked(run, Shock({"name:F": -0.9})), ["name:F"]).row(0, named=True)
    assert (row["symbol"], row["rules_side_before"], row["rules_side"]) == ("FFF", "R2000", None)
    assert row["price_usd"] == pytest.approx(row["price_usd_before"] / 10)
    assert row["rank"] > row["rank_before"]
    assert row["chance"] < row["chance_before"]
