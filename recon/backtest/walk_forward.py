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
from recon.forecast.classifier import ReconClassifier
from recon.forecast.predict import matrix, predict

ACTIONS: Final = (("add", "added", 0.0), ("delete", "deleted", 1.0))


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
        said = [
            predict(model, moment_rows)
            for _, moment_rows in rows.filter("seen").group_by("lead", maintain_order=True)
        ]
        unseen = rows.filter(~pl.col("seen")).with_columns(chance=0.0, call=False, line_shift=0.0)
        parts.append(
            pl.concat([*said, unseen]).with_columns(
                trained_on=pl.lit(usable(same, moment)["event"].n_unique()),
            )
        )
    return pl.concat(parts) if parts else frame.clear()


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
