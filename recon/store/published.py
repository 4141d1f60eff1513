"""Publish a generation for a team: immutable Parquet files at a folder or an object store.

Only what is not there yet is written: files are named after their content, the quotes are cut by
month, and what is stored is only ever added to, so a new generation shares most of its files with
the one before. Nothing that was published is ever changed or removed.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from io import BytesIO
from typing import Final

import duckdb

from recon.errors import InputError
from recon.files import checksum
from recon.resources import query
from recon.store import schema
from recon.store.generations import Folder, Generation
from recon.store.manifest import (
    POINTER,
    File,
    Manifest,
    Pointer,
    file_name,
    manifest_name,
    newest,
)
from recon.store.place import Place

BY_MONTH: Final = ("quote",)
"""Tables cut by the month of `session`: 7,000 rows a session, where the others have few."""
_IN_MONTH: Final = "session >= $first AND session < $next"
_SORTED: Final = "session, symbol, exchange, known_at, batch_id"
_AS_LANDED: Final = "rowid"
"""Batch after batch, each in its own order; rows are only ever added."""

Progress = Callable[[int, int], None]
"""Called with files done and files wanted."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a call to publish.

    Attributes
    ----------
    manifest : Manifest
        What is at the place now.
    files, size : int
        Parquet files that were not there yet, and their bytes.
    changed : bool
        Whether the place says something else than before.
    """

    manifest: Manifest
    files: int
    size: int
    changed: bool


def publish(
    generation: Generation,
    fingerprint: str,
    simulated: bool,
    place: Place,
    progress: Progress | None = None,
) -> Published:
    """Publish an open generation at a place; the same again changes nothing.

    Parameters
    ----------
    generation : Generation
        Held open meanwhile, so no writer removes it.
    fingerprint : str
        As from `recon.store.Store.fingerprint`.
    simulated : bool
        Whether it is of the simulated market.
    place : Place
        Where to.
    progress : callable, optional
        Told how many files are settled.

    Raises
    ------
    InputError
        If the place is a store of its own, or simulated and real data would be mixed.
    StoreError
        If the place cannot be written, or what it says already is damaged.
    """
    if place.folder is not None and Folder(place.folder).pointer.exists():
        raise InputError(
            "this folder is a store itself",
            field="address",
            value=place.address,
            expected="another folder, or an object store",
        )
    before = newest(place)
    if before is not None and before[1].simulated != simulated:
        raise InputError(
            "simulated and real data cannot share a place",
            field="address",
            value=place.address,
            expected="only one of them",
        )
    connection = generation.cursor()
    parts = list(_parts(connection))
    files: list[File] = []
    new: list[int] = []
    for part in parts:
        file, content = _encoded(connection, part)
        if place.size(file.name) != file.size:
            place.write(file.name, content)
            new.append(file.size)
        files.append(file)
        if progress is not None:
            progress(len(files), len(parts))
    manifest = Manifest(
        program_version=version("recon"),
        schema_version=schema.version(connection),
        generation=generation.number,
        fingerprint=fingerprint,
        simulated=simulated,
        files=tuple(files),
    )
    sha256 = checksum(manifest.content)
    changed = before is None or before[0] != sha256
    if changed:
        place.write(manifest_name(sha256), manifest.content)
        place.write(POINTER, Pointer(manifest=sha256).model_dump_json().encode())
    return Published(manifest, len(new), sum(new), changed)


@dataclass(frozen=True, slots=True)
class _Part:
    """A table, or a month of its sessions."""

    table: str
    first: date | None = None

    @property
    def month(self) -> str | None:
        return None if self.first is None else f"{self.first:%Y-%m}"


def _parts(connection: duckdb.DuckDBPyConnection) -> Iterator[_Part]:
    """All tables but the schema's own, which the migrations make."""
    tables = connection.sql("SELECT table_name FROM duckdb_tables() ORDER BY table_name")
    for (table,) in tables.fetchall():
        if table == schema.VERSIONS:
            continue
        if table not in BY_MONTH:
            yield _Part(table)
            continue
        for (first,) in connection.sql(query("months").format(table=table)).fetchall():
            yield _Part(table, first)


def _encoded(connection: duckdb.DuckDBPyConnection, part: _Part) -> tuple[File, bytes]:
    sql, months = query("published_rows"), {}
    if part.first is None:
        sql = sql.format(table=part.table, condition="TRUE", order=_AS_LANDED)
    else:
        sql = sql.format(table=part.table, condition=_IN_MONTH, order=_SORTED)
        days = monthrange(part.first.year, part.first.month)[1]
        months = {"first": part.first, "next": part.first + timedelta(days=days)}
    rows = connection.sql(sql, params=months).pl()
    content = BytesIO()
    rows.rechunk().write_parquet(content)
    sha256 = checksum(content.getvalue())
    file = File(
        table=part.table,
        month=part.month,
        name=file_name(part.table, part.month, sha256),
        rows=rows.height,
        size=content.getbuffer().nbytes,
        sha256=sha256,
    )
    return file, content.getvalue()
