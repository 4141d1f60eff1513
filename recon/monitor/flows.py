"""Creations and redemptions of the index funds, from the heads of their holdings files.

A fund makes and takes back its shares in kind; the change of its shares outstanding between two
files, at the net asset value of the later one, is money that came or went, and that was put into or
taken out of its lines by their weights. A file known at a moment says nothing of later days.
"""

from datetime import date
from typing import Final

import polars as pl

from recon.calendar import sessions
from recon.sources.ishares import FUNDS

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
        file before that says the fund's shares), `sessions` (since then), `shares_outstanding`,
        `shares_before`, `nav_usd` (a share: the value of all holdings, from the lines' values and
        weights, over the shares), `flow_shares`, `flow_usd`, `flow_percent` (of the fund before),
        and `reason` where the flow is null: `no_files` (of the fund at all; one row without a
        day), `file_does_not_say`, `first_file`, `no_value`.
    """
    valued = (
        whole(holdings)
        .group_by("fund", "asof", maintain_order=True)
        .agg(pl.col("assets_usd").first())
    )
    change = pl.col("shares_outstanding") - pl.col("shares_before")
    said = pl.col("shares_outstanding").is_not_null()
    flows = (
        valued.join(heads, on=["fund", "asof"], how="full", coalesce=True)
        .filter(pl.col("fund").is_in(list(WATCHED)))
        .sort("fund", "asof")
        .with_columns(
            previous=pl.when(said).then("asof").forward_fill().shift(1).over("fund"),
            shares_before=pl.col("shares_outstanding").forward_fill().shift(1).over("fund"),
            nav_usd=pl.col("assets_usd") / pl.col("shares_outstanding"),
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
    columns = ("fund", "asof", "previous", "sessions", "shares_outstanding", "shares_before")
    found = pl.concat(
        [flows, pl.DataFrame(nothing, schema=dict.fromkeys(nothing, pl.String))], how="diagonal"
    )
    return found.with_columns(sessions=_sessions_between(found)).select(
        *columns, "nav_usd", *FLOW, "reason"
    )


def _sessions_between(flows: pl.DataFrame) -> pl.Series:
    """Sessions after `previous` up to `asof`; null where one is not known."""
    days = pl.concat([flows["previous"], flows["asof"]]).drop_nulls()
    if days.is_empty():
        return pl.Series([None] * flows.height, dtype=pl.Int64)
    known = pl.Series(sessions(days.min(), days.max()))  # type: ignore[arg-type]
    places = [
        known.search_sorted(flows[end].fill_null(days.min()), side="right").cast(pl.Int64)
        for end in ("previous", "asof")
    ]
    apart = pl.DataFrame({"previous": flows["previous"], "sessions": places[1] - places[0]})
    return apart.select(pl.when(pl.col("previous").is_not_null()).then("sessions")).to_series()


def whole(holdings: pl.DataFrame) -> pl.DataFrame:
    """Lines with value and weight, of one file for each fund and day.

    Returns
    -------
    pl.DataFrame
        `fund`, `asof`, `ticker`, `share` (of the fund, a fraction; finer than the two decimals of
        the weight in the file), `assets_usd` (of the whole fund). Where a day's holdings come from
        two files, those that add up to more.
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
        lines.group_by("fund", "asof", "origin", maintain_order=True)
        .agg(pl.col("weight").sum())
        .sort("weight", "origin")
        .unique(["fund", "asof"], keep="last")
    )
    # What is no line of a company, cash above all, is in the weights that are missing.
    assets = WHOLE * pl.col("market_value").sum() / pl.col("weight").sum()
    return (
        lines.join(fullest, on=["fund", "asof", "origin"], how="semi")
        .with_columns(assets_usd=assets.over("fund", "asof"))
        .with_columns(share=pl.col("market_value") / pl.col("assets_usd"))
        .select("fund", "asof", "ticker", "share", "assets_usd")
    )


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
