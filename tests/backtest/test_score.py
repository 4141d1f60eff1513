from datetime import date

import polars as pl
import pytest
from small_run import DAY, small_run, small_securities

from recon.backtest.calls import calls_of_list, calls_of_run, chances_of_run, check_list
from recon.backtest.judge import Judged, errors, judge
from recon.backtest.official import Action, Official
from recon.backtest.score import figures, mean
from recon.calendar import event
from recon.errors import InputError
from recon.pipeline import Run
from recon.publish.candidates import candidates


def truth(add: list[str], delete: list[str]) -> Official:
    """Official list of symbols as they are listed; the others resolve to nothing."""
    rows = [("add", symbol) for symbol in add] + [("delete", symbol) for symbol in delete]
    names = (
        pl.DataFrame(rows, schema=["action", "ticker"], orient="row")
        .join(
            small_securities().select("security_id", ticker="symbol"),
            on="ticker",
            how="left",
            maintain_order="left",
        )
        .with_columns(name=pl.lit(None, pl.String))
    )
    return Official(
        event("2024-06"), names, {"add": "final", "delete": "final"}, small_securities()
    )


def judged(action: Action, official: Official, run: Run | None = None) -> Judged:
    run = run or small_run()
    calls = calls_of_run(run, official.securities)
    return judge(run, official, action, calls, chances_of_run(run))


# The rules call FFF to enter, III and KKK to leave.


def test_a_perfect_list_scores_one() -> None:
    official = truth(["FFF"], ["III", "KKK"])
    for action in ("add", "delete"):
        found = figures([judged(action, official)])
        assert (found.precision, found.recall) == (1.0, 1.0)
        assert (found.precision_lines, found.recall_lines) == (1.0, 1.0)
        assert found.average_precision == found.rules_average_precision == 1.0


def test_errors_lower_the_right_figure() -> None:
    found = figures([judged("delete", truth(["FFF"], ["III", "HHH", "GGG"]))])
    assert (found.official, found.called, found.hits) == (3, 2, 1)
    assert found.precision == pytest.approx(1 / 2)
    assert found.recall == pytest.approx(1 / 3)


def test_names_that_do_not_resolve_or_do_not_trade_are_misses() -> None:
    one = judged("add", truth(["FFF", "NOPE", "GONE"], ["III"]))
    found = figures([one])
    assert (found.official, found.hits, found.precision) == (3, 1, 1.0)
    assert found.recall == pytest.approx(1 / 3)
    why = dict(errors(one).select("symbol", "why").iter_rows())
    assert why == {
        "NOPE": "no line near rank day has this ticker",
        "GONE": f"no company on {DAY}",
    }
    assert found.universe == small_run().companies.height + 2


def test_lines_of_one_company_count_once_by_company() -> None:
    run = small_run()
    out = run.companies.with_columns(
        eligible=pl.col("eligible") & (pl.col("company_id") != "name:B"),
        to_size=pl.when(pl.col("company_id") != "name:B").then("to_size"),
    )
    run = small_run(companies=out)
    found = figures([judged("delete", truth(["FFF"], ["BBB/A", "BBB/B", "III"]), run)])
    assert (found.official, found.called, found.hits) == (2, 3, 2)
    assert (found.official_lines, found.called_lines, found.hits_lines) == (3, 4, 3)


def test_brier_and_average_precision_run_over_all_companies() -> None:
    run = small_run()
    official = truth(["JJJ"], ["III"])
    one = judged("add", official)
    found = figures([one])
    assert found.universe == run.companies.height
    chance = dict(one.companies.select("symbol", "probability").iter_rows())
    assert chance["JJJ"] < 0.01  # below what the list shows, and counted all the same
    assert chance["JJJ"] > 0
    members = run.companies.filter("member")["symbol"]
    assert all(chance[symbol] == 0 for symbol in members)
    expected = sum((p - (s == "JJJ")) ** 2 for s, p in chance.items()) / len(chance)
    assert found.brier == pytest.approx(expected)
    # FFF is likelier, JJJ next: precision at the only hit is one half
    assert found.average_precision == pytest.approx(0.5)
    assert found.rules_average_precision == pytest.approx(0.5)


def test_the_rules_rank_by_distance_and_failures_last_or_first() -> None:
    official = truth(["FFF"], ["III"])
    add = judged("add", official).companies.sort("strength", descending=True)
    assert add["symbol"].to_list()[:2] == ["FFF", "JJJ"]
    assert set(add["symbol"].to_list()[2:4]) == {"LLL", "MMM"}
    delete = judged("delete", official).companies.sort("strength", descending=True)
    assert delete["symbol"].to_list()[:4] == ["KKK", "III", "HHH", "GGG"]


def test_the_names_behind_every_error() -> None:
    official = truth(["JJJ", "LLL", "MMM", "CCC"], ["III", "GGG", "JJJ"])
    add = errors(judged("add", official))
    assert list(add.select("error", "symbol", "why").iter_rows()) == [
        ("false", "FFF", "ranks in the first 8"),
        ("missed", "CCC", "a member before"),
        ("missed", "JJJ", "ranks below 8"),
        ("missed", "LLL", "fails a rule"),
        ("missed", "MMM", "no share count"),
    ]
    assert add.filter(pl.col("symbol") == "LLL")["verdict_reasons"].item().to_list() == [
        "float_unknown",
        "structure_excluded",
        "voting_rights_unknown",
    ]
    delete = errors(judged("delete", official))
    assert list(delete.select("error", "symbol", "why").iter_rows()) == [
        ("false", "KKK", "fails a rule"),
        ("missed", "GGG", "ranks in the first 8"),
        ("missed", "JJJ", "no member before"),
    ]


def test_pooled_figures_count_everything_once() -> None:
    parts = [
        judged("delete", truth(["FFF"], ["III"])),
        judged("delete", truth(["FFF"], ["III", "KKK", "GGG"])),
    ]
    pooled = figures(parts)
    assert (pooled.official, pooled.called, pooled.hits) == (4, 4, 3)
    assert pooled.precision == pytest.approx(3 / 4)
    means = mean([figures([one]) for one in parts])
    assert means["precision"] == pytest.approx((1 / 2 + 1) / 2)
    assert means["recall"] == pytest.approx((1 + 2 / 3) / 2)


def test_what_has_no_answer_is_none() -> None:
    quiet = small_run().companies.with_columns(to_size=None)
    run = small_run(companies=quiet.with_columns(pl.col("to_size").cast(pl.String)))
    found = figures([judged("add", truth([], ["III"]), run)])
    assert (found.called, found.precision, found.recall) == (0, None, None)
    assert found.average_precision is None
    assert mean([found])["precision"] is None


def test_a_list_from_a_file_scores_like_the_run_it_came_from() -> None:
    run, official = small_run(), truth(["FFF", "JJJ"], ["III", "GGG"])
    calls = calls_of_list(candidates(run), run, official.securities)
    for action in ("add", "delete"):
        of_list = figures([judge(run, official, action, calls, calls)])
        of_run = figures([judged(action, official, run)])
        same = {"average_precision", "brier"}
        assert of_list.model_dump(exclude=same) == of_run.model_dump(exclude=same)
        assert of_list.brier == pytest.approx(of_run.brier, abs=1e-3)


def test_identity_holds_where_a_run_linked_lives_otherwise() -> None:
    linked = small_run().lines.with_columns(
        security_id=pl.when(pl.col("symbol") == "III")
        .then(pl.lit("SPAC:2021-01-29"))
        .otherwise("security_id")
    )
    membership = small_run().membership
    run = small_run(lines=linked, membership=membership)
    found = figures([judged("delete", truth(["FFF"], ["III", "KKK"]), run)])
    assert (found.hits, found.hits_lines) == (2, 2)


def test_a_symbol_that_is_no_line_is_a_false_call() -> None:
    run, official = small_run(), truth(["FFF"], ["III"])
    own = pl.DataFrame(
        {
            "event": ["2024-06"] * 2,
            "as_of": [DAY] * 2,
            "index": ["R3000"] * 2,
            "action": ["add"] * 2,
            "symbol": ["FFF", "WHAT"],
            "call": [True, True],
            "probability": [0.9, 0.8],
        }
    )
    calls = calls_of_list(own, run, official.securities)
    one = judge(run, official, "add", calls, calls)
    found = figures([one])
    assert (found.called, found.hits, found.precision) == (2, 1, 0.5)
    assert errors(one)["symbol"].to_list() == ["WHAT"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"event": "2023-06"}, "another event"),
        ({"as_of": date(2024, 4, 29)}, "another as_of"),
        ({"index": "R1000"}, "no rows of R3000"),
    ],
)
def test_a_list_of_something_else_is_refused(change: dict[str, object], said: str) -> None:
    rows = candidates(small_run())
    check_list(rows, "2024-06", DAY)
    other = rows.with_columns(**{name: pl.lit(v) for name, v in change.items()})
    with pytest.raises(InputError, match=said):
        check_list(other, "2024-06", DAY)


def test_a_run_that_saw_the_preliminary_list_is_refused() -> None:
    run = small_run(as_of=date(2024, 5, 24))
    with pytest.raises(InputError, match="no forecast"):
        judged("add", truth(["FFF"], ["III"]), run)
