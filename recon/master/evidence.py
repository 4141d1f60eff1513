"""What the last reconstitution says about a company, beyond what the owner published.

A company that was listed, priced and clearly large enough on the last rank day, and is no member
now, failed a test that public data does not show. That is the strongest public evidence about
nationality, votes and float there is, and it is known at any later moment.
"""

import polars as pl

MEMBER_QUANTILE = 0.03
"""Quantile of the members' caps on the last rank day above which a name was clearly in size: it
lies above the smallest member, so a name that just missed the cut is not taken for a refusal."""


def passed_over(
    lines: pl.DataFrame, at_rank_day: pl.DataFrame, *, min_price_usd: float
) -> pl.DataFrame:
    """Lines that were large enough at the last reconstitution and are not in the index.

    Parameters
    ----------
    lines : pl.DataFrame
        Today's lines: `symbol`, `security_id`, `size` (null for non-members).
    at_rank_day : pl.DataFrame
        Cross-section of the last reconstitution's rank day: `security_id`, `close` (USD),
        `market_cap` (USD), `eligible_type` (bool: the line was equity of an eligible structure
        by its name of that day; a SPAC that has merged since was not).
    min_price_usd : float
        The price rule of that event.

    Returns
    -------
    pl.DataFrame
        `symbol`, `passed_over` (bool).
    """
    then = at_rank_day.filter(pl.col("market_cap") > 0).unique(
        "security_id", keep="first", maintain_order=True
    )
    joined = lines.select("symbol", "security_id", "size").join(
        then.select("security_id", "close", "market_cap", "eligible_type"),
        on="security_id",
        how="left",
    )
    clearly_large = joined.filter(pl.col("size").is_not_null())["market_cap"].quantile(
        MEMBER_QUANTILE
    )
    return joined.select(
        "symbol",
        passed_over=(
            pl.col("size").is_null()
            & (pl.col("market_cap") >= pl.lit(clearly_large, pl.Float64))
            & (pl.col("close") >= min_price_usd)
            & pl.col("eligible_type")
        ).fill_null(False),
    ).unique("symbol", keep="first", maintain_order=True)
