"""From intervals, or from full snapshots, to happenings: facts that end without showing it early.

An interval file says `first_seen` and `last_seen` in one row, so the row's end is known
before it happened. Happenings split it: `seen` states the attributes from a session on,
`vanished` ends them at the first snapshot without the row (design, Time). A change of
attributes without a gap is a new `seen` alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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


def changes(
    before: pl.DataFrame | None,
    after: pl.DataFrame,
    key: Sequence[str],
    attributes: Sequence[str],
    *,
    session: date,
    known_at: Callable[[str], pl.Expr] = end_of_day_expr,
) -> pl.DataFrame:
    """Compare two consecutive full snapshots of one source.

    Parameters
    ----------
    before : DataFrame or None
        The earlier snapshot; None when `after` is the first, then every row is `seen`.
    after : DataFrame
        The later snapshot; one row per key.
    key, attributes : sequence of str
        As in `happenings`.
    session : date
        Date of `after`.
    known_at : callable
        As in `happenings`.

    Returns
    -------
    DataFrame
        As from `happenings`: `seen` for what is new or differs, `vanished` for what is gone.
    """
    key, attributes = list(key), list(attributes)
    after = after.select(*key, *attributes)
    if before is None:
        seen, gone = after, after.clear()
    else:
        before = before.select(*key, *attributes)
        seen = after.join(before, on=[*key, *attributes], how="anti", nulls_equal=True)
        gone = before.join(after, on=key, how="anti", nulls_equal=True)
    return (
        pl.concat(
            [
                seen.with_columns(happening=_said("seen")),
                gone.select(*key, happening=_said("vanished")),
            ],
            how="diagonal",
        )
        .select(*key, *attributes, pl.lit(session).alias("session"), "happening")
        .sort(key)
        .with_columns(known_at=known_at("session"))
    )


def snapshot_changes(
    snapshots: Iterable[tuple[date, pl.DataFrame]],
    key: Sequence[str],
    attributes: Sequence[str],
    before: pl.DataFrame | None = None,
    known_at: Callable[[str], pl.Expr] = end_of_day_expr,
) -> Iterator[pl.DataFrame]:
    """Turn a stream of full snapshots into happenings, holding two of them at a time.

    Parameters
    ----------
    snapshots : iterable of (date, DataFrame)
        Full snapshots, oldest first.
    key, attributes, known_at
        As in `happenings`.
    before : DataFrame or None
        The snapshot before the first of the stream, where there is one.

    Yields
    ------
    DataFrame
        The happenings of each snapshot, as from `changes`.
    """
    for session, snapshot in snapshots:
        yield changes(before, snapshot, key, attributes, session=session, known_at=known_at)
        before = snapshot


def _said(happening: str) -> pl.Expr:
    return pl.lit(happening, HAPPENING)


def _first_after(days: pl.Series, snapshot_dates: pl.Series | Iterable[date]) -> pl.Series:
    # One null behind the newest snapshot: what ends there, or never, has no end known.
    dates = pl.Series(snapshot_dates, dtype=pl.Date).drop_nulls().unique().sort()
    places = dates.search_sorted(days.fill_null(_NEVER), side="right")
    return dates.extend_constant(None, 1).gather(places)
