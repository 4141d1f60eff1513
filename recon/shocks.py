"""The same moment with other prices: what a run would be had companies or the market moved today.

Closes of the session are scaled, share counts stay, and everything that follows from them is
computed again by the functions that made the run. What trading told up to the session stays as it
is: volumes, past returns, and the mean price of the members' price rule (fact sheet §2.2), in
which one day weighs little.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from recon.errors import InputError
from recon.master.company import companies
from recon.pipeline import Run
from recon.ruling import rule

NOTHING_LEFT: Final = -1.0
"""Move, a fraction, at which and below which no price is left."""
_RULED: Final = ("company_eligible", "line_eligible")
"""Columns of a run's lines that the rules added."""


@dataclass(frozen=True, slots=True)
class Shock:
    """Moves of prices, fractions of the close.

    Attributes
    ----------
    companies : mapping of str to float
        Whole move of single companies by `company_id`, all their lines alike.
    market : float
        Move of all others, also of members that the data do not quote.
    """

    companies: Mapping[str, float] = field(default_factory=dict)
    market: float = 0.0


def shocked(run: Run, shock: Shock) -> Run:
    """Give the run as it would be after a shock; the store is not read again.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`, up to rank day.
    shock : Shock
        What moves.

    Raises
    ------
    InputError
        A move of -100 % or less, an IPO event, whose lines are carried from another ranking, or a
        run after rank day, when prices decide nothing any more.
    """
    worst = min([shock.market, *shock.companies.values()])
    if worst <= NOTHING_LEFT:
        raise InputError(
            "a price cannot fall by all that it is",
            field="shock",
            value=f"{worst:+.0%}",
            expected="a move above -100%",
        )
    if run.carried is not None:
        raise InputError(
            "the lines of an IPO event are those of an earlier ranking",
            field="event",
            value=run.event.id,
            expected="a reconstitution",
        )
    if run.as_of > run.event.rank_day:
        raise InputError(
            "ranks are taken at the closes of rank day, which are past",
            field="as_of",
            value=run.as_of,
            expected=f"a day up to {run.event.rank_day}",
        )
    own = pl.col("company_id").replace_strict(
        dict(shock.companies), default=shock.market, return_dtype=pl.Float64
    )
    lines = run.lines.drop(_RULED).with_columns(close=pl.col("close") * (1 + own))
    absent = run.absent.with_columns(pl.col("total_cap_usd") * (1 + shock.market))
    found = rule(lines, companies(lines.drop("left_on")), absent, run.rulebook, run.answers)
    return dataclasses.replace(run, absent=absent, **found._asdict())
