"""The user's own counts and answers, from their files to the explanation, on a small market."""

import csv
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from simulated_market import LAST as RANK_DAY

from recon.errors import InputError
from recon.pipeline import Run, run
from recon.publish.explain import explain
from recon.store import Store

BEFORE = date(2025, 4, 15)


@pytest.fixture(scope="module")
def market(small_market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(small_market, tmp_path_factory.mktemp("own-data") / "market")


def asked(store: Path, ranks: Path, day: date = RANK_DAY, **options: Any) -> Run:
    with Store(store) as opened:
        return run(opened, "2025-06", day, rulebook_override=ranks, **options)


@pytest.fixture(scope="module")
def plain(market: Path) -> Run:
    return asked(market / "store", market / "ranks.toml")


@pytest.fixture
def own(market: Path, tmp_path: Path):
    """Ingest the user's tables into a copy of the store; gives a function that runs it."""

    def ingest(header: str, *rows: tuple[Any, ...]):
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / "SIMULATED.json").write_text("{}")
        with (tmp_path / "own" / "own.csv").open("w", newline="") as file:
            csv.writer(file).writerows([header.split(","), *rows])
        shutil.copytree(market / "store", tmp_path / "store")
        with Store(tmp_path / "store") as store:
            (report,) = store.ingest([tmp_path / "own"])
        assert report.status == "landed"
        assert report.quarantined == {}
        return lambda day=RANK_DAY, **options: asked(
            tmp_path / "store", market / "ranks.toml", day, **options
        )

    return ingest


def a_member(done: Run) -> dict[str, Any]:
    """A large member that the rules keep."""
    kept = done.companies.filter(pl.col("member") & pl.col("eligible")).sort("rank")
    return kept.row(3, named=True)


FACTS = "company,fact,value,known_at,source"
COUNTS = "symbol,as_of,shares,known_at,source"


def test_an_answer_changes_the_verdict_from_the_day_on_which_it_was_known(plain: Run, own: Any):
    company = a_member(plain)
    again = own(FACTS, (company["symbol"], "voting_rights", "fail", "2025-04-20", "proxy, page 3"))
    for day, eligible in ((BEFORE, True), (RANK_DAY, False)):
        done = again(day)
        row = done.companies.row(
            by_predicate=pl.col("company_id") == company["company_id"], named=True
        )
        assert row["eligible"] is eligible
        assert (row["rank"] is None) is not eligible
    found = explain(again(), company["symbol"])
    (check,) = [c for c in found.checks if c.rule == "voting_rights"]
    assert (check.verdict, check.reason) == ("fail", "user_says_fail")
    assert check.figures == "your own answer of 2025-04-20: proxy, page 3"
    assert found.verdict == "fail"
    assert explain(plain, company["symbol"]).verdict != "fail"


def test_an_answer_can_let_a_company_in(plain: Run, own: Any):
    outside = plain.companies.filter(
        ~pl.col("eligible")
        & (pl.col("reasons").list.eval(pl.element() == "headquartered_abroad").list.any())
    )
    if outside.is_empty():
        pytest.fail("the small market has no company that only its nationality keeps out")
    symbol = outside["symbol"][0]
    done = own(FACTS, (symbol, "nationality", "pass", "2025-04-20", "letter of the index owner"))()
    check = next(c for c in explain(done, symbol).checks if c.rule == "nationality")
    assert (check.verdict, check.reason) == ("pass", "user_says_pass")


def test_a_count_changes_the_cap_from_the_day_on_which_it_was_known(plain: Run, own: Any):
    company = a_member(plain)
    shares = 3 * company["shares"]
    again = own(
        COUNTS, (company["symbol"], "2025-04-01", f"{shares:.0f}", "2025-04-20", "vendor X")
    )
    before, after = again(BEFORE), again()
    mine = pl.col("company_id") == company["company_id"]
    assert before.companies.filter(mine)["cap_provenance"][0] != "vendor"
    row = after.companies.row(by_predicate=mine, named=True)
    assert row["cap_provenance"] == "vendor"
    assert row["total_cap_usd"] == pytest.approx(3 * company["total_cap_usd"], rel=1e-6)
    assert row["rank"] < company["rank"]
    assert "source:vendor X" in str(explain(after, company["symbol"]).cap)
    others = pl.col("company_id") != company["company_id"]
    caps = [r.companies.filter(others)["total_cap_usd"] for r in (plain, after)]
    assert caps[0].equals(caps[1], null_equal=True)
    assert after.run_id != plain.run_id


def test_the_order_says_whose_count_is_used(plain: Run, own: Any):
    company = a_member(plain)
    shares = f"{3 * company['shares']:.0f}"
    again = own(COUNTS, (company["symbol"], "2025-04-01", shares, "2025-04-20", "vendor X"))
    done = again(share_precedence=("screener", "vendor_counts"))
    row = done.companies.row(by_predicate=pl.col("company_id") == company["company_id"], named=True)
    assert row["total_cap_usd"] == company["total_cap_usd"]


def test_own_tables_do_not_mix_with_a_simulated_market_unmarked(market: Path, tmp_path: Path):
    (tmp_path / "own.csv").write_text(f"{COUNTS}\nAAA,2025-04-01,1e8,2025-04-20,vendor X\n")
    with Store(market / "store") as store, pytest.raises(InputError, match="cannot share a store"):
        store.ingest([tmp_path / "own.csv"])
