"""The learning curve, the ablation and the admissions of a walk-forward, for the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from recon.backtest.answers import QUESTIONS
from recon.backtest.tally import EVENTS
from recon.backtest.variants import WHOLE, WRONG_BY, WRONG_DATE
from recon.cli.backtest_text import NAMES
from recon.cli.tables import both, figure, grid, head
from recon.publish.freshness import mark

ABLATED: Final = {
    "F1": "model_f1",
    "AP": "model_average_precision",
    "skill": "model_brier_skill",
    "rules F1": "rules_f1",
}


def curve_text(curve: pl.DataFrame, event: str, *, simulated: bool) -> RenderableType:
    """Lay the learning curve out: figures by the number of events learned from."""
    laid = grid(
        f"{mark(simulated)}learning curve: {event} by models of fewer events; mean [least, most] "
        "over the choices of events"
    )
    head(
        laid,
        ["hindsight", "lead", "", "events", "choices", "F1", "rules F1", "AP", "rules AP", "Brier"],
        left=("hindsight", ""),
    )
    for row in curve.iter_rows(named=True):
        laid.add_row(
            row["hindsight"],
            str(row["lead"]),
            row["action"],
            str(row["trained_on"]),
            str(row["choices"]),
            _range(row, "model_f1"),
            figure(row["rules_f1"]),
            _range(row, "model_average_precision"),
            figure(row["rules_average_precision"]),
            _range(row, "model_brier", 4),
        )
    return laid


def ablation_text(
    found: pl.DataFrame, hindsights: Sequence[str], *, simulated: bool
) -> RenderableType:
    """Lay the ablation out: the mean of the events with one part taken away."""
    means = found.filter(pl.col("event") == EVENTS)
    parts: list[RenderableType] = [
        Text(f"{mark(simulated)}ablation, {EVENTS}; {' | '.join(hindsights)}"),
        Text(f"{WRONG_DATE}: all that was known {WRONG_BY} sessions earlier, used as rank day's"),
    ]
    for action in QUESTIONS:
        own = means.filter(pl.col("action") == action)
        laid = grid(NAMES[action])
        head(laid, ["lead", "variant", *ABLATED], left=("variant",))
        for (lead,), rows in own.group_by("lead", maintain_order=True):
            for (variant,), part in rows.group_by("variant", maintain_order=True):
                said = {row["hindsight"]: row for row in part.iter_rows(named=True)}
                laid.add_row(
                    str(lead) if variant == WHOLE else "",
                    str(variant),
                    *(both(said, hindsights, name) for name in ABLATED.values()),
                )
        if not own.is_empty():
            parts += [Text(), laid]
    return Group(*parts)


def admission_text(
    found: pl.DataFrame, hindsights: Sequence[str], *, simulated: bool
) -> RenderableType:
    """Lay the admissions out: admitted of those large enough, by kind and event."""
    parts: list[RenderableType] = [
        Text(
            f"{mark(simulated)}admitted of the companies outside that are large enough, by kind; "
            f"{' | '.join(hindsights)}"
        ),
        Text("presumed: the chance that the classifier starts from"),
    ]
    events = found["event"].unique().sort().to_list()
    for (lead,), own in found.group_by("lead", maintain_order=True):
        laid = grid(f"{lead} sessions before rank day")
        head(laid, ["kind", "presumed", *events], left=("kind",))
        for (kind, presumed), rows in own.group_by("kind", "presumed", maintain_order=True):
            said = {
                (row["event"], row["hindsight"]): f"{row['admitted']} of {row['n']:,}"
                for row in rows.iter_rows(named=True)
            }
            cells = [
                " | ".join(said.get((event, one), "–") for one in hindsights) for event in events
            ]
            laid.add_row(str(kind), f"{presumed:g}", *cells)
        parts += [Text(), laid]
    return Group(*parts)


def _range(row: Mapping[str, Any], name: str, digits: int = 3) -> str:
    mean = figure(row[name], digits)
    if row["choices"] == 1:
        return mean
    least, most = (figure(row[f"{name}_{end}"], digits) for end in ("least", "most"))
    return f"{mean} [{least}, {most}]"
