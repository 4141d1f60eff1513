"""The eligibility rules, one function each (methodology §2).

Every rule takes the rulebook in force and returns an `Answer` over the frame of companies that
`recon.master` builds (columns: `recon.master.company.companies`). Rules look at one company at a
time; none looks at a rank.
"""

from collections.abc import Callable

import polars as pl

from recon.master.offerings import FORMER_SPAC, OFFERED, OFFERED_BEFORE, OUTSIDE
from recon.rulebook import Rulebook
from recon.screen.verdict import Answer, Reason, Verdict, answer

Rule = Callable[[Rulebook], Answer]


def exchange(rulebook: Rulebook) -> Answer:
    """Listed on an eligible US exchange (methodology §2.2; M46..M70 §5.6-5.7)."""
    return answer(
        (
            pl.col("exchange").is_in(list(rulebook.eligibility.exchanges)),
            Verdict.PASS,
            Reason.EXCHANGE_ELIGIBLE,
        ),
        otherwise=(Verdict.FAIL, Reason.EXCHANGE_NOT_ELIGIBLE),
    )


def share_type(rulebook: Rulebook) -> Answer:
    """The pricing vehicle is common equity (methodology §2.3; §5.13)."""
    return answer(
        (pl.col("security_type").is_null(), Verdict.UNKNOWN, Reason.SHARE_TYPE_UNKNOWN),
        (
            pl.col("security_type").is_in(list(rulebook.share_types_excluded)),
            Verdict.FAIL,
            Reason.SHARE_TYPE_EXCLUDED,
        ),
        otherwise=(Verdict.PASS, Reason.SHARE_TYPE_ELIGIBLE),
    )


def structure(rulebook: Rulebook) -> Answer:
    """The company is not of an excluded structure (methodology §2.3; §5.11-5.12).

    Membership is evidence of what the owner found: a member is not taken for a fund because
    of its name.
    """
    excluded = pl.col("structure").is_in(list(rulebook.structures_excluded))
    return answer(
        (pl.col("structure").is_null(), Verdict.UNKNOWN, Reason.STRUCTURE_UNKNOWN),
        (excluded & pl.col("member"), Verdict.PASS, Reason.MEMBER_PASSED_LAST_TIME),
        (excluded, Verdict.FAIL, Reason.STRUCTURE_EXCLUDED),
        otherwise=(Verdict.PASS, Reason.STRUCTURE_ELIGIBLE),
    )


def minimum_price(rulebook: Rulebook) -> Answer:
    """Close of at least $1.00 on rank day; a member's mean over the look-back suffices (§5.8)."""
    return _priced(rulebook.eligibility.min_price_usd)


def offering_price(rulebook: Rulebook) -> Answer:
    """Close of at least $1.00 on the last day of the IPO window (methodology §1.4; §5.8)."""
    return _priced(rulebook.ipo.min_price_usd)


def _priced(minimum: float) -> Answer:
    return answer(
        (pl.col("price_usd").is_null(), Verdict.UNKNOWN, Reason.PRICE_UNKNOWN),
        (pl.col("price_usd") >= minimum, Verdict.PASS, Reason.PRICE_AT_LEAST_MINIMUM),
        (
            pl.col("member") & (pl.col("mean_price_usd") >= minimum),
            Verdict.PASS,
            Reason.MEMBER_MEAN_PRICE_AT_LEAST_MINIMUM,
        ),
        otherwise=(Verdict.FAIL, Reason.PRICE_BELOW_MINIMUM),
    )


def minimum_total_cap(rulebook: Rulebook) -> Answer:
    """Total market cap of at least $30m (methodology §2.2; §5.9)."""
    cap, minimum = pl.col("total_cap_usd"), rulebook.eligibility.min_total_cap_usd
    enough = cap >= minimum if rulebook.eligibility.min_total_cap_inclusive else cap > minimum
    return answer(
        (cap.is_null(), Verdict.UNKNOWN, Reason.CAP_UNKNOWN),
        (
            enough,
            Verdict.PASS,
            Reason.CAP_AT_LEAST_MINIMUM,
        ),
        otherwise=(Verdict.FAIL, Reason.CAP_BELOW_MINIMUM),
    )


def passed_over(_rulebook: Rulebook) -> Answer:
    """Whether the owner left the company out when its size would have put it in.

    A company that was listed, priced and clearly large enough on a past event's rank day and is no
    member failed a test that public data does not show (`recon.master.evidence`). Such facts
    change slowly, so a refusal at a reconstitution is taken to stand. One at a quarterly event is
    weaker: only underwritten offerings are admitted there, and lock-ups expire (methodology §1.4);
    in 2022–2024 about half of those names came in at the next reconstitution.
    """
    return answer(
        (pl.col("member"), Verdict.PASS, Reason.MEMBER_PASSED_LAST_TIME),
        (
            pl.col("passed_over").str.starts_with("ipo:"),
            Verdict.UNKNOWN,
            Reason.PASSED_OVER_AS_IPO,
        ),
        (pl.col("passed_over").is_not_null(), Verdict.FAIL, Reason.PASSED_OVER),
        otherwise=(Verdict.PASS, Reason.NOT_TESTED_BEFORE),
    )


def offering(rulebook: Rulebook) -> Answer:
    """Priced and traded as an IPO within the window (methodology §1.4; §6.9).

    Columns used: `offering` (`recon.master.offerings`), `member`. The owner asks for an offering
    that was filed and listed in the window. A year of an offering on record is taken for one. What
    came without (from another market, over the counter, by a direct listing or a spin-off) is
    open: there may have been an offering that is not on record yet. A former SPAC is considered
    from August 2025 on once its longest lock-up has ended, which public data do not show; before,
    only if SPAC and target came to market in one window, so that one listed earlier failed.
    """
    how = pl.col("offering")
    lock_up = pl.lit(rulebook.ipo.spac_lock_up_must_expire)
    return answer(
        (pl.col("member"), Verdict.PASS, Reason.MEMBER_PASSED_LAST_TIME),
        ((how == FORMER_SPAC) & lock_up, Verdict.UNKNOWN, Reason.SPAC_LOCK_UP_UNKNOWN),
        (how == FORMER_SPAC, Verdict.FAIL, Reason.FORMER_SPAC),
        (how == OUTSIDE, Verdict.FAIL, Reason.LISTED_OUTSIDE_WINDOW),
        (how == OFFERED, Verdict.PASS, Reason.OFFERED_IN_WINDOW),
        (how == OFFERED_BEFORE, Verdict.FAIL, Reason.OFFERED_BEFORE_WINDOW),
        otherwise=(Verdict.UNKNOWN, Reason.NO_OFFERING_ON_RECORD),
    )


def refused_before(rulebook: Rulebook) -> Answer:
    """As `passed_over`, but that a former SPAC was left out is open at an IPO event.

    The owner waits for the end of its lock-ups (methodology §1.4), so that an earlier
    reconstitution may have left it out for them alone.
    """
    waits = (
        ~pl.col("member")
        & (pl.col("offering") == FORMER_SPAC)
        & pl.lit(rulebook.ipo.spac_lock_up_must_expire)
        & pl.col("passed_over").is_not_null()
    )
    plain = passed_over(rulebook)
    return Answer(
        pl.when(waits).then(pl.lit(Verdict.UNKNOWN.value)).otherwise(plain.verdict),
        pl.when(waits).then(pl.lit(Reason.SPAC_LOCK_UP_UNKNOWN.value)).otherwise(plain.reason),
    )


def free_float(_rulebook: Rulebook) -> Answer:
    """Float of at least 5 % (§5.10): not in public data; membership is evidence."""
    return _not_public(Reason.FLOAT_UNKNOWN)


def voting_rights(_rulebook: Rulebook) -> Answer:
    """At least 5 % of votes unrestricted (§5.15): not in public data; membership is evidence."""
    return _not_public(Reason.VOTING_RIGHTS_UNKNOWN)


def ubti(_rulebook: Rulebook) -> Answer:
    """No unblocked UBTI in a REIT or PTP (§5.11): not in public data; membership is evidence."""
    return answer(
        (pl.col("structure") != "reit", Verdict.PASS, Reason.STRUCTURE_ELIGIBLE),
        (pl.col("member"), Verdict.PASS, Reason.MEMBER_PASSED_LAST_TIME),
        otherwise=(Verdict.UNKNOWN, Reason.UBTI_UNKNOWN),
    )


def _not_public(reason: Reason) -> Answer:
    return answer(
        (pl.col("member"), Verdict.PASS, Reason.MEMBER_PASSED_LAST_TIME),
        otherwise=(Verdict.UNKNOWN, reason),
    )
