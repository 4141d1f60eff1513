"""From a printed ticker and its date to the security that bore it then."""

from datetime import date

import polars as pl

from recon.master.symbols import bare

NEAR_DAYS = 10
"""Calendar days by which a list may name a ticker before it trades or after it went."""
BEFORE_HISTORY_DAYS = 400
"""Calendar days by which a list may be older than the first session of the store."""


def resolve(tickers: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Find the security behind each ticker at its date.

    Parameters
    ----------
    tickers : pl.DataFrame
        `ticker` in any spelling and `day` (date), plus columns that are carried along.
    securities : pl.DataFrame
        Lives with `security_id`, as from `recon.master.lives.securities`.

    Returns
    -------
    pl.DataFrame
        The rows of `tickers` with `security_id` and `life`, null where no life of that spelling
        is near the date. A life that was under way at the date wins over one nearby, an exact
        spelling over a bare one.
    """
    begin: date | None = securities["first"].min()  # type: ignore[assignment]
    spelled = securities.select(
        "life",
        "security_id",
        "symbol",
        "first",
        "gone",
        spelling=bare("symbol"),
    ).filter(pl.col("spelling").is_not_null())
    early = (pl.col("first") - pl.col("day")).dt.total_days()
    late = (pl.col("day") - pl.col("gone")).dt.total_days().fill_null(0)
    allowed = (
        pl.when(pl.col("first") == pl.lit(begin)).then(BEFORE_HISTORY_DAYS).otherwise(NEAR_DAYS)
    )
    numbered = tickers.with_row_index("row")
    found = (
        numbered.drop_nulls("day")
        .select("row", "ticker", "day", spelling=bare("ticker"))
        .join(spelled, on="spelling")
        .with_columns(
            distance=pl.max_horizontal(early, late, pl.lit(0)),
            exact=(pl.col("ticker") == pl.col("symbol")).cast(pl.Int8),
        )
        .filter((pl.col("distance") <= NEAR_DAYS) | ((early > 0) & (early <= allowed)))
        .sort("row", "distance", "exact", descending=[False, False, True])
        .unique("row", keep="first", maintain_order=True)
        .select("row", "security_id", "life")
    )
    return numbered.join(found, on="row", how="left", maintain_order="left").drop("row")
