"""Creations and redemptions of the index funds, from the heads of their holdings files.

A fund makes and takes back its shares in kind; the change of its shares outstanding between two
files, at the net asset value of the later one, is money that came or went, and that was put into or
taken out of its lines by their weights. A file known at a moment says nothing of later days.
"""

from datetime import date
from typing import Final

import polars as pl

from recon.master.resolve import resolve
from recon.pipeline import Run
from recon.sources.ishares import FUNDS
from recon.store import AsOf

WATCHED: Final = ("IWM", "IWB", "IWV")
"""Funds whose flows are followed."""
FLOW: Final = ("flow_shares", "flow_usd", "flow_percent")
FRESH_DAYS: Final = 10
"""Calendar days after which a flow says nothing of the present: a week and a holiday or two."""
WHOLE: Final = 100.0
"""Percent."""


def fund_flows(holdings: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """Creations and redemptions between consecutive files of each fund that say its shares.

    Parameters
    ----------
    holdings : pl.DataFrame
        Lines of all full holdings, as from `AsOf.holdings`.
    heads : pl.DataFrame
        Fund shares outstanding, as from `AsOf.fund_snapshots`.

    Returns
    -------
    pl.DataFrame
        By `fund` and `asof`, one row for each day of full holdings: `previous` (day of the last
        file before that says the fund's shares), `shares_outstanding`, `shares_before`, `nav_usd`
        (a share: the value of all holdings, from the lines' values and weights, over the
        shares), `flow_shares`, `flow_usd`, `flow_percent` (of the fund before), and `reason`
        where the flow is null: `no_files` (of the fund at all; one row without a day),
        `file_does_not_say`, `first_file`, `no_value`.
    """
    assets = WHOLE * pl.col("market_value").sum() / pl.col("weight").sum()
    valued = whole(holdings).group_by("fund", "asof").agg(assets=assets)
    change = pl.col("shares_outstanding") - pl.col("shares_before")
    said = pl.col("shares_outstanding").is_not_null()
    flows = (
        valued.join(heads, on=["fund", "asof"], how="full", coalesce=True)
        .filter(pl.col("fund").is_in(list(WATCHED)))
        .sort("fund", "asof")
        .with_columns(
            previous=pl.when(said).then("asof").forward_fill().shift(1).over("fund"),
            shares_before=pl.col("shares_outstanding").forward_fill().shift(1).over("fund"),
            nav_usd=pl.col("assets") / pl.col("shares_outstanding"),
        )
        .with_columns(
            flow_shares=change,
            flow_usd=change * pl.col("nav_usd"),
            flow_percent=WHOLE * change / pl.col("shares_before"),
            reason=pl.when(~said)
            .then(pl.lit("file_does_not_say"))
            .when(pl.col("shares_before").is_null())
            .then(pl.lit("first_file"))
            .when(pl.col("nav_usd").is_null())
            .then(pl.lit("no_value")),
        )
    )
    absent = [fund for fund in WATCHED if fund not in flows["fund"]]
    nothing = {"fund": absent, "reason": ["no_files"] * len(absent)}
    columns = ("fund", "asof", "previous", "shares_outstanding", "shares_before", "nav_usd")
    return pl.concat(
        [flows, pl.DataFrame(nothing, schema=dict.fromkeys(nothing, pl.String))], how="diagonal"
    ).select(*columns, "flow_shares", "flow_usd", "flow_percent", "reason")


def whole(holdings: pl.DataFrame) -> pl.DataFrame:
    """Lines with value and weight, of one file for each fund and day.

    Returns
    -------
    pl.DataFrame
        `fund`, `asof`, `ticker`, `weight` (percent), `market_value` (USD). Where a day's holdings
        come from two files, those that add up to more.
    """
    indexes = {index: fund for fund, index in FUNDS.items()}
    lines = holdings.filter(
        pl.col("market_value").is_not_null(), pl.col("weight").is_not_null()
    ).select(
        "asof",
        "ticker",
        "weight",
        "market_value",
        "origin",
        fund=pl.col("index").cast(pl.String).replace_strict(indexes, return_dtype=pl.String),
    )
    fullest = (
        lines.group_by("fund", "asof", "origin")
        .agg(pl.col("weight").sum())
        .sort("weight", "origin")
        .unique(["fund", "asof"], keep="last")
    )
    return lines.join(fullest, on=["fund", "asof", "origin"], how="semi").drop("origin")


def present(flows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Newest flow of each fund, or why there is none.

    Parameters
    ----------
    flows : pl.DataFrame
        As from `fund_flows`.
    day : date
        The moment's day.

    Returns
    -------
    pl.DataFrame
        One row per fund with the columns of `flows`; a flow older than `FRESH_DAYS` is null, with
        the reason `stale`.
    """
    stale = (pl.lit(day) - pl.col("asof")).dt.total_days() > FRESH_DAYS
    return (
        flows.sort(pl.col("flow_usd").is_not_null(), "asof", nulls_last=False)
        .unique("fund", keep="last", maintain_order=True)
        .with_columns(
            reason=pl.when(stale).then(pl.coalesce("reason", pl.lit("stale"))).otherwise("reason")
        )
        .with_columns(pl.when(pl.col("reason").is_null()).then(c).alias(c) for c in FLOW)
        .sort("fund")
    )


def flows_by_line(
    flows: pl.DataFrame, holdings: pl.DataFrame, securities: pl.DataFrame
) -> pl.DataFrame:
    """Dollars that the newest flows put into each line, by the weights of the file.

    Parameters
    ----------
    flows : pl.DataFrame
        As from `present`.
    holdings : pl.DataFrame
        As from `AsOf.holdings`.
    securities : pl.DataFrame
        Lives of all symbols with `security_id`.

    Returns
    -------
    pl.DataFrame
        `security_id`, `fund`, `line_flow_usd` (negative for redemptions).
    """
    moved = flows.drop_nulls("flow_usd").select("fund", "asof", "flow_usd")
    lines = whole(holdings).join(moved, on=["fund", "asof"])
    return (
        resolve(lines.rename({"asof": "day"}), securities)
        .drop_nulls("security_id")
        .group_by("security_id", "fund")
        .agg(line_flow_usd=(pl.col("flow_usd") * pl.col("weight")).sum() / WHOLE)
        .sort("security_id", "fund")
    )


def flows_into(run: Run, known: AsOf, lines: pl.Series) -> pl.DataFrame:
    """What the newest flows of all funds put into lines.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    known : AsOf
        What was known at the run's moment.
    lines : pl.Series
        `security_id` of each line, in the order in which rows are given.

    Returns
    -------
    pl.DataFrame
        `fund_flow_usd`: 0 for a line in none of the funds whose flow is known, null where no
        fund's is; and `flow_reasons`, `fund_flow_usd:FUND:WHY` for each fund that is missing.
    """
    holdings = known.holdings()
    flows = present(fund_flows(holdings, known.fund_snapshots()), run.as_of)
    by_line = (
        flows_by_line(flows, holdings, run.securities)
        .group_by("security_id")
        .agg(pl.col("line_flow_usd").sum())
    )
    missing = flows.drop_nulls("reason").select(pl.format("fund_flow_usd:{}:{}", "fund", "reason"))
    else_nothing = pl.lit(None if missing.height == len(WATCHED) else 0.0, pl.Float64)
    return (
        lines.to_frame("security_id")
        .join(by_line, on="security_id", how="left", maintain_order="left")
        .select(
            fund_flow_usd=pl.col("line_flow_usd").fill_null(else_nothing),
            flow_reasons=pl.lit(missing.to_series().to_list(), pl.List(pl.String)),
        )
    )
