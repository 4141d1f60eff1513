"""From trades in single indexes to one trade per candidate, and one row per index."""

from typing import Final

import polars as pl

NEEDED: Final = ("R1000", "R2000")
"""Indexes without whose assets a trade in them is not known; the others only add to it."""


def netted(landed: pl.DataFrame) -> pl.DataFrame:
    """One trade per candidate, over all indexes that its line is in before or after.

    Parameters
    ----------
    landed : pl.DataFrame
        As from `recon.demand.trades.if_it_happens`.

    Returns
    -------
    pl.DataFrame
        `row`, `usd_to_trade` (USD; of the indexes with known assets), `unknown` (text: indexes
        of `NEEDED` without), `not_counted` (list: the others without).
    """
    needed = pl.col("index").is_in(list(NEEDED))
    unknown = pl.col("usd").is_null()
    return landed.group_by("row", maintain_order=True).agg(
        usd_to_trade=pl.col("usd").sum(),
        unknown=pl.col("index").filter(needed & unknown).sort().str.join(", "),
        not_counted=pl.col("index").filter(~needed & unknown).sort(),
    )


def own_weights(landed: pl.DataFrame) -> pl.DataFrame:
    """Give `row`, `weight_before` and `weight_after` (fractions) in the candidate's own index."""
    own = landed.filter(pl.col("index") == pl.col("own"))
    return own.select("row", "weight_before", "weight_after")


def expected(traded: pl.DataFrame) -> pl.DataFrame:
    """One expected trade per line, over all indexes.

    Parameters
    ----------
    traded : pl.DataFrame
        As from `recon.demand.trades.flows`.

    Returns
    -------
    pl.DataFrame
        `symbol`, `expected_usd` (null where the assets of an index of `NEEDED` that it is in are
        not known).
    """
    needed = pl.col("index").is_in(list(NEEDED)) & (
        (pl.col("weight_before") > 0) | (pl.col("weight_expected") > 0)
    )
    return traded.group_by("symbol", maintain_order=True).agg(
        expected_usd=pl.when(~(needed & pl.col("usd_expected").is_null()).any()).then(
            pl.col("usd_expected").sum()
        )
    )


def reckoned(told: pl.DataFrame) -> pl.DataFrame:
    """Give shares and days of volume of the trades, and why there is none.

    Parameters
    ----------
    told : pl.DataFrame
        Candidates with the columns of `netted` and `expected`, `float_shares`, `price_usd`,
        `median_volume_usd`, `mean_volume_usd`.

    Returns
    -------
    pl.DataFrame
        As `recon.demand.build.Demand.rows`.
    """
    known = told.with_columns(
        no_demand=pl.when(pl.col("float_shares").is_null())
        .then(pl.lit("no count of shares, no close, or no holdings to tell float by"))
        .when(pl.col("unknown").str.len_chars() > 0)
        .then(pl.format("no assets of {} are known at the moment", "unknown"))
    ).with_columns(usd_to_trade=pl.when(pl.col("no_demand").is_null()).then("usd_to_trade"))
    median, mean = pl.col("median_volume_usd"), pl.col("mean_volume_usd")
    usd, expected = pl.col("usd_to_trade"), pl.col("expected_usd")
    return known.with_columns(
        shares_to_trade=usd / pl.col("price_usd"),
        days_of_volume=pl.when(median > 0).then(usd.abs() / median),
        days_of_mean_volume=pl.when(mean > 0).then(usd.abs() / mean),
        expected_shares=expected / pl.col("price_usd"),
        expected_days=pl.when(median > 0).then(expected.abs() / median),
    ).drop("row", "unknown")


def funds(
    members: pl.DataFrame, traded: pl.DataFrame, sized: pl.DataFrame, tracking: pl.DataFrame
) -> pl.DataFrame:
    """Give each index's members, worth, assets and turnover.

    Parameters
    ----------
    members, traded : pl.DataFrame
        As from `recon.demand.worlds.states` and `recon.demand.trades.flows`.
    sized : pl.DataFrame
        `symbol`, `float_provenance`.
    tracking : pl.DataFrame
        As from `recon.demand.assets.assets_at`.

    Returns
    -------
    pl.DataFrame
        As `recon.demand.build.Demand.funds`.
    """
    worth = pl.col("float_cap_usd") * pl.col("before")
    guessed = pl.col("float_provenance") == "estimated"
    weighed = (
        traded.join(sized.select("symbol", "float_provenance"), on="symbol", maintain_order="left")
        .group_by("index", maintain_order=True)
        .agg(
            weighted=(pl.col("before") > 0).sum(),
            float_cap_usd=worth.sum(),
            estimated=worth.filter(guessed).sum() / worth.sum(),
            bought_called_usd=pl.col("usd_called").filter(pl.col("usd_called") > 0).sum(),
            bought_expected_usd=pl.col("usd_expected").filter(pl.col("usd_expected") > 0).sum(),
        )
    )
    return (
        members.group_by("index", maintain_order=True)
        .agg(members=(pl.col("before") > 0).sum())
        .join(weighed, on="index", how="left", maintain_order="left")
        .join(tracking, on="index", how="left", maintain_order="left")
        .with_columns(without_float=pl.col("members") - pl.col("weighted").fill_null(0))
        .drop("weighted")
    )
