"""After the preliminary list the list follows it, and our own view stays beside it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from simulated_market import RANKS
from small_run import small_run

from recon.pipeline import Run, run
from recon.publish.candidate import Candidate
from recon.publish.candidates import candidates
from recon.publish.follow import not_followed, official_side
from recon.sources.simulated import simulate
from recon.store import Store

EVE, DAY = date(2025, 5, 22), date(2025, 5, 23)
"""The preliminary list of June 2025 is published in the evening of the second."""


def official(*rows: tuple[str, str]) -> pl.DataFrame:
    """Names of a list, by action and symbol of the small run."""
    owners = small_run().lines.select("symbol", "security_id", "company_id")
    return (
        pl.DataFrame(rows, schema={"action": pl.String, "ticker": pl.String}, orient="row")
        .join(owners, left_on="ticker", right_on="symbol", how="left", maintain_order="left")
        .with_columns(name=pl.lit("X"))
    )


def followed(*rows: tuple[str, str]) -> Run:
    return small_run(official=official(*rows), status="preliminary")


def calls(found: Run, index: str = "R3000") -> set[tuple[str, str]]:
    rows = candidates(found).filter(pl.col("index") == index, pl.col("call"))
    return set(rows.select("action", "symbol").iter_rows())


def test_who_is_named_changes_sides_and_nobody_else() -> None:
    assert calls(small_run()) == {("add", "FFF"), ("delete", "III"), ("delete", "KKK")}
    found = followed(("add", "JJJ"), ("add", "LLL"), ("delete", "III"), ("delete", "DDD"))
    assert calls(found) == {("add", "JJJ"), ("add", "LLL"), ("delete", "III"), ("delete", "DDD")}
    rows = candidates(found).filter(pl.col("index") == "R3000")
    assert set(rows.filter("call")["probability"]) == {1.0}
    assert set(rows.filter(~pl.col("call"))["probability"]) == {0.0}


def test_the_rules_and_the_chances_before_stay_beside() -> None:
    before = candidates(small_run())
    after = candidates(followed(("add", "JJJ"), ("delete", "III")))
    key = ["index", "action", "symbol"]
    both = before.join(after, on=key, suffix="_after")
    assert {"FFF", "III", "KKK"} <= set(both["symbol"])
    assert (both["rules_call"] == both["rules_call_after"]).all()
    assert (both["model_probability"] == both["model_probability_after"]).all()
    kept = after.filter(symbol="FFF", index="R3000").row(0, named=True)
    assert (kept["call"], kept["rules_call"], kept["probability"]) == (False, True, 0.0)
    assert kept["model_probability"] > 0.5
    assert [Candidate.model_validate(row) for row in after.to_dicts()]


def test_the_side_of_the_russell_1000_stays_the_models() -> None:
    found = followed(("add", "FFF"))
    assert calls(found, "R1000") == calls(small_run(), "R1000") == {("add", "CCC")}
    assert calls(found, "R2000") == {("delete", "CCC"), ("add", "FFF")}
    rows = candidates(found).filter(pl.col("symbol") == "CCC", pl.col("index") == "R1000")
    own = candidates(small_run()).filter(pl.col("symbol") == "CCC", pl.col("index") == "R1000")
    assert rows["probability"].item() == pytest.approx(own["probability"].item(), abs=1e-9)


def test_a_class_may_go_alone_and_a_company_goes_with_its_vehicle() -> None:
    def inside(*rows: tuple[str, str]) -> bool:
        side = official_side(followed(*rows))
        return bool(side.filter(company_id="name:B")["official_in"].item())

    assert inside(("delete", "III"))
    assert inside(("delete", "BBB/B"))
    assert not inside(("delete", "BBB/A"))
    assert not inside(("delete", "BBB/A"), ("delete", "BBB/B"))
    alone = calls(followed(("delete", "BBB/B")))
    assert alone == {("delete", "BBB/B")}
    assert calls(followed(("delete", "BBB/A"))) >= {("delete", "BBB/A"), ("delete", "BBB/B")}


def test_one_class_may_take_the_place_of_another() -> None:
    """As QRTEB of QRTEA in June 2023."""
    was = small_run()
    lines = was.lines.with_columns(size=pl.when(pl.col("symbol") != "BBB/B").then("size"))
    found = small_run(
        lines=lines, official=official(("delete", "BBB/A"), ("add", "BBB/B")), status="final"
    )
    assert calls(found) == {("delete", "BBB/A"), ("add", "BBB/B")}


def test_names_that_cannot_be_followed_are_told() -> None:
    found = followed(
        ("add", "ZZZZ"), ("add", "FFF"), ("add", "AAA"), ("delete", "JJJ"), ("add", "NNN/WS")
    )
    assert not_followed(found) == (["ZZZZ", "NNN/WS"], ["AAA", "JJJ"])
    assert not_followed(small_run()) == ([], [])


def test_who_left_the_exchange_is_on_no_list() -> None:
    gone = pl.col("symbol").is_in(["FFF", "KKK"])
    day = pl.when(gone).then(pl.lit(date(2024, 5, 3)))
    was = small_run()
    left = small_run(
        lines=was.lines.with_columns(left_on=day),
        companies=was.companies.with_columns(
            left_on=day,
            to_size=pl.when(pl.col("symbol") == "KKK")
            .then(pl.lit("R2000"))
            .otherwise(pl.when(pl.col("symbol") != "FFF").then("to_size")),
        ),
    )
    assert calls(left) == {("delete", "III")}
    assert not {"FFF", "KKK"} & set(candidates(left)["symbol"])


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[date, Run]]:
    """Runs before and after the evening on which a list is published that differs from ours."""
    folder = tmp_path_factory.mktemp("evening")
    rules = folder / "own.toml"
    rules.write_text(RANKS)
    simulate(folder / "market", first=date(2025, 3, 3), last=date(2025, 5, 23), companies=150)
    with Store(folder / "store") as store:
        store.ingest([folder / "market"])
        own = run(store, "2025-06", EVE, rulebook_override=rules)
        write_list(folder / "market" / "announced.csv", own)
        (report,) = store.ingest([folder / "market" / "announced.csv"])
        assert report.status == "landed", report
        yield {day: run(store, "2025-06", day, rulebook_override=rules) for day in (EVE, DAY)}


def write_list(path: Path, own: Run) -> None:
    """All that we call but the first of each action, a company that we refuse, and a stranger."""
    listed = candidates(own).filter(pl.col("index") == "R3000", pl.col("call"))
    kept = listed.filter(pl.int_range(pl.len()).over("action") > 0)
    refused = own.companies.filter(~pl.col("member"), pl.col("to_size").is_null())
    names = [
        *kept.select("action", "symbol").iter_rows(),
        ("add", refused.sort("symbol")["symbol"][0]),
        ("add", "ZQZQZ"),
    ]
    rows = [f"2025-06,reconstitution,R3000,{a},{s},,2025-06-27,preliminary,x" for a, s in names]
    head = "recon,kind,index,action,ticker,name,list_date,preliminary_or_final,source"
    path.write_text("\n".join([head, *rows]) + "\n")


def test_the_list_turns_in_the_evening_of_its_publication(evening: dict[date, Run]) -> None:
    before, after = evening[EVE], evening[DAY]
    assert (before.status, after.status) == ("forecast", "preliminary")
    assert before.official.is_empty()
    rows = candidates(before).filter(pl.col("index") == "R3000")
    assert (rows["probability"] == rows["model_probability"]).all()
    named = {*after.official.drop_nulls("company_id").select("action", "ticker").iter_rows()}
    assert len(named) >= 4
    assert calls(after) == named != calls(before)
    assert not_followed(after) == (["ZQZQZ"], [])


def test_the_official_list_does_not_reach_our_own_view(evening: dict[date, Run]) -> None:
    frames = [
        run.companies.select("company_id", "to_size", "rank", "reasons", "total_cap_usd", "stays")
        for run in evening.values()
    ]
    assert frames[0].equals(frames[1])
    own = [
        candidates(run)
        .filter("rules_call")
        .select("index", "action", "symbol", "model_probability")
        for run in evening.values()
    ]
    assert own[0].sort(pl.all()).equals(own[1].sort(pl.all()))
