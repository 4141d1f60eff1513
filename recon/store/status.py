"""What a store holds, for `recon status`."""

from datetime import date
from pathlib import Path
from typing import Any

from recon.calendar import sessions as nyse_sessions
from recon.contracts import CONTRACTS
from recon.resources import query
from recon.store import schema
from recon.store.generations import Generation
from recon.store.reports import Difference, SourceStatus, StoreStatus


def status(generation: Generation, path: Path) -> StoreStatus:
    """Take stock of a generation; see `StoreStatus`."""
    connection = generation.cursor()

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return connection.sql(sql).fetchall()

    present = [session for (session,) in rows("SELECT DISTINCT session FROM quote_session")]
    totals = rows("SELECT coalesce(bool_or(simulated), FALSE), sum(conflicts) FROM batch")
    return StoreStatus(
        path=path,
        generation=generation.number,
        schema_version=schema.version(connection),
        size=generation.file.stat().st_size,
        simulated=totals[0][0],
        tables={table: connection.table(table).shape[0] for table in CONTRACTS},
        sources=[SourceStatus(*row) for row in rows(query("status_sources"))],
        first=min(present, default=None),
        last=max(present, default=None),
        missing=_missing(present),
        quarantined=dict(rows(query("status_quarantine"))),
        conflicts=int(totals[0][1] or 0),
        differences=[
            Difference((one, other), sessions, lines)
            for one, other, sessions, lines in rows(query("status_differences"))
        ],
    )


def _missing(present: list[date]) -> list[date]:
    """NYSE sessions between the first and the last one present that are not."""
    if not present:
        return []
    return sorted(set(nyse_sessions(min(present), max(present))) - set(present))
