"""Every rule's pass, fail and unknown, with the reason."""

import polars as pl
import pytest

from recon.screen import RULES, Reason, Verdict
from recon.screen.verdict import answer

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def ask(rule, companies, rulebook):
    said = RULES[rule](rulebook)
    row = companies.select(verdict=said.verdict, reason=said.reason).row(0)
    return Verdict(row[0]), Reason(row[1])


CASES = [
    ("exchange", {}, P, Reason.EXCHANGE_ELIGIBLE),
    ("exchange", {"exchange": "amex"}, P, Reason.EXCHANGE_ELIGIBLE),
    ("exchange", {"exchange": "otc"}, F, Reason.EXCHANGE_NOT_ELIGIBLE),
    ("share_type", {}, P, Reason.SHARE_TYPE_ELIGIBLE),
    ("share_type", {"security_type": "reit"}, P, Reason.SHARE_TYPE_ELIGIBLE),
    ("share_type", {"security_type": "tracking_stock"}, P, Reason.SHARE_TYPE_ELIGIBLE),
    ("share_type", {"security_type": "adr"}, F, Reason.SHARE_TYPE_EXCLUDED),
    ("share_type", {"security_type": "preferred"}, F, Reason.SHARE_TYPE_EXCLUDED),
    ("share_type", {"security_type": "warrant"}, F, Reason.SHARE_TYPE_EXCLUDED),
    ("share_type", {"security_type": "adr", "member": True}, F, Reason.SHARE_TYPE_EXCLUDED),
    ("share_type", {"security_type": None}, U, Reason.SHARE_TYPE_UNKNOWN),
    ("structure", {}, P, Reason.STRUCTURE_ELIGIBLE),
    ("structure", {"structure": "reit"}, P, Reason.STRUCTURE_ELIGIBLE),
    *(
        ("structure", {"structure": name}, F, Reason.STRUCTURE_EXCLUDED)
        for name in ("bdc", "spac", "closed_end_fund", "etf")
    ),
    ("structure", {"structure": "bdc", "member": True}, P, Reason.MEMBER_PASSED_LAST_TIME),
    ("structure", {"structure": None}, U, Reason.STRUCTURE_UNKNOWN),
    ("minimum_price", {}, P, Reason.PRICE_AT_LEAST_MINIMUM),
    ("minimum_price", {"price_usd": 1.0}, P, Reason.PRICE_AT_LEAST_MINIMUM),
    ("minimum_price", {"price_usd": 0.9999}, F, Reason.PRICE_BELOW_MINIMUM),
    (
        "minimum_price",
        {"price_usd": 0.99, "mean_price_usd": 1.0, "member": True},
        P,
        Reason.MEMBER_MEAN_PRICE_AT_LEAST_MINIMUM,
    ),
    (
        "minimum_price",
        {"price_usd": 0.99, "mean_price_usd": 0.999, "member": True},
        F,
        Reason.PRICE_BELOW_MINIMUM,
    ),
    (
        "minimum_price",
        {"price_usd": 0.99, "mean_price_usd": None, "member": True},
        F,
        Reason.PRICE_BELOW_MINIMUM,
    ),
    ("minimum_price", {"price_usd": 0.99, "mean_price_usd": 5.0}, F, Reason.PRICE_BELOW_MINIMUM),
    ("minimum_price", {"price_usd": None, "member": True}, U, Reason.PRICE_UNKNOWN),
    ("minimum_total_cap", {}, P, Reason.CAP_AT_LEAST_MINIMUM),
    ("minimum_total_cap", {"total_cap_usd": 3e7}, P, Reason.CAP_AT_LEAST_MINIMUM),
    ("minimum_total_cap", {"total_cap_usd": 2.9999e7}, F, Reason.CAP_BELOW_MINIMUM),
    (
        "minimum_total_cap",
        {"total_cap_usd": 2.9e7, "member": True},
        F,
        Reason.CAP_BELOW_MINIMUM,
    ),
    ("minimum_total_cap", {"total_cap_usd": None}, U, Reason.CAP_UNKNOWN),
    ("passed_over", {}, P, Reason.NOT_TESTED_BEFORE),
    ("passed_over", {"passed_over": "2023-06"}, F, Reason.PASSED_OVER),
    ("passed_over", {"passed_over": "ipo:2023-12"}, U, Reason.PASSED_OVER_AS_IPO),
    (
        "passed_over",
        {"passed_over": "2023-06", "member": True},
        P,
        Reason.MEMBER_PASSED_LAST_TIME,
    ),
    ("free_float", {}, U, Reason.FLOAT_UNKNOWN),
    ("free_float", {"member": True}, P, Reason.MEMBER_PASSED_LAST_TIME),
    ("voting_rights", {}, U, Reason.VOTING_RIGHTS_UNKNOWN),
    ("voting_rights", {"member": True}, P, Reason.MEMBER_PASSED_LAST_TIME),
    ("ubti", {}, P, Reason.STRUCTURE_ELIGIBLE),
    ("ubti", {"structure": "reit"}, U, Reason.UBTI_UNKNOWN),
    ("ubti", {"structure": "reit", "member": True}, P, Reason.MEMBER_PASSED_LAST_TIME),
]


@pytest.mark.parametrize(("rule", "different", "verdict", "reason"), CASES)
def test_verdict_and_reason(rule, different, verdict, reason, make, rulebook):
    assert ask(rule, make(different), rulebook) == (verdict, reason)


def test_every_rule_has_a_case_for_every_verdict_that_it_can_give():
    shown = {(rule, verdict) for rule, _, verdict, _ in CASES}
    never = {("exchange", U), ("free_float", F), ("voting_rights", F), ("ubti", F)}
    tested = set(RULES) - {"nationality"}  # in test_nationality.py
    assert shown == {(rule, v) for rule in tested for v in Verdict} - never


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_guesses_or_raises_where_every_figure_is_missing(rule, make, rulebook):
    columns = [c for c in make({}).columns if c not in ("company_id", "exchange", "member")]
    blank = make(dict.fromkeys(columns))
    verdict, reason = ask(rule, blank, rulebook)
    known_without_figures = {"exchange": P, "passed_over": P}
    assert verdict is known_without_figures.get(rule, U)
    assert (verdict is U) == reason.value.endswith(("unknown", "needs_assets"))


@pytest.mark.parametrize("rule", RULES)
def test_rules_take_no_companies(rule, make, rulebook):
    said = RULES[rule](rulebook)
    assert make().with_columns(verdict=said.verdict, reason=said.reason).is_empty()


@pytest.mark.parametrize(
    ("rule", "section", "value", "different", "verdict"),
    [
        ("minimum_price", "eligibility", {"min_price_usd": 26.0}, {}, F),
        ("minimum_total_cap", "eligibility", {"min_total_cap_usd": 3e9}, {}, F),
        ("exchange", "eligibility", {"exchanges": ("nasdaq",)}, {}, F),
    ],
)
def test_thresholds_come_from_the_rulebook(
    rule, section, value, different, verdict, make, rulebook
):
    own = rulebook.model_copy(update={section: getattr(rulebook, section).model_copy(update=value)})
    assert ask(rule, make(different), own)[0] is verdict
    assert ask(rule, make(different), rulebook)[0] is P


def test_structures_and_share_types_come_from_the_rulebook(make, rulebook):
    own = rulebook.model_copy(update={"structures_excluded": (), "share_types_excluded": ()})
    assert ask("structure", make({"structure": "bdc"}), own)[0] is P
    assert ask("share_type", make({"security_type": "adr"}), own)[0] is P


class TestAnswer:
    def test_the_first_case_that_holds_decides(self):
        said = answer(
            (pl.col("a") > 1, P, Reason.EXCHANGE_ELIGIBLE),
            (pl.col("a") > 0, F, Reason.EXCHANGE_NOT_ELIGIBLE),
            otherwise=(U, Reason.CAP_UNKNOWN),
        )
        frame = pl.DataFrame({"a": [2, 1, 0, None]})
        assert frame.select(said.verdict)["literal"].to_list() == [
            "pass",
            "fail",
            "unknown",
            "unknown",
        ]

    def test_reason_codes_are_distinct_words(self):
        codes = [reason.value for reason in Reason]
        assert len(set(codes)) == len(codes)
        assert all(";" not in code and code == code.lower() for code in codes)
