from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_run import small_lines, small_run, small_securities

from recon.calendar import event
from recon.master.membership import Membership
from recon.master.snapshots import Snapshot
from recon.publish.candidate import FRAME_SCHEMA, Candidate, json_schema
from recon.publish.candidates import MIN_PROBABILITY, candidates, company_rows


def calls(frame: pl.DataFrame) -> set[tuple[str, str, str]]:
    return set(frame.filter("call").select("index", "action", "symbol").iter_rows())


def test_the_columns_are_those_of_the_contract_and_every_row_fits_it() -> None:
    rows = candidates(small_run())
    assert rows.schema == pl.Schema(FRAME_SCHEMA)
    assert list(Candidate.model_fields) == list(FRAME_SCHEMA)
    assert set(json_schema()["properties"]) == set(FRAME_SCHEMA)
    assert [Candidate.model_validate(row).symbol for row in rows.to_dicts()]


def test_calls_follow_the_ranking() -> None:
    assert calls(candidates(small_run())) == {
        ("R1000", "add", "CCC"),
        ("R2000", "delete", "CCC"),
        ("R2000", "add", "FFF"),
        ("R3000", "add", "FFF"),
        ("R2000", "delete", "III"),
        ("R3000", "delete", "III"),
        ("R2000", "delete", "KKK"),
        ("R3000", "delete", "KKK"),
    }


def test_a_migration_is_paired() -> None:
    rows = candidates(small_run()).filter(pl.col("symbol") == "CCC")
    assert set(rows.select("index", "action", "from_index", "to_index").iter_rows()) == {
        ("R1000", "add", "R2000", "R1000"),
        ("R2000", "delete", "R2000", "R1000"),
    }
    assert rows["probability"].n_unique() == 1


def test_rows_are_what_may_happen_and_sorted() -> None:
    rows = candidates(small_run())
    assert ((rows["probability"] >= MIN_PROBABILITY) | rows["rules_call"]).all()
    for _, group in rows.group_by("index", "action", maintain_order=True):
        assert group["probability"].is_sorted(descending=True)
    keys = rows.select("index", "action").unique(maintain_order=True)
    assert_frame_equal(keys, keys.sort("index", "action"))


def test_every_company_has_a_chance_for_each_index() -> None:
    run = small_run()
    rows = company_rows(run)
    assert rows.height == 3 * run.companies.height
    assert rows["probability"].is_between(0, 1).all()
    of = {
        (company, index): (action, chance)
        for company, index, action, chance in rows.select(
            "company_id", "index", "action", "probability"
        ).iter_rows()
    }
    assert of["name:L", "R3000"] == ("add", 0.0)  # fails a rule
    assert of["name:M", "R3000"] == ("add", 0.0)  # has no cap
    assert of["name:K", "R3000"] == ("delete", 1.0)
    assert of["name:A", "R3000"][0] == "delete"
    assert of["name:A", "R3000"][1] < 1e-6


def test_all_lines_of_a_company_go_where_it_goes() -> None:
    run = small_run()
    gone = run.companies.with_columns(
        eligible=pl.col("eligible") & (pl.col("company_id") != "name:B"),
        to_size=pl.when(pl.col("company_id") != "name:B").then("to_size"),
    )
    rows = candidates(small_run(companies=gone))
    left = rows.filter((pl.col("company_id") == "name:B") & (pl.col("index") == "R3000"))
    assert set(left.select("symbol", "role", "call").iter_rows()) == {
        ("BBB/A", "pricing_vehicle", True),
        ("BBB/B", "additional_class", True),
    }


def test_farther_from_rank_day_chances_are_less_certain() -> None:
    def chance(run_rows: pl.DataFrame) -> float:
        wanted = (pl.col("company_id") == "name:I") & (pl.col("index") == "R3000")
        return float(run_rows.filter(wanted)["probability"].item())

    early = small_run(session=date(2024, 3, 28), as_of=date(2024, 3, 28))
    assert 0.5 < chance(company_rows(early)) < chance(company_rows(small_run())) < 1


def test_fewer_companies_than_ranks_leave_the_line_out() -> None:
    run = small_run(breakpoints=[])
    rows = company_rows(run).filter(pl.col("index") == "R3000")
    chances = dict(rows.select("company_id", "probability").iter_rows())
    assert chances["name:J"] == pytest.approx(0.8)  # passes but for tests that are not public
    assert chances["name:I"] == 0.0
    shown = candidates(run)
    assert shown["breakpoint"].null_count() == shown.height
    assert shown["distance"].null_count() == shown.height
    assert [Candidate.model_validate(row) for row in shown.to_dicts()]


def test_microcap_rows_need_a_list_of_its_members() -> None:
    assert "RMICRO" not in candidates(small_run())["index"].to_list()
    known = small_run().membership
    micro = Snapshot("RMICRO", date(2024, 1, 31), "etf_ishares", "IWC.csv")
    lines = small_run().lines.with_columns(micro=pl.col("symbol") == "EEE")
    companies = small_run().companies.with_columns(was_micro=pl.col("symbol") == "EEE")
    run = small_run(
        membership=Membership(known.lines, known.snapshots, micro),
        lines=lines,
        companies=companies,
    )
    rows = candidates(run).filter(pl.col("index") == "RMICRO")
    assert ("EEE", "delete") in set(rows.select("symbol", "action").iter_rows())


def test_a_simulated_market_shows_in_every_row() -> None:
    rows = candidates(small_run(simulated=True))
    assert rows["run_id"].str.starts_with("simulated-").all()
    assert not candidates(small_run())["run_id"].str.starts_with("simulated-").any()


def test_a_parallel_run_has_no_effective_date() -> None:
    rows = candidates(small_run(event=event("shadow:2025-11"), session=date(2025, 9, 30)))
    assert rows["effective_date"].null_count() == rows.height
    assert [Candidate.model_validate(row) for row in rows.to_dicts()]


def test_the_made_lines_are_consistent() -> None:
    assert set(small_lines()["life"]) <= set(small_securities()["life"])
