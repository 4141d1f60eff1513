"""The schema of a store: numbered migrations in `sql/migrations`, applied in order."""

from pathlib import Path
from typing import Final

import duckdb

from recon.errors import StoreTooNewError
from recon.resources import sql_directory

VERSIONS: Final = "schema_version"
"""The table that says which migrations were applied."""


def migrations() -> dict[int, Path]:
    """Files of `sql/migrations` by number: `0001_what_it_does.sql` is 1."""
    files = sorted((sql_directory() / "migrations").glob("*.sql"))
    return {int(file.name.split("_")[0]): file for file in files}


def newest_version() -> int:
    """Schema version that this program writes."""
    return max(migrations())


def version(connection: duckdb.DuckDBPyConnection) -> int:
    """Schema version of an open store; 0 for an empty database."""
    tables = connection.sql("SELECT table_name FROM duckdb_tables()").fetchall()
    if (VERSIONS,) not in tables:
        return 0
    rows = connection.sql("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()
    return int(rows[0][0])


def check_not_newer(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return the schema version of an open store, refusing one that a newer program wrote.

    Raises
    ------
    StoreTooNewError
        If the store's version is above `newest_version()`.
    """
    found = version(connection)
    if found > newest_version():
        raise StoreTooNewError(
            f"the store has schema {found}, this program knows up to {newest_version()}",
            field="store",
            value=path,
            expected="a newer recon, or another store",
        )
    return found


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, last: int | None = None) -> None:
    """Bring a store that is open for writing to the newest version, in one transaction.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Of the store.
    path : Path
        Its folder.
    last : int, optional
        Go no further than this version.

    Raises
    ------
    StoreTooNewError
        As `check_not_newer`.
    """
    found = check_not_newer(connection, path)
    connection.begin()
    for number, file in migrations().items():
        if found < number <= (last or number):
            connection.execute(file.read_text(encoding="utf-8"))
            connection.execute("INSERT INTO schema_version VALUES (?, ?)", [number, file.stem])
    connection.commit()
