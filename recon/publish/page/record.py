"""The score card of a model, from the cards that are shipped beside it, and its cells."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from recon.forecast.card import ModelCard
from recon.publish.page.model import Record


def record(version: str, cards: Sequence[ModelCard], ahead: int) -> Record | None:
    """How a model did on past events that it had not seen.

    Every figure is of a model that had learned only the events before the one that it called.

    Parameters
    ----------
    version : str
        Name of the model that speaks.
    cards : sequence of ModelCard
        Its own and that of its twin, as from `recon.forecast.shelf.record`.
    ahead : int
        Sessions from the run to rank day.

    Returns
    -------
    Record or None
        None where the cards hold no past event.
    """
    scores = [row for card in cards for row in card.scores]
    if not scores:
        return None
    found = pl.DataFrame(scores, infer_schema_length=None)
    leads = tuple(sorted(found["lead"].unique()))
    lead = min(leads, key=lambda one: (abs(one - ahead), -one))
    bins = [row for card in cards for row in card.bins]
    own = next((card for card in cards if card.name == version), cards[0])
    return Record(
        model=own.name,
        learned=own.events,
        lead=lead,
        leads=leads,
        scores=found.filter(lead=lead),
        bins=pl.DataFrame(bins, infer_schema_length=None),
        simulated=any(card.simulated for card in cards),
    )


SCORED: Final = ("precision", "recall", "average_precision")
ERRORS: Final = ("false", "missed")
ACTIONS: Final = {"add": "additions", "delete": "deletions", "up": "moves up", "down": "moves down"}


def scores(record: Record, hindsight: str) -> list[dict[str, str]]:
    """Score card: an event and action a row, hits beside misses, both hindsights in a cell.

    Counts are of the run's own hindsight, or of what the record has.
    """
    found = record.scores
    modes = found["hindsight"].unique(maintain_order=True).to_list()
    own = hindsight if hindsight in modes else modes[0]
    rates = [f"{who}_{name}" for who in ("model", "rules") for name in SCORED]
    counts = ("official", "model_called", "model_hits")
    means = found.group_by("hindsight", "action", maintain_order=True).agg(
        pl.format("mean of {}", pl.len()).alias("event"), *(pl.col(name).mean() for name in rates)
    )
    both = pl.concat([found, means], how="diagonal_relaxed").select(
        "event", "action", "hindsight", *counts, *rates
    )
    laid = []
    for action, title in ACTIONS.items():
        rows = both.filter(action=action)
        for event in rows["event"].unique(maintain_order=True):
            by = {row["hindsight"]: row for row in rows.filter(event=event).to_dicts()}
            said = by.get(own, dict.fromkeys(counts))
            cells = {"event": event, "action": title} | dict.fromkeys((*counts, *ERRORS), "")
            if said["official"] is not None:
                called, right = said["model_called"], said["model_hits"]
                errors = (called - right, said["official"] - right)
                cells |= {name: f"{said[name]:,}" for name in counts}
                cells |= {name: f"{n:,}" for name, n in zip(ERRORS, errors, strict=True)}
            for name in rates:
                cells[name] = " | ".join(_rate(by[mode][name]) for mode in modes if mode in by)
            laid.append(cells)
    return laid


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
