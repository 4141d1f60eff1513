"""What a run or a list says: the lines that it calls, and the chance of every company."""

from datetime import date

import polars as pl

from recon.errors import InputError
from recon.forecast.outlook import Outlook
from recon.master.resolve import resolve
from recon.pipeline import Run
from recon.publish.candidates import candidates, company_rows

INDEX = "R3000"
"""The index whose additions and deletions are scored."""


def calls_of_run(
    run: Run, securities: pl.DataFrame, outlook: Outlook | None = None
) -> pl.DataFrame:
    """Lines that a run lists; columns as from `calls_of_list` but `probability`."""
    rows = candidates(run, outlook).filter(pl.col("index") == INDEX)
    return rows.select("action", "symbol", "call").join(lines(run, securities), on="symbol")


def chances_of_run(run: Run, outlook: Outlook | None = None) -> pl.DataFrame:
    """Chance of every company of a run: `action`, `company_id`, `probability`."""
    return (
        company_rows(run, outlook)
        .filter(pl.col("index") == INDEX)
        .select("action", "company_id", "probability")
    )


def check_list(rows: pl.DataFrame, event_id: str, as_of: date) -> None:
    """Refuse a list from a file that cannot be scored as one of an event and a moment.

    Raises
    ------
    InputError
        It has no Russell 3000 rows, or is of another event or moment.
    """
    wanted = rows.filter(pl.col("index") == INDEX)
    if wanted.is_empty():
        raise InputError(
            f"the list has no rows of {INDEX}", field="list", expected="the whole list"
        )
    for column, expected in (("event", event_id), ("as_of", as_of)):
        others = wanted.filter(pl.col(column) != expected)[column]
        if len(others):
            raise InputError(
                f"the list is of another {column}",
                field=column,
                value=others[0],
                expected=str(expected),
            )


def calls_of_list(rows: pl.DataFrame, run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Lines of a list from a file.

    Parameters
    ----------
    rows : pl.DataFrame
        As from `recon.publish.formats.read_list`.
    run : Run
        Of the list's own moment; it says which company a line belongs to.
    securities : pl.DataFrame
        As from `recon.backtest.official.history`.

    Returns
    -------
    pl.DataFrame
        `action`, `symbol`, `call`, `security_id` (as in `securities`), `company_id` (both the
        symbol where it is no line of the moment), `probability`.
    """
    wanted = rows.filter(pl.col("index") == INDEX)
    found = resolve(
        wanted.select("action", "symbol", "call", "probability", ticker="symbol", day="as_of"),
        securities,
    )
    owners = lines(run, securities).drop("symbol")
    return found.join(owners, on="security_id", how="left").select(
        "action",
        "symbol",
        "call",
        pl.coalesce("security_id", "symbol").alias("security_id"),
        pl.coalesce("company_id", "symbol").alias("company_id"),
        "probability",
    )


def lines(run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Lines of a run with the identity that all moments share.

    A run links the lives of a symbol by what was known at its moment; lists of several moments
    meet in the links of the newest, found by the life, which is the same at all.

    Returns
    -------
    pl.DataFrame
        `symbol`, `security_id` (as in `securities`), `company_id`; each line once.
    """
    return (
        run.lines.select("symbol", "life", "company_id")
        .join(securities.select("life", "security_id"), on="life", how="left")
        .with_columns(pl.coalesce("security_id", "life", "symbol").alias("security_id"))
        .unique("security_id", keep="first", maintain_order=True)
        .select("symbol", "security_id", "company_id")
    )
