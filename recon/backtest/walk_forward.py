"""Walk forward by event: everything that learns sees only events before the one it is scored on.

Rows are purged by the moment from which their labels are known, the evening of the final list,
so that a label is never older news than the features that are to be judged by it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from recon.backtest.scorecard import Card, score_calls
from recon.calendar import end_of_day
from recon.forecast.classifier import ReconClassifier, operating_threshold
from recon.forecast.features import FEATURES

ACTIONS: Final = (("add", "added", 0.0), ("delete", "deleted", 1.0))


def matrix(frame: pl.DataFrame) -> np.ndarray:
    """Features as the classifier takes them; NaN where not known."""
    return frame.select(pl.col(name).cast(pl.Float64) for name in FEATURES).to_numpy()


def changes() -> pl.Expr:
    """The target: whether the company changed sides."""
    return pl.when(pl.col("member") == 1).then("deleted").otherwise("added").cast(pl.Int64)


def usable(frame: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Rows to learn from at a moment: companies whose label was known then."""
    limit = moment.replace(tzinfo=None)
    return frame.filter(pl.col("seen") & (pl.col("labels_known_at") <= limit))


def learn(frame: pl.DataFrame, moment: datetime, *, rounds: int = 100) -> ReconClassifier | None:
    """Fit on what was known at a moment; None where no event was over yet."""
    past = usable(frame, moment)
    if past.is_empty():
        return None
    model = ReconClassifier(rounds=rounds)
    return model.fit(
        matrix(past), past.select(changes()).to_series().to_numpy(), past["event"].to_numpy()
    )


def walk_forward(frame: pl.DataFrame, events: Sequence[str], *, rounds: int = 100) -> pl.DataFrame:
    """Chances and calls for each event by a model of events before it.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`; events that only train may be among them.
    events : sequence of str
        Events to predict.
    rounds : int
        Of `ReconClassifier`.

    Returns
    -------
    pl.DataFrame
        The rows of `events` with `chance` (fraction), `call` (bool) and `trained_on` (number of
        events). One model an event and hindsight, learned from what was known at the event's
        earliest moment; events without any before them have no rows.
    """
    parts = []
    for (_, _), rows in frame.filter(pl.col("event").is_in(list(events))).group_by(
        "event", "hindsight", maintain_order=True
    ):
        moment = end_of_day(rows["as_of"].min())  # type: ignore[arg-type]
        same = frame.filter(pl.col("hindsight") == rows["hindsight"][0])
        model = learn(same, moment, rounds=rounds)
        if model is None:
            continue
        x = matrix(rows)
        chance = np.where(rows["seen"].to_numpy(), model.predict_proba(x)[:, 1], 0.0)
        chances = rows.with_columns(chance=pl.Series(chance))
        parts.append(
            chances.with_columns(
                call=called().over("lead", "member"),
                trained_on=pl.lit(usable(same, moment)["event"].n_unique()),
            )
        )
    return pl.concat(parts) if parts else frame.clear()


def called() -> pl.Expr:
    """Whether a chance reaches the operating threshold, over all rows of a side and moment."""
    return pl.col("chance") >= pl.col("chance").map_batches(
        lambda chances: pl.Series([operating_threshold(chances.to_numpy())]),
        return_dtype=pl.Float64,
        returns_scalar=True,
    )


def cards(predicted: pl.DataFrame) -> list[Card]:
    """Score card of every event, lead, hindsight and action, beside the baselines."""
    found = []
    for (event_id, lead, hindsight), rows in predicted.group_by(
        "event", "lead", "hindsight", maintain_order=True
    ):
        for action, outcome, member in ACTIONS:
            own = rows.filter(pl.col("member") == member)
            calls, strength = rules(own, action)
            found.append(
                Card(
                    event=str(event_id),
                    lead=int(lead),
                    hindsight=str(hindsight),
                    action=action,
                    official=int(own[outcome].sum()),
                    universe=own.height,
                    model=score_calls(
                        own[outcome].to_numpy(),
                        own["chance"].to_numpy(),
                        own["call"].to_numpy(),
                        own["chance"].to_numpy(),
                    ),
                    rules=score_calls(
                        own[outcome].to_numpy(), strength, calls, calls.astype(np.float64)
                    ),
                    no_change=score_calls(
                        own[outcome].to_numpy(),
                        np.zeros(own.height),
                        np.zeros(own.height, np.bool_),
                        np.zeros(own.height),
                    ),
                )
            )
    return found


def rules(rows: pl.DataFrame, action: str) -> tuple[np.ndarray, np.ndarray]:
    """The rules' calls as if the moment were rank day, and how strongly they say so.

    Bands decide between the Russell 1000 and 2000 only: without them the Russell 3000 is the
    same.
    """
    inside = rows["rules_in"].to_numpy()
    distance = rows["distance_3000"].fill_null(0.0).to_numpy()
    eligible = rows["eligible"].to_numpy()
    known = rows["seen"].to_numpy()
    if action == "add":
        return inside & known, np.where(eligible, distance, distance.min() - 1)
    return ~inside & known, np.where(
        eligible, -distance, np.where(known, (-distance).max() + 1, -99)
    )
