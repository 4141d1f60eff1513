"""Figures of a walk-forward: precision and recall, average precision, Brier, beside baselines."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import average_precision_score

from recon.backtest.answers import MOMENT
from recon.backtest.calibration import calibration, calibration_error
from recon.backtest.tally import EVENTS, POOLED

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

WHO: Final = ("model", "rules", "unbanded", "no_change")
"""Who answers: the model, and the baselines of `recon.backtest.answers`."""


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
    """One event, lead, hindsight and action: the model beside the baselines.

    Attributes
    ----------
    event : str
        Its id, or `POOLED`.
    lead : int
        Sessions before rank day.
    official : int
        Companies that changed, `noise` among them: those that nobody could have called.
    universe : int
        Companies asked.
    calibration_error : float
        Expected, of the model's chances (`recon.backtest.calibration`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    lead: int
    hindsight: str
    action: str
    official: int
    noise: int
    universe: int
    calibration_error: float
    model: Scores
    rules: Scores
    unbanded: Scores
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


def cards(answered: pl.DataFrame) -> list[Card]:
    """Score card of every event, lead, hindsight and action, beside the baselines.

    Parameters
    ----------
    answered : pl.DataFrame
        As from `recon.backtest.answers.answers`.
    """
    return [
        _card(str(event), int(lead), str(hindsight), str(action), rows)
        for (event, lead, hindsight, action), rows in answered.group_by(
            *MOMENT, "action", maintain_order=True
        )
    ]


def _card(event: str, lead: int, hindsight: str, action: str, rows: pl.DataFrame) -> Card:
    outcome, chance, call = (rows[c].to_numpy() for c in ("outcome", "chance", "call"))
    none = np.zeros(rows.height)
    found = {
        "model": score_calls(outcome, chance, call, chance),
        "no_change": score_calls(outcome, none, none > 0, none),
    }
    for who in ("rules", "unbanded"):
        said, strength = rows[f"{who}_call"].to_numpy(), rows[f"{who}_strength"].to_numpy()
        found[who] = score_calls(outcome, strength, said, said.astype(np.float64))
    return Card(
        event=event,
        lead=lead,
        hindsight=hindsight,
        action=action,
        official=int(outcome.sum()),
        noise=int(rows["noise"].sum()),
        universe=rows.height,
        calibration_error=calibration_error(calibration(rows)),
        **found,
    )


def table(cards: Iterable[Card]) -> pl.DataFrame:
    """Cards as a frame, one row each, figures flattened as `model_f1`, `rules_f1`, …."""
    rows: list[dict[str, Any]] = []
    for card in cards:
        said = card.model_dump()
        flat = {k: v for k, v in said.items() if not isinstance(v, dict)}
        for who in WHO:
            flat |= {f"{who}_{k}": v for k, v in said[who].items()}
        rows.append(flat)
    return pl.DataFrame(rows, schema=_columns())


def _columns() -> dict[str, pl.DataType]:
    """Names and types of `table`: a rate that nobody has is a rate all the same."""
    kinds = {str: pl.String(), int: pl.Int64()}
    flat = {
        name: kinds.get(one.annotation, pl.Float64())  # type: ignore[arg-type]
        for name, one in Card.model_fields.items()
        if name not in WHO
    }
    for who in WHO:
        flat |= {
            f"{who}_{name}": kinds.get(one.annotation, pl.Float64())  # type: ignore[arg-type]
            for name, one in Scores.model_fields.items()
        }
    return flat


def summary(answered: pl.DataFrame) -> pl.DataFrame:
    """Cards of all events, then their plain mean, then those of all events pooled.

    Returns
    -------
    pl.DataFrame
        As from `table`; in a row of the mean `event` is `EVENTS`, counts are sums, and a rate is
        null where an event has none. In a row of all companies together `event` is `POOLED`.
    """
    single = table(cards(answered))
    pooled = table(cards(answered.with_columns(event=pl.lit(POOLED))))
    rates = [name for name, kind in single.schema.items() if kind.is_float()]
    counts = [name for name, kind in single.schema.items() if kind.is_integer() and name != "lead"]
    mean = (
        single.group_by("lead", "hindsight", "action", maintain_order=True)
        .agg(
            pl.col(counts).sum(),
            pl.when(pl.col(rates).null_count() == 0).then(pl.col(rates).mean()).name.keep(),
        )
        .with_columns(event=pl.lit(EVENTS))
    )
    return pl.concat([single, mean.select(single.columns), pooled])
