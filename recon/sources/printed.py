"""Dates, numbers and texts as they are printed."""

from collections.abc import Iterable
from datetime import date, datetime

import polars as pl


def read_day(text: str, formats: Iterable[str]) -> date | None:
    """Read a printed date by the first format that fits; None when none does."""
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None


def to_date(column: str) -> pl.Expr:
    """Read a column of ISO dates, or of moments, as dates; what cannot be read is null."""
    return pl.col(column).cast(pl.String).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def filled(column: str) -> pl.Expr:
    """Give a text column, trimmed, with empty text as null."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text.str.len_chars() > 0).then(text)


def read_numbers(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read printed numbers.

    Parameters
    ----------
    frame : pl.DataFrame
        The columns to read as text, with `,` between thousands and `-` or nothing for a
        missing figure.
    columns : iterable of str
        Columns to read.

    Returns
    -------
    tuple of DataFrame
        Rows with the columns as `Float64`; and, as printed, the rows in which one cannot be
        read, with `rule` = `COLUMN|number`.
    """
    names = list(columns)
    texts = [pl.col(c).str.strip_chars().str.replace_all(",", "", literal=True) for c in names]
    missing = ["", "-", "--"]
    numbers = frame.with_columns(
        pl.when(~text.is_in(missing)).then(text).cast(pl.Float64, strict=False) for text in texts
    )
    rule = frame.select(
        pl.coalesce(
            pl.when(text.is_not_null() & ~text.is_in(missing) & numbers[c].is_null()).then(
                pl.lit(f"{c}|number")
            )
            for c, text in zip(names, texts, strict=True)
        ).alias("rule")
    ).to_series()
    return numbers.filter(rule.is_null()), frame.with_columns(rule).filter(rule.is_not_null())
