"""The home-country test as far as public facts go (methodology §2.1).

Known are the country of incorporation and of the principal executive offices (EDGAR), the
screener's country, and whether the company files as a domestic issuer. Where the owner would
weigh assets and revenue, the verdict is `unknown` and the reason says so.
"""

import polars as pl

from recon.rulebook import Rulebook
from recon.screen.verdict import Answer, Reason, Verdict, answer

_CHINA = ("CN", "HK", "MO")
"""Offices from which a company incorporated elsewhere is taken for a China N-share."""


def nationality(rulebook: Rulebook) -> Answer:
    """Whether the owner would count the company as American.

    Columns used: `incorporation` and `headquarters` (ISO codes, `US` for the states, null when
    not known), `domestic_filer` (bool), `member`.

    The order is that of methodology §2.1. A company with its offices in a benefit-driven country
    or one without a domestic exchange goes to the country of its most liquid exchange (step 4),
    which for a line of this universe is the United States. A foreign company that files like a
    domestic one may be American by assets (steps 2 and 3), except a Canadian one, whose home
    exchange settles it at step 1.
    """
    rules = rulebook.nationality
    domestic = ("US", *rules.us_territory_codes)
    no_home_exchange = (*rules.benefit_driven_codes, *rules.no_domestic_exchange_codes)
    inc, hq = pl.col("incorporation"), pl.col("headquarters")
    at_home, inc_us = hq.is_in(domestic), inc.is_in(domestic)
    return answer(
        (pl.col("member"), Verdict.PASS, Reason.MEMBER_PASSED_LAST_TIME),
        (
            hq.is_in(_CHINA) & ~inc_us.fill_null(False) & pl.lit(rules.china_n_shares_excluded),
            Verdict.FAIL,
            Reason.CHINA_N_SHARE,
        ),
        (at_home & inc_us, Verdict.PASS, Reason.INCORPORATED_AND_HEADQUARTERED_IN_US),
        (at_home, Verdict.PASS, Reason.HEADQUARTERED_IN_US),
        (hq.is_in(no_home_exchange), Verdict.PASS, Reason.BENEFIT_DRIVEN_TRADED_IN_US),
        (
            pl.col("domestic_filer") & (hq != "CA"),
            Verdict.UNKNOWN,
            Reason.NATIONALITY_NEEDS_ASSETS,
        ),
        (hq.is_not_null(), Verdict.FAIL, Reason.HEADQUARTERED_ABROAD),
        otherwise=(Verdict.UNKNOWN, Reason.NATIONALITY_UNKNOWN),
    )
