"""What a company is, as figures: the traits that tell which kinds of name the owner admits.

Every trait is known at the moment. A fact that only a file of later date may hold (what EDGAR
says under `slow-facts`) is used one way only: evidence against a company is 1, and both evidence
for it and no evidence are 0, so that no trait tells whether the file knows the company at all
(design, Time).
"""

from typing import Final

import polars as pl

from recon.forecast.view import View

SECTORS: Final = (
    "Finance",
    "Health Care",
    "Consumer Discretionary",
    "Technology",
    "Industrials",
    "Real Estate",
    "Energy",
    "Utilities",
    "Consumer Staples",
    "Telecommunications",
    "Basic Materials",
)
"""The screener's words since May 2022; others are no sector. The order is the code."""
SECTOR_BEFORE: Final = {
    "Capital Goods": "Industrials",
    "Transportation": "Industrials",
    "Consumer Services": "Consumer Discretionary",
    "Consumer Durables": "Consumer Discretionary",
    "Consumer Non-Durables": "Consumer Staples",
    "Public Utilities": "Utilities",
    "Basic Industries": "Basic Materials",
}
"""The screener's words before, where they have a like."""
OFFSHORE: Final = ("BM", "KY", "VG", "IE", "LU", "MH", "MC", "PA", "GG", "JE", "IM", "PR", "GR")
"""Seats that companies traded in the United States alone commonly have."""
LIQUIDITY_SESSIONS: Final = 63

KIND: Final = (
    "sector_code",
    "on_nasdaq",
    "on_amex",
    "abroad_china",
    "abroad_canada",
    "abroad_israel",
    "abroad_offshore",
    "abroad_other",
    "incorporated_abroad",
    "files_as_foreign",
    "type_equity",
    "type_receipt",
    "type_partnership",
    "type_fund",
    "type_spac",
    "type_reit",
    "class_letter",
    "classes",
    "name_ordinary",
    "name_foreign_form",
    "name_units",
    "offering_age",
    "listed_years",
    "log_price",
    "turnover",
    "traded_share",
    "volume_growth",
)
"""Traits that do not know the membership: what the slow question is asked of."""


def traits(view: View, quotes: pl.DataFrame) -> pl.DataFrame:
    """Traits of every company of a run.

    Parameters
    ----------
    view : View
        The run.
    quotes : pl.DataFrame
        `session`, `security_id`, `close`, `netchange` (USD), `volume` (shares) of the past year.

    Returns
    -------
    pl.DataFrame
        `company_id`, the columns of `KIND` (Float64; flags 0 or 1) and of `liquidity`.
    """
    begun = view.securities.group_by("security_id").agg(begun=pl.col("first").min())
    home = pl.col("headquarters")
    kind = pl.col("security_type")
    name = pl.col("name").fill_null("")
    cap = pl.col("total_cap_usd")
    abroad = home.is_not_null() & ~home.is_in(["US"])
    sector = pl.col("sector").replace(SECTOR_BEFORE)
    flags = {
        "on_nasdaq": pl.col("exchange") == "nasdaq",
        "on_amex": pl.col("exchange") == "amex",
        "abroad_china": home.is_in(["CN", "HK", "MO"]),
        "abroad_canada": home == "CA",
        "abroad_israel": home == "IL",
        "abroad_offshore": home.is_in(list(OFFSHORE)),
        "abroad_other": abroad & ~home.is_in(["CN", "HK", "MO", "CA", "IL", *OFFSHORE]),
        "incorporated_abroad": pl.col("incorporation").is_not_null()
        & (pl.col("incorporation") != "US"),
        "files_as_foreign": ~pl.col("domestic_filer"),
        "type_equity": kind.is_in(["common", "additional_class", "tracking_stock"]),
        "type_receipt": kind == "adr",
        "type_partnership": kind.is_in(["lp", "llc", "royalty_trust"]),
        "type_fund": kind.is_in(["closed_end_fund", "bdc"]),
        "type_spac": kind == "spac",
        "type_reit": kind == "reit",
        "class_letter": name.str.contains(r"(?i)\bclass [a-z]\b"),
        "name_ordinary": name.str.contains(r"(?i)\bordinary\b"),
        "name_foreign_form": name.str.contains(
            r"(?i)\b(ltd|limited|plc|n\.?v|s\.?a|a\.?g|s\.?e|a/s|asa|ab)\b\.?"
        ),
        "name_units": name.str.contains(r"(?i)\bunits?\b|\bbeneficial\b|\btrust\b"),
    }
    traded = liquidity(quotes)
    return (
        view.companies.join(begun, on="security_id", how="left")
        .join(traded, on="security_id", how="left")
        .select(
            "company_id",
            *(flag.fill_null(False).cast(pl.Float64).alias(label) for label, flag in flags.items()),
            sector_code=sector.replace_strict(
                {s: i for i, s in enumerate(SECTORS)}, default=None, return_dtype=pl.Float64
            ),
            classes=pl.col("classes").cast(pl.Float64),
            offering_age=(pl.lit(view.session.year) - pl.col("ipo_year")).cast(pl.Float64),
            listed_years=(pl.lit(view.session) - pl.col("begun")).dt.total_days() / 365.25,
            log_price=pl.when(pl.col("price_usd") > 0).then(pl.col("price_usd").log()),
            turnover=pl.when((cap > 0) & (pl.col("dollar_volume") > 0)).then(
                (pl.col("dollar_volume") / cap).log()
            ),
            traded_share="traded_share",
            volume_growth="volume_growth",
            log_dollar_volume=pl.col("dollar_volume").log1p(),
            change_year="change_year",
            change_quarter="change_quarter",
        )
    )


def liquidity(quotes: pl.DataFrame) -> pl.DataFrame:
    """Trading and change of price of each line.

    Returns
    -------
    pl.DataFrame
        `security_id`, `dollar_volume` (median USD a session over `LIQUIDITY_SESSIONS`),
        `traded_share` (fraction of those sessions with a volume), `volume_growth` (log of those
        sessions' median over that of all: more shares in free hands), `change_year` and
        `change_quarter` (log change of the price, split-adjusted, cut as in `log_returns`).
    """
    days = quotes["session"].unique().sort().tail(LIQUIDITY_SESSIONS)
    late = pl.col("session").is_in(days.implode())
    before = pl.col("close") - pl.col("netchange")
    change = (
        pl.when((pl.col("close") > 0) & (before > 0.05 * pl.col("close")))
        .then((pl.col("close") / before).log().clip(-0.4, 0.4))
        .otherwise(0.0)
    )
    return (
        quotes.with_columns(
            dollars=(pl.col("close") * pl.col("volume")).fill_null(0.0), change=change, late=late
        )
        .group_by("security_id", maintain_order=True)
        .agg(
            dollar_volume=pl.col("dollars").filter("late").median(),
            traded_share=(pl.col("volume").filter("late") > 0).mean(),
            volume_growth=(
                pl.col("dollars").filter("late").median().log1p()
                - pl.col("dollars").median().log1p()
            ),
            change_year=pl.col("change").sum(),
            change_quarter=pl.col("change").filter("late").sum(),
        )
    )
