"""What changed from one candidate list to the next: new, dropped, moved, flipped.

A row is an index, an action and a line, found again by its security where both lists name it,
else by its symbol. A row that one list lacks counts there as not called: whoever appears as a call
has flipped, and so has a call that is gone.
"""

from typing import Final

import polars as pl

from recon.errors import InputError

MOVED: Final = 0.05
"""Probability by which a row must move to be named; smaller moves are a day's noise."""
CHANGES: Final = {
    "index": pl.String(),
    "action": pl.String(),
    "symbol": pl.String(),
    "symbol_before": pl.String(),
    "company": pl.String(),
    "change": pl.String(),
    "flipped": pl.Boolean(),
    "call_before": pl.Boolean(),
    "call": pl.Boolean(),
    "probability_before": pl.Float64(),
    "probability": pl.Float64(),
    "probability_change": pl.Float64(),
}
"""Columns of `changes`. `change` is `new`, `dropped`, `moved` or `same`; a row that is the same is
there because its call flipped. `symbol` is the later one."""


def changes(before: pl.DataFrame, after: pl.DataFrame, threshold: float = MOVED) -> pl.DataFrame:
    """Compare two candidate lists of one event.

    Parameters
    ----------
    before, after : pl.DataFrame
        As from `recon.publish.formats.read_list` or `recon.publish.candidates.candidates`: at
        least `event`, `index`, `action`, `symbol`, `call`, `probability`; `security_id` and
        `company` where they are known.
    threshold : float
        Least change of the probability that is named, a fraction.

    Returns
    -------
    pl.DataFrame
        Columns of `CHANGES`: flipped calls first, then by the size of the move. A row that only
        one list has changed by its whole probability.

    Raises
    ------
    InputError
        The lists are of several events, or one has a row twice.
    """
    events = sorted(set(before["event"]) | set(after["event"]))
    if len(events) > 1:
        raise InputError(
            "the lists are of different events",
            field="event",
            value=", ".join(events),
            expected="two lists of one event",
        )
    named = all("security_id" in frame.columns for frame in (before, after))
    old, new = (_keyed(frame, named=named) for frame in (before, after))
    key = ["index", "action", "line"]
    both = old.join(new, on=key, how="full", coalesce=True, suffix="_after")
    was, now = pl.col("probability"), pl.col("probability_after")
    move = now.fill_null(0.0) - was.fill_null(0.0)
    flipped = pl.col("call").fill_null(value=False) != pl.col("call_after").fill_null(value=False)
    told = both.select(
        "index",
        "action",
        symbol=pl.coalesce("symbol_after", "symbol"),
        symbol_before="symbol",
        company=pl.coalesce("company_after", "company"),
        change=pl.when(was.is_null())
        .then(pl.lit("new"))
        .when(now.is_null())
        .then(pl.lit("dropped"))
        .when(move.abs() >= threshold)
        .then(pl.lit("moved"))
        .otherwise(pl.lit("same")),
        flipped=flipped,
        call_before="call",
        call="call_after",
        probability_before=was,
        probability=now,
        probability_change=move,
    )
    return (
        told.filter((pl.col("change") != "same") | pl.col("flipped"))
        .sort(
            "flipped",
            pl.col("probability_change").abs(),
            "index",
            "action",
            "symbol",
            descending=[True, True, False, False, False],
        )
        .select(pl.col(name).cast(kind) for name, kind in CHANGES.items())
    )


def flipped(found: pl.DataFrame) -> pl.DataFrame:
    """Rows whose call is another than before: what a desk is to be woken for.

    Parameters
    ----------
    found : pl.DataFrame
        As from `changes`.
    """
    return found.filter("flipped")


def _keyed(rows: pl.DataFrame, *, named: bool) -> pl.DataFrame:
    line = pl.coalesce("security_id", "symbol") if named else pl.col("symbol")
    company = pl.col("company") if "company" in rows.columns else pl.lit(None, pl.String)
    keyed = rows.select(
        "index", "action", "symbol", "call", "probability", line=line, company=company
    )
    twice = keyed.filter(pl.struct("index", "action", "line").is_duplicated())
    if not twice.is_empty():
        raise InputError(
            "the list has a row twice",
            field="symbol",
            value=twice["symbol"][0],
            expected="one row an index, action and line",
        )
    return keyed
