"""Companies that only an open answer keeps out of an IPO event: what a desk should look up."""

from typing import Final

import polars as pl

from recon.pipeline import Run
from recon.screen import RULES_NEEDED, Reason, Verdict

OPEN: Final = {
    Reason.CAP_UNKNOWN.value: "no share count yet",
    Reason.NO_OFFERING_ON_RECORD.value: "no offering on record",
    Reason.SPAC_LOCK_UP_UNKNOWN.value: "former SPAC, end of its lock-ups unknown",
}
"""Reason codes and their words; of several the first counts."""


def left_open(run: Run) -> pl.DataFrame:
    """Companies outside the index that fail nothing, and are not called for want of a fact.

    Parameters
    ----------
    run : Run
        Of an IPO event.

    Returns
    -------
    pl.DataFrame
        `symbol`, `open` (a key of `OPEN`), by symbol. Those whose size is known and too small are
        left out.
    """
    whole = f"rank_{run.rulebook.ranks.russell_3000}"
    line = next((one.cap_usd for one in run.breakpoints if one.name == whole), 0.0)
    refused = pl.col("verdict") == Verdict.FAIL
    missing = (pl.col("verdict") == Verdict.UNKNOWN) & pl.col("rule").is_in(list(RULES_NEEDED))
    sums = run.verdicts.group_by("company_id").agg(
        refused=refused.any(), missing=pl.col("reason").filter(missing)
    )
    first: pl.Expr = pl.lit(None, pl.String)
    for code in reversed(OPEN):
        first = pl.when(pl.col("missing").list.contains(code)).then(pl.lit(code)).otherwise(first)
    small = (pl.col("total_cap_usd") < line).fill_null(False)
    return (
        run.companies.filter(~pl.col("member"), ~small)
        .join(sums, on="company_id")
        .with_columns(open=first)
        .filter(~pl.col("refused") & pl.col("open").is_not_null())
        .select("symbol", "open")
        .sort("symbol")
    )
