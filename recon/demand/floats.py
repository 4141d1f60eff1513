"""Shares of each line that anybody may buy: its float, which weights it in the indexes.

A fund that tracks an index holds the same share k of every line's float (`recon.master.
share_holdings`), so what it holds over the company's total shares is k × the line's part of the
company that floats. That part is taken from the newest holdings known and applied to today's
total, so splits and issues in between do not matter; sales by insiders do, and are not seen.

Measured on the real files: in IWV half of the 200 largest names lie within 1 % of k. IWV is a
sample, and the small names that it does hold stand for those that it leaves out: around $400m it
shows 10 to 20 % more than IWM. In IWM and IWC k comes out 1 % and 4 % too low, as fewer small
companies float whole. A line that no fund held gets the median of lines like it, and says so.
"""

from datetime import timedelta
from typing import Final

import polars as pl

from recon.master.resolve import resolve
from recon.master.share_holdings import MAX_AGE_DAYS, fund_share
from recon.store import AsOf

SAMPLE_AGE: Final = timedelta(days=365)
"""How much older a sampling fund's holdings count: a full list of up to a year before is better."""
SAMPLED: Final = ("R3000",)
"""Indexes whose fund holds a sample (data README, membership)."""
SPLIT_GAP: Final = 0.35
"""Log price: half of a two-for-one split. Holdings further from the close are of other shares."""
NEWEST: Final = 2
"""Holdings of each index that are read: the one before the newest knows who left since."""
STALE_QUOTE: Final = timedelta(days=5)
"""A holdings date on a week-end takes the close before it; one before all quotes takes none."""
MIN_PART: Final = 0.05
"""No line of an index floats less of its company (methodology §2.2): such a position is not full,
or the company's total is wrong."""
MIN_LIKE: Final = 10
"""Held lines that a median of like lines must rest on; else that of all lines stands in."""
AGE_YEARS: Final = (1.0, 3.0)
"""Years since listing at which a float grows: a new line's insiders are locked up."""
THIN: Final = (0.0005, 0.001)
"""Dollars traded a day over the company's cap. Whoever hardly trades hardly floats: below 0.05 %
the median part is 0.2, below 0.1 % it is 0.5, else 0.9 (69 and 250 lines, 2024 and 2025)."""
CAPS_USD: Final = (3e8, 2e9, 1e10)
"""Company caps that part micro, small, middle and large."""


def held_parts(holdings: pl.DataFrame, known: AsOf, securities: pl.DataFrame) -> pl.DataFrame:
    """Give the part of its company that floats in each line held by an index fund.

    Parameters
    ----------
    holdings : pl.DataFrame
        `AsOf.holdings()`: `asof`, `index`, `ticker`, `shares`, `price`.
    known : AsOf
        What was known at the moment; gives the totals of the holdings' own day.
    securities : pl.DataFrame
        Lives with `security_id`.

    Returns
    -------
    pl.DataFrame
        One row per security, of its best holdings: `security_id`, `asof`, `part` (fraction of
        the company's total shares, at most 1), `cap_usd` (of the company on that day), `years`
        since its listing (null where it was listed when the data begin).
    """
    last = known.sessions()[-1]
    held = (
        holdings.filter((pl.col("shares") > 0) & (pl.col("price") > 0))
        .filter(pl.col("asof") >= last - timedelta(days=MAX_AGE_DAYS))
        .filter(pl.col("asof").rank("dense", descending=True).over("index") <= NEWEST)
        .select(pl.col("index").cast(pl.String), "asof", "ticker", "shares", "price", day="asof")
        .unique(["asof", "index", "ticker"], keep="first", maintain_order=True)
    )
    born = pl.col("first").min().over("security_id")
    lives = securities.select(
        "life",
        "symbol",
        "exchange",
        born=pl.when(born > pl.col("first").min()).then(born),
    )
    ratios = (
        resolve(held, securities)
        .drop_nulls("life")
        .join(lives, on="life", maintain_order="left")
        .join(
            _totals(held["asof"], known),
            on=["asof", "symbol", "exchange"],
            maintain_order="left_right",
        )
        .filter((pl.col("price") / pl.col("close")).log().abs() < SPLIT_GAP)
        .with_columns(ratio=pl.col("shares") / pl.col("total"))
    )
    sampled = pl.col("index").is_in(SAMPLED)
    as_if = pl.when(sampled).then(pl.col("asof") - SAMPLE_AGE).otherwise("asof")
    return (
        ratios.join(fund_share(ratios), on=["asof", "index"], maintain_order="left")
        .with_columns(part=pl.col("ratio") / pl.col("k"), as_if=as_if)
        .filter(pl.col("part") >= MIN_PART)
        .sort("as_if", "index", descending=[True, False], maintain_order=True)
        .unique("security_id", keep="first", maintain_order=True)
        .select(
            "security_id",
            "asof",
            part=pl.col("part").clip(upper_bound=1.0),
            cap_usd=pl.col("total") * pl.col("close"),
            years=(pl.col("asof") - pl.col("born")).dt.total_days() / 365,
        )
    )


def _totals(days: pl.Series, known: AsOf) -> pl.DataFrame:
    """Company totals on the days of the holdings, as the screener showed them."""
    quotes = known.slices(
        days.unique().to_list(), 1, ["session", "symbol", "exchange", "close", "market_cap"]
    )
    dated = (
        pl.DataFrame({"asof": days.unique().sort()})
        .join_asof(
            quotes.select("session").unique().sort("session"),
            left_on="asof",
            right_on="session",
            strategy="backward",
            coalesce=False,
        )
        .filter(pl.col("asof") - pl.col("session") <= STALE_QUOTE)
    )
    return (
        quotes.filter((pl.col("close") > 0) & (pl.col("market_cap") > 0))
        .with_columns(pl.col("exchange").cast(pl.String))
        .join(dated, on="session", maintain_order="left_right")
        .select("asof", "symbol", "exchange", "close", total=pl.col("market_cap") / pl.col("close"))
    )


def _like() -> pl.Expr:
    """Group of lines that float alike: by turnover, then years since listing, then size."""
    scarce, thin = THIN
    young, grown = AGE_YEARS
    micro, small, middle = CAPS_USD
    groups = (
        (pl.col("turnover") < scarce, "hardly traded"),
        (pl.col("turnover") < thin, "thinly traded"),
        (pl.col("years") < young, "listed under 1 year"),
        (pl.col("years") < grown, "listed 1 to 3 years"),
        (pl.col("cap_usd") < micro, "micro"),
        (pl.col("cap_usd") < small, "small"),
        (pl.col("cap_usd") < middle, "middle"),
    )
    return pl.coalesce(
        *(pl.when(test).then(pl.lit(name)) for test, name in groups), pl.lit("large")
    )


def floats(lines: pl.DataFrame, parts: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Give the float of each line.

    Parameters
    ----------
    lines : pl.DataFrame
        All lines that are in an index or may be, so that classes share their company: `session`,
        `symbol`, `security_id`, `company_id`, `close` (USD), `shares` (of the whole company),
        `addtv_usd` (dollars traded a day over a year).
    parts : pl.DataFrame
        As from `held_parts`.
    securities : pl.DataFrame
        Lives with `security_id`.

    Returns
    -------
    pl.DataFrame
        `symbol`, `close`, `float_shares`, `float_cap_usd` (null where the company's shares or
        the close are not known), `float_provenance` (`holdings:DATE`, or `estimated`).

    Notes
    -----
    An estimate is the median of held lines of like turnover (of today), age and size (of the
    holdings' day): all of it for a company with one line; several share it as they share the
    dollars traded.
    """
    born = securities.group_by("security_id").agg(born=pl.col("first").min())
    traded = pl.col("addtv_usd").fill_null(0.0)
    among, classes = traded.sum().over("company_id"), pl.len().over("company_id")
    cap = pl.col("shares") * pl.col("close")
    aged = lines.join(born, on="security_id", how="left", maintain_order="left").with_columns(
        cap_usd=cap,
        turnover=pl.when(cap > 0).then(among / cap),
        own=pl.when(among > 0).then(traded / among).otherwise(1 / classes),
        years=pl.when(pl.col("born") > securities["first"].min()).then(
            (pl.col("session") - pl.col("born")).dt.total_days() / 365
        ),
    )
    typical = (
        parts.join(aged.select("security_id", "turnover"), on="security_id", how="left")
        .group_by(like=_like())
        .agg(typical=pl.col("part").median(), held=pl.len())
        .filter(pl.col("held") >= MIN_LIKE)
        .drop("held")
    )
    middle = pl.lit(parts["part"].median(), pl.Float64)
    part = pl.coalesce("part", pl.coalesce("typical", middle) * pl.col("own"))
    return (
        aged.with_columns(like=_like())
        .join(typical, on="like", how="left")
        .join(parts.select("security_id", "part", "asof"), on="security_id", how="left")
        .select(
            "symbol",
            "close",
            float_shares=part * pl.col("shares"),
            float_cap_usd=part * pl.col("cap_usd"),
            float_provenance=pl.when(pl.col("part").is_not_null())
            .then(pl.format("holdings:{}", "asof"))
            .otherwise(pl.lit("estimated")),
        )
    )
