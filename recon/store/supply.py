"""Which source supplies the quotes of a session: a question to the store's books, not its rows.

The books have a row for each session of each batch. They are small and a generation never changes,
so they are read once and the answer for a moment is worked out of them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import polars as pl


class Supply(NamedTuple):
    """What comes from one source.

    Attributes
    ----------
    sessions : list of date
        Those that it supplies.
    batches : list of int
        Its batches with any of them.
    revised : bool
        Whether it stated some lines of one of them again later, so that of each line only the
        newest statement counts.
    """

    sessions: list[date]
    batches: list[int]
    revised: bool


def chosen(books: pl.DataFrame, moment: datetime, precedence: Sequence[str]) -> pl.DataFrame:
    """Choose, for each session, the first source that was known at a moment to have it.

    Parameters
    ----------
    books : pl.DataFrame
        Columns of the store's table `quote_session`: `batch_id`, `source`, `session`, `known_at`.
    moment : datetime
        Naive UTC; what is known later has no say.
    precedence : sequence of str
        Sources, the most trusted first; sources not named come after, by name.

    Returns
    -------
    pl.DataFrame
        Those rows of the books that are known and count.
    """
    known = books.filter(pl.col("known_at") <= moment)
    order = sorted(known["source"].unique(), key=lambda name: (_place(precedence, name), name))
    place = pl.col("source").cast(pl.Enum(order)).to_physical()
    return known.filter(place == place.min().over("session"))


def supplies(chosen: pl.DataFrame, sessions: Sequence[date]) -> list[Supply]:
    """Give what each source supplies of some sessions.

    Parameters
    ----------
    chosen : pl.DataFrame
        As from `chosen`.
    sessions : sequence of date
        Those asked for; one that was not known is in no supply.
    """
    asked = chosen.filter(pl.col("session").is_in(sessions))
    found = asked.group_by("source", maintain_order=True).agg(
        pl.col("session").unique(),
        pl.col("batch_id").unique(),
        revised=pl.struct("session", "known_at").n_unique() > pl.col("session").n_unique(),
    )
    return [Supply(*row) for row in found.drop("source").iter_rows()]


def _place(precedence: Sequence[str], name: str) -> int:
    return precedence.index(name) if name in precedence else len(precedence)
