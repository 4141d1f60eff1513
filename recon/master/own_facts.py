"""A user's own answers to rules, brought to the companies that they are about."""

import polars as pl

from recon.master.resolve import resolve
from recon.master.symbols import bare


def answers(facts: pl.DataFrame, lines: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Find the company of each answer; of several to one rule the newest counts.

    Parameters
    ----------
    facts : pl.DataFrame
        As from `AsOf.own_facts`: a company is a CIK, or the symbol that a line had at `known_at`
        (or has at the session, where nobody bore it then).
    lines : pl.DataFrame
        Lines of the session: `symbol`, `security_id`, `company_id`, `cik`, `role`.
    securities : pl.DataFrame
        Lives of all symbols with `security_id`.

    Returns
    -------
    pl.DataFrame
        `company_id`, `rule`, `verdict`, `source`, `known_on` (date in New York); one row per
        company and rule, as `recon.screen.screen` takes them. Answers about companies that are
        not listed are left out.
    """
    said = facts.select(
        "company",
        rule=pl.col("fact").cast(pl.String),
        verdict=pl.col("value").cast(pl.String),
        source="origin",
        known_at="known_at",
        known_on=pl.col("known_at")
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone("America/New_York")
        .dt.date(),
    )
    by_cik = said.join(
        lines.select("cik", "company_id").drop_nulls().unique(), left_on="company", right_on="cik"
    )
    symbols = said.filter(~pl.col("company").str.contains(r"^\d{10}$"))
    resolved = resolve(symbols.with_columns(ticker="company", day="known_on"), securities).drop(
        "ticker", "day", "life"
    )
    by_security = resolved.join(
        lines.select("security_id", "company_id").drop_nulls().unique(), on="security_id"
    )
    spelled = lines.select("company_id", spelling=bare("symbol")).drop_nulls().unique()
    unborn = resolved.filter(pl.col("security_id").is_null()).with_columns(spelling=bare("company"))
    columns = ["company_id", *said.columns]
    found = (by_cik, by_security, unborn.join(spelled, on="spelling"))
    return (
        pl.concat([one.select(columns) for one in found])
        .sort("known_at", "company", "source")
        .unique(["company_id", "rule"], keep="last", maintain_order=True)
        .select("company_id", "rule", "verdict", "source", "known_on")
        .sort("company_id", "rule")
    )
