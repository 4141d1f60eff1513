"""All rules on all companies, a user's own answers, and the sum of the verdicts."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.screen import RULES, Reason, Verdict, eligibility, screen

OVERRIDES = {"company_id": pl.String, "rule": pl.String, "verdict": pl.String}


def summed(companies, rulebook, overrides=None):
    return eligibility(screen(companies, rulebook, overrides))


def test_one_row_per_company_and_rule(make, rulebook):
    found = screen(make({}, {"member": True}), rulebook)
    assert found.columns == ["company_id", "rule", "verdict", "reason"]
    assert found.height == 2 * len(RULES)
    assert found.select("company_id", "rule").is_unique().all()
    assert set(found["rule"]) == set(RULES)
    assert set(found["verdict"]) <= {v.value for v in Verdict}
    assert set(found["reason"]) <= {r.value for r in Reason}


def test_a_newcomer_may_be_eligible_with_open_tests(make, rulebook):
    row = summed(make({}), rulebook).row(0, named=True)
    assert row["eligible"]
    assert row["verdict"] == "unknown"
    assert row["reasons"] == ["float_unknown", "voting_rights_unknown"]


def test_a_member_passes(make, rulebook):
    row = summed(make({"member": True}), rulebook).row(0, named=True)
    assert (row["eligible"], row["verdict"], row["reasons"]) == (True, "pass", [])


def test_one_failure_is_enough_and_all_reasons_are_named(make, rulebook):
    company = make({"security_type": "adr", "headquarters": "CA", "price_usd": 0.5})
    row = summed(company, rulebook).row(0, named=True)
    assert (row["eligible"], row["verdict"]) == (False, "fail")
    assert set(row["reasons"]) == {
        "float_unknown",
        "headquartered_abroad",
        "price_below_minimum",
        "share_type_excluded",
        "voting_rights_unknown",
    }
    assert row["reasons"] == sorted(row["reasons"])


@pytest.mark.parametrize("missing", ["total_cap_usd", "price_usd"])
def test_without_size_or_price_there_is_no_rank_but_no_failure_either(missing, make, rulebook):
    row = summed(make({missing: None, "member": True}), rulebook).row(0, named=True)
    assert not row["eligible"]
    assert row["verdict"] == "unknown"


def test_nobody(make, rulebook):
    verdicts = screen(make(), rulebook)
    assert verdicts.is_empty()
    found = eligibility(verdicts)
    assert found.columns == ["company_id", "eligible", "verdict", "reasons"]
    assert found.is_empty()


class TestOverrides:
    def test_a_users_answer_replaces_the_rules(self, make, rulebook):
        companies = make({"headquarters": "GB", "domestic_filer": False}, {"member": True})
        own = pl.DataFrame(
            [("cik:1", "nationality", "pass"), ("cik:2", "voting_rights", "fail")],
            schema=OVERRIDES,
            orient="row",
        )
        before = screen(companies, rulebook)
        after = screen(companies, rulebook, own)
        changed = after.join(before, on=["company_id", "rule", "verdict", "reason"], how="anti")
        assert changed.sort("company_id").rows() == [
            ("cik:1", "nationality", "pass", "user_says_pass"),
            ("cik:2", "voting_rights", "fail", "user_says_fail"),
        ]
        assert eligibility(before)["eligible"].to_list() == [False, True]
        assert eligibility(after)["eligible"].to_list() == [True, False]

    def test_every_open_test_can_be_answered(self, make, rulebook):
        own = pl.DataFrame(
            [("cik:1", rule, "pass") for rule in ("free_float", "voting_rights")],
            schema=OVERRIDES,
            orient="row",
        )
        assert summed(make({}), rulebook, own).row(0, named=True)["verdict"] == "pass"

    def test_answers_about_others_change_nothing(self, make, rulebook):
        own = pl.DataFrame([("cik:9", "exchange", "fail")], schema=OVERRIDES, orient="row")
        none = pl.DataFrame(schema=OVERRIDES)
        plain = screen(make({}), rulebook)
        assert screen(make({}), rulebook, own).equals(plain)
        assert screen(make({}), rulebook, none).equals(plain)


FACTS = st.fixed_dictionaries(
    {
        "exchange": st.sampled_from(["nyse", "nasdaq", "otc"]),
        "security_type": st.sampled_from(["common", "reit", "adr", "warrant", None]),
        "structure": st.sampled_from(["corporation", "reit", "bdc", "spac", None]),
        "price_usd": st.none() | st.floats(0, 500),
        "mean_price_usd": st.none() | st.floats(0, 500),
        "total_cap_usd": st.none() | st.floats(0, 1e13),
        "incorporation": st.sampled_from(["US", "KY", "GB", "CN", None]),
        "headquarters": st.sampled_from(["US", "KY", "GB", "CN", "CA", None]),
        "domestic_filer": st.sampled_from([True, False, None]),
        "passed_over": st.sampled_from(["2023-06", "ipo:2023-12", None]),
        "member": st.booleans(),
    }
)


@given(facts=st.lists(FACTS, min_size=1, max_size=6))
def test_every_company_gets_an_answer_from_every_rule_alone(facts, make, rulebook):
    companies = make(*facts)
    verdicts = screen(companies, rulebook)
    assert not any(verdicts.null_count().row(0))
    found = eligibility(verdicts)
    assert found.height == companies.height
    one_by_one = pl.concat(
        [summed(companies.filter(company_id=i), rulebook) for i in companies["company_id"]]
    )
    assert found.equals(one_by_one.sort("company_id"))
    failed = verdicts.filter(verdict="fail")["company_id"]
    assert not found.filter(pl.col("company_id").is_in(failed.implode()))["eligible"].any()
    assert (found["verdict"] == "fail").sum() == failed.n_unique()


@given(facts=FACTS)
def test_a_missing_figure_never_turns_a_failure_into_a_pass_of_its_rule(facts, make, rulebook):
    """Blanking price or cap gives unknown for its rule, never a pass."""
    for column, rule in (("price_usd", "minimum_price"), ("total_cap_usd", "minimum_total_cap")):
        blank = screen(make(facts | {column: None}), rulebook).filter(rule=rule)
        assert blank["verdict"].to_list() == ["unknown"]
