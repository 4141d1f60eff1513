"""Who is in which index: before the event, after the calls, and as an expectation.

Three worlds, each with every member of every index in it, so that weights add up to one in each:

- **before**: the members as they stand;
- **called**: what the candidate list calls has happened, and nothing else;
- **expected**: a line is in an index with the probability that the list gives it.

A candidate is looked at **if it happens**: the called world, with this one change made in it.
The Russell 3000 is Russell 1000 and 2000 together. The Russell Midcap is the Russell 1000 without
the companies that are larger than the line at rank 200; whoever crosses that line is not followed,
since no list of Midcap members is at hand.
"""

from typing import Final

import polars as pl

WORLDS: Final = ("before", "called", "expected")
_KEY: Final = ("symbol", "index")


def states(lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Give how far each line is in each index, in each world.

    Parameters
    ----------
    lines : pl.DataFrame
        One row per line that is or may be in an index: `symbol`, `company_id`, `size` (`R1000`,
        `R2000` or null, before), `micro` (bool, before), `top` (whether its company is above
        the Midcap).
    rows : pl.DataFrame
        Candidates: `symbol`, `index`, `action` (add, delete), `probability` (fraction), `call`.

    Returns
    -------
    pl.DataFrame
        One row per line and index: `symbol`, `company_id`, `index`, and `before`, `called`,
        `expected` (fractions; 0 or 1 but for the last).
    """
    added = pl.col("action") == "add"
    after = rows.select(
        *_KEY,
        called=pl.when(added).then("call").otherwise(~pl.col("call")).cast(pl.Float64),
        expected=pl.when(added).then("probability").otherwise(1 - pl.col("probability")),
    )
    inside = {
        "R1000": pl.col("size").eq_missing(pl.lit("R1000")),
        "R2000": pl.col("size").eq_missing(pl.lit("R2000")),
        "RMICRO": pl.col("micro"),
    }
    listed = pl.concat(
        lines.select("symbol", "company_id", "top", index=pl.lit(i), before=e.cast(pl.Float64))
        for i, e in inside.items()
    )
    told = listed.join(after, on=_KEY, how="left", maintain_order="left").with_columns(
        pl.coalesce(world, "before").alias(world) for world in ("called", "expected")
    )
    whole = (
        told.filter(pl.col("index") != "RMICRO")
        .group_by("symbol", "company_id", maintain_order=True)
        .agg(pl.col(WORLDS).sum().clip(upper_bound=1.0))
        .with_columns(index=pl.lit("R3000"))
    )
    middle = told.filter((pl.col("index") == "R1000") & ~pl.col("top")).with_columns(
        index=pl.lit("RMIDCAP")
    )
    columns = ("symbol", "company_id", "index", *WORLDS)
    return pl.concat(frame.select(columns) for frame in (told, whole, middle))


def outcomes(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Where each candidate's line is if the change happens.

    A called change lands where the calls say. Any other deletion lands in the other size index or
    nowhere, and an addition to the Russell 3000 in one of the two, whichever is more probable.

    Parameters
    ----------
    rows : pl.DataFrame
        As for `states`.
    members : pl.DataFrame
        As from `states`.

    Returns
    -------
    pl.DataFrame
        `rows` with `to` (`R1000`, `R2000` or null) and `to_micro` (bool).
    """
    sides = members.select(
        "symbol",
        *(
            pl.when(pl.col("index") == index).then(world).alias(f"{world}_{index}")
            for world in ("called", "expected")
            for index in ("R1000", "R2000", "RMICRO")
        ),
    )
    joined = rows.join(
        sides.group_by("symbol").agg(pl.all().max()), on="symbol", how="left", maintain_order="left"
    )
    large, small = pl.col("expected_R1000"), pl.col("expected_R2000")
    out = 1 - large - small
    called = (
        pl.when(pl.col("called_R1000") > 0)
        .then(pl.lit("R1000"))
        .when(pl.col("called_R2000") > 0)
        .then(pl.lit("R2000"))
    )
    index, added = pl.col("index"), pl.col("action") == "add"
    likely = (
        pl.when(added & (index != "R3000"))
        .then(index)
        .when(added)
        .then(pl.when(large > small).then(pl.lit("R1000")).otherwise(pl.lit("R2000")))
        .when((index == "R1000") & (small > out))
        .then(pl.lit("R2000"))
        .when((index == "R2000") & (large > out))
        .then(pl.lit("R1000"))
    )
    micro = index == "RMICRO"
    return joined.with_columns(
        to=pl.when(pl.col("call") | micro).then(called).otherwise(likely),
        to_micro=pl.when(micro).then(added).otherwise(pl.col("called_RMICRO") > 0),
    ).select(*rows.columns, "to", "to_micro")
