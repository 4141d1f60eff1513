"""Baskets of an event study: what was called, what became official, and what did not change.

Three groups: `R3000`, all additions and deletions; `R2000`, those that come from outside the
Russell 3000 or leave it; `R1000`, additions and deletions of the Russell 1000, moves from and
to the Russell 2000 among them (a deletion there is mostly an addition to the Russell 2000).

Calls are known at the day of the run. The official basket is perfect foresight, and its split
by size is a retrospective label. The placebo uses the official lists too, to leave out what did
change.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, get_args

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from recon.backtest.calls import lines
from recon.backtest.migrations import DIRECTIONS
from recon.backtest.official import ACTIONS, Official
from recon.backtest.terms import Weighting
from recon.errors import InputError
from recon.master.resolve import resolve
from recon.master.snapshots import SETTLING, TRUST, Snapshot, members_of
from recon.pipeline import Run
from recon.store import AsOf

GROUPS: Final = ("R2000", "R3000", "R1000")
CALIPER: Final = 0.25
"""Log: a name whose cap lies farther from another's is no match for it."""
FAR: Final = 1e3
"""Log: stands for "no match" where the nearest are assigned."""

BASKET: Final = {
    "group": pl.String,
    "action": pl.String,
    "security_id": pl.String,
    "company_id": pl.String,
    "symbol": pl.String,
    "company": pl.String,
    "total_cap_usd": pl.Float64,
    "weight": pl.Float64,
    "matched_to": pl.String,
}
"""Columns of a basket: one row a group, action and company. `security_id` as in the lives of the
study, `weight` of the mean (any unit), `matched_to` the symbol that a placebo name stands for."""


@dataclass(frozen=True, slots=True)
class Label:
    """How the official additions were split by size: known only afterwards.

    Attributes
    ----------
    snapshot : Snapshot or None
        The first trustworthy Russell 1000 list once funds have settled; None without one.
    large : pl.Series
        Tickers of the official additions whose line is on it.
    """

    snapshot: Snapshot | None
    large: pl.Series

    def remark(self, effective: date) -> str:
        """Say what was used, and how long after the event it is dated."""
        if self.snapshot is None:
            return "no Russell 1000 list after the event: official additions are not split by size"
        age = -self.snapshot.age(effective)
        return (
            "official additions split by a retrospective label: those on the Russell 1000 list "
            f"of {self.snapshot.asof} ({self.snapshot.kind}), {age} days after the effective day"
        )


def first_settled(snapshots: pl.DataFrame, effective: date) -> Snapshot | None:
    """First trustworthy Russell 1000 list after an event, once deleted names are gone.

    Parameters
    ----------
    snapshots : pl.DataFrame
        `asof`, `index`, `kind`, `origin`.
    effective : date
        Effective day; for June, lists count from mid-July on (data/README.md, membership).
    """
    index = "R1000"
    usable = snapshots.filter(
        (pl.col("index").cast(pl.String) == index)
        & pl.col("kind").cast(pl.String).is_in(TRUST)
        & (pl.col("asof") > effective + SETTLING)
    ).sort("asof", "origin")
    if usable.is_empty():
        return None
    row = usable.row(0, named=True)
    return Snapshot(index, row["asof"], str(row["kind"]), row["origin"])


def label(later: AsOf, truth: Official) -> Label:
    """Read the list that splits the official additions by size.

    Parameters
    ----------
    later : AsOf
        The store as it is known now: on purpose later than the event.
    truth : Official
        The event's lists, with the lives as they are known now.
    """
    snapshot = first_settled(later.snapshots(), truth.event.effective or truth.event.rank_day)
    named = members_of(snapshot, later.membership, truth.securities)
    additions = truth.names.filter(pl.col("action") == "add")
    return Label(snapshot, additions.join(named, on="security_id", how="semi")["ticker"])


def called(
    run: Run, calls: pl.DataFrame, securities: pl.DataFrame, weighting: Weighting
) -> pl.DataFrame:
    """Baskets of what was called.

    Parameters
    ----------
    run : Run
        The moment of the calls.
    calls : pl.DataFrame
        A candidate list of that moment: `index`, `action`, `from_index`, `to_index`, `symbol`,
        `role`, `call`, `company`, `total_cap_usd`, `probability`, `usd_to_trade` (the last two
        only where they weigh).
    securities : pl.DataFrame
        Lives that the study knows.
    weighting : {"equal", "probability", "demand"}
        By `probability` (fraction) or by the size of `usd_to_trade` (USD). A name without the
        figure has no weight.

    Raises
    ------
    InputError
        There is no such weighting.
    """
    if weighting not in get_args(Weighting):
        raise InputError(
            "no such weighting",
            field="weighting",
            value=weighting,
            expected=", ".join(get_args(Weighting)),
        )
    column = {"probability": "probability", "demand": "usd_to_trade"}.get(weighting)
    weight = pl.lit(1.0) if column is None else pl.col(column).abs().fill_null(0.0)
    moves = pl.coalesce("from_index", "to_index").is_not_null()
    rows = (
        calls.filter(
            pl.col("call")
            & (pl.col("role") == "pricing_vehicle")
            & pl.col("index").is_in(GROUPS)
            & ~((pl.col("index") == "R2000") & moves)
        )
        .with_columns(weight=weight.cast(pl.Float64))
        .drop("security_id", "company_id", strict=False)
        .join(lines(run, securities), on="symbol")
    )
    return _basket(rows.with_columns(group="index", matched_to=pl.lit(None, pl.String)))


def official(
    run: Run, truth: Official, split: Label, moves: pl.DataFrame, securities: pl.DataFrame
) -> pl.DataFrame:
    """Baskets of what became official: perfect foresight.

    Parameters
    ----------
    run : Run
        Whose members before say which deletions were of the Russell 1000.
    truth : Official
        The lists, their names resolved in `securities`.
    split : Label
        Additions on its list go to the Russell 1000; without one, additions have no size.
    moves : pl.DataFrame
        `ticker`, `from_index`, `to_index`: inferred moves, as from `AsOf.derived_migrations`.
    securities : pl.DataFrame
        Lives that the study knows.
    """
    was_large = run.lines.filter(pl.col("size") == "R1000").select("symbol")
    before = lines(run, securities).join(was_large, on="symbol")["security_id"].implode()
    listed = truth.names.drop_nulls("security_id")
    into = pl.when(pl.col("action") == "add").then(pl.col("ticker").is_in(split.large.implode()))
    sized = listed.with_columns(
        size=pl.when(into.otherwise(pl.col("security_id").is_in(before)))
        .then(pl.lit("R1000"))
        .otherwise(pl.lit("R2000"))
    )
    if split.snapshot is None:
        sized = sized.filter(pl.col("action") == "delete")
    upward = pl.col("to_index").cast(pl.String) == DIRECTIONS["up"][1]
    moved = resolve(
        moves.select(
            "ticker",
            action=pl.when(upward).then(pl.lit("add")).otherwise(pl.lit("delete")),
            day=pl.lit(run.event.rank_day, pl.Date),
        ),
        securities,
    ).drop_nulls("security_id")
    columns = ("security_id", "action", "ticker", "name", "group")
    rows = pl.concat(
        [
            listed.with_columns(group=pl.lit("R3000")).select(columns),
            sized.with_columns(group="size").select(columns),
            moved.with_columns(name=pl.lit(None, pl.String), group=pl.lit("R1000")).select(columns),
        ]
    )
    own = lines(run, securities).join(
        run.companies.select("company_id", "total_cap_usd", company="name"), on="company_id"
    )
    return _basket(
        rows.join(own.drop("symbol"), on="security_id", how="left").with_columns(
            symbol="ticker",
            company_id=pl.coalesce("company_id", "security_id"),
            company=pl.coalesce("company", "name"),
            weight=pl.lit(1.0),
            matched_to=pl.lit(None, pl.String),
        )
    )


def placebo(
    run: Run, calls: pl.DataFrame, changed: pl.DataFrame, securities: pl.DataFrame
) -> pl.DataFrame:
    """Names as near to the line that did not change, one for each call.

    An addition stands beside a company of the same cap that is in the index before and after; a
    deletion beside one that is as far below the line, passes the rules and stays outside. As
    all names of a group and an action share the line, the same cap is the same distance to it.
    Names are paired so that the distances between their caps are least in sum, each used once;
    a call without a name within `CALIPER` has none.

    Parameters
    ----------
    run : Run
        Of the calls.
    calls : pl.DataFrame
        As from `called`.
    changed : pl.DataFrame
        `company_id` of everything else that changed, by the official lists.
    securities : pl.DataFrame
        Lives that the study knows.
    """
    touched = pl.concat([calls.select("company_id"), changed.select("company_id")]).unique()
    before = (
        pl.when("was_r1000").then(pl.lit("R1000")).when("was_r2000").then(pl.lit("R2000"))
    ).fill_null("none")
    after = pl.col("to_size").fill_null("none")
    pool = (
        run.companies.filter(
            pl.col("eligible").fill_null(False) & (pl.col("total_cap_usd") > 0) & (before == after)
        )
        .join(touched, on="company_id", how="anti")
        .select("company_id", "symbol", "total_cap_usd", company="name", side=before)
        .join(lines(run, securities), on=["symbol", "company_id"])
    )
    sides = {
        ("R2000", "add"): ["R2000"],
        ("R3000", "add"): ["R1000", "R2000"],
        ("R1000", "add"): ["R1000"],
        ("R2000", "delete"): ["none"],
        ("R3000", "delete"): ["none"],
        ("R1000", "delete"): ["R2000"],
    }
    parts = []
    for (group, action), side in sides.items():
        own = calls.filter((pl.col("group") == group) & (pl.col("action") == action))
        parts.append(_nearest(own, pool.filter(pl.col("side").is_in(side))))
    return _basket(pl.concat(parts))


def _nearest(own: pl.DataFrame, pool: pl.DataFrame) -> pl.DataFrame:
    """Pair calls with names of the pool by cap."""
    sized = own.filter(pl.col("total_cap_usd") > 0)
    apart = np.abs(
        sized["total_cap_usd"].log().to_numpy()[:, None]
        - pool["total_cap_usd"].log().to_numpy()[None, :]
    )
    row, column = linear_sum_assignment(np.where(apart <= CALIPER, apart, FAR))
    near = apart[row, column] <= CALIPER
    chosen: pl.DataFrame = pool[column[near]]
    return chosen.with_columns(
        sized[row[near]].select("group", "action", "weight", matched_to="symbol")
    )


def _basket(rows: pl.DataFrame) -> pl.DataFrame:
    """Bring rows to the columns of `BASKET`, a company once a group and action."""
    return (
        rows.select(pl.col(name).cast(kind) for name, kind in BASKET.items())
        .filter(pl.col("action").is_in(ACTIONS))
        .unique(["group", "action", "company_id"], keep="first", maintain_order=True)
        .sort("group", "action", "symbol")
    )
