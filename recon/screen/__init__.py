"""Eligibility: every rule on every company, with the reason for each verdict."""

from collections.abc import Mapping

import polars as pl

from recon.rulebook import Rulebook
from recon.screen.nationality import nationality
from recon.screen.rules import (
    Rule,
    exchange,
    free_float,
    minimum_price,
    minimum_total_cap,
    offering,
    offering_price,
    passed_over,
    refused_before,
    share_type,
    structure,
    ubti,
    voting_rights,
)
from recon.screen.verdict import Reason, Verdict

RULES: dict[str, Rule] = {
    "exchange": exchange,
    "share_type": share_type,
    "structure": structure,
    "minimum_price": minimum_price,
    "minimum_total_cap": minimum_total_cap,
    "nationality": nationality,
    "passed_over": passed_over,
    "free_float": free_float,
    "voting_rights": voting_rights,
    "ubti": ubti,
}
"""All rules by name, in the order in which they are shown."""

IPO_RULES: dict[str, Rule] = RULES | {
    "minimum_price": offering_price,
    "passed_over": refused_before,
    "offering": offering,
}
"""Rules of the quarterly IPO additions (methodology §1.4)."""

RULES_NEEDED = ("minimum_total_cap", "minimum_price", "offering")
"""Rules whose `unknown` keeps a company out: without a cap there is no rank, and hardly any company
without an offering on record enters at an IPO event (`recon.master.offerings`)."""

__all__ = ["IPO_RULES", "RULES", "Reason", "Rule", "Verdict", "eligibility", "screen"]


def screen(
    companies: pl.DataFrame,
    rulebook: Rulebook,
    overrides: pl.DataFrame | None = None,
    rules: Mapping[str, Rule] = RULES,
) -> pl.DataFrame:
    """Ask every rule about every company.

    Parameters
    ----------
    companies : pl.DataFrame
        As built by `recon.master`.
    rulebook : Rulebook
        In force at the event.
    overrides : pl.DataFrame, optional
        A user's own answers known at the moment: `company_id`, `rule`, `verdict`. They replace
        the rule's.
    rules : mapping of str to Rule
        `RULES`, or `IPO_RULES` for an IPO event.

    Returns
    -------
    pl.DataFrame
        `company_id`, `rule`, `verdict`, `reason`; one row per company and rule.
    """
    answers = {name: rule(rulebook) for name, rule in rules.items()}
    frames = [
        companies.select("company_id", rule=pl.lit(name), verdict=a.verdict, reason=a.reason)
        for name, a in answers.items()
    ]
    verdicts = pl.concat(frames)
    if overrides is None or overrides.is_empty():
        return verdicts
    own = overrides.select("company_id", "rule", own="verdict")
    said = (
        pl.when(pl.col("own") == "pass")
        .then(pl.lit(Reason.USER_SAYS_PASS.value))
        .otherwise(pl.lit(Reason.USER_SAYS_FAIL.value))
    )
    return verdicts.join(own, on=["company_id", "rule"], how="left").select(
        "company_id",
        "rule",
        verdict=pl.coalesce("own", "verdict"),
        reason=pl.when(pl.col("own").is_not_null()).then(said).otherwise("reason"),
    )


def eligibility(verdicts: pl.DataFrame) -> pl.DataFrame:
    """Sum the verdicts up.

    Returns
    -------
    pl.DataFrame
        `company_id`, `eligible` (no rule failed and the size is known), `verdict` (`fail` if any
        rule failed, else `unknown` if any is, else `pass`), `reasons` (codes of every rule that
        did not pass, sorted).
    """
    not_passed = pl.col("verdict") != Verdict.PASS.value
    failed = (pl.col("verdict") == Verdict.FAIL.value).any()
    needed = (not_passed & pl.col("rule").is_in(list(RULES_NEEDED))).any()
    return (
        verdicts.group_by("company_id")
        .agg(
            eligible=~(failed | needed),
            verdict=pl.when(failed)
            .then(pl.lit(Verdict.FAIL.value))
            .when(not_passed.any())
            .then(pl.lit(Verdict.UNKNOWN.value))
            .otherwise(pl.lit(Verdict.PASS.value)),
            reasons=pl.col("reason").filter(not_passed).unique().sort(),
        )
        .sort("company_id")
    )
