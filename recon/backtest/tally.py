"""From outcomes of names to the figures of a study: by event, pooled, and over the events."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from recon.backtest.baskets import GROUPS
from recon.backtest.callers import MODEL, RULES
from recon.backtest.effect import Effect, between, over_events, over_names
from recon.backtest.official import ACTIONS
from recon.backtest.outcomes import MEASURES
from recon.backtest.windows import NAMES

BASKETS: Final = (MODEL, RULES, "official", "placebo")
SIDES: Final = ("add", "delete", "spread")
"""`spread`: additions less deletions; net, a dollar bought and a dollar sold."""
POOLED: Final = "pooled"
EVENTS: Final = "mean of events"
SEED: Final = 20240628
"""Of the bootstrap: the same names give the same interval."""

FIGURES: Final = {
    "event": pl.String,
    "group": pl.String,
    "basket": pl.String,
    "action": pl.String,
    "window": pl.String,
    "measure": pl.String,
    "n": pl.Int64,
    "mean": pl.Float64,
    "median": pl.Float64,
    "trimmed_mean": pl.Float64,
    "t": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
"""Columns of the figures; fractions. `event` is an id, `POOLED` or `EVENTS`; `n` counts names, or
events; `low` and `high` bound the 95 % interval of the mean."""


def figures(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Figures of every group, basket, side, window and measure.

    Parameters
    ----------
    outcomes : pl.DataFrame
        As from `recon.backtest.outcomes.outcomes`, with `event`.

    Returns
    -------
    pl.DataFrame
        Columns of `FIGURES`: one row an event, then pooled over all names, then the mean of the
        events, whose interval is Student's. What no name has is left out.
    """
    events = outcomes["event"].unique(maintain_order=True).to_list()
    parts = []
    for (group, basket), rows in outcomes.group_by("group", "basket", maintain_order=True):
        head = {"group": str(group), "basket": str(basket)}
        means: dict[str, list[np.ndarray]] = {side: [] for side in SIDES}
        for event in events:
            for side, effect in _sides(rows.filter(pl.col("event") == event)).items():
                parts.append(_rows(effect, event=event, side=side, **head))
                means[side].append(effect.mean)
        for side, effect in _sides(rows).items():
            parts.append(_rows(effect, event=POOLED, side=side, **head))
        for side, own in means.items():
            parts.append(_rows(over_events(own), event=EVENTS, side=side, **head))
    order = {"group": GROUPS, "action": SIDES, "window": NAMES, "basket": BASKETS}
    return (
        pl.concat(parts)
        .filter(pl.col("n") > 0)
        .sort(
            *(pl.col(name).replace_strict(_places(said)) for name, said in order.items()),
            pl.col("event").replace_strict(_places([*events, POOLED, EVENTS])),
            pl.col("measure").replace_strict(_places(MEASURES)),
        )
    )


def _places(said: Sequence[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(said)}


def _sides(rows: pl.DataFrame) -> dict[str, Effect]:
    """Additions, deletions and their spread."""
    long, short = (over_names(*_values(rows, action), SEED) for action in ACTIONS)
    # The net outcome of a deletion is that of the sold position already.
    side = np.tile([-1.0 if measure == "net" else 1.0 for measure in MEASURES], len(NAMES))
    return dict(zip(SIDES, (long, short, between(long, short, side)), strict=True))


def _values(rows: pl.DataFrame, action: str) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes of each name, its windows and measures side by side, and its weight."""
    own = rows.filter(pl.col("action") == action)
    keys = ["event", "security_id"]
    names = own.select(*keys, "weight").unique(keys).sort(keys)
    blocks = [
        names.join(
            own.filter(pl.col("window") == window), on=keys, how="left", maintain_order="left"
        )
        .select(pl.col(MEASURES).fill_null(np.nan))
        .to_numpy()
        for window in NAMES
    ]
    return np.hstack(blocks), names["weight"].to_numpy()


def _rows(effect: Effect, *, event: str, group: str, basket: str, side: str) -> pl.DataFrame:
    columns = ("mean", "median", "trimmed_mean", "t", "low", "high")
    return pl.DataFrame(
        {
            "event": event,
            "group": group,
            "basket": basket,
            "action": side,
            "window": np.repeat(NAMES, len(MEASURES)),
            "measure": np.tile(MEASURES, len(NAMES)),
            "n": effect.n,
            **{name: getattr(effect, name) for name in columns},
        },
        schema=FIGURES,
    ).with_columns(pl.col(columns).fill_nan(None))
