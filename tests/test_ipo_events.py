"""IPO events from end to end: on the simulated market, where the truth is known."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from recon.additions import SMALLEST
from recon.cli.explain_text import layout
from recon.cli.output import render
from recon.pipeline import Run, run
from recon.publish.candidate import Candidate
from recon.publish.candidates import candidates
from recon.publish.explain import explain
from recon.publish.ipo_chances import ONE_CLASS, UNSIZED
from recon.publish.left_open import left_open
from recon.sources.simulated import SimulatedTruth, simulate
from recon.store import Store

pytestmark = pytest.mark.xdist_group("ipo_events")
EVENT, RANK_DAY = "ipo:2024-09", date(2024, 7, 31)


class Simulated(NamedTuple):
    store: Store
    truth: SimulatedTruth
    folder: Path


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    """From a reconstitution's rank day to the next IPO event's, enough for two of four lines."""
    folder = tmp_path_factory.mktemp("simulated")
    truth = simulate(
        folder / "files", seed=7, first=date(2024, 4, 15), last=date(2024, 8, 2), companies=2600
    )
    with Store(folder / "store") as store:
        store.ingest([folder / "files"])
        yield Simulated(store, truth, folder)


@pytest.fixture(scope="module")
def september(simulated: Simulated) -> Run:
    return run(simulated.store, EVENT, RANK_DAY)


def true_additions(simulated: Simulated, index: str) -> set[str]:
    changes = simulated.truth.changes.filter(event=EVENT, index=index, action="add")
    return set(changes["cik"])


def test_the_lines_are_the_true_ones(simulated: Simulated, september: Run) -> None:
    true = simulated.truth.events.filter(event=EVENT).row(0, named=True)
    own = {one.name: one.cap_usd for one in september.breakpoints}
    assert set(own) == {"rank_1000", "rank_2000", SMALLEST}
    for name, column in (
        ("rank_1000", "cap_1000_usd"),
        ("rank_2000", "cap_2000_usd"),
        (SMALLEST, "cap_smallest_usd"),
    ):
        assert own[name] == pytest.approx(true[column], rel=0.01)
    assert september.carried is not None
    assert september.carried.event == "2024-06"
    assert september.carried.session == date(2024, 4, 30)


def test_calls_are_the_true_additions_but_for_those_without_a_count(
    simulated: Simulated, september: Run
) -> None:
    unsized = september.companies.filter(pl.col("total_cap_usd").is_null())["cik"].to_list()
    for index in ("R1000", "R2000", "R3000"):
        called = set(candidates(september).filter("call", index=index, action="add")["cik"])
        true = true_additions(simulated, index)
        assert called == true - set(unsized)
        assert called
    missed = true_additions(simulated, "R3000") & set(unsized)
    assert missed
    codes = left_open(september).filter(open="cap_unknown")["symbol"]
    symbols = september.companies.filter(pl.col("cik").is_in(list(missed)))["symbol"]
    assert set(symbols) <= set(codes)


def test_nobody_leaves_or_moves(september: Run) -> None:
    rows = candidates(september)
    assert set(rows["action"]) == {"add"}
    assert rows["from_index"].null_count() == rows["to_index"].null_count() == rows.height
    members = september.companies.filter("member")
    assert members.height > 1500
    before = pl.when("was_r1000").then(pl.lit("R1000")).otherwise(pl.lit("R2000"))
    assert members.filter(before != pl.col("to_size")).is_empty()


def test_only_the_window_is_asked(september: Run) -> None:
    first, last = september.event.ipo_window or (RANK_DAY, RANK_DAY)
    entered = september.companies.filter(~pl.col("member"), pl.col("to_size").is_not_null())
    assert entered["begun"].is_between(first, last).all()
    older = september.companies.filter(~pl.col("member"), pl.col("begun") < first)
    assert older.height > 20
    assert not older["eligible"].any()


def test_rows_fit_the_contract_and_say_how_likely(september: Run) -> None:
    rows = candidates(september)
    assert [Candidate.model_validate(row) for row in rows.to_dicts()]
    assert rows["leg"].null_count() == rows.height
    r3000 = rows.filter(index="R3000")
    assert r3000.filter("call")["probability"].max() == pytest.approx(ONE_CLASS)
    open_ = r3000.filter(~pl.col("call"), pl.col("total_cap_usd").is_null())
    assert open_["probability"].max() == pytest.approx(UNSIZED)


def test_a_count_of_the_users_own_makes_the_call_from_when_it_is_known(
    simulated: Simulated, september: Run
) -> None:
    missed = september.companies.filter(
        pl.col("cik").is_in(list(true_additions(simulated, "R3000"))),
        pl.col("total_cap_usd").is_null(),
    ).row(0, named=True)
    shares = 5e9 / missed["price_usd"]
    own = simulated.folder / "files" / "own_counts.csv"
    own.write_text(
        "symbol,as_of,shares,known_at,source\n"
        f"{missed['symbol']},{missed['begun']},{shares:.0f},2024-08-01,prospectus\n"
    )
    simulated.store.ingest([own])
    told = run(simulated.store, EVENT, date(2024, 8, 1))
    assert told.session == RANK_DAY
    row = told.companies.filter(symbol=missed["symbol"]).row(0, named=True)
    assert row["total_cap_usd"] == pytest.approx(5e9, rel=1e-6)
    assert row["to_size"] == "R1000"
    assert run(simulated.store, EVENT, RANK_DAY).run_id == september.run_id


def test_an_explanation_says_how_it_came_to_market(september: Run) -> None:
    new = september.companies.filter(~pl.col("member"), pl.col("to_size") == "R2000")
    found = explain(september, new["symbol"][0])
    check = next(one for one in found.checks if one.rule == "offering")
    assert (check.verdict, check.reason) == ("pass", "offered_in_window")
    assert str(new["begun"][0]) in check.figures
    assert found.result == "enters R2000"
    assert "a place in the last ranking" in render(layout(found))
    member = explain(september, september.companies.filter("member")["symbol"][0])
    assert all(level.meaning is None for level in member.levels)
    old = september.companies.filter(
        ~pl.col("member"),
        pl.col("offering") == "outside",
        pl.col("security_type") == "common",
    )
    outside = explain(september, old["symbol"][0])
    assert any("an initial public offering within the window" in one for one in outside.changes)
