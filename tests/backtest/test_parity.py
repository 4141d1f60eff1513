from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.stats.contingency import odds_ratio
from small_run import small_run, small_securities

from recon.backtest.parity import ANSWERS, RESULT, changed, mantel_haenszel, parity, subjects

DEAD = ("CCC", "EEE", "GGG", "III")


def fates(*dead: str) -> pl.DataFrame:
    known = small_securities().filter(~pl.col("symbol").is_in(["OLDC", "GONE"]))
    return known.with_columns(
        gone=pl.when(pl.col("symbol").is_in(list(dead))).then(date(2025, 1, 2)).otherwise("gone")
    )


def test_who_died_is_read_from_the_whole_chain_of_lives() -> None:
    found = subjects(small_run(), small_securities())
    assert found.filter("died").is_empty()
    ended = subjects(small_run(), fates(*DEAD))
    assert sorted(ended.filter("died")["company_id"]) == [f"name:{one[0]}" for one in sorted(DEAD)]


def test_only_equity_with_a_cap_is_compared() -> None:
    companies = set(subjects(small_run(), fates())["company_id"])
    assert "name:L" not in companies  # a BDC
    assert "name:M" not in companies  # no cap
    assert "name:A" in companies


def test_a_fact_that_only_the_dead_lack_shows() -> None:
    run = small_run()
    lacking = run.companies.with_columns(
        incorporation=pl.when(pl.col("symbol").is_in(list(DEAD)))
        .then(None)
        .otherwise("incorporation")
    )
    rows = parity(small_run(companies=lacking), fates(*DEAD))
    assert rows.schema == RESULT
    by_name = {row["subject"]: row for row in rows.iter_rows(named=True)}
    assert by_name["incorporation"]["share_died"] == 1.0
    assert by_name["incorporation"]["share_survived"] == 0.0
    assert by_name["cik"]["share_died"] == by_name["cik"]["share_survived"] == 1.0
    assert by_name["cik"]["p_value"] is None
    assert set(ANSWERS) <= set(by_name)


def test_members_answers_are_left_out() -> None:
    rows = parity(small_run(), fates(*DEAD)).filter(pl.col("kind") == "answer")
    assert rows["died"].to_list() == [0] * len(ANSWERS)  # all of the dead were members
    assert rows["survived"].to_list() == [2] * len(ANSWERS)  # FFF and JJJ
    assert rows["share_died"].null_count() == len(ANSWERS)


def test_later_files_that_change_only_the_living_show() -> None:
    strict, slow = small_run(), small_run(hindsight="slow-facts")
    rows = changed(strict, slow, fates("JJJ"))
    assert rows["share_died"].to_list() == rows["share_survived"].to_list() == [0.0] * 4
    flipped = slow.companies.with_columns(
        eligible=pl.when(pl.col("symbol") == "FFF").then(False).otherwise("eligible")
    )
    moved = changed(strict, small_run(companies=flipped), fates("JJJ"))
    eligible = moved.filter(pl.col("subject") == "eligible").row(0, named=True)
    assert (eligible["share_died"], eligible["share_survived"]) == (0.0, 1.0)


def test_no_difference_within_strata_is_none_however_the_whole_looks() -> None:
    # half of either group is marked in one stratum, a tenth in the other: the whole differs
    p = mantel_haenszel(
        np.array([50.0, 1.0]),
        np.array([100.0, 10.0]),
        np.array([5.0, 10.0]),
        np.array([10.0, 100.0]),
    )
    assert p is not None
    assert p > 0.9


def test_a_difference_within_strata_is_found() -> None:
    one, other = np.array([100.0, 100.0]), np.array([100.0, 100.0])
    p = mantel_haenszel(np.array([50.0, 30.0]), one, np.array([10.0, 5.0]), other)
    assert p is not None
    assert p < 1e-6


def test_one_stratum_agrees_with_the_exact_test_about_direction() -> None:
    table = np.array([[12, 88], [3, 97]])
    p = mantel_haenszel(np.array([12.0]), np.array([100.0]), np.array([3.0]), np.array([100.0]))
    interval = odds_ratio(table).confidence_interval(0.95)
    assert p is not None
    assert (p < 0.05) == (interval.low > 1)
    assert p == pytest.approx(0.0323, abs=0.002)


def test_strata_that_cannot_tell_give_no_answer() -> None:
    none = np.array([0.0])
    assert mantel_haenszel(none, np.array([5.0]), none, np.array([5.0])) is None
    assert mantel_haenszel(none, none, np.array([1.0]), np.array([5.0])) is None
