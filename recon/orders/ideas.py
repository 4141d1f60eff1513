"""From a candidate list to one idea a line: what happens to it, and what index funds do about it.

A list has a line once for every index that it enters or leaves; an order is given once. The row
that tells the whole change is that of the Russell 3000 for who enters or leaves it, and the
addition for a move between Russell 1000 and 2000. Demand is netted over all indexes, so its sign
is the side: who moves up is sold, because the index that it enters gives it less weight than the
one that it leaves.
"""

from typing import Final

import polars as pl

from recon.demand.build import KEY, Demand
from recon.orders.profile import Profile

SIZES: Final = ("R1000", "R2000")
TRADEABLE: Final = r"^[A-Z0-9][A-Z0-9./^$-]*$"
"""What an order system can take as a symbol; nothing that a spreadsheet would run begins so."""


def ideas(rows: pl.DataFrame, found: Demand, profile: Profile) -> pl.DataFrame:
    """One row per line that the profile looks at.

    Parameters
    ----------
    rows : pl.DataFrame
        A whole candidate list.
    found : Demand
        As from `recon.demand.build.demand` on it.
    profile : Profile
        Its universe.

    Returns
    -------
    pl.DataFrame
        `symbol`, `exchange`, `company`, `company_id`, `security_id`, `kind` (join, leave, up,
        down), `from_index`, `to_index` (size index before and after, null outside), `call`,
        `probability`, `rank`, `total_cap_usd`, `breakpoint`, `distance`, `side` (1 bought, -1
        sold, null unknown), and of the demand if it happens `demand_usd`, `demand_days`,
        `median_volume_usd`, `volume_sessions`, `float_provenance`, `not_counted`.
    """
    added = pl.col("action") == "add"
    whole = pl.col("index") == "R3000"
    moved = added & pl.col("from_index").is_in(SIZES)
    kind = (
        pl.when(whole)
        .then(pl.when(added).then(pl.lit("join")).otherwise(pl.lit("leave")))
        .when(pl.col("from_index") == "R2000")
        .then(pl.lit("up"))
        .otherwise(pl.lit("down"))
    )
    universe = profile.universe
    telling = (
        rows.filter(whole | moved)
        .with_columns(kind=kind)
        .filter(
            pl.col("kind").is_in(universe.kinds)
            & (pl.col("call") | (not universe.calls_only))
            & ((pl.col("role") == "pricing_vehicle") | universe.additional_classes)
        )
        .sort("call", "probability", descending=True, maintain_order=True)
        .unique("symbol", keep="first", maintain_order=True)
    )
    demand = found.rows.select(
        *KEY,
        "median_volume_usd",
        "volume_sessions",
        "float_provenance",
        "not_counted",
        demand_usd="usd_to_trade",
        demand_days="days_of_volume",
    )
    told = telling.join(demand, on=KEY, how="left", maintain_order="left").join(
        _size(rows), on=["symbol", "action"], how="left", maintain_order="left"
    )
    outside = pl.col("kind").is_in(["join", "leave"])
    # Without a demand only who enters or leaves as a whole has a side that is sure.
    side = (
        pl.when(pl.col("demand_usd") != 0)
        .then(pl.col("demand_usd").sign())
        .when(pl.col("kind") == "join")
        .then(1.0)
        .when(pl.col("kind") == "leave")
        .then(-1.0)
    )
    return told.with_columns(
        side=side,
        to_index=pl.when(outside & added).then("size_index").otherwise("to_index"),
        from_index=pl.when(outside & ~added).then("size_index").otherwise("from_index"),
    ).select(
        "symbol",
        "exchange",
        "company",
        "company_id",
        "security_id",
        "kind",
        "from_index",
        "to_index",
        "call",
        "probability",
        "rank",
        "total_cap_usd",
        "breakpoint",
        "distance",
        "side",
        "demand_usd",
        "demand_days",
        "median_volume_usd",
        "volume_sessions",
        "float_provenance",
        "not_counted",
    )


def _size(rows: pl.DataFrame) -> pl.DataFrame:
    """Size index that a line most probably enters, or leaves."""
    return (
        rows.filter(pl.col("index").is_in(SIZES))
        .sort("probability", descending=True, maintain_order=True)
        .unique(["symbol", "action"], keep="first", maintain_order=True)
        .select("symbol", "action", size_index="index")
    )
