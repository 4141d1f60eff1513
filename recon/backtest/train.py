"""Fit a model on past events and describe it in its card."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from recon.backtest.walk_forward import changes, learn, usable
from recon.calendar import end_of_day
from recon.errors import InputError
from recon.forecast.card import ModelCard
from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES
from recon.store import Hindsight


def train(
    frame: pl.DataFrame, events: Sequence[str], hindsight: Hindsight, newest: datetime
) -> tuple[ReconClassifier, ModelCard]:
    """Fit on events and give the card.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`.
    events : sequence of str
        Events to learn from, in order.
    hindsight : {"strict", "slow-facts"}
        Frames to learn from.
    newest : datetime
        End of the newest session of the store behind the frames, aware.

    Returns
    -------
    tuple
        Fitted model and its card, which has no scores yet.

    Raises
    ------
    InputError
        If there are no frames of the events.
    """
    own = frame.filter(
        pl.col("event").is_in(list(events)) & (pl.col("hindsight") == hindsight) & pl.col("seen")
    )
    if own.is_empty():
        raise InputError("there are no frames of these events", field="events", value=events)
    known: datetime = own.select(pl.col("labels_known_at").max().dt.replace_time_zone("UTC")).item()
    model = learn(own, known)
    if model is None:
        raise InputError("the events are not over", field="events", value=events)
    used = usable(own, known)
    days = own.select(first=pl.col("as_of").min(), last=pl.col("as_of").max()).row(0)
    first, last = map(end_of_day, days)
    return model, ModelCard(
        name=f"recon-{events[-1]}-{hindsight}",
        events=tuple(events),
        hindsight=hindsight,
        leads=tuple(sorted(own["lead"].unique())),
        data_first=first,
        data_last=last,
        labels_known_at=known,
        facts_known_at=newest if hindsight == "slow-facts" else max(known, last),
        features=FEATURES,
        rows=used.height,
        changes=int(used.select(changes()).to_series().sum()),
    )
