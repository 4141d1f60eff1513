"""The screener's own JSON, `<exchange>_full_tickers.json`: one exchange's lines at one session.

Every figure is text as the web page prints it (`"$9.965"`, `"395,389"`, `""`). Both the
repository that collects these files and a folder of them come through here.
"""

import io

import orjson
import polars as pl

from recon.contracts import EXCHANGES
from recon.sources.files import loads

PATHS = {exchange: f"{exchange}/{exchange}_full_tickers.json" for exchange in EXCHANGES}
"""Where US-Stock-Symbols keeps the file of each exchange."""

QUOTE = {
    "lastsale": "close",
    "netchange": "netchange",
    "volume": "volume",
    "marketCap": "market_cap",
}
"""Figures of the line, and their names in the contract `Quote`."""

LISTING = {
    "name": "name",
    "country": "country",
    "ipoyear": "ipo_year",
    "sector": "sector",
    "industry": "industry",
}
"""Attributes of the line, and their names in the contract `Listing`."""

SCHEMA = dict.fromkeys(("symbol", *QUOTE, *LISTING), pl.String())
"""Columns of a file as read here."""

_NONE_ODD = pl.DataFrame(schema={"rule": pl.String, "row": pl.String})
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UnreadableError(Exception):
    """A file is not a list of lines; says why."""


def parse(content: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read one file into the columns that we take, as text.

    Parameters
    ----------
    content : bytes
        JSON: a list of objects.

    Returns
    -------
    tuple of DataFrame
        The lines; and `rule` and `row` of elements that are no line.

    Raises
    ------
    UnreadableError
        If it is no list, or no line of it has a symbol.
    """
    content = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        if not content.lstrip().startswith(b"["):
            raise UnreadableError("it is no list")
        # Several times as fast as by way of Python objects, but all or nothing.
        lines, misfits = pl.read_json(io.BytesIO(content), schema=SCHEMA), _NONE_ODD
    except pl.exceptions.PolarsError:
        lines, misfits = _parse_each(content)
    if lines["symbol"].null_count() == lines.height:
        raise UnreadableError("no line has a symbol")
    return lines, misfits


def _parse_each(content: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        elements = loads(content)
    except orjson.JSONDecodeError as error:
        raise UnreadableError(str(error)) from error
    lines = [element for element in elements if _is_line(element)]
    misfits = [quarantined("line|json", element) for element in elements if not _is_line(element)]
    columns = {name: [_text(line.get(name)) for line in lines] for name in SCHEMA}
    return pl.DataFrame(columns, schema=SCHEMA), pl.concat([_NONE_ODD, *misfits])


def quarantined(rule: str, row: object) -> pl.DataFrame:
    """Give one row of `Chunk.rejected`, for what is no row of a frame."""
    return pl.DataFrame({"rule": [rule], "row": [orjson.dumps(row).decode()]})


def _is_line(element: object) -> bool:
    return isinstance(element, dict) and not any(
        isinstance(element.get(name), dict | list) for name in SCHEMA
    )


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
