"""The ranking around each break-point: its lines, and the companies near them."""

from typing import Final

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run

QUANTILES: Final = {"low": 0.05, "median": 0.5, "high": 0.95}
"""Of the simulated caps of rank day."""
AROUND: Final = 2.0
"""Factor of the cap of a line without a band within which a company is near it."""
BESIDE: Final = 1.5
"""The same beyond the edges of a band."""


def lines(run: Run, outlook: Outlook | None) -> pl.DataFrame:
    """Break-points and band edges with their simulated intervals.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    outlook : Outlook or None
        Of the same run.

    Returns
    -------
    pl.DataFrame
        As `recon.publish.page.model.Page.lines`, by rank.
    """
    now = pl.DataFrame(
        [(one.name, one.rank, one.cap_usd) for one in run.breakpoints],
        schema={"name": pl.String, "rank": pl.Int64, "cap_usd": pl.Float64},
        orient="row",
    ).sort("rank")
    if outlook is None:
        return now.with_columns(pl.lit(None, pl.Float64).alias(name) for name in QUANTILES)
    at = pl.col("quantile")
    drawn = outlook.breakpoints.group_by("name").agg(
        pl.col("cap_usd").filter((at - quantile).abs() < 1e-9).first().alias(name)
        for name, quantile in QUANTILES.items()
    )
    return now.join(drawn, on="name", how="left", maintain_order="left")


def near(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Companies of the list whose cap is near the line that decides about an index.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    rows : pl.DataFrame
        Its candidate list.

    Returns
    -------
    pl.DataFrame
        As `recon.publish.page.model.Page.near`: chances are the list's own.
    """
    caps = {one.name: one.cap_usd for one in run.breakpoints}
    large, whole = run.rulebook.ranks.russell_1000, run.rulebook.ranks.russell_3000
    asked = (("R1000", f"rank_{large}"), ("R3000", f"rank_{whole}"))
    parts = [_near(rows, index, line, caps) for index, line in asked if line in caps]
    return pl.concat(parts) if parts else pl.DataFrame(schema=NEAR)


NEAR: Final = {
    "line": pl.String(),
    "symbol": pl.String(),
    "company": pl.String(),
    "rank": pl.Int64(),
    "total_cap_usd": pl.Float64(),
    "chance": pl.Float64(),
    "before": pl.String(),
    "call": pl.Boolean(),
}
"""Columns of `near`."""


def _near(rows: pl.DataFrame, index: str, line: str, caps: dict[str, float]) -> pl.DataFrame:
    rank = line.removeprefix("rank_")
    low = caps.get(f"band_low_{rank}", caps[line])
    high = caps.get(f"band_high_{rank}", caps[line])
    beyond = BESIDE if low < high else AROUND
    added = pl.col("action") == "add"
    other = pl.lit("none" if index == "R1000" else "outside")
    return (
        rows.filter(
            (pl.col("index") == index)
            & (pl.col("role") == "pricing_vehicle")
            & pl.col("total_cap_usd").is_between(low / beyond, high * beyond)
        )
        .with_columns(
            line=pl.lit(line),
            chance=pl.when(added).then("probability").otherwise(1 - pl.col("probability")),
            before=pl.when(added).then(pl.coalesce("from_index", other)).otherwise("index"),
        )
        .select(pl.col(name).cast(kind) for name, kind in NEAR.items())
    )
