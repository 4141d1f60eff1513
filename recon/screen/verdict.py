"""What a rule answers: pass, fail or unknown, with a reason code."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Verdict(StrEnum):
    """A rule's answer for a company; a missing figure gives `unknown`, never a guess."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a verdict is what it is; the value is what lists and programs read."""

    EXCHANGE_ELIGIBLE = "exchange_eligible"
    EXCHANGE_NOT_ELIGIBLE = "exchange_not_eligible"
    SHARE_TYPE_ELIGIBLE = "share_type_eligible"
    SHARE_TYPE_EXCLUDED = "share_type_excluded"
    SHARE_TYPE_UNKNOWN = "share_type_unknown"
    STRUCTURE_ELIGIBLE = "structure_eligible"
    STRUCTURE_EXCLUDED = "structure_excluded"
    STRUCTURE_UNKNOWN = "structure_unknown"
    PRICE_AT_LEAST_MINIMUM = "price_at_least_minimum"
    MEMBER_MEAN_PRICE_AT_LEAST_MINIMUM = "member_mean_price_at_least_minimum"
    PRICE_BELOW_MINIMUM = "price_below_minimum"
    PRICE_UNKNOWN = "price_unknown"
    CAP_AT_LEAST_MINIMUM = "cap_at_least_minimum"
    CAP_BELOW_MINIMUM = "cap_below_minimum"
    CAP_UNKNOWN = "cap_unknown"
    INCORPORATED_AND_HEADQUARTERED_IN_US = "incorporated_and_headquartered_in_us"
    HEADQUARTERED_IN_US = "headquartered_in_us"
    HEADQUARTERED_ABROAD = "headquartered_abroad"
    BENEFIT_DRIVEN_TRADED_IN_US = "benefit_driven_traded_in_us"
    NATIONALITY_NEEDS_ASSETS = "nationality_needs_assets"
    NATIONALITY_UNKNOWN = "nationality_unknown"
    CHINA_N_SHARE = "china_n_share"
    MEMBER_PASSED_LAST_TIME = "member_passed_last_time"
    PASSED_OVER = "passed_over_before"
    PASSED_OVER_AS_IPO = "passed_over_as_ipo"
    NOT_TESTED_BEFORE = "not_tested_before"
    FLOAT_UNKNOWN = "float_unknown"
    VOTING_RIGHTS_UNKNOWN = "voting_rights_unknown"
    UBTI_UNKNOWN = "ubti_unknown"
    OFFERED_IN_WINDOW = "offered_in_window"
    OFFERED_BEFORE_WINDOW = "offered_before_window"
    LISTED_OUTSIDE_WINDOW = "listed_outside_window"
    NO_OFFERING_ON_RECORD = "no_offering_on_record"
    FORMER_SPAC = "former_spac"
    SPAC_LOCK_UP_UNKNOWN = "spac_lock_up_unknown"
    LEFT_AFTER_RANK_DAY = "left_after_rank_day"
    USER_SAYS_PASS = "user_says_pass"  # noqa: S105
    USER_SAYS_FAIL = "user_says_fail"


@dataclass(frozen=True, slots=True)
class Answer:
    """Verdict and reason of one rule, as expressions over the frame of companies."""

    verdict: pl.Expr
    reason: pl.Expr


def answer(*cases: tuple[pl.Expr, Verdict, Reason], otherwise: tuple[Verdict, Reason]) -> Answer:
    """First case whose condition holds; a null condition does not hold.

    Parameters
    ----------
    *cases : tuple of (condition, verdict, reason)
        In order of precedence.
    otherwise : tuple of (verdict, reason)
        When none holds.
    """
    verdict: pl.Expr = pl.lit(otherwise[0].value)
    reason: pl.Expr = pl.lit(otherwise[1].value)
    for condition, case_verdict, case_reason in reversed(cases):
        holds = condition.fill_null(False)
        verdict = pl.when(holds).then(pl.lit(case_verdict.value)).otherwise(verdict)
        reason = pl.when(holds).then(pl.lit(case_reason.value)).otherwise(reason)
    return Answer(verdict, reason)
