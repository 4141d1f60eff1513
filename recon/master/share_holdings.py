"""Share counts of companies that the screener does not show, from index funds' holdings.

A fund that tracks a capitalisation-weighted index holds the same share of every company's
index shares, and index shares are total shares less those closely held. So for a fund f

    shares held / total shares = k(f) * float factor,   float factor <= 1,

and as most large companies float nearly all their shares, the upper quartile of the ratio
over the companies whose totals are known is k(f). Measured on IWV 2021-01-26 ... 2024-12-31:
above 10bn USD the median company lies 2 % below and the tenth percentile 35 to 45 %; VZ gives
4.16bn (filed: 4.14bn), CBOE 109m (107m), FDS 37.3m (37.9m). What comes out bounds the total
from below: Brown-Forman, two thirds held by its family, shows 226m of 479m.
"""

import polars as pl

K_QUANTILE = 0.75
MIN_KNOWN = 200
"""Companies with a known total that a snapshot must hold."""
MAX_AGE_DAYS = 1200
"""VZ, FDS and CBOE are needed in April 2024, when the newest holdings are of June 2021."""
FLOAT_DOUBT = 0.35
"""Log count: half the distance between the tenth percentile of the ratio and k, below 10bn."""
PRICE_DOUBT = 0.35
"""Log price per square root of a year: the median company's volatility, for an old price."""


def fund_share(held: pl.DataFrame) -> pl.DataFrame:
    """Share of its index's float that a fund holds: k of the module's head.

    Parameters
    ----------
    held : polars.DataFrame
        Holdings of companies with a known total: `asof`, `index`, `ratio` (shares held over
        total shares).

    Returns
    -------
    polars.DataFrame
        `asof`, `index`, `k`, `lines` (companies that it rests on); snapshots with fewer than
        `MIN_KNOWN` are left out.
    """
    return (
        held.group_by("asof", "index")
        .agg(k=pl.col("ratio").quantile(K_QUANTILE), lines=pl.len())
        .filter(pl.col("lines") >= MIN_KNOWN)
    )


def fill_from_holdings(
    wanted: pl.DataFrame, holdings: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """Lower bounds of total shares from the newest fund holdings.

    Parameters
    ----------
    wanted : polars.DataFrame
        Lines to fill: `session`, `line` (the name that all three frames share, for instance
        the ticker without separators, or a security id), `company` (lines of one company
        share it), `close` (USD, null where the line is not quoted).
    holdings : polars.DataFrame
        Full holdings of index funds: `asof`, `index`, `line`, `shares`, `price` (USD).
        Pass only what was known at the moment of the forecast.
    known : polars.DataFrame
        `line`, `shares`: repaired company totals of other lines, near the newest snapshot.
        Splits between the snapshot and `known` move single lines, not the quartile.

    Returns
    -------
    polars.DataFrame
        One row per wanted line that a usable snapshot holds: `session`, `line`, `close` (the
        fund's price where the line is not quoted, as of the snapshot and not rolled),
        `shares` (company total: the sum over its lines in the newest snapshot that holds any
        of them; a lower bound), `provenance` (`filled:holdings`), `note` (`holdings:DATE`,
        and `price:DATE` where the price is the fund's), `log_shares_dispersion` (includes
        the age of the price where that is the fund's). A line whose close differs from the
        fund's price by more than threefold is left out: it split, or is another security.
    """
    usable = holdings.filter(pl.col("shares") > 0, pl.col("price") > 0)
    scale = fund_share(
        usable.join(known.filter(pl.col("shares") > 0), on="line", suffix="_total").with_columns(
            ratio=pl.col("shares") / pl.col("shares_total")
        )
    )
    held = (
        wanted.join(
            usable.join(scale, on=["asof", "index"]).select(
                "line", "asof", "index", "price", bound=pl.col("shares") / pl.col("k")
            ),
            on="line",
        )
        .with_columns(age=(pl.col("session") - pl.col("asof")).dt.total_days())
        .filter(
            pl.col("age").is_between(0, MAX_AGE_DAYS),
            pl.col("close").is_null() | ((pl.col("close") / pl.col("price")).log().abs() < 1.1),
        )
    )
    subject = ["session", "company"]
    newest = held.sort("asof", "index", descending=[True, False]).unique(
        subject, keep="first", maintain_order=True
    )
    chosen = held.join(newest.select(*subject, "asof", "index"), on=[*subject, "asof", "index"])
    own_price = pl.col("close").is_null()
    aged = PRICE_DOUBT * (pl.col("age") / 365).sqrt()
    return (
        chosen.unique(["session", "line"], keep="first", maintain_order=True)
        .with_columns(shares=pl.col("bound").sum().over(subject))
        .select(
            "session",
            "line",
            pl.coalesce("close", "price").alias("close"),
            "shares",
            pl.lit("filled:holdings").alias("provenance"),
            pl.concat_str(
                pl.format("holdings:{}", "asof"),
                pl.when(own_price).then(pl.format("price:{}", "asof")),
                separator=";",
                ignore_nulls=True,
            ).alias("note"),
            pl.when(own_price)
            .then((FLOAT_DOUBT**2 + aged**2).sqrt())
            .otherwise(pl.lit(FLOAT_DOUBT))
            .alias("log_shares_dispersion"),
        )
        .sort("session", "line")
    )
