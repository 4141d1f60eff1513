"""What each part is worth: the ablation, and the learning curve.

An ablation takes one part away and scores what is left; the curve trains on fewer events. Both
run through the walk-forward's own code, so they see no more of the future than it does.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import polars as pl

from recon.backtest.answers import MOMENT, QUESTIONS, answers, strict_first
from recon.backtest.parallel import Progress
from recon.backtest.scorecard import cards, summary, table
from recon.backtest.walk_forward import Fold, ask, folds
from recon.forecast.classifier import operating_threshold
from recon.forecast.field import MOST_DOUBT

WHOLE: Final = "whole"
NO_CLASSIFIER: Final = "without the classifier"
NO_SIMULATION: Final = "without the simulation"
WRONG_DATE: Final = "caps of a wrong date"
WRONG_BY: Final = 50
"""Sessions by which the caps of `WRONG_DATE` are too old: ten weeks."""
LATE: Final = -1
"""Stands for the lead of what is known too late, while it is asked beside the others."""
FIGURES: Final = ("f1", "average_precision", "brier")
"""Figures of the model in a learning curve."""


def as_if_rank_day(frame: pl.DataFrame) -> pl.DataFrame:
    """Frames in which nothing is left to happen until rank day: the simulation taken away.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`.

    Returns
    -------
    pl.DataFrame
        The same rows with the features that `recon.forecast.simulate` would give with no
        session left: the rules' answers for its shares of paths, and of the spread of caps only
        the doubt about counts.
    """
    sized = pl.col("sigma").is_not_null()
    inside, large = pl.col("rules_in"), pl.col("rules_large")
    answered = {"p_r3000": inside, "p_r1000": inside & large}
    return frame.with_columns(
        **{name: pl.when(sized).then(said.cast(pl.Float64)) for name, said in answered.items()},
        p_priced=pl.when(sized).then(1 - pl.col("fails_price").fill_null(0.0)),
        sigma=pl.when(sized).then(pl.col("doubt").clip(0, MOST_DOUBT)),
        sessions_ahead=pl.when(pl.col("seen")).then(0.0),
    )


def without_classifier(predicted: pl.DataFrame) -> pl.DataFrame:
    """Chances of the simulation among those that the rules admit, nothing learned."""
    inside = pl.col("p_r3000") * pl.col("eligible")
    inside = pl.coalesce(inside, pl.col("rules_in").cast(pl.Float64))
    return predicted.with_columns(
        chance=pl.when(~pl.col("seen") | pl.col("stays"))
        .then(0.0)
        .when(pl.col("member") == 1)
        .then(1 - inside)
        .otherwise(inside)
    ).with_columns(call=_called().over(*MOMENT, "member"))


def ablation(
    frame: pl.DataFrame,
    events: Sequence[str],
    leads: Sequence[int],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Score what is left when one part is taken away.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`, with the lead `WRONG_BY` among them.
    events : sequence of str
        Events to score.
    leads : sequence of int
        Leads to train on and to score.
    jobs, progress
        As for `walk_forward`.

    Returns
    -------
    pl.DataFrame
        `variant` and the columns of `recon.backtest.scorecard.summary`. `NO_SIMULATION` is
        trained anew without it. `WRONG_DATE` asks the whole model on rank day with all that was
        known `WRONG_BY` sessions before it as if it were of rank day, at lead 0 only.
    """
    own = frame.filter(pl.col("lead").is_in(list(leads)))
    late = as_if_rank_day(frame.filter(pl.col("lead") == WRONG_BY)).with_columns(
        lead=pl.lit(LATE, pl.Int32)
    )
    whole = folds(own, events)
    plain = folds(as_if_rank_day(own), events)
    asked = [Fold(fold.past, pl.concat([fold.asked, _same(late, fold.asked)])) for fold in whole]
    parts = ask([*asked, *plain], jobs=jobs, progress=progress)
    full, rest = pl.concat(parts[: len(whole)]), pl.concat(parts[len(whole) :])
    right = full.filter(pl.col("lead") != LATE)
    variants = {
        WHOLE: right,
        NO_CLASSIFIER: without_classifier(right),
        NO_SIMULATION: rest,
        WRONG_DATE: full.filter(pl.col("lead") == LATE).with_columns(lead=pl.lit(0, pl.Int32)),
    }
    return pl.concat(
        [
            summary(answers(one)).select(pl.lit(name).alias("variant"), pl.all())
            for name, one in variants.items()
        ]
    )


def learning_curve(
    frame: pl.DataFrame, event: str, *, jobs: int = 1, progress: Progress | None = None
) -> pl.DataFrame:
    """Score one event by models of fewer events, every choice of them.

    Parameters
    ----------
    frame : pl.DataFrame
        As from `recon.backtest.frames.collect`.
    event : str
        The event to score; those before it train.
    jobs, progress
        As for `walk_forward`.

    Returns
    -------
    pl.DataFrame
        One row a choice, lead, hindsight and action: `trained_on` (number of events), `events`
        (which, joined by `+`), and the columns of `recon.backtest.scorecard.table`.
    """
    asked = []
    for fold in folds(frame, [event]):
        past = fold.past["event"].unique().sort().to_list()
        asked += [
            ("+".join(some), Fold(fold.past.filter(pl.col("event").is_in(some)), fold.asked))
            for count in range(1, len(past) + 1)
            for some in combinations(past, count)
        ]
    parts = ask([fold for _, fold in asked], jobs=jobs, progress=progress)
    return pl.concat(
        [
            table(cards(answers(part))).select(
                pl.lit(part["trained_on"][0]).alias("trained_on"),
                pl.lit(names).alias("events"),
                pl.all(),
            )
            for (names, _), part in zip(asked, parts, strict=True)
        ]
    )


def curve(found: pl.DataFrame) -> pl.DataFrame:
    """Mean, least and most over the choices of equally many events.

    Returns
    -------
    pl.DataFrame
        One row a hindsight, lead, action and `trained_on`: `choices`, and of each of `FIGURES`
        the mean and, as `…_least` and `…_most`, the range; `rules_f1` and
        `rules_average_precision` beside.
    """
    said = [f"model_{name}" for name in FIGURES]
    return (
        found.group_by("hindsight", "lead", "action", "trained_on", maintain_order=True)
        .agg(
            pl.len().alias("choices"),
            pl.col(said).mean(),
            pl.col(said).min().name.suffix("_least"),
            pl.col(said).max().name.suffix("_most"),
            pl.col("rules_f1", "rules_average_precision").first(),
        )
        .sort(strict_first(), "lead", pl.col("action").replace_strict(_ORDER), "trained_on")
    )


def _called() -> pl.Expr:
    """Whether a chance reaches the operating threshold of the rows that it stands among."""
    return pl.col("chance") >= pl.col("chance").map_batches(
        lambda chances: pl.Series([operating_threshold(chances.to_numpy())]),
        return_dtype=pl.Float64,
        returns_scalar=True,
    )


_ORDER: Final = {action: place for place, action in enumerate(QUESTIONS)}


def _same(late: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Rows of the event and hindsight that a fold asks about."""
    return late.filter(
        (pl.col("event") == asked["event"][0]) & (pl.col("hindsight") == asked["hindsight"][0])
    )
