"""Rows that were seen from one day to another, made fit for `happenings`.

An interval file states for each distinct row when it was first and last seen. Where a value
goes and comes back (A, B, A) the rows overlap: A spans B. `unnested` states A again at the
first snapshot after B, so that reading as of a moment finds what that snapshot showed.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from recon.calendar import end_of_day_expr
from recon.contracts import FIRST_SESSION, LAST_SESSION
from recon.sources.intervals import happenings, without_ends


def dated_happenings(
    frame: pl.DataFrame,
    key: Sequence[str],
    attributes: Sequence[str],
    snapshot_dates: Iterable[date] | None = None,
) -> pl.DataFrame:
    """Turn rows with `first_seen` and `last_seen` into happenings.

    Parameters
    ----------
    frame : pl.DataFrame
        `key`, `attributes`, and the dates `first_seen` and `last_seen` (null: no end known).
        Rows whose days are missing, out of order or beyond `FIRST_SESSION` and
        `LAST_SESSION` are given back as `seen` with no session or one that the contract
        rejects, and count for nothing else: one of them would end all others.
    key, attributes : sequence of str
        As in `recon.sources.intervals.happenings`.
    snapshot_dates : iterable of date, optional
        Dates of all snapshots; by default every date that the rows name.

    Returns
    -------
    pl.DataFrame
        As from `happenings`: one row at most for each key, session and happening.
    """
    first, last = pl.col("first_seen"), pl.col("last_seen")
    within = first.is_between(FIRST_SESSION, LAST_SESSION).fill_null(value=False)
    sound = within & (last.is_between(first, LAST_SESSION) | last.is_null())
    kept = frame.filter(sound)
    named = [kept["first_seen"], kept["last_seen"]]
    dates = pl.concat(named) if snapshot_dates is None else pl.Series(snapshot_dates)
    dates = dates.cast(pl.Date).drop_nulls().unique().sort()
    key, attributes = list(key), list(attributes)
    unsound = frame.filter(~sound).select(
        *key,
        *attributes,
        session=pl.when(~within).then(first),
        happening=pl.lit("seen"),
        known_at=pl.lit(None, pl.Datetime("us")),
    )
    dated = happenings(
        unnested(kept, key, attributes, dates),
        key,
        attributes,
        first_seen="first_seen",
        last_seen="last_seen",
        snapshot_dates=dates,
    )
    dated = without_ends(dated.cast({"happening": pl.String}), unsound, key)
    return pl.concat([dated, unsound], how="diagonal")


def seen_on(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """State the rows of a file of one date as `seen` on that date, with no end."""
    return frame.with_columns(
        session=pl.lit(day), happening=pl.lit("seen"), known_at=end_of_day_expr(pl.lit(day))
    )


def unnested(
    frame: pl.DataFrame, key: Sequence[str], attributes: Sequence[str], dates: pl.Series
) -> pl.DataFrame:
    """State a row again where one inside its span has ended.

    Parameters
    ----------
    frame : pl.DataFrame
        `key`, `attributes`, `first_seen`, `last_seen`.
    key, attributes : sequence of str
        Columns that say whose row it is, and what it states.
    dates : pl.Series
        Dates of all snapshots, sorted.

    Returns
    -------
    pl.DataFrame
        The same columns; of rows of one key that begin on one day only the longest is kept
        (a day's later snapshot replaces its earlier one), and rows that state the same with
        nothing between them are still two.
    """
    columns = [*key, *attributes, "first_seen", "last_seen"]
    end = pl.col("last_seen").fill_null(date.max)
    rows = (
        frame.select(columns)
        .sort(*key, "first_seen", end, maintain_order=True)
        .unique([*key, "first_seen"], keep="last", maintain_order=True)
    )
    later = dates.extend_constant(None, 1)
    ended = rows.filter(pl.col("last_seen").is_not_null()).select(
        *key,
        resumes=pl.col("last_seen").map_batches(
            lambda days: later.gather(dates.search_sorted(days, side="right")),
            return_dtype=pl.Date,
        ),
    )
    again = (
        ended.filter(pl.col("resumes").is_not_null())
        .unique()
        .join(rows, on=list(key))
        .filter(pl.col("first_seen") <= pl.col("resumes"), end >= pl.col("resumes"))
        # The newest row in force then; if it begins then, it is stated anyway.
        .sort("first_seen")
        .unique([*key, "resumes"], keep="last", maintain_order=True)
        .filter(pl.col("first_seen") < pl.col("resumes"))
        .with_columns(first_seen="resumes")
    )
    return pl.concat([rows, again.select(columns)])
