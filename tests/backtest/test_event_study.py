"""A whole study on lines whose returns are known, and one real event with a published figure."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_run import DAY, small_run
from small_study import END, GONE, Change, small_store, studied, study_of

from recon.backtest.baskets import called, first_settled, placebo
from recon.backtest.findings import EventStudy
from recon.backtest.literature import beside, references
from recon.backtest.study import study, together
from recon.backtest.tally import EVENTS, POOLED, figures
from recon.backtest.terms import Terms
from recon.backtest.windows import NAMES, windows
from recon.calendar import event
from recon.errors import InputError, NoDataError
from recon.publish.candidates import candidates
from recon.store import Store

JUNE = event("2024-06")
MAIN = "rank to effective"
Make = Callable[[str, Change], EventStudy]


def as_it_is(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    return lambda name, change: studied(small_store(tmp_path_factory.mktemp(name), change))


@pytest.fixture(scope="module")
def true(make: Make) -> EventStudy:
    return make("true", as_it_is)


def one(
    found: EventStudy, basket: str, symbol: str, group: str = "R2000", window: str = MAIN
) -> dict[str, object]:
    rows = found.outcomes.filter(
        (pl.col("basket") == basket)
        & (pl.col("symbol") == symbol)
        & (pl.col("group") == group)
        & (pl.col("window") == window)
    )
    (row,) = rows.iter_rows(named=True)
    return row


def names(found: EventStudy, basket: str, group: str) -> list[tuple[str, str]]:
    rows = found.outcomes.filter(
        (pl.col("basket") == basket) & (pl.col("group") == group) & (pl.col("window") == MAIN)
    )
    return sorted(rows.select("action", "symbol").rows())


def test_windows_are_sessions_and_say_when_they_look_back() -> None:
    found = windows(JUNE, DAY)
    assert [w.name for w in found] == list(NAMES)
    assert [(w.first, w.last) for w in found] == [
        (date(2024, 4, 2), DAY),
        (DAY, date(2024, 5, 24)),
        (date(2024, 5, 24), date(2024, 6, 28)),
        (DAY, date(2024, 6, 28)),
        (date(2024, 6, 28), END),
    ]
    assert [w.looks_back for w in found] == [True, False, False, False, False]
    early = windows(JUNE, date(2024, 2, 29))[0]
    assert (early.first, early.looks_back) == (date(2024, 2, 29), False)
    assert windows(JUNE, date(2024, 4, 26))[0].looks_back


def test_baskets_by_group(true: EventStudy) -> None:
    assert names(true, "model", "R2000") == [("add", "FFF"), ("delete", "III"), ("delete", "KKK")]
    assert names(true, "model", "R1000") == [("add", "CCC")]
    assert names(true, "official", "R3000") == [
        ("add", "AAA"),
        ("add", "FFF"),
        ("delete", "CCC"),
        ("delete", "KKK"),
    ]
    assert names(true, "official", "R1000") == [("add", "AAA")]
    assert names(true, "official", "R2000") == [
        ("add", "FFF"),
        ("delete", "CCC"),
        ("delete", "KKK"),
    ]


def test_the_retrospective_label_is_named(true: EventStudy) -> None:
    assert any("retrospective label" in said and "2024-09-25" in said for said in true.remarks)


def test_lists_of_the_weeks_in_which_funds_settle_do_not_split(true: EventStudy) -> None:
    rows = pl.DataFrame(
        {
            "asof": [date(2024, 7, 5), date(2024, 9, 25), date(2024, 8, 1)],
            "index": "R1000",
            "kind": ["etf_ishares", "etf_ishares", "watchlist_tickers"],
            "origin": "x",
        }
    )
    found = first_settled(rows, date(2024, 6, 28))
    assert found is not None
    assert found.asof == date(2024, 9, 25)
    assert first_settled(rows.clear(), date(2024, 6, 28)) is None


def test_a_placebo_is_near_unchanged_and_used_once(true: EventStudy) -> None:
    assert names(true, "placebo", "R2000") == [("delete", "JJJ")]
    assert one(true, "placebo", "JJJ")["matched_to"] == "III"
    done = small_run()
    own = called(done, candidates(done), done.securities, "equal")
    touched = pl.DataFrame({"company_id": ["name:J"]})
    assert placebo(done, own, touched, done.securities).is_empty(), "it changed by the lists"


def test_a_return_is_that_of_the_price_from_close_to_close(true: EventStudy) -> None:
    held = 41
    assert one(true, "model", "FFF")["raw"] == pytest.approx(0.02 * held)
    before, after = 1 + 0.02 * held, 1 + 0.02 * (held + 20)
    late = one(true, "model", "FFF", window="effective to +20")
    assert late["raw"] == pytest.approx(after / before - 1)
    assert one(true, "model", "FFF", window="pre-rank")["raw"] == pytest.approx(0.0)


def test_adjusted_is_less_the_market_and_net_is_less_costs(true: EventStudy) -> None:
    row = one(true, "model", "FFF")
    # The market stood still for the year before: beta is one. All members rise alike.
    assert row["beta"] == pytest.approx(1.0)
    assert row["adjusted"] == pytest.approx(0.02 * 41 - 0.01 * 41, abs=0.002)
    side = (15 * 2**-0.5 + 1 + 1) * 1e-4
    assert row["adjusted"] - row["net"] == pytest.approx(2 * side)  # type: ignore[operator]
    sold = one(true, "model", "KKK")
    assert sold["net"] < -sold["adjusted"]  # type: ignore[operator]


def test_what_is_delisted_goes_out_at_its_last_price_and_is_listed(true: EventStudy) -> None:
    row = one(true, "model", "III")
    assert row["ended"]
    assert row["exit"] == date(2024, 6, 7)
    assert row["exit"] < GONE
    assert row["exit_price_usd"] == pytest.approx(8.0 * (1 + row["raw"]))  # type: ignore[operator]
    assert not one(true, "model", "III", window="rank to preliminary")["ended"]
    late = one(true, "model", "III", window="effective to +20")
    assert (late["raw"], late["ended"], late["exit"]) == (None, False, None)


def wild_after(day: date) -> Change:
    return lambda rows: rows.with_columns(
        pl.when(pl.col("session") > day).then(pl.col(name) * 3).otherwise(pl.col(name)).alias(name)
        for name in ("close", "netchange", "market_cap")
    )


def test_quotes_after_the_end_change_nothing(true: EventStudy, make: Make) -> None:
    other = make("after", wild_after(END))
    assert_frame_equal(other.outcomes, true.outcomes)
    nearer = make("within", wild_after(END - timedelta(days=1)))
    assert not nearer.outcomes.equals(true.outcomes)


def test_what_is_chosen_does_not_change_with_what_comes_after(true: EventStudy, make: Make) -> None:
    other = make("future", wild_after(DAY))
    chosen = ["group", "basket", "action", "symbol", "matched_to", "weight", "beta", "window"]
    assert_frame_equal(other.outcomes.select(chosen), true.outcomes.select(chosen))
    assert not other.outcomes["raw"].equals(true.outcomes["raw"])


def test_without_official_lists_the_calls_and_a_placebo_remain(tmp_path: Path) -> None:
    found = studied(small_store(tmp_path, lists=False))
    assert found.outcomes["basket"].unique().sort().to_list() == ["model", "placebo", "rules"]
    assert any("no official list" in said for said in found.remarks)


def test_a_store_that_ends_before_the_event_is_refused(tmp_path: Path) -> None:
    store = small_store(
        tmp_path, lambda rows: rows.filter(pl.col("session") <= date(2024, 6, 20)), lists=False
    )
    with pytest.raises(NoDataError, match="before the event took effect"):
        studied(store)


def test_weights_are_those_asked_for() -> None:
    done = small_run()
    rows = candidates(done)
    likely = called(done, rows, done.securities, "probability").filter(pl.col("group") == "R2000")
    assert dict(likely.select("symbol", "weight").iter_rows())["FFF"] == pytest.approx(0.8)
    assert called(done, rows, done.securities, "demand")["weight"].sum() == 0, "none is known"
    sold = rows.with_columns(usd_to_trade=pl.when(pl.col("symbol") == "III").then(-2e6))
    demand = called(done, sold, done.securities, "demand").filter(pl.col("group") == "R2000")
    assert dict(demand.select("symbol", "weight").iter_rows()) == {"FFF": 0, "III": 2e6, "KKK": 0}
    with pytest.raises(InputError, match="no such weighting"):
        called(done, rows, done.securities, "hope")  # type: ignore[arg-type]


def test_an_event_that_cannot_be_weighed_is_left_out_of_the_means(true: EventStudy) -> None:
    unknown = replace(
        true,
        event="2022-06",
        outcomes=true.outcomes.with_columns(
            event=pl.lit("2022-06"),
            weight=pl.when(pl.col("basket") != "official").then(0.0).otherwise("weight"),
        ),
    )
    both = together([unknown, true], 0, "strict", Terms(weighting="demand"))
    mine = both.figures.filter(pl.col("basket") == "model")
    assert "2022-06" not in mine["event"]
    assert set(mine.filter(pl.col("event") == EVENTS)["n"]) == {1}
    with pytest.raises(InputError, match="no call has the figure"):
        together([unknown], 0, "strict", Terms(weighting="demand"))


def test_figures_are_by_event_pooled_and_over_events(true: EventStudy) -> None:
    later = true.outcomes.with_columns(pl.col("raw") + 0.1, event=pl.lit("2025-06"))
    found = figures(pl.concat([true.outcomes, later])).filter(
        (pl.col("group") == "R2000")
        & (pl.col("basket") == "model")
        & (pl.col("window") == MAIN)
        & (pl.col("measure") == "raw")
    )
    long = found.filter(pl.col("action") == "add")
    assert long["event"].to_list() == ["2024-06", "2025-06", POOLED, EVENTS]
    assert long["mean"].to_list() == pytest.approx([0.82, 0.92, 0.87, 0.87])
    assert long["n"].to_list() == [1, 1, 2, 2]
    means = dict(found.filter(pl.col("event") == POOLED).select("action", "mean").iter_rows())
    assert means["spread"] == pytest.approx(means["add"] - means["delete"])


def test_a_net_spread_is_the_sum_of_both_positions(true: EventStudy) -> None:
    rows = figures(true.outcomes).filter(
        (pl.col("group") == "R2000")
        & (pl.col("basket") == "model")
        & (pl.col("window") == MAIN)
        & (pl.col("measure") == "net")
        & (pl.col("event") == POOLED)
    )
    means = dict(rows.select("action", "mean").iter_rows())
    assert means["spread"] == pytest.approx(means["add"] + means["delete"])


def test_json_says_what_was_found(true: EventStudy) -> None:
    said = orjson.loads(orjson.dumps(study_of(true).as_dict()))
    assert {row["symbol"] for row in said["ended"]} == {"III"}
    assert said["events"][0]["windows"][0]["looks_back"] is True
    assert said["costs"]["fee_bps"] == 1.0
    assert {row["basket"] for row in said["figures"]} == {"model", "rules", "official", "placebo"}


def test_references_stand_beside_figures_that_exist(true: EventStudy) -> None:
    compared = beside(figures(true.outcomes))
    assert {one.window for one in references()} <= set(NAMES)
    assert {one.group for one in references()} <= {"R1000", "R2000", "R3000"}
    assert all(math.isfinite(one.value) for one in references())
    own = compared.filter((pl.col("period") == "2010s") & (pl.col("basket") == "model"))
    assert own["raw"].to_list() == pytest.approx([0.82])
    assert "June 2022" not in compared["period"], "that event was not studied"


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
def test_june_2022_agrees_with_what_others_measured(real_store: Store) -> None:
    found = study(real_store, ["2022-06"], 0, "strict")
    compared = beside(found.figures).filter(pl.col("period") == "June 2022")
    official = compared.filter(pl.col("basket") == "official").row(0, named=True)
    assert official["n"] > 0.98 * 292
    assert official["adjusted"] == pytest.approx(official["reference"], abs=0.01)
    assert compared.filter(pl.col("basket") == "placebo")["adjusted"].item() > -0.02
    whole_window = found.outcomes.filter(pl.col("window") == MAIN)
    assert whole_window["raw"].null_count() < 0.01 * whole_window.height
