"""Another future for a copy of a store: what is known after a moment is changed, deleted, added.

Which tables that concerns is read from the schema: every one with a column `known_at`. Values are
taken from other rows of the same column, so that they are of the right kind, and figures are
multiplied besides. The order of batches, and that of rows within a table, is drawn anew, also of
what was known at the moment: neither is a fact.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from recon.calendar import evening, event
from recon.resources import query

SLOW_FACTS = frozenset({"filer", "ticker_cik", "former_name", "profile"})
"""Tables from which hindsight may read what was known later."""
DERIVED = "quote_session"
"""Made from the quotes, and so made again from the false ones."""
MOST_ADDED = 20_000
"""Rows of what is past that a table says again, and otherwise, after the moment."""
LONGEST_FUTURE = 90
"""Days after the moment beyond which nothing is left: a false future need not be long."""
BLOCK = 1000
"""Rows that stay near each other when a table is reordered, so that a read stays fast."""


@contextmanager
def opened(store: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current generation of a store that nobody else reads, for changing it in place."""
    number = (store / "current").read_text().strip()
    connection = duckdb.connect(str(store / "generations" / f"{number}.duckdb"))
    try:
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def timed_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table whose rows say when they were known."""
    rows = connection.sql(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'known_at' ORDER BY 1"
    )
    return [name for (name,) in rows.fetchall()]


def another_future(
    store: Path, copy: Path, moment: datetime, chance: np.random.Generator, *, slow: bool = False
) -> dict[str, int]:
    """Copy a store and give the copy another future.

    Parameters
    ----------
    store, copy : Path
        Folders; the second must not exist.
    moment : datetime
        Naive UTC: what is known later is false in the copy.
    chance : Generator
        Source of all chance.
    slow : bool
        Whether the slow facts stay true, which hindsight may read.

    Returns
    -------
    dict of str to int
        By table, the rows that the copy has after the moment, all of them false or drawn.
    """
    shutil.copytree(store, copy, ignore=shutil.ignore_patterns("archive", "frames"))
    with opened(copy) as connection:
        tables = timed_tables(connection)
        batches = pl.Series(
            [b for (b,) in connection.sql("SELECT batch_id FROM batch ORDER BY 1").fetchall()]
        )
        false = [t for t in tables if t != DERIVED and not (slow and t in SLOW_FACTS)]
        found = {table: _falsify(connection, table, moment, batches, chance) for table in false}
        _derive(connection, moment)
        _reorder(connection, batches, chance)
    return found


def _falsify(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    moment: datetime,
    batches: pl.Series,
    chance: np.random.Generator,
) -> int:
    past = f'FROM "{table}" WHERE known_at <= $moment'
    own = {"moment": moment}
    until = moment + timedelta(days=int(chance.integers(1, LONGEST_FUTURE)))
    future = connection.sql(
        f'FROM "{table}" WHERE known_at > $moment AND known_at <= $until',
        params={**own, "until": until},
    ).pl()
    sample = connection.sql(
        f"{past} USING SAMPLE {MOST_ADDED} ROWS (reservoir, {int(chance.integers(2**31))})",
        params=own,
    ).pl()
    kept = future.filter(pl.Series(chance.random(future.height) < 2 / 3, dtype=pl.Boolean))
    said_again = sample.filter(pl.Series(chance.random(sample.height) < 1 / 2, dtype=pl.Boolean))
    false = pl.concat(
        [
            _changed(kept, pl.concat([kept, sample]), chance),
            _changed(said_again, pl.concat([kept, sample]), chance).with_columns(
                known_at=_later(moment, said_again.height, chance)
            ),
        ]
    ).with_columns(batch_id=pl.Series(_drawn(batches, kept.height + said_again.height, chance)))
    connection.execute(f'DELETE FROM "{table}" WHERE known_at > $moment', own)
    if false.height:
        connection.from_arrow(false.to_arrow()).insert_into(table)
    return false.height


def _changed(rows: pl.DataFrame, others: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    """Half of the values of every column are another row's; half of the figures are scaled."""
    if rows.is_empty():
        return rows
    changed = []
    for name in rows.columns:
        own = rows[name]
        if name not in {"known_at", "batch_id"}:
            drawn = _drawn(others[name], rows.height, chance)
            own = own.zip_with(pl.Series(chance.random(rows.height) < 1 / 2), drawn)
            if own.dtype.is_numeric():
                scale = np.where(
                    chance.random(rows.height) < 1 / 2, 1.0, chance.uniform(0.1, 9, rows.height)
                )
                own = (own.cast(pl.Float64) * scale).cast(own.dtype, strict=False).fill_null(own)
        changed.append(own.alias(name))
    return pl.DataFrame(changed)


def _drawn(values: pl.Series, count: int, chance: np.random.Generator) -> pl.Series:
    return values.gather(chance.integers(0, max(len(values), 1), count))


def _later(moment: datetime, count: int, chance: np.random.Generator) -> pl.Expr:
    """Moments after the moment, some of them the very next."""
    waits = np.where(chance.random(count) < 1 / 2, 1, chance.integers(1, 10**12, count))
    return pl.lit(moment, pl.Datetime("us")) + pl.Series(waits, dtype=pl.Duration("us"))


def _derive(connection: duckdb.DuckDBPyConnection, moment: datetime) -> None:
    """Enter the sessions of the false quotes, as an ingest would."""
    connection.execute(f"DELETE FROM {DERIVED} WHERE known_at > $moment", {"moment": moment})
    entry = query("index_sessions").replace(
        "WHERE batch_id", "WHERE known_at > $moment AND batch_id"
    )
    assert "$moment" in entry
    for batch, source in connection.sql("SELECT batch_id, source FROM batch").fetchall():
        own = {"batch_id": batch, "source": source, "moment": moment}
        connection.execute(entry, own)


def _reorder(
    connection: duckdb.DuckDBPyConnection, batches: pl.Series, chance: np.random.Generator
) -> None:
    """Number the batches anew, and put the rows of each table into another order."""
    with_batches = connection.sql(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'batch_id' ORDER BY 1"
    ).fetchall()
    anew = pl.Series(chance.permutation(batches.to_numpy()))
    connection.register("numbers", pl.DataFrame({"batch_id": batches, "anew": anew}).to_arrow())
    for (table,) in with_batches:
        seed = int(chance.integers(2**31))
        connection.execute(
            f"CREATE TEMP TABLE reordered AS SELECT rows.* REPLACE (anew AS batch_id) "
            f'FROM "{table}" AS rows JOIN numbers USING (batch_id) '
            f"ORDER BY hash(rows.rowid // {BLOCK} + {seed}), hash(rows.rowid + {seed})"
        )
        connection.execute(f'DELETE FROM "{table}"')
        connection.execute(f'INSERT INTO "{table}" FROM reordered')
        connection.execute("DROP TABLE reordered")
    connection.execute("UPDATE batch SET ingested_at = TIMESTAMP '2001-01-01'")


def publish(store: Path, of: str) -> None:
    """Put lists of an event into a store: a fifth of the members leaves, and some others enter."""
    target = event(of)
    assert target.effective is not None
    with opened(store) as connection:
        connection.execute("DELETE FROM announcement WHERE event = $event", {"event": of})
        connection.execute(
            """
            INSERT INTO announcement
            SELECT $event, 'R3000', if(member, 'delete', 'add'), symbol, NULL, NULL, 'final', $day,
                'proof', $known, 1
            FROM (
                SELECT symbol, symbol IN (SELECT ticker FROM membership) AS member
                FROM quote WHERE session = DATE '2024-04-30'
            )
            WHERE hash(symbol) % if(member, 10, 3) = 0
            """,
            {
                "event": of,
                "day": target.effective,
                "known": evening(target.effective).replace(tzinfo=None),
            },
        )
