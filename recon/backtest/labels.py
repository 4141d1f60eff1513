"""What became of each company of a run: the labels that the classifier learns from.

Kept apart from the features, because labels are known only when the final list is: see
`known_from`.
"""

from datetime import datetime

import polars as pl

from recon.backtest.calls import lines
from recon.backtest.migrations import labelled
from recon.backtest.official import Official
from recon.calendar import Event, evening
from recon.errors import InputError
from recon.pipeline import Run


def labels(run: Run, truth: Official) -> pl.DataFrame:
    """Whether each company was added to or deleted from the Russell 3000.

    Parameters
    ----------
    run : Run
        Of any moment; its companies are the rows.
    truth : Official
        The official lists of the run's event.

    Returns
    -------
    pl.DataFrame
        `company_id`, `added`, `deleted` (bool), in the order of the run's companies. A name of
        the list resolves as in the score; one that is no company of the run has no row.

    Raises
    ------
    InputError
        If the lists are of another event.
    """
    if truth.event.id != run.event.id:
        raise InputError(
            "the lists are of another event",
            field="event",
            value=truth.event.id,
            expected=run.event.id,
        )
    named = truth.names.join(lines(run, truth.securities), on="security_id").select(
        "action", "company_id"
    )
    sides = named.group_by("company_id").agg(
        added=(pl.col("action") == "add").any(), deleted=(pl.col("action") == "delete").any()
    )
    return (
        run.companies.select("company_id")
        .join(sides, on="company_id", how="left", maintain_order="left")
        .with_columns(pl.col("added", "deleted").fill_null(False))
    )


def unmatched(run: Run, truth: Official) -> pl.DataFrame:
    """Names of the official lists that are no company of the run.

    Returns
    -------
    pl.DataFrame
        `company_id` (the action and the ticker), `symbol`, `member` (1.0 for a deletion),
        `added`, `deleted`, `seen` (False).
    """
    deleted = pl.col("action") == "delete"
    return (
        truth.names.join(lines(run, truth.securities), on="security_id", how="left")
        .filter(pl.col("company_id").is_null())
        .select(
            company_id=pl.format("{}:{}", "action", "ticker"),
            symbol="ticker",
            member=deleted.cast(pl.Float64),
            added=~deleted,
            deleted=deleted,
            seen=pl.lit(False),
        )
    )


def moves(run: Run, inferred: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Moves between Russell 1000 and Russell 2000, by company.

    Parameters
    ----------
    run : Run
        Of any moment.
    inferred : pl.DataFrame
        As from `AsOf.derived_migrations`: from lists before and after, with some noise.
    securities : pl.DataFrame
        As from `recon.backtest.official.history`.

    Returns
    -------
    pl.DataFrame
        `company_id` (where it is no company of the run, the direction and the ticker), `symbol`
        as printed, `moved` (`up` or `down`), `seen` (whether it is a company of the run).
    """
    found = labelled(run, inferred, securities)
    seen = pl.col("key").is_in(run.companies["company_id"].implode())
    return found.unique("key", keep="first", maintain_order=True).select(
        company_id=pl.when(seen).then("key").otherwise(pl.format("{}:{}", "direction", "ticker")),
        symbol="ticker",
        moved="direction",
        seen=seen,
    )


def known_from(event: Event) -> datetime | None:
    """Moment from which an event's labels are known: the evening of its final list."""
    return None if event.effective is None else evening(event.effective)
