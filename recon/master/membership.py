"""Who is in which index before the event, from lists known at the moment.

The newest trustworthy snapshot of each size index is taken and rolled forward by what is known
since: names that left the exchange, official lists and announced IPO additions (design, The
candidate list). Funds keep deleted names for up to three weeks after a reconstitution, so their
holdings of that time are not trusted. The Russell 3000 is Russell 1000 ∪ Russell 2000; a sampled
Russell 3000 fund only adds names that both miss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from recon.master.rolled import official_not_held, roll_forward
from recon.master.snapshots import Lines, Snapshot, choose, members_of, minus
from recon.master.symbols import bare

MICRO_AGE = timedelta(days=366)
"""Oldest Microcap snapshot that is used (design, The candidate list)."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Members before the event.

    Attributes
    ----------
    lines : pl.DataFrame
        `ticker` and `name` as printed, `security_id` (null where it does not resolve), `size`
        (`R1000`, `R2000`; null for members of the Microcap alone), `micro` (bool), `since`
        (`snapshot`, the id of the event that added it, or `official` for members that no fund
        held).
    snapshots : tuple of Snapshot
        The lists used.
    micro : Snapshot or None
        The Microcap list, None where none is recent enough.
    """

    lines: pl.DataFrame
    snapshots: tuple[Snapshot, ...]
    micro: Snapshot | None


def before(
    day: date,
    *,
    snapshots: pl.DataFrame,
    lines: Lines,
    securities: pl.DataFrame,
    announcements: pl.DataFrame,
    effective_days: Sequence[date],
) -> Membership:
    """Membership at the end of `day`, from what was known then.

    Parameters
    ----------
    day : date
        The day of the question; lists about later days are left aside.
    snapshots : pl.DataFrame
        `asof`, `index`, `kind`, `origin` known at the moment.
    lines : callable
        Reads the lines of one snapshot.
    securities : pl.DataFrame
        Lives with `security_id`; `gone` null while listed.
    announcements : pl.DataFrame
        Official changes known at the moment: `event`, `index`, `action`, `ticker`, `name`,
        `stage`, `effective`.
    effective_days : sequence of date
        Effective days of reconstitutions up to `day`.
    """
    snapshots = snapshots.filter(pl.col("asof") <= day)
    latest = max(effective_days, default=None)
    large = choose(snapshots, "R1000", effective_days)
    small = choose(snapshots, "R2000", effective_days)
    all_ = choose(snapshots, "R3000", effective_days, not_before=latest)
    used = [s for s in (large, small) if s is not None]
    r1000, r2000, r3000 = (members_of(s, lines, securities) for s in (large, small, all_))
    r1000 = _there_when_data_begin(r1000, large, [(small, r2000), (all_, r3000)], securities)
    r2000 = _there_when_data_begin(r2000, small, [(large, r1000), (all_, r3000)], securities)
    stale_large = large is None or (latest is not None and large.asof < latest)
    stale_small = small is None or (latest is not None and small.asof < latest)
    if all_ is not None and stale_large and not stale_small:
        # No Russell 1000 list since the reconstitution: what the whole holds and the small
        # index does not, nor did when the list of the whole was made.
        then = choose(
            snapshots.filter(pl.col("asof") <= all_.asof),
            "R2000",
            effective_days,
            not_before=latest,
        )
        r1000 = minus(minus(r3000, r2000), members_of(then, lines, securities))
        used = [s for s in used if s.index != "R1000"] + [
            Snapshot("R1000", all_.asof, "derived", f"{all_.origin} less R2000")
        ]
    elif all_ is not None and stale_small and not stale_large:
        r2000 = minus(r3000, r1000)
        used = [s for s in used if s.index != "R2000"] + [
            Snapshot("R2000", all_.asof, "derived", f"{all_.origin} less R1000")
        ]
    elif all_ is not None and small is not None and all_.asof > small.asof:
        joined = minus(minus(r3000, r1000), r2000)
        r2000 = pl.concat([r2000, joined])
        used.append(all_)
    ages = {s.index: s.asof for s in used}
    if ages.get("R2000", date.min) > ages.get("R1000", date.min):
        r1000 = minus(r1000, r2000)  # the newer list is right about a name in both
    else:
        r2000 = minus(r2000, r1000)
    members = pl.concat(
        [
            r1000.with_columns(size=pl.lit("R1000")),
            r2000.with_columns(size=pl.lit("R2000")),
        ]
    ).with_columns(since=pl.lit("snapshot"))
    members = roll_forward(members, day, announcements, securities, ages)
    unheld = official_not_held(
        members, snapshots, lines, securities, announcements, effective_days, day
    )
    members = pl.concat([members, unheld])
    micro = choose(snapshots, "RMICRO", effective_days, not_before=day - MICRO_AGE)
    small_caps = members_of(micro, lines, securities).drop_nulls("security_id")
    alone = minus(small_caps, members).with_columns(
        size=pl.lit(None, pl.String), since=pl.lit("snapshot")
    )
    members = pl.concat([members, alone.select(members.columns)])
    held_small = pl.col("security_id").is_in(small_caps["security_id"].implode()).fill_null(False)
    newer = micro is not None and micro.asof >= ages.get("R1000", date.max)
    gone = securities.group_by("security_id").agg(
        gone=(pl.col("gone") <= day).fill_null(False).all()
    )
    return Membership(
        members.join(gone, on="security_id", how="left")
        .filter(~pl.col("gone").fill_null(False))
        .select(
            "ticker",
            "name",
            "security_id",
            # The Microcap reaches into the Russell 2000 and never into the Russell 1000.
            pl.when(held_small & (pl.col("size") == "R1000") & newer)
            .then(pl.lit("R2000"))
            .otherwise("size")
            .alias("size"),
            micro=held_small,
            since="since",
        ),
        tuple(used),
        micro,
    )


def _there_when_data_begin(
    members: pl.DataFrame,
    snapshot: Snapshot | None,
    others: Sequence[tuple[Snapshot | None, pl.DataFrame]],
    securities: pl.DataFrame,
) -> pl.DataFrame:
    """Members of a list, without those that left between it and the first session of the data.

    Such a name never traded in the data, so it does not resolve; nor does a later list name it.
    """
    begin: date | None = securities["first"].min()  # type: ignore[assignment]
    if snapshot is None or begin is None or snapshot.asof >= begin:
        return members
    later = [lines for other, lines in others if other is not None and other.asof >= begin]
    if not later:
        return members
    named = pl.concat(later).select(bare("ticker"))["ticker"].drop_nulls().unique()
    return members.filter(
        pl.col("security_id").is_not_null() | bare("ticker").is_in(named.implode())
    )
