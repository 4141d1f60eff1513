"""How far printed tickers lead to a line: official lists and index snapshots, name by name.

A name that resolves to nothing is lost to every later stage, so the share that resolves is the
measure of the master's identity. The lists resolve as the score resolves them: a change as of its
event's rank day, else of its effective day; a snapshot as of its own day.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl
import polars.selectors as cs

from recon.calendar import event
from recon.master.build import known_securities
from recon.master.resolve import resolve
from recon.master.symbols import bare
from recon.store import AsOf

OFFICIAL: Final = ("official_changes", "official_membership_list")
"""Kinds that the owner printed."""
_FUNDS: Final = ("official_derived", "etf_ishares", "etf_ishares_tickers")
_PRINTED: Final = {
    "kind": pl.String,
    "list": pl.String,
    "day": pl.Date,
    "other_day": pl.Date,
    "ticker": pl.String,
    "name": pl.String,
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the printed names of a moment lead.

    Attributes
    ----------
    lists : pl.DataFrame
        As from `coverage`.
    unmatched : pl.DataFrame
        As from `unmatched`.
    """

    lists: pl.DataFrame
    unmatched: pl.DataFrame


def coverage_at(known: AsOf) -> Coverage:
    """Resolve every list known at a moment by the lives known at it."""
    printed = printed_lists(known)
    if printed.is_empty():
        found = printed.with_columns(security_id=pl.lit(None, pl.String))
    else:
        found = matched(printed, known_securities(known))
    return Coverage(coverage(found), unmatched(found))


def printed_lists(known: AsOf) -> pl.DataFrame:
    """Every name of every official list and trusted snapshot since the first session.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.

    Returns
    -------
    pl.DataFrame
        `kind` (`official_changes` or a kind of snapshot), `list` (`2024-06 R3000 add final`,
        `R2000 2024-03-28`), `day` (of the rank day or the snapshot), `other_day` (effective day
        of a change, else null), `ticker`, `name`.
    """
    sessions = known.sessions()
    if not sessions:
        return pl.DataFrame(schema=_PRINTED)
    changes = known.announcements().with_columns(cs.enum().cast(pl.String))
    events = {name: event(name) for name in changes["event"].unique().to_list()}
    official = changes.with_columns(
        day=pl.col("event").replace_strict(
            {name: one.rank_day for name, one in events.items()}, return_dtype=pl.Date
        ),
        other_day=pl.col("event").replace_strict(
            {name: one.effective for name, one in events.items()}, return_dtype=pl.Date
        ),
        kind=pl.lit(OFFICIAL[0]),
        list=pl.format("{} {} {} {}", "event", "index", "action", "stage"),
    )
    held = known.memberships().with_columns(cs.enum().cast(pl.String))
    snapshots = held.filter(pl.col("kind").is_in([OFFICIAL[1], *_FUNDS])).with_columns(
        day="asof", other_day=pl.lit(None, pl.Date), list=pl.format("{} {}", "index", "asof")
    )
    both = pl.concat(
        [
            frame.select(pl.col(name).cast(kind) for name, kind in _PRINTED.items())
            for frame in (official, snapshots)
        ]
    )
    return both.filter(pl.col("day") >= sessions[0]).unique(
        ["kind", "list", "ticker"], keep="first", maintain_order=True
    )


def matched(printed: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Resolve every printed name.

    Parameters
    ----------
    printed : pl.DataFrame
        As from `printed_lists`.
    securities : pl.DataFrame
        Lives with `security_id`, as known by the newest moment.

    Returns
    -------
    pl.DataFrame
        The rows with `security_id`, null where the ticker belongs to no line near either day. One
        line printed in two spellings counts once a list.
    """
    distinct = printed.unique(["kind", "list", "ticker"], keep="first", maintain_order=True)
    spelled = distinct.with_columns(spelling=pl.coalesce(bare("ticker"), "ticker")).unique(
        ["kind", "list", "spelling"], keep="first", maintain_order=True
    )
    first = resolve(spelled, securities)["security_id"]
    other = resolve(spelled.with_columns(day=pl.coalesce("other_day", "day")), securities)[
        "security_id"
    ]
    return (
        spelled.drop("spelling")
        .with_columns(pl.Series("first_id", first), pl.Series("other_id", other))
        .with_columns(security_id=pl.coalesce("first_id", "other_id"))
        .drop("first_id", "other_id")
    )


def coverage(matched: pl.DataFrame) -> pl.DataFrame:
    """Share of names that resolve, list by list.

    Returns
    -------
    pl.DataFrame
        `kind`, `list`, `day`, `names`, `resolved` (counts), `share` (fraction); official kinds
        first, by day.
    """
    return (
        matched.group_by("kind", "list", "day")
        .agg(names=pl.len(), resolved=pl.col("security_id").is_not_null().sum())
        .with_columns(
            pl.col("names", "resolved").cast(pl.Int64),
            share=pl.col("resolved") / pl.col("names"),
        )
        .sort(~pl.col("kind").is_in(list(OFFICIAL)), "kind", "day", "list")
    )


def unmatched(matched: pl.DataFrame) -> pl.DataFrame:
    """Names that resolve to nothing.

    Returns
    -------
    pl.DataFrame
        `kind`, `ticker`, `name` (the newest printed), `lists` (how many hold it), `first` and
        `last` (days of those); official kinds first.
    """
    return (
        matched.filter(pl.col("security_id").is_null())
        .sort("day", "list")
        .group_by("kind", "ticker", maintain_order=True)
        .agg(
            pl.col("name").drop_nulls().last(),
            lists=pl.len().cast(pl.Int64),
            first=pl.col("day").min(),
            last=pl.col("day").max(),
        )
        .sort(~pl.col("kind").is_in(list(OFFICIAL)), "kind", "ticker")
    )
