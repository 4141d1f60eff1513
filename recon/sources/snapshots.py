"""From the screener's files, in order of session, to quotes and listing happenings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from recon.calendar import end_of_day
from recon.contracts import EXCHANGES, SYMBOL
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, check
from recon.sources.full_tickers import (
    LISTING,
    QUOTE,
    SCHEMA,
    UnreadableError,
    parse,
    quarantined,
)
from recon.sources.intervals import snapshot_changes
from recon.sources.printed import one_line, without_thousands

BYTES_PER_CHUNK = 64 * 1024 * 1024
"""About 24 sessions of all exchanges."""

_KEY = ("symbol", "exchange")
_EXCHANGE = pl.Enum(EXCHANGES)
_STAMP = {
    "session": pl.Date(),
    "exchange": _EXCHANGE,
    "fresh": pl.Boolean(),
    "known_at": pl.Datetime("us"),
}
_NO_LINES = pl.DataFrame(schema={**SCHEMA, **_STAMP})
_NO_FIGURE = ("", "NA", "N/A", "--")


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
    while batch := _batch(waiting):
        lines = pl.concat([_NO_LINES, *batch.lines]).with_columns(
            pl.col("symbol").str.strip_chars()
        )
        yield _quotes(lines.filter("fresh"), batch.odd)
        listed = pl.concat([before, _listed(lines)])
        yield _happenings(listed, lines)
        before = listed.filter(pl.col("session") == pl.col("session").max().over("exchange"))
        reason = reason or batch.reason
    if reason is not None and before.is_empty():
        raise RefusedFileError(
            "No snapshot can be read", field="file", value=reason, expected="a JSON list of lines"
        )


@dataclass(slots=True)
class _Batch:
    lines: list[pl.DataFrame] = field(default_factory=list)
    odd: list[pl.DataFrame] = field(default_factory=list)
    reason: str | None = None
    size: int = 0


def _batch(snapshots: Iterator[Snapshot]) -> _Batch | None:
    """Parse the next few snapshots; None when there are no more."""
    batch = _Batch()
    for snapshot in snapshots:
        _add(batch, snapshot)
        if batch.size > BYTES_PER_CHUNK:
            return batch
    return batch if batch.size else None


def _add(batch: _Batch, snapshot: Snapshot) -> None:
    # An empty file counts too, or the batch would seem to be the end.
    batch.size += len(snapshot.content) + 1
    try:
        lines, misfits = parse(snapshot.content)
    except UnreadableError as error:
        batch.reason = batch.reason or f"{snapshot.origin}: {error}"
        report = {"file": snapshot.origin, "reason": str(error)}
        batch.odd.append(quarantined("file|json", report))
        return
    batch.lines.append(_stamped(lines, snapshot))
    if snapshot.fresh:
        batch.odd.append(misfits)


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
        *(_figure(printed).alias(name) for printed, name in QUOTE.items()),
        "known_at",
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
        *(one_line(printed).alias(name) for printed, name in LISTING.items()),
    )


def _happenings(listed: pl.DataFrame, lines: pl.DataFrame) -> Chunk:
    """Compare the snapshots of a batch, and the last before it, and keep what is news.

    News is what a fresh snapshot shows, and what the one after it no longer does.
    """
    rows = snapshot_changes(listed, _KEY, tuple(LISTING.values()), series=["exchange"])
    shots = listed.select("exchange", "session", "fresh").unique().sort("session")
    after = pl.col("fresh").shift(1, fill_value=False).over("exchange")
    news = shots.filter(pl.col("fresh") | after).join(
        lines.select("exchange", "session").unique(), on=["exchange", "session"], how="semi"
    )
    return check("listing", rows.join(news, on=["exchange", "session"], how="semi"))


def _figure(column: str) -> pl.Expr:
    """Give a printed figure without `$` and `,`; what is no number then fails its contract."""
    text = without_thousands(pl.col(column).str.strip_chars(" $"))
    return pl.when(~text.is_in(_NO_FIGURE)).then(text.str.strip_suffix(".0"))
