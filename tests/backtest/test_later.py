"""What is gathered to judge an error, on runs made by hand and on June 2024."""

from datetime import date

import polars as pl
import pytest
from small_run import small_run

from recon.backtest import later
from recon.backtest.causes import explained
from recon.backtest.events import score_event
from recon.backtest.evidence import EVIDENCE
from recon.backtest.later import corrected_cut, members_later
from recon.backtest.later_counts import counts_later
from recon.backtest.official import Official, history, official
from recon.calendar import event
from recon.pipeline import Run
from recon.store import Store


def cut_of(run: Run) -> float:
    return next(one.cap_usd for one in run.breakpoints if one.name == "rank_8")


def errors(*sides: tuple[str, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        list(sides), schema={"key": pl.String, "official_in": pl.Boolean}, orient="row"
    )


def caps(run: Run) -> list[float]:
    eligible = run.companies.filter("eligible")["total_cap_usd"]
    return eligible.sort(descending=True).to_list()


def test_without_errors_the_line_is_our_own() -> None:
    run = small_run()
    assert corrected_cut(run, errors(), cut_of(run)) == cut_of(run)


def test_a_company_that_is_out_after_all_lowers_the_line() -> None:
    run = small_run()
    assert corrected_cut(run, errors(("name:F", False)), cut_of(run)) == caps(run)[8]


def test_a_company_that_is_in_after_all_raises_the_line() -> None:
    run = small_run()
    assert corrected_cut(run, errors(("name:L", True)), cut_of(run)) == caps(run)[6]


def test_an_error_beyond_the_line_or_without_a_cap_moves_nothing() -> None:
    run = small_run()
    wrong = errors(("name:M", True), ("name:J", False), ("no company", True))
    assert corrected_cut(run, wrong, cut_of(run)) == cut_of(run)


def test_members_that_only_funds_size_take_a_rank_on_both_sides() -> None:
    run = small_run()
    cut = cut_of(run)
    absent = pl.DataFrame({"ticker": ["X"], "total_cap_usd": [cut * 10]})
    with_it = small_run(absent=absent)
    own = caps(run)[6]
    assert corrected_cut(with_it, errors(), own) == own
    assert corrected_cut(with_it, errors(("name:F", False)), own) == caps(run)[7]


def test_too_few_companies_have_no_line() -> None:
    run = small_run()
    assert corrected_cut(run, errors(), None) is None
    most = errors(*((f"name:{one}", False) for one in "ABCDEFGH"))
    assert corrected_cut(run, most, cut_of(run)) is None


@pytest.fixture(scope="module")
def lists(real_store: Store) -> Official:
    june = event("2024-06")
    return official(real_store, june, history(real_store, [june]))


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
def test_causes_of_june_2024(real_store: Store, lists: Official) -> None:
    scored = score_event(real_store, lists, date(2024, 4, 30), "slow-facts")
    found = later.evidence(real_store, scored.run, lists, scored.judged)
    assert set(EVIDENCE) <= set(found.columns)
    wrong = sum(
        side.companies.filter(pl.col("official") != pl.col("called")).height
        for side in scored.judged.values()
    )
    assert found.height == wrong
    causes = {
        row["symbol"]: (row["error"], row["cause"])
        for row in explained(found).iter_rows(named=True)
    }
    # facts of the world, not of our rules: these merged, and these have no count in the source
    for symbol in ("ADTH", "VERY", "VAXX"):
        if symbol in causes:
            assert causes[symbol][1] == "merger or listing after rank day"
    for symbol in ("AHR", "GUTS", "LOAR"):
        if symbol in causes:
            assert causes[symbol] == ("missed addition", "no cap in the data")
    assert len({"ADTH", "VERY", "AHR", "GUTS", "LOAR"} & set(causes)) >= 2


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
def test_a_later_count_is_in_shares_of_the_runs_session(real_store: Store, lists: Official) -> None:
    """NVDA split 10:1 and CMG 50:1 between rank day and the effective day."""
    base = score_event(real_store, lists, date(2024, 4, 30), "strict").run
    wanted = base.companies.filter(pl.col("symbol").is_in(["NVDA", "CMG"])).select(
        "symbol",
        "price_usd",
        "security_type",
        "total_cap_usd",
        key="company_id",
        vehicle="security_id",
        vehicle_name="name",
    )
    found = counts_later(real_store, base, lists.securities, wanted).join(
        wanted.select("key", "total_cap_usd"), on="key"
    )
    ratio = found["cap_later"] / found["total_cap_usd"]
    assert ratio.len() == 2
    assert ratio.is_between(0.97, 1.03).all()


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
def test_later_members_come_from_lists_between_rank_day_and_the_effective_day(
    real_store: Store, lists: Official
) -> None:
    found = members_later(real_store, event("2024-06"), lists.securities)
    assert 2850 < found.height < 3050
    assert found["security_id"].is_in(lists.securities["security_id"].implode()).all()
    assert not found["security_id"].is_duplicated().any()
    sizes = dict(found.group_by("size").len().iter_rows())
    assert sizes["R1000"] < sizes["R2000"]
