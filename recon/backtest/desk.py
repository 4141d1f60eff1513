"""A desk's profile in the event study: what would have been held, weighted as it would have been.

The study holds additions bought and deletions sold, each by its weight, over windows of its own;
the profile's days of entry, hedge and stops are not replayed. A move between Russell 1000 and 2000
counts on the side that the profile takes: sold as a deletion from the index that it leaves, or
bought as an addition to the one that it enters.
"""

import polars as pl

from recon.demand.build import Demand
from recon.orders.build import orders
from recon.orders.profile import Profile
from recon.pipeline import Run
from recon.store import AsOf


def ordered(
    run: Run, rows: pl.DataFrame, trades: Demand, known: AsOf, profile: Profile
) -> pl.DataFrame:
    """List of what a profile orders, for `recon.backtest.baskets.called` with weighting `demand`.

    Parameters
    ----------
    run, rows, trades, known, profile
        As for `recon.orders.build.orders`.

    Returns
    -------
    pl.DataFrame
        As from `held`.
    """
    return held(rows, orders(run, rows, trades, known, profile).rows)


def held(rows: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Rows of a candidate list that orders stand for, weighted by their dollars.

    Parameters
    ----------
    rows : pl.DataFrame
        A candidate list.
    placed : pl.DataFrame
        As `recon.orders.build.Orders.rows` of that list.

    Returns
    -------
    pl.DataFrame
        Columns of `rows`, as `recon.backtest.baskets.called` takes them: all of them calls,
        `usd_to_trade` the signed dollars of the order, no other side of a move. Who enters or
        leaves the Russell 3000 has a row there and one in its size index; an order on the other
        side than that of its change has none.
    """
    bought = pl.col("leg") == "long"
    positions = placed.filter(pl.col("state") == "order").select(
        "symbol",
        "kind",
        action=pl.when(bought).then(pl.lit("add")).otherwise(pl.lit("delete")),
        size=pl.when(bought).then("to_index").otherwise("from_index"),
        usd=pl.when(bought).then("target_usd").otherwise(-pl.col("target_usd")),
    )
    whole = (pl.col("index") == "R3000") & pl.col("kind").is_in(["join", "leave"])
    return (
        rows.join(positions, on=["symbol", "action"], maintain_order="left")
        .filter(whole | (pl.col("index") == pl.col("size")))
        .with_columns(
            call=pl.lit(value=True),
            usd_to_trade="usd",
            from_index=pl.lit(None, pl.String),
            to_index=pl.lit(None, pl.String),
        )
        .select(rows.columns)
    )
