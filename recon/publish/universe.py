"""Every company of a run with its chances, however small, and every line with its company.

A candidate list leaves out who has next to no chance. A score of the chances needs them all, and
needs to know which company a line belonged to at the time; this is both, flat, for the archive.
"""

from typing import Final

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.candidates import company_rows
from recon.publish.sides import STAND_IN

INDEXES: Final = ("R1000", "R2000", "R3000")
UNIVERSE: Final[dict[str, pl.DataType]] = {
    "run_id": pl.String(),
    "event": pl.String(),
    "as_of": pl.Date(),
    "data_cutoff": pl.Date(),
    "hindsight": pl.String(),
    "simulated": pl.Boolean(),
    "rulebook_version": pl.String(),
    "model_version": pl.String(),
    "last_rank": pl.Int64(),
    "cut_cap_usd": pl.Float64(),
    "line": pl.String(),
    "life": pl.String(),
    "company_id": pl.String(),
    "symbol": pl.String(),
    "name": pl.String(),
    "was_r1000": pl.Boolean(),
    "member": pl.Boolean(),
    "eligible": pl.Boolean(),
    "rank": pl.Int64(),
    "total_cap_usd": pl.Float64(),
    "verdict_reasons": pl.List(pl.String()),
    "chance_r1000": pl.Float64(),
    "chance_r2000": pl.Float64(),
    "chance_r3000": pl.Float64(),
}
"""Columns of `universe`, in order. `line` is the symbol of the line, `symbol` that of its company's
pricing vehicle; `cut_cap_usd` the cap at `last_rank`; a chance is a fraction."""


def universe(run: Run, outlook: Outlook | None = None) -> pl.DataFrame:
    """Lines and companies of a run with the chance that each side changes.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    outlook : Outlook, optional
        As for `recon.publish.candidates.candidates`.

    Returns
    -------
    pl.DataFrame
        Columns and types of `UNIVERSE`, one row a line, in the run's order. A company's own columns
        stand in each row of its lines, and are null for a line without a company of common
        shares. A chance is that of entering the index for a company outside it, and of leaving
        it for a member.
    """
    rows = company_rows(run, outlook).filter(pl.col("index").is_in(INDEXES))
    chances = rows.select(
        "company_id",
        "probability",
        index=pl.format("chance_{}", pl.col("index").str.to_lowercase()),
    ).pivot("index", index="company_id", values="probability")
    companies = run.companies.select(
        "company_id",
        "symbol",
        "name",
        "was_r1000",
        "member",
        "eligible",
        "rank",
        "total_cap_usd",
        verdict_reasons="reasons",
    ).join(chances, on="company_id", how="left")
    said = {
        "run_id": run.run_id,
        "event": run.event.id,
        "as_of": run.as_of,
        "data_cutoff": run.session,
        "hindsight": run.hindsight,
        "simulated": run.simulated,
        "rulebook_version": run.rulebook.version,
        "model_version": STAND_IN if outlook is None else outlook.model_version,
        "last_rank": run.last_rank,
        "cut_cap_usd": run.cut_cap_usd,
    }
    return (
        run.lines.select("life", "company_id", line="symbol")
        .join(companies, on="company_id", how="left", maintain_order="left")
        .with_columns(pl.lit(value).alias(name) for name, value in said.items())
        .select(pl.col(name).cast(kind) for name, kind in UNIVERSE.items())
    )
