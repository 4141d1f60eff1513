"""What the funds' newest flows put into each line, held against what is traded in it."""

from typing import Final

import polars as pl

from recon.forecast.traits import LIQUIDITY_SESSIONS
from recon.master.resolve import resolve
from recon.monitor.flows import WATCHED, WHOLE, fund_flows, present, whole
from recon.pipeline import Run
from recon.store import AsOf

_VOLUME: Final = ("session", "symbol", "close", "volume")


def flows_by_line(
    flows: pl.DataFrame, holdings: pl.DataFrame, securities: pl.DataFrame
) -> pl.DataFrame:
    """Dollars that the newest flows put into each line, by its share of the fund.

    Parameters
    ----------
    flows : pl.DataFrame
        As from `recon.monitor.flows.present`.
    holdings : pl.DataFrame
        As from `AsOf.holdings`.
    securities : pl.DataFrame
        Lives of all symbols with `security_id`.

    Returns
    -------
    pl.DataFrame
        `security_id`, `fund`, `line_flow_usd` (negative for redemptions), and
        `line_flow_usd_a_session`, over the sessions between the two files.
    """
    moved = flows.drop_nulls("flow_usd").select("fund", "asof", "flow_usd", "sessions")
    lines = whole(holdings).join(moved, on=["fund", "asof"]).rename({"asof": "day"})
    flow = pl.col("flow_usd") * pl.col("share")
    return (
        resolve(lines, securities)
        .drop_nulls("security_id")
        .group_by("security_id", "fund", maintain_order=True)
        .agg(line_flow_usd=flow.sum(), line_flow_usd_a_session=(flow / pl.col("sessions")).sum())
        .sort("security_id", "fund")
    )


def flows_into(run: Run, known: AsOf, lines: pl.DataFrame) -> pl.DataFrame:
    """What the newest flows of all funds put into lines.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    known : AsOf
        What was known at the run's moment.
    lines : pl.DataFrame
        `security_id` and `median_dollar_volume_usd` of each line, in the order in which rows are
        given.

    Returns
    -------
    pl.DataFrame
        `fund_flow_usd` (0 for a line in none of the funds whose flow is known, null where no
        fund's is), `fund_flow_percent` (of the median dollar volume of as many sessions as lie
        between the files), and `flow_reasons`, `fund_flow_usd:FUND:WHY` for each fund that is
        missing.
    """
    holdings = known.holdings()
    flows = present(fund_flows(holdings, known.fund_snapshots()), run.as_of)
    by_line = (
        flows_by_line(flows, holdings, run.securities)
        .group_by("security_id", maintain_order=True)
        .agg(pl.col("line_flow_usd", "line_flow_usd_a_session").sum())
    )
    missing = flows.drop_nulls("reason").select(pl.format("fund_flow_usd:{}:{}", "fund", "reason"))
    else_nothing = pl.lit(None if missing.height == len(WATCHED) else 0.0, pl.Float64)
    volume = pl.when(pl.col("median_dollar_volume_usd") > 0).then("median_dollar_volume_usd")
    return lines.join(by_line, on="security_id", how="left", maintain_order="left").select(
        fund_flow_usd=pl.col("line_flow_usd").fill_null(else_nothing),
        fund_flow_percent=WHOLE
        * pl.col("line_flow_usd_a_session").fill_null(else_nothing)
        / volume,
        flow_reasons=pl.lit(missing.to_series().to_list(), pl.List(pl.String)),
    )


def funds_now(run: Run, known: AsOf) -> pl.DataFrame:
    """Newest flow of each fund, against what is traded in all that it holds.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    known : AsOf
        What was known at the run's moment.

    Returns
    -------
    pl.DataFrame
        The columns of `recon.monitor.flows.present`, `holdings_volume_usd` (sum of the median
        dollar volumes of the fund's lines, a session, over `LIQUIDITY_SESSIONS` up to the run's
        day) and `flow_volume_percent` (the flow of that volume in the sessions between the
        files). The funds' own volumes are not in the data.
    """
    holdings = known.holdings()
    flows = present(fund_flows(holdings, known.fund_snapshots()), run.as_of)
    held = flows_by_line(flows, holdings, run.securities).join(
        run.lines.select("security_id", "symbol"), on="security_id"
    )
    symbols = held["symbol"].unique().to_list()
    quotes = known.slices([run.as_of], LIQUIDITY_SESSIONS, _VOLUME, symbols)
    volumes = quotes.group_by("symbol").agg(
        holdings_volume_usd=(pl.col("close") * pl.col("volume")).median()
    )
    by_fund = (
        held.join(volumes, on="symbol")
        .group_by("fund", maintain_order=True)
        .agg(pl.col("holdings_volume_usd").sum())
    )
    volume = pl.col("holdings_volume_usd") * pl.col("sessions")
    return (
        flows.join(by_fund, on="fund", how="left", maintain_order="left")
        .with_columns(flow_volume_percent=WHOLE * pl.col("flow_usd") / volume)
        .select(*flows.columns, "holdings_volume_usd", "flow_volume_percent")
    )
