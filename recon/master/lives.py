"""Lives of symbols, and the securities that run through them.

A **life** is an unbroken stretch in which a symbol was listed. A security is a chain of lives:
a rename ends one symbol's life and begins another's within days (FB → META), a reused ticker
begins a life that belongs to nobody before it. `recon.master.renames` tells which is which.
"""

from datetime import timedelta

import polars as pl

from recon.master.names import company_key

GAP = timedelta(days=5)
"""Calendar days without a listing that the source's missing sessions can explain."""
RETURN_GAP = timedelta(days=45)
"""Calendar days after which a symbol that comes back has been away: delisted, then listed anew,
often after a bankruptcy. Shorter absences under one name are gaps of the source or halts."""


def lives(history: pl.DataFrame) -> pl.DataFrame:
    """Lives of every symbol.

    Parameters
    ----------
    history : pl.DataFrame
        Listing intervals as known at the moment: `symbol`, `exchange`, `name`, `valid_from`,
        `valid_to` (first session on which they no longer held; null while they do).

    Returns
    -------
    pl.DataFrame
        `life` (e.g. `FB:2021-01-29`), `symbol`, `exchange` (the last), `first`, `gone` (first
        session without it; null while listed), `first_name`, `last_name`. A symbol that comes
        back after a gap starts a new life, unless it was away for less than `RETURN_GAP` under
        the same name.
    """
    keys = history.select("name").unique().with_columns(key=company_key("name"))
    ordered = (
        history.join(keys, on="name", how="left", nulls_equal=True)
        .sort("symbol", "valid_from")
        .with_columns(end=pl.col("valid_to").fill_null(pl.lit("9999-12-31").str.to_date()))
    )
    before = pl.col("end").cum_max().shift(1).over("symbol")
    away = pl.col("valid_from") - before
    renamed = (pl.col("key") != pl.col("key").shift(1).over("symbol")).fill_null(True)
    begins = before.is_null() | ((away > GAP) & renamed) | (away > RETURN_GAP)
    return (
        ordered.with_columns(number=begins.cum_sum().over("symbol"))
        .group_by("symbol", "number", maintain_order=True)
        .agg(
            pl.col("exchange").last(),
            first=pl.col("valid_from").min(),
            last=pl.col("valid_to").max(),
            listed=pl.col("valid_to").null_count() > 0,
            first_name=pl.col("name").first(),
            last_name=pl.col("name").last(),
        )
        .select(
            pl.format("{}:{}", "symbol", "first").alias("life"),
            "symbol",
            "exchange",
            "first",
            pl.when(~pl.col("listed")).then("last").alias("gone"),
            "first_name",
            "last_name",
        )
    )


def securities(lives: pl.DataFrame, renames: pl.DataFrame) -> pl.DataFrame:
    """Lives with the `security_id` that runs through a chain of renames.

    Parameters
    ----------
    lives : pl.DataFrame
        As from `lives`.
    renames : pl.DataFrame
        As from `recon.master.renames.renames`.

    Returns
    -------
    pl.DataFrame
        `lives` with `security_id`: the first life of the chain. It stays when the chain goes on,
        and changes only where a life turns out later to have had another before it.
    """
    predecessor = renames.rename({"life": "earlier", "successor": "life"})
    chain = lives.with_columns(security_id=pl.col("life"))
    for _ in range(len(renames) + 1):
        step = chain.join(predecessor.rename({"life": "security_id"}), on="security_id", how="left")
        if step["earlier"].null_count() == step.height:
            break
        chain = step.with_columns(security_id=pl.coalesce("earlier", "security_id")).drop("earlier")
    return chain
