"""Tables that a user writes: how they are told by their header, and read."""

from pathlib import Path

import polars as pl

from recon.errors import RefusedFileError
from recon.sources.files import opening, read_text
from recon.sources.printed import filled
from recon.sources.sec_filers import padded_cik

LARGEST = 2**28
"""Bytes; a table of every company's counts on every day since 2009 is about as large."""


def header(path: Path) -> frozenset[str]:
    """Give the column names of a CSV; empty for anything else. Never raises."""
    if not path.is_file():
        return frozenset()
    first = opening(path).partition("\n")[0]
    return frozenset(cell.strip().strip('"').lower() for cell in first.split(","))


def read_table(path: Path) -> pl.DataFrame:
    """Read a CSV as text, empty cells as null, names in lower case.

    Raises
    ------
    RefusedFileError
        If the file is damaged, too large, or names a column twice.
    """
    if path.stat().st_size > LARGEST:
        raise _refusal(path, "size", path.stat().st_size, f"at most {LARGEST} bytes")
    try:
        table = pl.read_csv(read_text(path).encode(), infer_schema=False)
        table = table.rename(lambda name: name.strip().lower())
    except pl.exceptions.PolarsError as error:
        raise _refusal(
            path, "line", str(error).splitlines()[0], "as many cells in each line as in the header"
        ) from error
    return table.select(filled(name).alias(name) for name in table.columns)


def company(*, cik: str | None = None, symbol: str | None = None) -> pl.Expr:
    """Give the company of a row: the CIK with ten digits where there is one, else the symbol.

    Parameters
    ----------
    cik, symbol : str, optional
        Columns of the table.
    """
    number = padded_cik(cik) if cik else pl.lit(None, pl.String)
    return pl.coalesce(number, pl.col(symbol).str.to_uppercase() if symbol else pl.lit(None))


def _refusal(path: Path, field: str, value: object, expected: str) -> RefusedFileError:
    return RefusedFileError(
        f"Table {path.name} cannot be read", field=field, value=value, expected=expected
    )
