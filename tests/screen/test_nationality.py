"""The home-country test (methodology §2.1) as far as public facts go."""

import polars as pl
import pytest

from recon.screen import Reason, Verdict
from recon.screen.nationality import nationality

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def ask(companies, rulebook):
    said = nationality(rulebook)
    row = companies.select(verdict=said.verdict, reason=said.reason).row(0)
    return Verdict(row[0]), Reason(row[1])


@pytest.mark.parametrize(
    ("incorporation", "headquarters", "domestic", "verdict", "reason"),
    [
        ("US", "US", True, P, Reason.INCORPORATED_AND_HEADQUARTERED_IN_US),
        ("PR", "PR", True, P, Reason.INCORPORATED_AND_HEADQUARTERED_IN_US),
        ("KY", "US", True, P, Reason.HEADQUARTERED_IN_US),
        (None, "US", None, P, Reason.HEADQUARTERED_IN_US),
        ("BM", "BM", True, P, Reason.BENEFIT_DRIVEN_TRADED_IN_US),
        ("MH", "MC", False, P, Reason.BENEFIT_DRIVEN_TRADED_IN_US),
        ("KY", "KY", False, P, Reason.BENEFIT_DRIVEN_TRADED_IN_US),
        ("GB", "GB", False, F, Reason.HEADQUARTERED_ABROAD),
        ("IE", "IE", None, F, Reason.HEADQUARTERED_ABROAD),
        ("US", "IL", False, F, Reason.HEADQUARTERED_ABROAD),
        ("IE", "IE", True, U, Reason.NATIONALITY_NEEDS_ASSETS),
        ("CA", "CA", True, F, Reason.HEADQUARTERED_ABROAD),
        ("KY", "CN", False, F, Reason.CHINA_N_SHARE),
        ("KY", "HK", True, F, Reason.CHINA_N_SHARE),
        (None, "CN", None, F, Reason.CHINA_N_SHARE),
        (None, None, None, U, Reason.NATIONALITY_UNKNOWN),
        ("US", None, True, U, Reason.NATIONALITY_UNKNOWN),
    ],
)
def test_verdict_and_reason(incorporation, headquarters, domestic, verdict, reason, make, rulebook):
    company = make(
        {
            "incorporation": incorporation,
            "headquarters": headquarters,
            "domestic_filer": domestic,
        }
    )
    assert ask(company, rulebook) == (verdict, reason)


def test_a_company_of_the_mainland_incorporated_in_the_states_is_no_n_share(make, rulebook):
    """N-shares are incorporated outside mainland China, and the text means shells abroad."""
    company = make({"incorporation": "US", "headquarters": "CN", "domestic_filer": True})
    assert ask(company, rulebook)[1] is not Reason.CHINA_N_SHARE


@pytest.mark.parametrize("headquarters", ["CN", "GB", None])
def test_a_member_passed_last_time(headquarters, make, rulebook):
    company = make({"incorporation": None, "headquarters": headquarters, "member": True})
    assert ask(company, rulebook) == (P, Reason.MEMBER_PASSED_LAST_TIME)


def test_the_lists_of_countries_come_from_the_rulebook(make, rulebook):
    company = make({"incorporation": "BM", "headquarters": "BM"})
    narrower = rulebook.model_copy(
        update={"nationality": rulebook.nationality.model_copy(update={"benefit_driven_codes": ()})}
    )
    assert ask(company, rulebook)[0] is P
    assert ask(company.with_columns(domestic_filer=pl.lit(False)), narrower)[0] is F
