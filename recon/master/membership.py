"""Who is in which index before the event, from lists known at the moment.

The newest trustworthy snapshot of each size index is taken and rolled forward by what is known
since: names that left the exchange, official lists and announced IPO additions (design, The
candidate list). Funds keep deleted names for up to three weeks after a reconstitution, so their
holdings of that time are not trusted. The Russell 3000 is Russell 1000 ∪ Russell 2000; a sampled
Russell 3000 fund only adds names that both miss.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from recon.master.resolve import resolve

TRUST = (
    "official_membership_list",
    "official_derived",
    "etf_ishares",
    "etf_ishares_tickers",
)
"""Kinds of snapshot that are believed, the best first; the others never are."""
SETTLING = timedelta(days=21)
"""How long after a reconstitution a fund's holdings still show deleted names."""
MICRO_AGE = timedelta(days=366)
"""Oldest Microcap snapshot that is used (design, The candidate list)."""

Lines = Callable[[date, str, str, str], pl.DataFrame]
"""(asof, index, kind, origin) → `ticker`, `name` of one snapshot."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One list of members.

    Attributes
    ----------
    index, kind, origin : str
        As in `recon.contracts.Membership`; `kind` is `derived` where two lists were combined.
    asof : date
        What day the list is about.
    """

    index: str
    asof: date
    kind: str
    origin: str

    def age(self, day: date) -> int:
        """Calendar days between the list and `day`."""
        return (day - self.asof).days


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


def choose(
    snapshots: pl.DataFrame,
    index: str,
    effective_days: Sequence[date],
    *,
    not_before: date | None = None,
) -> Snapshot | None:
    """Newest trustworthy snapshot of an index.

    Parameters
    ----------
    snapshots : pl.DataFrame
        `asof`, `index`, `kind`, `origin` known at the moment.
    index : str
        `R1000`, `R2000`, `R3000` or `RMICRO`.
    effective_days : sequence of date
        Effective days of past reconstitutions.
    not_before : date, optional
        Older ones do not count.
    """
    wanted = snapshots.filter((pl.col("index") == index) & pl.col("kind").is_in(TRUST))
    if not_before is not None:
        wanted = wanted.filter(pl.col("asof") >= not_before)
    fund = pl.col("kind").str.starts_with("etf")
    for day in effective_days:
        wanted = wanted.filter(~(fund & pl.col("asof").is_between(day, day + SETTLING)))
    ranked = wanted.with_columns(
        trust=pl.col("kind").replace_strict({k: i for i, k in enumerate(TRUST)})
    ).sort("asof", "trust", "origin", descending=[True, False, False])
    if ranked.is_empty():
        return None
    row = ranked.row(0, named=True)
    return Snapshot(index, row["asof"], row["kind"], row["origin"])


def _tickers(snapshot: Snapshot | None, lines: Lines, securities: pl.DataFrame) -> pl.DataFrame:
    empty = pl.DataFrame(
        schema={"ticker": pl.String, "name": pl.String, "security_id": pl.String, "day": pl.Date}
    )
    if snapshot is None:
        return empty
    rows = lines(snapshot.asof, snapshot.index, snapshot.kind, snapshot.origin)
    dated = rows.select("ticker", "name", day=pl.lit(snapshot.asof))
    return (
        resolve(dated, securities)
        .with_columns(key=pl.coalesce("security_id", "ticker"))
        .unique("key", keep="first", maintain_order=True)
        .select(empty.columns)
    )


def _minus(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    key = pl.coalesce("security_id", "ticker")
    return left.join(right.select(key.alias("key")), left_on=key, right_on="key", how="anti")


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
        The moment's day.
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
    latest = max(effective_days, default=None)
    large = choose(snapshots, "R1000", effective_days)
    small = choose(snapshots, "R2000", effective_days)
    all_ = choose(snapshots, "R3000", effective_days, not_before=latest)
    used = [s for s in (large, small) if s is not None]
    r1000 = _tickers(large, lines, securities)
    r2000 = _tickers(small, lines, securities)
    r3000 = _tickers(all_, lines, securities)
    stale_large = large is None or (latest is not None and large.asof < latest)
    stale_small = small is None or (latest is not None and small.asof < latest)
    if all_ is not None and stale_large and not stale_small:
        # No Russell 1000 list since the reconstitution: what the whole holds and the small
        # index does not.
        r1000 = _minus(r3000, r2000)
        used = [s for s in used if s.index != "R1000"] + [
            Snapshot("R1000", all_.asof, "derived", f"{all_.origin} less R2000")
        ]
    elif all_ is not None and stale_small and not stale_large:
        r2000 = _minus(r3000, r1000)
        used = [s for s in used if s.index != "R2000"] + [
            Snapshot("R2000", all_.asof, "derived", f"{all_.origin} less R1000")
        ]
    elif all_ is not None and small is not None and all_.asof > small.asof:
        joined = _minus(_minus(r3000, r1000), r2000)
        r2000 = pl.concat([r2000, joined])
        used.append(all_)
    ages = {s.index: s.asof for s in used}
    if ages.get("R2000", date.min) > ages.get("R1000", date.min):
        r1000 = _minus(r1000, r2000)  # the newer list is right about a name in both
    else:
        r2000 = _minus(r2000, r1000)
    members = pl.concat(
        [
            r1000.with_columns(size=pl.lit("R1000")),
            r2000.with_columns(size=pl.lit("R2000")),
        ]
    ).with_columns(since=pl.lit("snapshot"))
    members = _roll_forward(members, day, announcements, securities, ages)
    unheld = _official_not_held(
        members, snapshots, lines, securities, announcements, effective_days, day
    )
    members = pl.concat([members, unheld])
    micro = choose(snapshots, "RMICRO", effective_days, not_before=day - MICRO_AGE)
    small_caps = _tickers(micro, lines, securities).drop_nulls("security_id")
    alone = _minus(small_caps, members).with_columns(
        size=pl.lit(None, pl.String), since=pl.lit("snapshot")
    )
    members = pl.concat([members, alone.select(members.columns)])
    gone = securities.group_by("security_id").agg(gone=pl.col("gone").is_not_null().all())
    return Membership(
        members.join(gone, on="security_id", how="left")
        .filter(~pl.col("gone").fill_null(False))
        .select(
            "ticker",
            "name",
            "security_id",
            "size",
            micro=pl.col("security_id").is_in(small_caps["security_id"].implode()).fill_null(False),
            since="since",
        ),
        tuple(used),
        micro,
    )


def _official_not_held(
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
    usable when every reconstitution since the list has published its changes.
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
    listed = pl.concat([_tickers(official, lines, securities), added])
    latest = listed.sort("day").unique("security_id", keep="last", maintain_order=True)
    deleted = (
        changes.filter(pl.col("action") == "delete")
        .group_by("security_id")
        .agg(deleted_on=pl.col("effective").max())
    )
    kept = (
        latest.drop_nulls("security_id")
        .join(deleted, on="security_id", how="left")
        .filter(pl.col("deleted_on").is_null() | (pl.col("deleted_on") < pl.col("day")))
    )
    return (
        _minus(kept, members)
        .select(
            "ticker", "name", "security_id", "day", size=pl.lit("R2000"), since=pl.lit("official")
        )
        .select(members.columns)
    )


def _roll_forward(
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
    added = _minus(last.filter(pl.col("action") == "add"), members).select(
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
