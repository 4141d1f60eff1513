"""One database file of the store: opened so that nothing is downloaded, and errors made plain."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from recon.errors import StoreError

_NO_DOWNLOADS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
QUIET = "SET enable_progress_bar = false"
"""A bar would be drawn on standard output, between the rows of a list; no global option."""
_DRAWS = "SELECT current_setting('enable_progress_bar')"
"""False in Jupyter without its widgets, where DuckDB refuses to be told so."""
_WRITER_MEMORY = "1GB"
_HEADERS = 3 * 4096
"""Bytes of a database before its first block (DuckDB, storage format)."""


def connect(file: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a generation; DuckDB downloads no extension for it and draws nothing."""
    try:
        connection = duckdb.connect(str(file), read_only=read_only, config=_NO_DOWNLOADS)
        if connection.execute(_DRAWS).fetchall() == [(True,)]:
            connection.execute(QUIET)
        if not read_only:
            connection.execute(f"SET memory_limit = '{_WRITER_MEMORY}'")
    except duckdb.Error as error:
        raise StoreError(
            "the store's database cannot be opened",
            field="store",
            value=file,
            expected=f"a database that DuckDB {duckdb.__version__} reads ({error})",
        ) from error
    found, whole = file.stat().st_size, _size(connection)
    if found < whole:
        connection.close()
        raise StoreError(
            "the store's database is cut short",
            field="store",
            value=file,
            expected=f"at least {whole:,} bytes, not {found:,}; restore a backup",
        )
    return connection


def _size(connection: duckdb.DuckDBPyConnection) -> int:
    """Bytes that the file of an open database has at least, by its own books.

    What lies beyond the end of a file is only missed when it is read, and a writer would build on
    it before. Free blocks at its end are not written, so only the used ones can be asked for: a
    cut of less than the free ones is found when it is read.
    """
    rows = connection.sql("SELECT block_size, used_blocks FROM pragma_database_size()").fetchall()
    return _HEADERS + int(rows[0][0]) * int(rows[0][1])


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the database cannot read of its file into an error of the store.

    DuckDB keeps a checksum of each block, and reads a block when it is first needed.

    Raises
    ------
    StoreError
        If the file is cut short or damaged, or memory does not suffice.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise _out_of_memory(path, "more free memory, or fewer rows at once", error) from error
    except duckdb.IOException as error:
        raise StoreError(
            "the store's database is damaged",
            field="store",
            value=path,
            expected=f"the file as it was written; restore a backup ({error})",
        ) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what keeps the database from writing into an error of the store.

    Raises
    ------
    StoreError
        If the folder has no room or may not be written to, or memory does not suffice.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        remedy = f"files that take no more than the writer's {_WRITER_MEMORY}, and room to spill to"
        raise _out_of_memory(path, remedy, error) from error
    except (duckdb.OperationalError, duckdb.FatalException) as error:
        raise StoreError(
            "the store cannot be written",
            field="store",
            value=path,
            expected=f"a folder with room and the right to write ({error})",
        ) from error


def _out_of_memory(path: Path, remedy: str, error: duckdb.OutOfMemoryException) -> StoreError:
    """Say so without DuckDB's advice on settings, which no user of a store can reach."""
    found, *_advice = str(error).splitlines()
    return StoreError(
        "the store's database ran out of memory",
        field="store",
        value=path,
        expected=f"{remedy} ({found})",
    )
