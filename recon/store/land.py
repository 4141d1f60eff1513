"""Land one batch in a generation that is being built: all of it, or, on an error, nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from recon.resources import query
from recon.sources.base import Chunk, Seen, Source
from recon.store.discover import Found
from recon.store.reports import BatchReport
from recon.store.staged import settle, stage

Progress = Callable[[Path, int], None]
"""Called after each chunk with the file and the number of rows read from it so far."""


def land(
    connection: duckdb.DuckDBPyConnection,
    found: Found,
    source: Source,
    fingerprint: str,
    *,
    now: datetime | None,
    progress: Progress | None,
) -> BatchReport:
    """Read a file and land its rows as one batch, in one transaction.

    Raises
    ------
    RefusedFileError
        If the source refuses the file; nothing of it was taken.
    """
    connection.begin()
    try:
        report = _land(connection, found, source, fingerprint, now=now, progress=progress)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return report


def _land(
    connection: duckdb.DuckDBPyConnection,
    found: Found,
    source: Source,
    fingerprint: str,
    *,
    now: datetime | None,
    progress: Progress | None,
) -> BatchReport:
    batch_id = _number(connection)
    staged: Counter[str] = Counter()
    quarantined: Counter[str] = Counter()
    skipped = 0
    for chunk in _ahead(source.read(found.path, _seen(connection, source.name))):
        staged[chunk.table] += stage(connection, chunk, first=chunk.table not in staged)
        quarantined.update(_quarantine(connection, batch_id, chunk))
        skipped += chunk.skipped
        if progress is not None:
            progress(found.path, staged.total())

    rows = {}
    conflicts = 0
    for table in staged:
        rows[table], other = settle(connection, table, source.name, batch_id, staged[table])
        conflicts += other
    if "quote" in rows:
        connection.execute(query("index_sessions"), {"source": source.name, "batch_id": batch_id})
    report = BatchReport(
        path=found.path,
        status="landed",
        source=source.name,
        batch_id=batch_id,
        simulated=found.simulated,
        rows=rows,
        quarantined=dict(quarantined),
        skipped=skipped,
        repeated=staged.total() - sum(rows.values()) - conflicts,
        conflicts=conflicts,
    )
    _enter(connection, report, fingerprint, now)
    return report


def _ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Read the next chunk while one is staged: neither keeps all processors busy by itself."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = reader.submit(next, chunks, None)
            yield chunk


def _number(connection: duckdb.DuckDBPyConnection) -> int:
    rows = connection.sql("SELECT coalesce(max(batch_id), 0) + 1 FROM batch").fetchall()
    return int(rows[0][0])


def _seen(connection: duckdb.DuckDBPyConnection, source: str) -> Seen:
    sessions = connection.sql(
        "SELECT DISTINCT session FROM quote_session WHERE source = $source",
        params={"source": source},
    ).fetchall()
    return Seen(frozenset(session for (session,) in sessions))


def _quarantine(connection: duckdb.DuckDBPyConnection, batch_id: int, chunk: Chunk) -> Counter[str]:
    if chunk.rejected.is_empty():
        return Counter()
    rejected = chunk.rejected.select(
        pl.lit(batch_id, pl.Int32).alias("batch_id"),
        pl.lit(chunk.table).alias("table_name"),
        "rule",
        "row",
    )
    connection.from_arrow(rejected.to_arrow()).insert_into("quarantine")
    return Counter(f"{chunk.table}: {rule}" for rule in rejected["rule"])


def _enter(
    connection: duckdb.DuckDBPyConnection,
    report: BatchReport,
    fingerprint: str,
    now: datetime | None,
) -> None:
    connection.execute(
        "INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            report.batch_id,
            report.source,
            str(report.path),
            fingerprint,
            report.simulated,
            sum(report.rows.values()),
            sum(report.quarantined.values()),
            report.skipped,
            report.repeated,
            report.conflicts,
            None if now is None else now.astimezone(UTC).replace(tzinfo=None),
        ],
    )
