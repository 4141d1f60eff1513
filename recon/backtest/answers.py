"""Every question of a walk-forward with its outcome, the model's answer and the baselines'.

Four questions are asked of a moment: who is added to the Russell 3000, who is deleted from it,
and who moves up or down between Russell 1000 and Russell 2000. Each is asked of every company
that could, and of every name of the lists.
"""

from typing import Final

import polars as pl

ADD, DELETE, UP, DOWN = "add", "delete", "up", "down"
QUESTIONS: Final = (ADD, DELETE, UP, DOWN)
MOVES: Final = (UP, DOWN)
MOMENT: Final = ("event", "lead", "hindsight")
SURE: Final = 99.0
"""Log distance beyond any cap's: the rules are sure."""
EVEN: Final = 0.5
"""Chance of the Russell 1000 side from which a company is called into it."""

_INSIDE_LARGE = (pl.col("was_r1000") == 1).fill_null(False)
_INSIDE_SMALL = ((pl.col("member") == 1) & (pl.col("was_r1000") == 0)).fill_null(False)


def answers(predicted: pl.DataFrame) -> pl.DataFrame:
    """Questions and answers, one row each.

    Parameters
    ----------
    predicted : pl.DataFrame
        As from `recon.backtest.walk_forward.walk_forward`.

    Returns
    -------
    pl.DataFrame
        `event`, `lead`, `hindsight`, `action` (one of `QUESTIONS`), `company_id`, `symbol`,
        `outcome` (bool; moves are inferred from lists and hold some noise), `chance` (fraction)
        and `call` of the model, `rules_call`, `rules_strength`, `unbanded_call`,
        `unbanded_strength` (signed log distance to the line), `noise` (an outcome that nobody
        could have called). Moves are asked of those events only that have labels of moves.
    """
    known = (pl.col("moved").is_not_null().any()).over("event")
    moving = predicted.filter(known)
    return pl.concat(
        [
            _asked(predicted.filter(pl.col("member") == 0), ADD),
            _asked(predicted.filter(pl.col("member") == 1), DELETE),
            _asked(moving.filter(_INSIDE_SMALL | (pl.col("moved") == UP)), UP),
            _asked(moving.filter(_INSIDE_LARGE | (pl.col("moved") == DOWN)), DOWN),
        ]
    )


def strict_first() -> pl.Expr:
    """By which rows sort as hindsights stand side by side."""
    return pl.col("hindsight") != "strict"


def _asked(rows: pl.DataFrame, action: str) -> pl.DataFrame:
    """One question of the companies given."""
    outcome = {ADD: pl.col("added"), DELETE: pl.col("deleted")}.get(
        action, (pl.col("moved") == action).fill_null(False)
    )
    said, strength = _rules(action, "rules_large", "distance_side")
    plain, plain_strength = _rules(action, "rules_unbanded_large", "distance_1000")
    own = rows.with_columns(action=pl.lit(action), outcome=outcome)
    if action in MOVES:
        chance, call = _moving(action)
        own = own.with_columns(chance=chance, call=call)
    return own.select(
        *MOMENT,
        "action",
        "company_id",
        "symbol",
        "outcome",
        "chance",
        "call",
        rules_call=said,
        rules_strength=strength,
        unbanded_call=plain,
        unbanded_strength=plain_strength,
        noise=pl.col("outcome") & ~_could(action),
    )


def _could(action: str) -> pl.Expr:
    """Whether a company is where a change of this kind starts."""
    start = {UP: _INSIDE_SMALL, DOWN: _INSIDE_LARGE}.get(action, pl.lit(True))
    return pl.col("seen") & start


def _moving(action: str) -> tuple[pl.Expr, pl.Expr]:
    """Chance that a member stays in the Russell 3000 and lands on the other side, and the call."""
    side = pl.col("p_large") if action == UP else 1 - pl.col("p_large")
    able = _could(action)
    chance = pl.when(able).then((1 - pl.col("chance")) * side).otherwise(0.0)
    large = pl.col("p_large") >= EVEN
    return chance, able & ~pl.col("call") & (large if action == UP else ~large)


def _rules(action: str, large: str, distance: str) -> tuple[pl.Expr, pl.Expr]:
    """The rules' call as if the moment were rank day, and how strongly they say so.

    Bands decide between the Russell 1000 and 2000 only: without them the Russell 3000 is the
    same. Whose size is not known, or only from below, stays on its side.
    """
    inside, known = pl.col("rules_in"), pl.col("seen")
    if action in MOVES:
        lands = pl.col(large) if action == UP else ~pl.col(large)
        toward = pl.col(distance) if action == UP else -pl.col(distance)
        able = _could(action) & inside & ~pl.col("stays")
        return able & lands, pl.when(able).then(toward).otherwise(-SURE)
    toward = pl.col("distance_3000").fill_null(0.0)
    if action == ADD:
        return inside & known, pl.when("eligible").then(toward).otherwise(-SURE)
    failed = pl.when(known).then(SURE).otherwise(-SURE)
    return ~inside & known, pl.when("eligible").then(-toward).otherwise(failed)
