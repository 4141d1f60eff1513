"""Lines quoted at a session, with the name and attributes that they had then."""

from datetime import date

import polars as pl


def listed(
    quotes: pl.DataFrame, history: pl.DataFrame, securities: pl.DataFrame, session: date
) -> pl.DataFrame:
    """Join a cross-section to what was known of its lines.

    Parameters
    ----------
    quotes : pl.DataFrame
        Cross-section of `session`: `symbol`, `exchange`, `close`, `volume`, `market_cap`, ….
    history : pl.DataFrame
        Listing intervals as known at the moment: `symbol`, `exchange`, `name`, `country`,
        `ipo_year`, `sector`, `industry`, `valid_from`, `valid_to` (first session on which they no
        longer held, null while they do).
    securities : pl.DataFrame
        Lives with `security_id`.
    session : date
        The session of the cross-section.

    Returns
    -------
    pl.DataFrame
        One row per symbol, with `life`, `security_id` and `since` (first session of the symbol's
        life).
    """
    then = history.filter(
        (pl.col("valid_from") <= session)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") > session))
    ).select("symbol", "exchange", "name", "country", "ipo_year", "sector", "industry")
    bearer = securities.filter(
        (pl.col("first") <= session) & (pl.col("gone").is_null() | (pl.col("gone") > session))
    ).select("symbol", "life", "security_id", since="first")
    return (
        quotes.join(then, on=["symbol", "exchange"], how="left")
        .join(bearer, on="symbol", how="left")
        .with_columns(security_id=pl.coalesce("security_id", pl.format("{}:?", "symbol")))
        .unique("symbol", keep="first", maintain_order=True)
    )
