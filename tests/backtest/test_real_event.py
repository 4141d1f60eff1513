"""One real event from end to end: June 2024 as of its rank day, and a name of June 2022."""

from datetime import date

import polars as pl
import pytest

from recon.backtest.calls import calls_of_run, chances_of_run
from recon.backtest.events import score_event
from recon.backtest.judge import errors, judge
from recon.backtest.official import Official, history, official
from recon.backtest.score import figures
from recon.calendar import event
from recon.errors import UnknownSymbolError
from recon.pipeline import Run, run
from recon.publish.candidate import Candidate
from recon.publish.candidates import candidates
from recon.publish.explain import explain
from recon.resources import models_directory
from recon.store import Store

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("real_event")]
EVENTS = ("2021-06", "2022-06", "2023-06", "2024-06")


@pytest.fixture(scope="module")
def june(real_store: Store) -> Run:
    return run(real_store, "2024-06", date(2024, 4, 30), hindsight="slow-facts")


@pytest.fixture(scope="module")
def securities(real_store: Store) -> pl.DataFrame:
    return history(real_store, [event(name) for name in EVENTS])


@pytest.fixture(scope="module")
def lists(real_store: Store, securities: pl.DataFrame) -> dict[str, Official]:
    return {name: official(real_store, event(name), securities) for name in EVENTS}


@pytest.mark.parametrize(
    ("name", "additions", "deletions"),
    [
        ("2021-06", 254, 293),
        ("2022-06", 292, 299),
        ("2023-06", 281, 173),
        ("2024-06", 215, 144),
    ],
)
def test_official_lists_are_whole_and_resolve(
    lists: dict[str, Official], name: str, additions: int, deletions: int
) -> None:
    names = lists[name].names
    counts = dict(names.group_by("action").len().iter_rows())
    assert counts == {"add": additions, "delete": deletions}
    assert names["security_id"].null_count() <= 0.005 * names.height
    assert set(lists[name].stages.values()) == {"final"}


def test_a_model_of_the_time_ranks_far_better_than_the_rules(
    real_store: Store, lists: dict[str, Official]
) -> None:
    scored = score_event(
        real_store, lists["2024-06"], date(2024, 4, 30), "slow-facts", models=models_directory()
    )
    assert scored.model_version == "recon-2023-06-slow-facts"
    found = scored.figures()
    for action, precision, recall, ranked in (("add", 0.78, 0.82, 0.87), ("delete", 0.9, 0.9, 0.9)):
        one = found[action]  # type: ignore[index]
        assert one.precision is not None
        assert one.precision >= precision
        assert one.recall is not None
        assert one.recall >= recall
        assert one.average_precision is not None
        assert one.average_precision >= ranked


def test_the_score_is_far_from_a_naive_ranking(
    june: Run, lists: dict[str, Official], securities: pl.DataFrame
) -> None:
    calls, chances = calls_of_run(june, securities), chances_of_run(june)
    judged = {
        action: judge(june, lists["2024-06"], action, calls, chances)
        for action in ("add", "delete")
    }
    found = {action: figures([one]) for action, one in judged.items()}
    add, delete = found["add"], found["delete"]
    assert add.precision is not None
    assert add.precision >= 0.70
    assert add.recall is not None
    assert add.recall >= 0.78
    assert delete.precision is not None
    assert delete.precision >= 0.85
    assert delete.recall is not None
    assert delete.recall >= 0.88
    assert (add.official, add.official_lines) == (214, 215)
    missed = errors(judged["add"]).filter(pl.col("error") == "missed")
    assert missed.height == add.official - add.hits
    assert missed["why"].null_count() == 0


def test_every_row_of_a_real_list_fits_the_contract(june: Run) -> None:
    rows = candidates(june)
    assert rows.height > 500
    assert len([Candidate.model_validate(row) for row in rows.to_dicts()]) == rows.height
    floats = rows.select(pl.col(pl.Float64))
    assert not floats.select(pl.all_horizontal(pl.all().is_nan().any())).item()
    assert rows.select("index", "action", "symbol").is_duplicated().sum() == 0


@pytest.mark.parametrize(
    ("text", "symbol", "result"),
    [
        ("GOOG", "GOOG", "stays in R1000"),
        ("GOOGL", "GOOGL", "stays in R1000"),
        ("BRK.B", "BRK/B", "stays in R1000"),
        ("brk-b", "BRK/B", "stays in R1000"),
        ("BRKB", "BRK/B", "stays in R1000"),
        ("RKT", "RKT", "stays in R1000"),
        ("FB", "META", "stays in R1000"),
        ("JPM", "JPM", "stays in R1000"),
        ("SMCI", "SMCI", "moves from R2000 to R1000"),
        ("ARCC", "ARCC", "stays outside the Russell 3000"),
        ("BAC-PK", "BAC^K", "stays in R1000"),
    ],
)
def test_explanations_of_known_names(june: Run, text: str, symbol: str, result: str) -> None:
    found = explain(june, text)
    assert (found.symbol, found.result) == (symbol, result)
    assert found.cap is not None
    assert all(one.figures for one in found.checks)


def test_one_company_has_one_cap_over_its_classes(june: Run) -> None:
    assert explain(june, "GOOG").company_id == explain(june, "GOOGL").company_id
    assert explain(june, "GOOG").total_cap_usd == explain(june, "GOOGL").total_cap_usd
    assert explain(june, "GOOG").total_cap_usd == pytest.approx(2.01e12, rel=0.02)


@pytest.mark.parametrize(("symbol", "structure"), [("ARCC", "bdc"), ("AACT", "spac")])
def test_excluded_structures_fail_and_say_so(june: Run, symbol: str, structure: str) -> None:
    check = next(one for one in explain(june, symbol).checks if one.rule == "structure")
    assert check.verdict == "fail"
    assert structure in check.figures


def test_a_later_name_is_not_known_before(real_store: Store) -> None:
    early = run(real_store, "2022-06", date(2022, 4, 29))
    found = explain(early, "FB")
    assert (found.symbol, found.before) == ("FB", "R1000")
    with pytest.raises(UnknownSymbolError):
        explain(early, "META")
