"""Whether a company's later fate shows in what a run knows of it: the check for hindsight.

Files of facts that were made later hold the living only: who died before October 2024 is in none of
EDGAR's files here. Under `slow-facts` such a file stands in for what EDGAR showed at the time, so
that a missing fact tells of a death to come. For every fact and for every answer that rests on one,
this compares companies that still trade in the newest session of the store with those that are
gone, at equal size and age, by the test of Cochran, Mantel and Haenszel.
"""

from typing import Final

import numpy as np
import polars as pl
from scipy.stats import chi2  # type: ignore[import-untyped]

from recon.master.company import EQUITY
from recon.pipeline import Run

FACTS: Final = (
    "cik",
    "incorporation",
    "headquarters",
    "domestic_filer",
    "entity_type",
    "sic",
    "annual_form",
    "directory_name",
)
"""Columns of `Run.companies` whose absence is looked at; one that a run does not have is left
out. `entity_type`, `sic` and `directory_name` are the evidence for type and structure."""
ANSWERS: Final = ("nationality unknown", "nationality fails", "type or structure fails", "eligible")
"""Answers that rest on those facts."""
SIZES: Final = 5
"""Classes of equal number by total cap."""
YOUNG_DAYS: Final = 730
"""Calendar days for which a company counts as young."""

RESULT: Final = {
    "event": pl.String,
    "hindsight": pl.String,
    "subject": pl.String,
    "kind": pl.String,
    "died": pl.Int64,
    "survived": pl.Int64,
    "share_died": pl.Float64,
    "share_survived": pl.Float64,
    "share_survived_alike": pl.Float64,
    "p_value": pl.Float64,
}


def subjects(run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Companies of a run with their fate, their stratum, and what is asked of them.

    Parameters
    ----------
    run : Run
        The run.
    securities : pl.DataFrame
        Lives of all symbols as known by the newest moment.

    Returns
    -------
    pl.DataFrame
        `company_id`, `died` (the line of its pricing vehicle is gone by the newest session),
        `stratum` (size and age), and a boolean column for every fact (true: unknown) and every
        answer (true: it is given). Companies with equity and a cap.
    """
    spans = securities.group_by("security_id").agg(
        begun=pl.col("first").min(), died=pl.col("gone").is_not_null().all()
    )
    fates = securities.select("life", "security_id").join(spans, on="security_id")
    answers = run.verdicts.group_by("company_id").agg(
        _answer("nationality", "unknown").alias(ANSWERS[0]),
        _answer("nationality", "fail").alias(ANSWERS[1]),
        (_answer("share_type", "fail") | _answer("structure", "fail")).alias(ANSWERS[2]),
    )
    facts = [name for name in FACTS if name in run.companies.columns]
    first_days = securities["first"].min()
    young = (pl.lit(run.session) - pl.col("begun")).dt.total_days() < YOUNG_DAYS
    age = (
        pl.when(pl.col("begun") == pl.lit(first_days))
        .then(pl.lit("before the data"))
        .when(young)
        .then(pl.lit("young"))
        .otherwise(pl.lit("since the data"))
    )
    size = ((pl.col("total_cap_usd").rank("ordinal") - 1) * SIZES // pl.len().cast(pl.Int64)).cast(
        pl.Int64
    )
    return (
        run.companies.filter(
            (pl.col("total_cap_usd") > 0) & pl.col("security_type").is_in(list(EQUITY))
        )
        .select(
            "company_id",
            "life",
            "total_cap_usd",
            "eligible",
            "member",
            *(pl.col(name).is_null().alias(name) for name in facts),
        )
        .join(fates.drop("security_id"), on="life")
        .join(answers, on="company_id", how="left")
        .with_columns(stratum=pl.format("{} {}", size, age))
        .select("company_id", "died", "member", "stratum", *facts, *ANSWERS)
    )


def _answer(rule: str, verdict: str) -> pl.Expr:
    return ((pl.col("rule") == rule) & (pl.col("verdict") == verdict)).any()


def parity(run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Compare the dead with the living, fact by fact and answer by answer.

    Parameters
    ----------
    run, securities : Run, pl.DataFrame
        As for `subjects`.

    Returns
    -------
    pl.DataFrame
        Columns of `RESULT`. `kind`: `fact unknown` over all companies, or `answer` over those that
        were no members (a member's answers rest on its membership). `share_survived_alike` weighs
        the strata of the living as the dead are spread; `p_value` is that of no difference within
        strata, null where every share is 0 or 1.
    """
    every = subjects(run, securities)
    facts = [name for name in FACTS if name in every.columns]
    frames = [_compare(every, name, "fact unknown") for name in facts]
    outsiders = every.filter(~pl.col("member"))
    frames += [_compare(outsiders, name, "answer") for name in ANSWERS]
    return pl.concat(frames).select(
        pl.lit(run.event.id).alias("event"), pl.lit(run.hindsight).alias("hindsight"), pl.all()
    )


def changed(strict: Run, slow: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Compare how often later files change an answer, of the dead and of the living.

    A difference is what their absence from those files does: with `strict` facts alone nothing
    depends on a later file, so whatever differs there is the companies' own.

    Parameters
    ----------
    strict, slow : Run
        One event at one moment with either hindsight.
    securities : pl.DataFrame
        As for `subjects`.

    Returns
    -------
    pl.DataFrame
        As from `parity`, `kind` being `changed by later files`, over companies that were no
        members.
    """
    keys = strict.companies.select("company_id", "life")
    then = subjects(strict, securities).join(keys, on="company_id").drop("company_id")
    now = subjects(slow, securities).join(
        slow.companies.select("company_id", "life"), on="company_id"
    )
    both = now.filter(~pl.col("member")).join(
        then.select("life", *(pl.col(name).alias(f"{name} then") for name in ANSWERS)), on="life"
    )
    moved = both.with_columns(pl.col(name) != pl.col(f"{name} then") for name in ANSWERS)
    frames = [_compare(moved, name, "changed by later files") for name in ANSWERS]
    return pl.concat(frames).select(
        pl.lit(slow.event.id).alias("event"), pl.lit(slow.hindsight).alias("hindsight"), pl.all()
    )


def _compare(companies: pl.DataFrame, name: str, kind: str) -> pl.DataFrame:
    strata = companies.group_by("stratum").agg(
        died=pl.col("died").sum().cast(pl.Float64),
        survived=(~pl.col("died")).sum().cast(pl.Float64),
        marked_died=pl.col(name).filter("died").sum().cast(pl.Float64),
        marked_survived=pl.col(name).filter(~pl.col("died")).sum().cast(pl.Float64),
    )
    died, survived, marked_died, marked_survived = (
        strata[c].to_numpy() for c in ("died", "survived", "marked_died", "marked_survived")
    )
    both = (died > 0) & (survived > 0)
    weight = np.where(both, died, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(both, marked_survived / survived, 0.0)
        alike = float((shares * weight).sum() / weight.sum()) if weight.sum() else None
    row = {
        "subject": name,
        "kind": kind,
        "died": int(died.sum()),
        "survived": int(survived.sum()),
        "share_died": float(marked_died.sum() / died.sum()) if died.sum() else None,
        "share_survived": float(marked_survived.sum() / survived.sum()) if survived.sum() else None,
        "share_survived_alike": alike,
        "p_value": mantel_haenszel(marked_died, died, marked_survived, survived),
    }
    return pl.DataFrame([row], schema={c: t for c, t in RESULT.items() if c in row})


def mantel_haenszel(
    marked_one: np.ndarray, one: np.ndarray, marked_other: np.ndarray, other: np.ndarray
) -> float | None:
    """Test whether two groups are marked equally often within strata.

    Parameters
    ----------
    marked_one, one, marked_other, other : array (strata,)
        Marked and all members of either group, by stratum.

    Returns
    -------
    float or None
        p value of the Cochran-Mantel-Haenszel statistic with continuity correction, on one degree
        of freedom; None where no stratum can tell.
    """
    total, marked = one + other, marked_one + marked_other
    told = (one > 0) & (other > 0) & (marked > 0) & (marked < total)
    if not told.any():
        return None
    n, m, a, b = total[told], marked[told], one[told], other[told]
    expected = a * m / n
    variance = a * b * m * (n - m) / (n**2 * (n - 1))
    apart = abs(float((marked_one[told] - expected).sum()))
    return float(chi2.sf(max(apart - 0.5, 0.0) ** 2 / float(variance.sum()), 1))
