"""Weights by float, and the dollars that funds must trade to go from one world to another.

A fund of A dollars holds w × A of a line, so a change of weights makes it trade A × (w' - w):
additions are bought, deletions sold, and everybody else is trimmed or topped up pro rata. Its
weights add up to one before and after, so its buys are its sales. Prices and floats stay as they
are at the moment; the float that the owner publishes for the event is not known (methodology
§1.3), nor are the funds' own flows.
"""

import polars as pl

from recon.demand.worlds import WORLDS


def weights(members: pl.DataFrame, caps: pl.DataFrame) -> pl.DataFrame:
    """Weight of each line in each index and world.

    Parameters
    ----------
    members : pl.DataFrame
        As from `recon.demand.worlds.states`.
    caps : pl.DataFrame
        `symbol`, `float_cap_usd`; lines without one have no weight.

    Returns
    -------
    pl.DataFrame
        `symbol`, `company_id`, `index`, `float_cap_usd`, `before`, `called`, `expected`,
        `weight_before`, `weight_called`, `weight_expected` (fractions that add up to one in each
        index and world; null in an index without members).
    """
    # Sums over an index are taken in the members' order, or their last bits differ by run.
    held = members.join(
        caps.filter(pl.col("float_cap_usd") > 0).select("symbol", "float_cap_usd"),
        on="symbol",
        maintain_order="left",
    )
    return held.with_columns(
        _over(pl.col(world) * pl.col("float_cap_usd")).alias(f"weight_{world}") for world in WORLDS
    )


def _over(value: pl.Expr) -> pl.Expr:
    total = value.sum().over("index")
    return pl.when(total > 0).then(value / total)


def flows(weighted: pl.DataFrame, assets: pl.DataFrame) -> pl.DataFrame:
    """Give the dollars that the funds of each index trade in every line, member or candidate.

    Parameters
    ----------
    weighted : pl.DataFrame
        As from `weights`.
    assets : pl.DataFrame
        `index`, `assets_usd`.

    Returns
    -------
    pl.DataFrame
        `weighted` with `assets_usd`, `usd_called` and `usd_expected` (positive: bought; null
        where no assets are known). Each adds up to nothing within an index.
    """
    return weighted.join(
        assets.select("index", "assets_usd"), on="index", how="left", maintain_order="left"
    ).with_columns(
        ((pl.col(f"weight_{world}") - pl.col("weight_before")) * pl.col("assets_usd")).alias(
            f"usd_{world}"
        )
        for world in ("called", "expected")
    )


def if_it_happens(landed: pl.DataFrame, traded: pl.DataFrame) -> pl.DataFrame:
    """Weights and trades of each candidate's line if its change happens.

    All lines of a company that have a row for the change move together; everybody else is as
    called.

    Parameters
    ----------
    landed : pl.DataFrame
        As from `recon.demand.worlds.outcomes`, with `row` (a number for each).
    traded : pl.DataFrame
        As from `flows`.

    Returns
    -------
    pl.DataFrame
        One row per candidate and index that its line is in before or after: `row`, `own` (its
        own index), `index`, `weight_before`, `weight_after`, `usd` (null where no assets are
        known).
    """
    to = pl.col("to")
    there = (
        pl.when(pl.col("index") == "R3000")
        .then(to.is_not_null())
        .when(pl.col("index") == "RMIDCAP")
        .then(to.eq_missing(pl.lit("R1000")))
        .when(pl.col("index") == "RMICRO")
        .then("to_micro")
        .otherwise(to.eq_missing(pl.col("index")))
        .cast(pl.Float64)
    )
    change = landed.select("row", "symbol", "action", "to", "to_micro", own="index")
    worth = pl.col("float_cap_usd")
    called = worth * pl.col("called")
    # Over all lines of the index, once each: rows repeat a line, so the total is taken first. A
    # grouping that keeps no order adds up in parallel parts, in whichever comes first.
    totals = traded.group_by("index", maintain_order=True).agg(total=called.sum())
    return (
        change.join(traded, on="symbol", maintain_order="left_right")
        .join(totals, on="index", maintain_order="left")
        .with_columns(there=there)
        .with_columns(
            moved=(worth * pl.col("there") - called)
            .sum()
            .over("company_id", "own", "action", "index")
        )
        .with_columns(total=pl.col("total") + pl.col("moved"))
        .with_columns(
            weight_after=pl.when(pl.col("total") > 0)
            .then(worth * pl.col("there") / pl.col("total"))
            .otherwise(0.0),
            weight_before=pl.col("weight_before").fill_null(0.0),
        )
        .filter((pl.col("weight_before") > 0) | (pl.col("weight_after") > 0))
        .select(
            "row",
            "index",
            "own",
            "weight_before",
            "weight_after",
            usd=(pl.col("weight_after") - pl.col("weight_before")) * pl.col("assets_usd"),
        )
    )
