"""Tables of delimited text, read as text: strict about lines, bounded in size and columns.

Arrow reads them, because it reports a line with too few cells, which polars fills with nulls.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

from recon.errors import RefusedFileError
from recon.sources.files import opening, read_text

COLUMN_LIMIT: Final = 1000
"""The widest of the known tables has 20."""
LINE_LIMIT: Final = 2**20
"""Bytes of a line; a cell that never ends would take the table for its text."""


def header(path: Path) -> frozenset[str]:
    """Give the names in the first line of a comma-separated text; never raises.

    Parameters
    ----------
    path : Path
        Any path.
    """
    head = opening(path).partition("\n")[0] if path.is_file() else ""
    return frozenset(cell.strip().strip('"') for cell in head.split(","))


def read_csv(path: Path, needed: Iterable[str] = ()) -> pl.DataFrame:
    """Read a comma-separated file whose first line names its columns; see `table_of`.

    Parameters
    ----------
    path : Path
        The file.
    needed : iterable of str
        Columns without which it is refused: `header` looks at names with less care.
    """
    table = table_of(path, read_text(path))
    if missing := sorted(set(needed).difference(table.columns)):
        raise _refusal(path, "columns", ", ".join(table.columns)[:200], ", ".join(missing))
    return table


def table_of(path: Path, text: str, separator: str = ",", *, quoted: bool = True) -> pl.DataFrame:
    """Read delimited text whose first line names its columns.

    Parameters
    ----------
    path : Path
        Where the text is from, for messages.
    text : str
        The table; empty lines are passed over.
    separator : str
        One character between cells.
    quoted : bool
        Whether quotation marks enclose cells.

    Returns
    -------
    pl.DataFrame
        Text columns under the names of the first line; an empty cell is null, an
        empty one in quotation marks empty text.

    Raises
    ------
    RefusedFileError
        If a line has more or fewer cells than the first, a column is named twice, or there are
        too many columns.
    """
    import pyarrow as pa  # noqa: PLC0415 - a third of a second, and only files need it
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    text = text.lstrip("\r\n")
    if "\0" in text:
        raise _refusal(path, "line", "a zero byte", "text")
    names = _names(path, text, separator, quoted=quoted)
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(text.encode()),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=LINE_LIMIT, column_names=names, skip_rows=1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, quote_char='"' if quoted else False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowException as error:
        expected = "as many cells in each line as in the header"
        raise _refusal(path, "line", str(error).splitlines()[0], expected) from error
    return pl.DataFrame({name: pl.Series(table[name]) for name in names})


def _names(path: Path, text: str, separator: str, *, quoted: bool) -> list[str]:
    """Give the names in the first line; blank ones, of a spreadsheet's empty columns, by place."""
    first = text.partition("\n")[0].rstrip("\r")
    if first.count(separator) >= COLUMN_LIMIT:
        found = first.count(separator) + 1
        raise _refusal(path, "columns", found, f"at most {COLUMN_LIMIT}")
    try:
        (cells,) = (
            csv.reader([first], delimiter=separator, strict=True)
            if quoted
            else [first.split(separator)]
        )
    except (csv.Error, ValueError) as error:
        raise _refusal(path, "header", first[:60], "the names of the columns") from error
    names = [cell.strip() or f"column {place}" for place, cell in enumerate(cells, start=1)]
    spelled = [name.lower() for name in names]
    if twice := next((name for name in spelled if spelled.count(name) > 1), None):
        raise _refusal(path, "column", f"{twice} twice", "each column once")
    return names


def _refusal(path: Path, field: str, value: object, expected: str) -> RefusedFileError:
    return RefusedFileError(
        f"Table {path.name} cannot be read", field=field, value=value, expected=expected
    )
