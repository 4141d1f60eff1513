"""Land one batch in a generation that is being built: all of it, or, on an error, nothing."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from recon.contracts import CONTRACTS
from recon.errors import StoreError
from recon.resources import query
from recon.sources.base import Chunk, Seen, Source
from recon.store.discover import Found
from recon.store.reports import BatchReport

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
    for chunk in source.read(found.path, _seen(connection, source.name)):
        staged[chunk.table] += _stage(connection, chunk, first=chunk.table not in staged)
        quarantined.update(_quarantine(connection, batch_id, chunk))
        skipped += chunk.skipped
        if progress is not None:
            progress(found.path, staged.total())

    rows = {}
    conflicts = 0
    for table in staged:
        _check_staged(connection, table, staged[table])
        conflicts += _record_conflicts(connection, table, source.name, batch_id)
        rows[table] = _keep(connection, table, source.name, batch_id)
        connection.execute(f'DROP TABLE "incoming_{table}"')
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


def _number(connection: duckdb.DuckDBPyConnection) -> int:
    rows = connection.sql("SELECT coalesce(max(batch_id), 0) + 1 FROM batch").fetchall()
    return int(rows[0][0])


def _seen(connection: duckdb.DuckDBPyConnection, source: str) -> Seen:
    sessions = connection.sql(
        "SELECT DISTINCT session FROM quote_session WHERE source = $source",
        params={"source": source},
    ).fetchall()
    return Seen(frozenset(session for (session,) in sessions))


def _stage(connection: duckdb.DuckDBPyConnection, chunk: Chunk, *, first: bool) -> int:
    columns = CONTRACTS[chunk.table].column_names()
    incoming = f"incoming_{chunk.table}"
    if first:
        # Spelled out, because rows inserted into an empty CREATE TABLE AS are lost within
        # the same transaction (DuckDB 2.0.0, from one row group on).
        types = connection.table(chunk.table).select(*(f'"{name}"' for name in columns)).types
        spelled = ", ".join(f'"{n}" {t}' for n, t in zip(columns, types, strict=True))
        connection.execute(f'CREATE TEMP TABLE "{incoming}" ({spelled})')
    connection.from_arrow(chunk.rows.select(columns).to_arrow()).insert_into(incoming)
    return chunk.rows.height


def _check_staged(connection: duckdb.DuckDBPyConnection, table: str, rows: int) -> None:
    # Counts a column, since the number of rows alone comes from the table's statistics, which
    # stay right when the rows are lost.
    found = connection.table(f"incoming_{table}").count("known_at").fetchall()[0][0]
    if found != rows:
        raise StoreError(
            "the database lost rows of a batch; nothing of it was taken",
            field=table,
            value=found,
            expected=f"{rows} rows",
        )


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


def _columns(table: str) -> tuple[list[str], list[str]]:
    """Key of a table's rows within one source, and the other columns."""
    contract = CONTRACTS[table]
    key = list(dict.fromkeys((*contract.primary_key(), "known_at")))
    return key, [name for name in contract.column_names() if name not in key]


def _listed(names: list[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _record_conflicts(
    connection: duckdb.DuckDBPyConnection, table: str, source: str, batch_id: int
) -> int:
    key, values = _columns(table)
    if not values:
        return 0
    sql = query("conflicts").format(
        table=table,
        key=_listed(key),
        columns=_listed(key + values),
        incoming_values=_listed(values, "incoming."),
        stored_values=_listed(values, "stored."),
    )
    sample = connection.sql(sql, params={"source": source}).pl()
    if sample.is_empty():
        return 0
    rows = sample.select(
        pl.lit(batch_id, pl.Int32).alias("batch_id"),
        pl.lit(table).alias("table_name"),
        pl.col("stored").struct.json_encode(),
        pl.col("incoming").struct.json_encode(),
    )
    connection.from_arrow(rows.to_arrow()).insert_into("conflict")
    return int(sample["conflicts"][0])


def _keep(connection: duckdb.DuckDBPyConnection, table: str, source: str, batch_id: int) -> int:
    key, values = _columns(table)
    sql = query("land").format(
        table=table,
        key=_listed(key),
        columns=_listed(key + values),
        order=_listed(key[:2]),
    )
    connection.execute(sql, {"source": source, "batch_id": batch_id})
    row = connection.fetchone()
    return int(row[0]) if row else 0


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
