"""What a shock changes beside the list: the lines of the ranking, and the companies named."""

from collections.abc import Sequence

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.sides import sides


def lines_moved(before: Run, after: Run) -> pl.DataFrame:
    """Break-points and band edges before and after a shock.

    Parameters
    ----------
    before, after : Run
        As from `recon.pipeline.run` and `recon.shocks.shocked`.

    Returns
    -------
    pl.DataFrame
        `name`, `cap_before_usd`, `cap_usd`, `change` (fraction); null where a line is beyond the
        last company. Both as if the session were rank day.
    """
    caps = [
        pl.DataFrame(
            [(one.name, one.cap_usd) for one in run.breakpoints],
            schema={"name": pl.String, "cap_usd": pl.Float64},
            orient="row",
        )
        for run in (before, after)
    ]
    return (
        caps[0]
        .rename({"cap_usd": "cap_before_usd"})
        .join(caps[1], on="name", how="full", coalesce=True, maintain_order="left")
        .with_columns(change=pl.col("cap_usd") / pl.col("cap_before_usd") - 1)
    )


def companies_moved(
    before: Run,
    after: Run,
    ids: Sequence[str],
    outlooks: tuple[Outlook | None, Outlook | None] = (None, None),
) -> pl.DataFrame:
    """Named companies before and after a shock.

    Parameters
    ----------
    before, after : Run
        As for `lines_moved`.
    ids : sequence of str
        `company_id` of each.
    outlooks : pair of Outlook, optional
        Of the two runs.

    Returns
    -------
    pl.DataFrame
        `symbol`, `company`, and before (`…_before`) and after: `price_usd`, `total_cap_usd`,
        `rank`, `rules_side` and `called_side` (R1000, R2000 or null), `chance` (fraction, to be
        in the Russell 3000 after the event).
    """
    frames = [
        sides(run, seen)
        .filter(pl.col("company_id").is_in(list(ids)))
        .select(
            "company_id",
            "price_usd",
            "total_cap_usd",
            "rank",
            "symbol",
            company="name",
            rules_side="after",
            called_side="called",
            chance="p_in",
        )
        for run, seen in zip((before, after), outlooks, strict=True)
    ]
    figures = ("price_usd", "total_cap_usd", "rank", "rules_side", "called_side", "chance")
    was = frames[0].select("company_id", *(pl.col(c).alias(f"{c}_before") for c in figures))
    pairs = [name for c in figures for name in (f"{c}_before", c)]
    return frames[1].join(was, on="company_id").sort("symbol").select("symbol", "company", *pairs)
