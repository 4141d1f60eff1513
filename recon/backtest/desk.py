"""A desk's profile in the event study: what would have been held, weighted as it would have been.

The study holds additions bought and deletions sold, each by its weight, over windows of its own;
the profile's days of entry, hedge and stops are not replayed. A move between Russell 1000 and 2000
counts on the side that the profile takes: sold as a deletion from the index that it leaves, or
bought as an addition to the one that it enters.
"""

import polars as pl

from recon.backtest.study import Calls
from recon.calendar import end_of_day
from recon.demand.build import demand
from recon.orders.build import orders
from recon.orders.profile import Profile
from recon.pipeline import Run
from recon.publish.candidates import candidates
from recon.store import Store


def desk_calls(
    store: Store,
    profile: Profile,
    assets: pl.DataFrame | None = None,
    *,
    list_of: Calls = candidates,
) -> Calls:
    """Give the calls of a desk, for `recon.backtest.study.study` with weighting `demand`.

    Parameters
    ----------
    store : Store
        The open store that the study reads.
    profile : Profile
        As from `recon.orders.profile.read_profile`.
    assets : pl.DataFrame, optional
        As for `recon.demand.build.demand`.
    list_of : callable
        From a run to its candidate list.

    Returns
    -------
    callable
        From a run to the list of what the profile orders; see `held`.
    """

    def calls(run: Run) -> pl.DataFrame:
        known = store.as_of(end_of_day(run.as_of), run.hindsight)
        rows = list_of(run)
        found = orders(run, rows, demand(run, rows, known, assets), known, profile)
        return held(rows, found.rows)

    return calls


def held(rows: pl.DataFrame, ordered: pl.DataFrame) -> pl.DataFrame:
    """Rows of a candidate list that orders stand for, weighted by their dollars.

    Parameters
    ----------
    rows : pl.DataFrame
        A candidate list.
    ordered : pl.DataFrame
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
    positions = ordered.filter(pl.col("state") == "order").select(
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
