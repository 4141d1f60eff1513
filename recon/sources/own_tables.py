"""Tables that a user writes: how they are told by their header, and read."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from recon.errors import RefusedFileError
from recon.sources import csv_table
from recon.sources.printed import filled
from recon.sources.sec_filers import padded_cik


def header(path: Path) -> frozenset[str]:
    """Give the column names of a CSV in lower case. Never raises."""
    return frozenset(name.lower() for name in csv_table.header(path))


def read_table(path: Path, needed: Iterable[str] = ()) -> pl.DataFrame:
    """Read a CSV as text, empty cells as null, names in lower case.

    Parameters
    ----------
    path : Path
        The file.
    needed : iterable of str
        Columns without which it is refused, in lower case.

    Raises
    ------
    RefusedFileError
        If the file is damaged, too large, or names a column twice.
    """
    table = csv_table.read_csv(path).rename(str.lower)
    if missing := sorted(set(needed).difference(table.columns)):
        raise RefusedFileError(
            f"Table {path.name} lacks a column", field="column", expected=", ".join(missing)
        )
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
