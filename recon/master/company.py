"""One row per company: its pricing vehicle, its total cap, and what is known about it.

The screener gives every listed line of a company the company's *total* share count, so lines are
never summed: the total cap is that of the pricing vehicle, the class with the highest two-year
trading volume (methodology §3.1). Only if it has no count does a sibling's cap stand in.
"""

import polars as pl

EQUITY = ("common", "additional_class", "tracking_stock", "reit")
"""Security types that can be in the index."""
CANDIDATE = (*EQUITY, "adr", "lp", "llc", "royalty_trust", "closed_end_fund", "bdc", "spac")
"""Types that are shown with a verdict; units, warrants, rights, preferreds, notes are not."""


def pricing_vehicles(
    lines: pl.DataFrame,
    volumes: pl.DataFrame,
    *,
    tolerance_percent: float,
    min_trading_days: int = 0,
) -> pl.DataFrame:
    """Mark the pricing vehicle of each company.

    Parameters
    ----------
    lines : pl.DataFrame
        `symbol`, `company_id`, `security_type`, `shares`, `volume` (shares of the session).
    volumes : pl.DataFrame
        `security_id`, `two_year_volume` (shares); further columns are carried along.
    tolerance_percent : float
        Within this of the highest volume, the class with most shares is taken. Where classes
        share one count, that means the higher volume.
    min_trading_days : int
        Sessions with volume that a class of a member needs to price it, where another has them.

    Returns
    -------
    pl.DataFrame
        `lines` with `role`: `pricing_vehicle`, `additional_class`, or null for lines that are
        no equity of a company that has some.
    """
    equity = pl.col("security_type").is_in(list(EQUITY))
    shown = pl.col("security_type").is_in(list(CANDIDATE))
    volume = pl.coalesce("two_year_volume", pl.col("volume").cast(pl.Float64), pl.lit(0.0))
    ranked = (
        lines.join(volumes, on="security_id", how="left")
        .with_columns(equity=equity, shown=shown, traded=volume)
        .with_columns(
            seasoned=~pl.col("size").is_not_null().any().over("company_id")
            | (pl.col("days_traded") >= min_trading_days).fill_null(False)
        )
        .with_columns(
            near=pl.col("traded")
            >= pl.col("traded").filter(pl.col("equity")).max().over("company_id")
            * (1 - tolerance_percent / 100)
        )
        .sort(
            "company_id",
            "equity",
            "shown",
            "seasoned",
            "near",
            "shares",
            "traded",
            "symbol",
            descending=[False, True, True, True, True, True, True, False],
            nulls_last=True,
        )
        .with_columns(place=pl.int_range(pl.len()).over("company_id"))
    )
    role = (
        pl.when(pl.col("shown") & (pl.col("place") == 0))
        .then(pl.lit("pricing_vehicle"))
        .when(pl.col("equity"))
        .then(pl.lit("additional_class"))
    )
    return ranked.with_columns(role=role).drop(
        "equity", "shown", "seasoned", "near", "place", "traded", "two_year_volume"
    )


def companies(lines: pl.DataFrame) -> pl.DataFrame:
    """Collapse lines into companies.

    Parameters
    ----------
    lines : pl.DataFrame
        Lines with `role`, `close` (USD), `shares` (of the whole company), `provenance`, `size`
        (index before the event, or null), `micro`, `passed_over`, `refusals` and the facts of
        `facts.attach`.

    Returns
    -------
    pl.DataFrame
        One row per company that has a pricing vehicle: its line's attributes, `price_usd`,
        `total_cap_usd` (null where no line has a count), `cap_provenance`, `was_r1000`,
        `was_r2000`, `was_micro`, `member`, `refusals` (0 where none), `classes` (number of
        equity lines).
    """
    cap = pl.col("shares") * pl.col("close")
    priced = lines.with_columns(line_cap=cap)
    counted = pl.col("security_type").is_in(list(EQUITY)) & (pl.col("line_cap") > 0)
    priced = priced.with_columns(counted_cap=pl.when(counted).then("line_cap"))
    sides = priced.group_by("company_id", maintain_order=True).agg(
        was_r1000=(pl.col("size") == "R1000").any(),
        was_r2000=(pl.col("size") == "R2000").any(),
        was_micro=pl.col("micro").fill_null(False).any(),
        passed_over=pl.col("passed_over").drop_nulls().first(),
        refusals=pl.col("refusals").max().fill_null(0),
        classes=pl.col("security_type").is_in(list(EQUITY)).sum(),
        sibling_cap=pl.col("counted_cap").max(),
        sibling=pl.col("symbol").sort_by("counted_cap", "symbol").last(),
    )
    return (
        priced.filter(pl.col("role") == "pricing_vehicle")
        .drop("was_r1000", "was_r2000", "was_micro", "passed_over", "refusals", strict=False)
        .join(sides, on="company_id")
        .with_columns(
            total_cap_usd=pl.coalesce(
                pl.when(pl.col("line_cap") > 0).then("line_cap"), "sibling_cap"
            ),
            cap_provenance=pl.when(pl.col("line_cap") > 0)
            .then("provenance")
            .when(pl.col("sibling_cap").is_not_null())
            .then(pl.format("sibling:{}", "sibling"))
            .otherwise(pl.lit("missing")),
            price_usd=pl.col("close"),
            was_r2000=pl.col("was_r2000") & ~pl.col("was_r1000"),
            member=pl.col("was_r1000") | pl.col("was_r2000"),
        )
        .drop("sibling", "sibling_cap", "line_cap", "counted_cap", "role", "provenance")
        .sort("company_id")
    )
