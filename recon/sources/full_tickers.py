"""The screener's own JSON, `<exchange>_full_tickers.json`: one exchange's lines at one session.

Every figure is text as the web page prints it (`"$9.965"`, `"395,389"`, `""`). Both the
repository that collects these files and a folder of them come through here.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import orjson
import polars as pl

from recon.calendar import end_of_day
from recon.contracts import EXCHANGES, SYMBOL
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, check
from recon.sources.intervals import snapshot_changes
from recon.sources.printed import filled

PATHS = {exchange: f"{exchange}/{exchange}_full_tickers.json" for exchange in EXCHANGES}
"""Where US-Stock-Symbols keeps the file of each exchange."""

SNAPSHOTS_PER_CHUNK = 60

_QUOTE = {"lastsale": "close", "netchange": "netchange", "marketCap": "market_cap"}
_LISTING = {
    "name": "name",
    "country": "country",
    "ipoyear": "ipo_year",
    "sector": "sector",
    "industry": "industry",
}
_KEY = ("symbol", "exchange")
_EXCHANGE = pl.Enum(EXCHANGES)
_SCHEMA = dict.fromkeys(("symbol", "volume", *_QUOTE, *_LISTING), pl.String())
_NO_LINES = pl.DataFrame(
    schema={
        **_SCHEMA,
        "session": pl.Date(),
        "exchange": _EXCHANGE,
        "fresh": pl.Boolean(),
        "known_at": pl.Datetime("us"),
    }
)
_NONE_ODD = pl.DataFrame(schema={"rule": pl.String, "row": pl.String})
_NO_FIGURE = ("", "NA", "N/A", "--")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One file as it stood after one session.

    Attributes
    ----------
    session : date
        The session whose close it shows.
    exchange : str
        nasdaq, nyse or amex.
    content : bytes
        The file.
    origin : str
        Where it is, for the user.
    fresh : bool
        False for a session that the store holds: then it only says what changed beside it.
    """

    session: date
    exchange: str
    content: bytes
    origin: str
    fresh: bool = True


class _Unreadable(Exception):  # noqa: N818 - the reason of a quarantine, not an error of ours
    """A snapshot that is not a list of lines; says why."""


def chunks(snapshots: Iterable[Snapshot]) -> Iterator[Chunk]:
    """Read snapshots into quotes and listing happenings.

    A line is `seen` when it is new or its attributes differ from the exchange's snapshot
    before, and `vanished` at the first snapshot without it. A snapshot that cannot be read, or
    is empty, is quarantined as one row under `file|json`: one failed night does not cost the
    history.

    Parameters
    ----------
    snapshots : iterable of Snapshot
        In order of session; read lazily, held a few sessions at a time.

    Yields
    ------
    Chunk
        `quote`, then `listing`, for every few sessions.

    Raises
    ------
    RefusedFileError
        If there are snapshots and none of them can be read.
    """
    waiting = iter(snapshots)
    before = _listed(_NO_LINES)
    reason = None
    while batch := list(islice(waiting, SNAPSHOTS_PER_CHUNK)):
        read, odd = [], []
        for snapshot in batch:
            try:
                lines, misfits = parse(snapshot.content)
            except _Unreadable as error:
                reason = reason or f"{snapshot.origin}: {error}"
                odd.append(_row("file|json", {"file": snapshot.origin, "reason": str(error)}))
                continue
            read.append(_stamped(lines, snapshot))
            if snapshot.fresh:
                odd.append(misfits)
        lines = pl.concat([_NO_LINES, *read]).with_columns(pl.col("symbol").str.strip_chars())
        yield _quotes(lines.filter("fresh"), odd)
        listed = pl.concat([before, _listed(lines)])
        yield _happenings(listed, lines)
        before = listed.filter(pl.col("session") == pl.col("session").max().over("exchange"))
    if reason is not None and before.is_empty():
        raise RefusedFileError(
            "No snapshot can be read", field="file", value=reason, expected="a JSON list of lines"
        )


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
    """
    content = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        if not content.lstrip().startswith(b"["):
            raise _Unreadable("it is no list")
        # Several times as fast as by way of Python objects, but all or nothing.
        lines, misfits = pl.read_json(io.BytesIO(content), schema=_SCHEMA), _NONE_ODD
    except pl.exceptions.PolarsError:
        lines, misfits = _parse_each(content)
    if lines["symbol"].null_count() == lines.height:
        raise _Unreadable("no line has a symbol")
    return lines, misfits


def _parse_each(content: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        elements = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _Unreadable(str(error)) from error
    lines = [element for element in elements if _is_line(element)]
    misfits = [_row("line|json", element) for element in elements if not _is_line(element)]
    columns = {name: [_text(line.get(name)) for line in lines] for name in _SCHEMA}
    return pl.DataFrame(columns, schema=_SCHEMA), pl.concat([_NONE_ODD, *misfits])


def _is_line(element: object) -> bool:
    return isinstance(element, dict) and not any(
        isinstance(element.get(name), dict | list) for name in _SCHEMA
    )


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _row(rule: str, row: object) -> pl.DataFrame:
    return pl.DataFrame({"rule": [rule], "row": [orjson.dumps(row).decode()]})


def _stamped(lines: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    return lines.with_columns(
        pl.lit(snapshot.session).alias("session"),
        pl.lit(snapshot.exchange, _EXCHANGE).alias("exchange"),
        pl.lit(snapshot.fresh).alias("fresh"),
        pl.lit(end_of_day(snapshot.session).replace(tzinfo=None)).alias("known_at"),
    )


def _quotes(lines: pl.DataFrame, odd: list[pl.DataFrame]) -> Chunk:
    rows = lines.select(
        "session",
        "symbol",
        "exchange",
        *(_figure(printed).alias(name) for printed, name in _QUOTE.items()),
        "known_at",
        volume=_figure("volume").str.strip_suffix(".0"),
    )
    chunk = check("quote", rows)
    return Chunk("quote", chunk.rows, pl.concat([chunk.rejected, *odd]))


def _listed(lines: pl.DataFrame) -> pl.DataFrame:
    """Give what each line of each snapshot says of itself.

    Symbols that the contract rejects are left out: they are quarantined as quotes already.
    """
    return lines.filter(pl.col("symbol").str.contains(SYMBOL)).select(
        "session",
        "fresh",
        *_KEY,
        *(filled(printed).alias(name) for printed, name in _LISTING.items()),
    )


def _happenings(listed: pl.DataFrame, lines: pl.DataFrame) -> Chunk:
    """Compare the snapshots of a batch, and the last before it, and keep what is news.

    News is what a fresh snapshot shows, and what the one after it no longer does.
    """
    rows = snapshot_changes(listed, _KEY, tuple(_LISTING.values()), series=["exchange"])
    shots = listed.select("exchange", "session", "fresh").unique().sort("session")
    after = pl.col("fresh").shift(1, fill_value=False).over("exchange")
    news = shots.filter(pl.col("fresh") | after).join(
        lines.select("exchange", "session").unique(), on=["exchange", "session"], how="semi"
    )
    return check("listing", rows.join(news, on=["exchange", "session"], how="semi"))


def _figure(column: str) -> pl.Expr:
    """Give a printed figure without `$` and `,`; what is no number then fails its contract."""
    text = pl.col(column).str.strip_chars(" $").str.replace_all(",", "", literal=True)
    return pl.when(~text.is_in(_NO_FIGURE)).then(text)
