"""The rules that only an IPO event asks."""

import polars as pl
import pytest

from recon.master.offerings import FORMER_SPAC, NOTHING, OFFERED, OFFERED_BEFORE, OUTSIDE
from recon.screen import IPO_RULES, RULES, Reason, Verdict, eligibility, screen

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def with_lock_up(rulebook, expires):
    ipo = rulebook.ipo.model_copy(update={"spac_lock_up_must_expire": expires})
    return rulebook.model_copy(update={"ipo": ipo})


def asked(make, rulebook, offering, **different):
    frame = make(different).with_columns(offering=pl.lit(offering))
    return screen(frame, rulebook, rules=IPO_RULES)


@pytest.mark.parametrize(
    ("offering", "expires", "verdict", "reason"),
    [
        (OFFERED, True, P, Reason.OFFERED_IN_WINDOW),
        (OFFERED_BEFORE, True, F, Reason.OFFERED_BEFORE_WINDOW),
        (OUTSIDE, True, F, Reason.LISTED_OUTSIDE_WINDOW),
        (NOTHING, True, U, Reason.NO_OFFERING_ON_RECORD),
        (FORMER_SPAC, True, U, Reason.SPAC_LOCK_UP_UNKNOWN),
        (FORMER_SPAC, False, F, Reason.FORMER_SPAC),
    ],
)
def test_the_offering_decides_and_only_one_on_record_lets_in(
    make, rulebook, offering, expires, verdict, reason
):
    answers = asked(make, with_lock_up(rulebook, expires), offering)
    row = answers.filter(rule="offering").row(0, named=True)
    assert (Verdict(row["verdict"]), Reason(row["reason"])) == (verdict, reason)
    assert eligibility(answers)["eligible"].item() == (verdict is P)


def test_members_are_not_asked(make, rulebook):
    answers = asked(make, rulebook, OUTSIDE, member=True)
    assert answers.filter(rule="offering")["reason"].item() == Reason.MEMBER_PASSED_LAST_TIME


def test_a_user_knows_that_a_lock_up_has_ended(make, rulebook):
    own = pl.DataFrame({"company_id": ["cik:1"], "rule": ["offering"], "verdict": ["pass"]})
    frame = make({"passed_over": "2023-06"}).with_columns(offering=pl.lit(FORMER_SPAC))
    answers = screen(frame, with_lock_up(rulebook, True), own, IPO_RULES)
    assert eligibility(answers)["eligible"].item()
    before = screen(frame, with_lock_up(rulebook, False), own, IPO_RULES)
    assert not eligibility(before)["eligible"].item()


def test_another_company_that_was_passed_over_stays_refused(make, rulebook):
    answers = asked(make, with_lock_up(rulebook, True), OFFERED, passed_over="2023-06")
    assert answers.filter(rule="passed_over")["reason"].item() == Reason.PASSED_OVER


def test_the_price_is_held_against_the_rule_of_ipos(make, rulebook):
    ipo = rulebook.ipo.model_copy(update={"min_price_usd": 26.0})
    own = rulebook.model_copy(update={"ipo": ipo})
    answers = asked(make, own, OFFERED)
    assert answers.filter(rule="minimum_price")["verdict"].item() == F
    assert screen(make({}), own).filter(rule="minimum_price")["verdict"].item() == P


def test_a_reconstitution_does_not_ask():
    assert "offering" not in RULES
    assert set(IPO_RULES) == {*RULES, "offering"}
