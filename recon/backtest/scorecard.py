"""Figures of a walk-forward: precision and recall, average precision, Brier, calibration."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import BaseModel, ConfigDict
from scipy.stats import binom  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

BINS: Final = 10
LEAST: Final = 0.005
"""Chances below are left out of calibration: thousands of names that nobody asks about."""


class Scores(BaseModel):
    """Figures of one set of calls and chances; a rate is null where it has no ground."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    called: int
    hits: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None
    brier: float
    brier_skill: float | None
    """1 − Brier / Brier of the base rate for everybody."""


class Card(BaseModel):
    """One event, lead, hindsight and action: the model beside the baselines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    lead: int
    hindsight: str
    action: str
    official: int
    universe: int
    model: Scores
    rules: Scores
    no_change: Scores


def score_calls(outcome: Bools, strength: Floats, calls: Bools, chance: Floats) -> Scores:
    """Score one set of calls.

    Parameters
    ----------
    outcome, calls : array of bool (n,)
        What happened and what was said, over the whole universe.
    strength : array (n,)
        What average precision ranks by.
    chance : array (n,)
        What Brier is of.
    """
    hits, called, some = int((outcome & calls).sum()), int(calls.sum()), int(outcome.sum())
    base = float(outcome.mean()) if len(outcome) else 0.0
    brier = float(np.mean((chance - outcome) ** 2)) if len(outcome) else 0.0
    return Scores(
        called=called,
        hits=hits,
        precision=hits / called if called else None,
        recall=hits / some if some else None,
        f1=2 * hits / (called + some) if called + some else None,
        average_precision=float(average_precision_score(outcome, strength)) if some else None,
        brier=brier,
        brier_skill=1 - brier / (base * (1 - base)) if 0 < base < 1 else None,
    )


def calibration(predicted: pl.DataFrame) -> pl.DataFrame:
    """Reliability by bin of equal width, pooled over the rows given.

    Parameters
    ----------
    predicted : pl.DataFrame
        `chance` (fraction), `member`, `added`, `deleted`.

    Returns
    -------
    pl.DataFrame
        `bin`, `n`, `mean_chance`, `rate`, `low`, `high` (95 % interval of the rate that the mean
        chance would give), `inside` (bool). The expected calibration error is the mean of
        |rate − mean_chance| weighted by `n`: see `calibration_error`.
    """
    outcome = pl.when(pl.col("member") == 1).then("deleted").otherwise("added")
    bins = (
        predicted.filter(pl.col("chance") >= LEAST)
        .with_columns(bin=(pl.col("chance") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64))
        .group_by("bin")
        .agg(n=pl.len(), mean_chance=pl.col("chance").mean(), rate=outcome.mean())
        .sort("bin")
    )
    n, chance = bins["n"].to_numpy(), bins["mean_chance"].to_numpy()
    low, high = binom.ppf(0.025, n, chance) / n, binom.ppf(0.975, n, chance) / n
    return bins.with_columns(low=pl.Series(low), high=pl.Series(high)).with_columns(
        inside=pl.col("rate").is_between("low", "high")
    )


def calibration_error(bins: pl.DataFrame) -> float:
    """Expected calibration error of `calibration`'s bins."""
    gap = (bins["rate"] - bins["mean_chance"]).abs() * bins["n"]
    return float(gap.sum() / max(int(bins["n"].sum()), 1))


def line_errors(lines: pl.DataFrame) -> pl.DataFrame:
    """Error and coverage of the simulated break-points.

    Parameters
    ----------
    lines : pl.DataFrame
        `event`, `lead`, `hindsight`, `name`, `quantile`, `cap_usd`, `now_usd`; lead 0 gives
        the truth.

    Returns
    -------
    pl.DataFrame
        One row an event, lead, hindsight and line: `error` (log of median over truth),
        `error_now` (of today's line), `covered` (truth within the 5–95 % interval).
    """
    key = ["event", "hindsight", "name"]
    actual = lines.filter(pl.col("lead") == 0).unique(key).select(*key, actual="now_usd")
    wide = (
        lines.filter(pl.col("lead") > 0)
        .group_by(*key, "lead", maintain_order=True)
        .agg(
            pl.col("now_usd").first(),
            *(
                pl.col("cap_usd").filter(pl.col("quantile") == q).first().alias(name)
                for q, name in ((0.05, "low"), (0.5, "median"), (0.95, "high"))
            ),
        )
    )
    return wide.join(actual, on=key).with_columns(
        error=(pl.col("median") / pl.col("actual")).log(),
        error_now=(pl.col("now_usd") / pl.col("actual")).log(),
        covered=pl.col("actual").is_between("low", "high"),
    )


def table(cards: Iterable[Card]) -> pl.DataFrame:
    """Cards as a frame, one row each, figures flattened as `model_f1`, `rules_f1`, …."""
    rows: list[dict[str, Any]] = []
    for card in cards:
        said = card.model_dump()
        flat = {k: v for k, v in said.items() if not isinstance(v, dict)}
        for who in ("model", "rules", "no_change"):
            flat |= {f"{who}_{k}": v for k, v in said[who].items()}
        rows.append(flat)
    return pl.DataFrame(rows, infer_schema_length=None)
