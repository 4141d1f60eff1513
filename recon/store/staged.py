"""The incoming rows of one table: staged, compared with those delivered before, and kept.

A source may deliver again whatever it delivered before, so every batch is compared with what the
store has of its source. That is done in parts of bounded size, by the moments at which the rows
became known, so that the memory of it grows neither with the batch nor with the store.
"""

from collections.abc import Iterator
from typing import Any, Final

import duckdb
import polars as pl

from recon.contracts import CONTRACTS
from recon.errors import StoreError
from recon.resources import query
from recon.sources.base import Chunk

ROWS_AT_ONCE: Final = 1_000_000
"""Rows of a part, incoming and stored ones together: some 200 MB while they are compared."""
_SAMPLE: Final = 20
"""Conflicts of a batch and table that are kept as examples."""


def stage(connection: duckdb.DuckDBPyConnection, chunk: Chunk, *, first: bool) -> int:
    """Put a chunk's rows aside, those known early first, so that a part is read from few places.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Of the generation that is being built, within its transaction.
    chunk : Chunk
        Rows of one table.
    first : bool
        Whether it is the batch's first chunk of this table.

    Returns
    -------
    int
        Rows put aside.
    """
    columns = CONTRACTS[chunk.table].column_names()
    incoming = f"incoming_{chunk.table}"
    if first:
        # Spelled out, because rows inserted into an empty CREATE TABLE AS are lost within
        # the same transaction (DuckDB 2.0.0, from one row group on).
        types = connection.table(chunk.table).select(*(f'"{name}"' for name in columns)).types
        spelled = ", ".join(f'"{n}" {t}' for n, t in zip(columns, types, strict=True))
        connection.execute(f'CREATE TEMP TABLE "{incoming}" ({spelled})')
    rows = chunk.rows.select(columns).sort("known_at", maintain_order=True)
    connection.from_arrow(rows.to_arrow()).insert_into(incoming)
    return rows.height


def settle(
    connection: duckdb.DuckDBPyConnection, table: str, source: str, batch_id: int, rows: int
) -> tuple[int, int]:
    """Keep the staged rows of a table that its source has not delivered before.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        As for `stage`.
    table, source : str
        Whose rows.
    batch_id : int
        Under which they are kept.
    rows : int
        How many were staged.

    Returns
    -------
    tuple of int
        Rows kept, and rows that were delivered before with other values: what is stored stays,
        and a sample of them is recorded.

    Raises
    ------
    StoreError
        If not as many rows are there as were staged.
    """
    _check_staged(connection, table, rows)
    kept = conflicts = 0
    for part in _parts(connection, table, source):
        room = max(0, _SAMPLE - conflicts)
        conflicts += _record_conflicts(connection, table, part, batch_id, room)
        kept += _keep(connection, table, part, batch_id)
    connection.execute(f'DROP TABLE "incoming_{table}"')
    return kept, conflicts


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


_Part = dict[str, Any]
"""Parameters of the queries on one part: `source`, `moments`, and which `share` of `shares`."""


def _parts(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> Iterator[_Part]:
    """Cut by moments; a moment of too many rows is cut again, by a hash of the key."""
    sql = query("moments").format(table=table)
    moments = connection.sql(sql, params={"source": source}).pl()
    before = pl.col("rows").cum_sum() - pl.col("rows")
    cut = moments.group_by(before // ROWS_AT_ONCE, maintain_order=True).agg(
        "known_at", shares=(pl.col("rows").sum() / ROWS_AT_ONCE).round().cast(pl.Int64)
    )
    for known_at, shares in cut.select("known_at", "shares").iter_rows():
        for share in range(max(shares, 1)):
            yield {
                "source": source,
                "moments": known_at,
                "shares": max(shares, 1),
                "share": share,
            }


def _columns(table: str) -> tuple[list[str], list[str]]:
    """Key of a table's rows within one source, and the other columns."""
    contract = CONTRACTS[table]
    key = list(dict.fromkeys((*contract.primary_key(), "known_at")))
    return key, [name for name in contract.column_names() if name not in key]


def _listed(names: list[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _record_conflicts(
    connection: duckdb.DuckDBPyConnection, table: str, part: _Part, batch_id: int, room: int
) -> int:
    key, values = _columns(table)
    if not values:
        return 0
    sql = query("conflicts").format(
        table=table,
        part=query("part").format(key=_listed(key)),
        key=_listed(key),
        columns=_listed(key + values),
        incoming_values=_listed(values, "incoming."),
        stored_values=_listed(values, "stored."),
    )
    sample = connection.sql(sql, params={**part, "sample": _SAMPLE}).pl()
    if sample.is_empty():
        return 0
    rows = sample.head(room).select(
        pl.lit(batch_id, pl.Int32).alias("batch_id"),
        pl.lit(table).alias("table_name"),
        pl.col("stored").struct.json_encode(),
        pl.col("incoming").struct.json_encode(),
    )
    connection.from_arrow(rows.to_arrow()).insert_into("conflict")
    return int(sample["conflicts"][0])


def _keep(connection: duckdb.DuckDBPyConnection, table: str, part: _Part, batch_id: int) -> int:
    key, values = _columns(table)
    sql = query("land").format(
        table=table,
        part=query("part").format(key=_listed(key)),
        key=_listed(key),
        columns=_listed(key + values),
        order=_listed(key[:2]),
    )
    connection.execute(sql, {**part, "batch_id": batch_id})
    row = connection.fetchone()
    return int(row[0]) if row else 0
