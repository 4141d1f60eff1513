"""Walk forward by event: everything that learns sees only events before the one it is scored on.

Rows are purged by the moment from which their labels are known, the evening of the final list,
so that a label is never older news than the features that are to be judged by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from recon.backtest.parallel import Progress, each
from recon.calendar import end_of_day
from recon.forecast.classifier import ReconClassifier
from recon.forecast.predict import large_chance, matrix, predict

ROUNDS: Final = 100
"""Of boosting, as `ReconClassifier` has it."""


@dataclass(frozen=True, slots=True)
class Fold:
    """What one model learns from, and what it is asked.

    Attributes
    ----------
    past : pl.DataFrame
        Companies of events before, labels known; nothing else is given to who learns.
    asked : pl.DataFrame
        All companies of the event, at all leads.
    """

    past: pl.DataFrame
    asked: pl.DataFrame


def changes() -> pl.Expr:
    """The target: whether the company changed sides."""
    return pl.when(pl.col("member") == 1).then("deleted").otherwise("added").cast(pl.Int64)


def usable(frame: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Rows to learn from at a moment: companies whose label was known then."""
    limit = moment.replace(tzinfo=None)
    return frame.filter(pl.col("seen") & (pl.col("labels_known_at") <= limit))


def learn(frame: pl.DataFrame, moment: datetime, *, rounds: int = ROUNDS) -> ReconClassifier | None:
    """Fit on what was known at a moment; None where no event was over yet."""
    past = usable(frame, moment)
    return None if past.is_empty() else _fit(past, rounds)


def folds(frame: pl.DataFrame, events: Sequence[str]) -> list[Fold]:
    """One fold an event and hindsight that has a past.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`; events that only train may be among them.
    events : sequence of str
        Events to predict.
    """
    found = []
    for (_, hindsight), rows in frame.filter(pl.col("event").is_in(list(events))).group_by(
        "event", "hindsight", maintain_order=True
    ):
        # One model an event: it may know what was known at the earliest of its moments.
        moment = end_of_day(rows["as_of"].min())  # type: ignore[arg-type]
        past = usable(frame.filter(pl.col("hindsight") == hindsight), moment)
        if not past.is_empty():
            found.append(Fold(past, rows))
    return found


def walk_forward(
    frame: pl.DataFrame,
    events: Sequence[str],
    *,
    rounds: int = ROUNDS,
    jobs: int = 1,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Chances and calls for each event by a model of events before it.

    Parameters
    ----------
    frame, events
        As for `folds`.
    rounds : int
        Of `ReconClassifier`.
    jobs : int
        As for `recon.backtest.parallel.each`.
    progress : callable, optional
        Told how many models there are, and how many are wanted.

    Returns
    -------
    pl.DataFrame
        The rows of `events` with `chance` (fraction) and `call` (bool) of a change of the Russell
        3000 side, `line_shift` (as `recon.forecast.predict.predict` gives it), `p_large` (of the
        Russell 1000 side, given that it is in the Russell 3000) and `trained_on` (number of
        events); names that are no company have no chance, and events without any before them no
        rows.
    """
    parts = ask(folds(frame, events), rounds=rounds, jobs=jobs, progress=progress)
    return pl.concat(parts) if parts else frame.clear()


def ask(
    asked: Sequence[Fold],
    *,
    rounds: int = ROUNDS,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[pl.DataFrame]:
    """Fit and ask each fold; frames in the order of the folds, columns as `walk_forward`."""
    parts: dict[int, pl.DataFrame] = {}
    for place, part in each(
        _ask_one, ((place, fold, rounds) for place, fold in enumerate(asked)), jobs
    ):
        parts[place] = part
        if progress is not None:
            progress(len(parts), len(asked))
    return [parts[place] for place in range(len(asked))]


def _fit(past: pl.DataFrame, rounds: int) -> ReconClassifier:
    model = ReconClassifier(rounds=rounds)
    return model.fit(
        matrix(past), past.select(changes()).to_series().to_numpy(), past["event"].to_numpy()
    )


def _ask_one(place: int, fold: Fold, rounds: int) -> tuple[int, pl.DataFrame]:
    model = _fit(fold.past, rounds)
    said = [
        predict(model, rows)
        for _, rows in fold.asked.filter("seen").group_by("lead", maintain_order=True)
    ]
    whole = pl.concat(said).with_columns(p_large=pl.Series(large_chance(pl.concat(said))))
    unseen = fold.asked.filter(~pl.col("seen")).with_columns(
        chance=0.0, call=False, line_shift=0.0, p_large=0.0
    )
    return place, pl.concat([whole, unseen]).with_columns(
        trained_on=pl.lit(fold.past["event"].n_unique())
    )
