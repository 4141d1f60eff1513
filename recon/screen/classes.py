"""Further classes of a company: each must trade enough on its own (methodology §2.2, §3.1)."""

import polars as pl

from recon.rulebook import Rulebook


def class_eligible(rulebook: Rulebook) -> pl.Expr:
    """Whether a line may stand in the index beside its pricing vehicle.

    Columns used: `role`, `symbol`, `addtv_usd` (average daily dollar volume over a year),
    `close`, `shares`. A pricing vehicle always may. A further class must exceed the year's global
    median of dollar volume and the minimum cap, and must not be one that is counted with another
    (BRK.A with BRK.B). Its own share count is not in the data, so its cap is bounded from above by
    the company's. Before 2016 classes were not tested apart.
    """
    rules = rulebook.additional_class
    first = pl.col("role") == "pricing_vehicle"
    if not rules.tested_separately:
        return pl.col("role").is_not_null()
    counted_with_another = [pair[0].replace(".", "/") for pair in rules.aggregated]
    tested = (
        (pl.col("addtv_usd") > rules.min_addtv_usd)
        & (pl.col("close") * pl.col("shares") > rules.min_total_cap_usd).fill_null(True)
        & ~pl.col("symbol").is_in(counted_with_another)
    )
    return (
        pl.when(first)
        .then(True)
        .otherwise((pl.col("role") == "additional_class") & tested.fill_null(False))
        .fill_null(False)
    )
