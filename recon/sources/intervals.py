"""From intervals, or from full snapshots, to happenings: facts that end without showing it early.

An interval file says `first_seen` and `last_seen` in one row, so the row's end is known
before it happened. Happenings split it: `seen` states the attributes from a session on,
`vanished` ends them at the first snapshot without the row (design, Time). A change of
attributes without a gap is a new `seen` alone.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import polars as pl

from recon.calendar import end_of_day_expr

HAPPENING = pl.Enum(["seen", "vanished"])
_NEVER = date(9999, 12, 31)


def happenings(
    frame: pl.DataFrame,
    key: Sequence[str],
    attributes: Sequence[str],
    *,
    first_seen: str,
    last_seen: str,
    snapshot_dates: pl.Series | Iterable[date],
    known_at: Callable[[str], pl.Expr] = end_of_day_expr,
) -> pl.DataFrame:
    """Turn intervals into happenings.

    Parameters
    ----------
    frame : DataFrame
        One row per interval, in any order; `first_seen` and `last_seen` of type `Date`.
    key : sequence of str
        Columns that say whose fact it is.
    attributes : sequence of str
        Columns that the fact states.
    first_seen, last_seen : str
        Names of the columns with the first and last snapshot that show the row. A null
        `last_seen` means that no end is known.
    snapshot_dates : Series or iterable of date
        Dates of all snapshots that the file was made from, in any order. An interval whose
        `last_seen` is the newest of them has no known end.
    known_at : callable
        Column of days → expression of the moment when that day's snapshot was known; the
        end of the day in New York unless the source says otherwise.

    Returns
    -------
    DataFrame
        `key`, `attributes`, `session`, `happening` (`seen` or `vanished`; attributes are
        null on `vanished`) and `known_at` (naive UTC), sorted by session and key. Intervals
        of one key that touch or overlap have no `vanished` between them.
    """
    key, attributes = list(key), list(attributes)
    seen = frame.select(*key, *attributes, session=first_seen, happening=_said("seen"))
    following = pl.col(first_seen).shift(-1).over(key)
    vanished = (
        frame.with_columns(_end=_first_after(frame[last_seen], snapshot_dates))
        .sort(*key, first_seen)
        # An interval inside a longer one does not end the key's presence.
        .with_columns(pl.col("_end").fill_null(_NEVER).cum_max().over(key))
        .filter(pl.col("_end") != _NEVER, following.is_null() | (following > pl.col("_end")))
        .select(*key, session="_end", happening=_said("vanished"))
    )
    return (
        pl.concat([seen, vanished], how="diagonal")
        .sort("session", *key)
        .with_columns(known_at=known_at("session"))
    )


def without_ends(rows: pl.DataFrame, broken: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Leave out the ends of what has an interval set aside: it may go on in that one.

    Parameters
    ----------
    rows : DataFrame
        As from `happenings`.
    broken : DataFrame
        Rows that were set aside, with the columns of `key`.
    key : sequence of str
        As in `happenings`.
    """
    ends = pl.col("happening") == "vanished"
    kept = rows.filter(ends).join(broken, on=list(key), how="anti", nulls_equal=True)
    return pl.concat([rows.filter(~ends), kept]).sort("session", *key, maintain_order=True)


def snapshot_changes(
    frame: pl.DataFrame,
    key: Sequence[str],
    attributes: Sequence[str],
    *,
    session: str = "session",
    series: Sequence[str] = (),
    known_at: Callable[[str], pl.Expr] = end_of_day_expr,
) -> pl.DataFrame:
    """Turn consecutive full snapshots into happenings.

    Parameters
    ----------
    frame : DataFrame
        The rows of all snapshots, in any order. Of rows with the same key in one snapshot only
        the first counts.
    key, attributes, known_at
        As in `happenings`.
    session : str
        Column with the date of the row's snapshot.
    series : sequence of str
        Columns of the key that say whose snapshot it is, where several sources (exchanges)
        are each snapped in their own time. A snapshot without rows is not one.

    Returns
    -------
    DataFrame
        As from `happenings`. Every row of a first snapshot is `seen`.
    """
    key, attributes, series = list(key), list(attributes), list(series)
    rank = pl.col(session).rank("dense").cast(pl.Int32)
    number = pl.col("_number")
    rows = (
        frame.select(
            *key, *attributes, session, (rank.over(series) if series else rank).alias("_number")
        )
        .sort(*key, "_number", maintain_order=True)
        .filter(~_equal([*key, "_number"], 1).fill_null(value=False))
    )
    unchanged = _equal([*key, *attributes], 1) & (number == number.shift(1) + 1)
    stays = _equal(key, -1) & (number == number.shift(-1) - 1)
    seen = rows.filter(~unchanged.fill_null(value=False))
    shots = frame.select(*series, session).unique().sort(*series, session)
    following = pl.col(session).shift(-1)
    gone = rows.filter(~stays.fill_null(value=False)).join(
        shots.with_columns((following.over(series) if series else following).alias("_following")),
        on=[*series, session],
    )
    gone = gone.filter(pl.col("_following").is_not_null())
    return (
        pl.concat(
            [
                seen.select(*key, *attributes, session=session, happening=_said("seen")),
                gone.select(*key, session="_following", happening=_said("vanished")),
            ],
            how="diagonal",
        )
        .sort("session", *key)
        .with_columns(known_at=known_at("session"))
    )


def _equal(columns: list[str], step: int) -> pl.Expr:
    """Whether each row equals the one `step` rows before it."""
    return pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(step)) for c in columns)


def _said(happening: str) -> pl.Expr:
    return pl.lit(happening, HAPPENING)


def _first_after(days: pl.Series, snapshot_dates: pl.Series | Iterable[date]) -> pl.Series:
    # One null behind the newest snapshot: what ends there, or never, has no end known.
    dates = pl.Series(snapshot_dates, dtype=pl.Date).drop_nulls().unique().sort()
    places = dates.search_sorted(days.fill_null(_NEVER), side="right")
    return dates.extend_constant(None, 1).gather(places)
