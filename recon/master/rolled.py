"""Members after the newest lists: official changes applied, and members that no fund holds."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from recon.master.resolve import resolve
from recon.master.snapshots import TRUST, Lines, choose, members_of, minus


def official_not_held(
    members: pl.DataFrame,
    snapshots: pl.DataFrame,
    lines: Lines,
    securities: pl.DataFrame,
    announcements: pl.DataFrame,
    effective_days: Sequence[date],
    day: date,
) -> pl.DataFrame:
    """Members by the last official list and the official changes since that no fund holds.

    Funds drop a falling name before the index does, and such names are the next deletions. Only
    usable when every reconstitution since the list has published its changes. At a reconstitution
    the funds are rebuilt to the new index: who was named before it alone and is not held since has
    left the index, after a merger, a bankruptcy or a vote to liquidate.
    """
    official = choose(snapshots.filter(pl.col("kind") == TRUST[0]), "R3000", effective_days)
    if official is None:
        return members.clear()
    since = announcements.filter(
        (pl.col("index") == "R3000")
        & (pl.col("stage") == "final")
        & pl.col("effective").is_between(official.asof, day, closed="right")
    )
    needed = {d for d in effective_days if d > official.asof}
    if not needed <= set(since["effective"].to_list()):
        return members.clear()
    changes = resolve(since.with_columns(day=pl.col("effective")), securities)
    added = changes.filter(pl.col("action") == "add").select("ticker", "name", "security_id", "day")
    listed = pl.concat([members_of(official, lines, securities), added])
    latest = listed.sort("day").unique("security_id", keep="last", maintain_order=True)
    deleted = (
        changes.filter(pl.col("action") == "delete")
        .group_by("security_id")
        .agg(deleted_on=pl.col("effective").max())
    )
    kept = (
        latest.drop_nulls("security_id")
        .join(deleted, on="security_id", how="left")
        .filter(
            (pl.col("deleted_on").is_null() | (pl.col("deleted_on") < pl.col("day")))
            & (pl.col("day") >= max(effective_days, default=date.min))
        )
    )
    return (
        minus(kept, members)
        .select(
            "ticker", "name", "security_id", "day", size=pl.lit("R2000"), since=pl.lit("official")
        )
        .select(members.columns)
    )


def roll_forward(
    members: pl.DataFrame,
    day: date,
    announcements: pl.DataFrame,
    securities: pl.DataFrame,
    ages: dict[str, date],
) -> pl.DataFrame:
    """Apply official Russell 3000 changes that took effect after the older of the lists.

    The last change of a name counts, and an event's final list instead of its updates. The lists
    do not say which additions are large (data README). One that the Russell 2000 list of a later
    day does not hold went to the Russell 1000, when that has no later list.
    """
    oldest = min(ages.values(), default=None)
    final = pl.col("stage") == "final"
    changes = announcements.filter(
        (pl.col("index") == "R3000")
        & (pl.col("stage") != "preliminary")
        & (pl.col("effective") <= day)
    ).filter(final | ~final.any().over("event", "action"))
    if oldest is not None:
        changes = changes.filter(pl.col("effective") > oldest)
    if changes.is_empty():
        return members
    last = (
        resolve(changes.with_columns(day=pl.col("effective")), securities)
        .with_columns(key=pl.coalesce("security_id", "ticker"))
        .sort("effective", "action", descending=[False, True], maintain_order=True)
        .unique("key", keep="last", maintain_order=True)
    )
    added = minus(last.filter(pl.col("action") == "add"), members).select(
        "ticker",
        "name",
        "security_id",
        "day",
        size=pl.when(
            (pl.col("effective") < ages.get("R2000", date.min))
            & (pl.col("effective") > ages.get("R1000", date.max))
        )
        .then(pl.lit("R1000"))
        .otherwise(pl.lit("R2000")),
        since="event",
    )
    asof = pl.col("size").replace_strict(ages, default=None, return_dtype=pl.Date)
    deleted = last.filter(pl.col("action") == "delete").select("key", deleted_on="effective")
    kept = (
        members.with_columns(asof=asof, key=pl.coalesce("security_id", "ticker"))
        .join(deleted, on="key", how="left", maintain_order="left")
        .filter(~(pl.col("deleted_on") > pl.col("asof")).fill_null(False))
        .select(members.columns)
    )
    return pl.concat([kept, added.select(members.columns)])
