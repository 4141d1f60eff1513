"""Dates, numbers and texts as they are printed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import polars as pl


def read_day(text: str, formats: Iterable[str]) -> date | None:
    """Read a printed date by the first format that fits; None when none does."""
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None


UNREADABLE: Final = date(9999, 12, 31)
"""Stands for a day that is printed but cannot be read: no contract admits it, and an end that
cannot be read is not taken for none."""
_DAY: Final = r"^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$"
_ODD_COMMA: Final = r"[.].*,|,(?:\d{0,2}(?:\D|$)|\d{4})"
"""A comma that parts no thousands."""


def to_date(column: str) -> pl.Expr:
    """Read a column of ISO dates, or of moments, as dates; what cannot be read is null."""
    text = filled(column).str.extract(_DAY)
    return text.str.to_date("%Y-%m-%d", strict=False).alias(column)


def to_open_date(column: str) -> pl.Expr:
    """Read a column as `to_date`, where a day may be missing; what cannot be read is none such.

    Returns
    -------
    Expr
        Null where nothing is printed, `UNREADABLE` where it is no day.
    """
    day = to_date(column)
    return pl.when(filled(column).is_not_null()).then(day.fill_null(UNREADABLE)).alias(column)


def without_thousands(text: pl.Expr) -> pl.Expr:
    """Take the commas out of printed numbers where they part thousands, and nowhere else."""
    return (
        pl.when(text.str.contains(_ODD_COMMA))
        .then(text)
        .otherwise(text.str.replace_all(",", "", literal=True))
    )


def filled(column: str) -> pl.Expr:
    """Give a text column, trimmed, with empty text as null."""
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text.str.len_chars() > 0).then(text)


def one_line(column: str) -> pl.Expr:
    """Give a text column as `filled`, line breaks and tabs as spaces."""
    return filled(column).str.replace_all(r"[\t\r\n]+", " ")


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
    texts = [without_thousands(pl.col(c).str.strip_chars()).alias(c) for c in names]
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
