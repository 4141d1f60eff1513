"""The score card of a model, from the cards that are shipped beside it."""

from collections.abc import Sequence

import polars as pl

from recon.forecast.model import ModelCard
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
