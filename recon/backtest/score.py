"""The score: precision, recall, average precision and Brier (design, The score).

Russell 3000 additions and deletions by company, with the count by line beside it. Average
precision and Brier run over all companies of the moment, also those with no chance at all.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import average_precision_score

from recon.backtest.judge import Judged


class Figures(BaseModel):
    """Figures of one action, of one event or pooled over several.

    Counts are of companies, those that end in `_lines` of lines. Precision is hits over
    called, recall hits over official; null where nothing was called, or nothing official.
    `average_precision` ranks all `universe` companies by probability,
    `rules_average_precision` by signed log distance to the line; `brier` is the mean square
    of probability less outcome.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    official: int
    called: int
    hits: int
    precision: float | None
    recall: float | None
    official_lines: int
    called_lines: int
    hits_lines: int
    precision_lines: float | None
    recall_lines: float | None
    universe: int
    average_precision: float | None
    rules_average_precision: float | None
    brier: float | None


def figures(parts: Sequence[Judged]) -> Figures:
    """Figures of one action: of one event, or pooled where several are given."""
    companies = pl.concat([one.companies for one in parts])
    lines = pl.concat([one.lines for one in parts])
    outcome = companies["official"].to_numpy()
    chance = companies["probability"].to_numpy()
    strength = companies["strength"].to_numpy()
    counts = {
        f"{name}{suffix}": int(frame.select(column.sum()).item())
        for suffix, frame in (("", companies), ("_lines", lines))
        for name, column in (
            ("official", pl.col("official")),
            ("called", pl.col("called")),
            ("hits", pl.col("official") & pl.col("called")),
        )
    }
    rates = {
        f"{name}{suffix}": counts[f"hits{suffix}"] / counts[f"{of}{suffix}"]
        if counts[f"{of}{suffix}"]
        else None
        for suffix in ("", "_lines")
        for name, of in (("precision", "called"), ("recall", "official"))
    }
    some = bool(outcome.any())
    return Figures(
        **counts,
        **rates,
        universe=companies.height,
        average_precision=float(average_precision_score(outcome, chance)) if some else None,
        rules_average_precision=float(average_precision_score(outcome, strength)) if some else None,
        brier=float(np.mean((chance - outcome) ** 2)) if len(outcome) else None,
    )


def mean(scores: Sequence[Figures]) -> dict[str, float | None]:
    """Plain mean over events of every rate; null where an event has none."""
    names = (
        "precision",
        "recall",
        "precision_lines",
        "recall_lines",
        "average_precision",
        "rules_average_precision",
        "brier",
    )
    found: dict[str, float | None] = {}
    for name in names:
        values = [getattr(one, name) for one in scores]
        known = [value for value in values if value is not None]
        found[name] = sum(known) / len(known) if known and len(known) == len(values) else None
    return found
