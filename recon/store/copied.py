"""A local copy of what is published: an ordinary store's folder that is only read.

The Parquet files of the newest manifest are brought here, each checked, those that are here
already left alone; a generation is built from them once, and everything reads it as it reads any
store. What broke off goes on at the next call. A newer publication becomes the next generation;
who reads the old one keeps it. The folder is the reader's own: archived forecasts, kept masters
and frames lie in it as in any store. All else in it may be deleted at any time.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from recon.errors import InputError, StoreError, StoreTooNewError
from recon.files import checksum, checksum_of, write_atomic
from recon.store import schema
from recon.store.database import connect
from recon.store.generations import COPIED, Folder
from recon.store.manifest import POINTER, File, Manifest, newest_there, whole
from recon.store.place import Place, is_remote

AT_ONCE: Final = 8
"""Files on their way at once: an object store answers each late, and many together."""
_NAMED: Final = 40
"""Characters of an address in the name of its copy, for whoever looks into the folder."""

Progress = Callable[[int, int], None]
"""Called with files done and files wanted."""


class _Origin(BaseModel):
    """What the current generation of a copy was built from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    manifest: str
    schema_version: int
    generation: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A local copy, up to date.

    Attributes
    ----------
    path : Path
        Its folder; a `recon.store.Store` reads it.
    manifest : Manifest
        Of what it is a copy.
    new : bool
        Whether this call brought something.
    """

    path: Path
    manifest: Manifest
    new: bool


def is_published(address: str) -> bool:
    """Whether an address means what was published: an object store, or a folder of it."""
    return is_remote(address) or (Path(address) / POINTER).is_file()


def refuse_published(address: str) -> None:
    """Refuse to write to what was published, or to a copy of it.

    Raises
    ------
    InputError
        If the address is of either.
    """
    if is_published(address) or (Path(address) / COPIED).is_file():
        raise InputError(
            "a published store is only read",
            field="store",
            value=address,
            expected="a store of your own; `recon publish` brings it to the others",
        )


def local_copy(address: str, copies: Path, progress: Progress | None = None) -> Copy:
    """Bring the newest generation that is published at an address to this machine.

    Parameters
    ----------
    address : str
        As for `recon.store.place.Place`.
    copies : Path
        Folder of all copies; made if it is not there.
    progress : callable, optional
        Told how many files there are, and how many are wanted.

    Returns
    -------
    Copy
        Of what was the newest at the time of the call.

    Raises
    ------
    NoDataError, InputError, StoreError
        As `recon.store.manifest.newest_there`, and if a file is missing or damaged, or the copy
        cannot be written.
    StoreTooNewError
        If a newer program published it.
    """
    place = Place(address)
    sha256, manifest = newest_there(place)
    if manifest.schema_version > schema.newest_version():
        raise StoreTooNewError(
            f"what is published has schema {manifest.schema_version}, this program knows up to "
            f"{schema.newest_version()}",
            field="store",
            value=address,
            expected=f"recon {manifest.program_version} or later",
        )
    folder = Folder(copies / _name(address))
    if _built(folder) == (sha256, schema.newest_version()):
        return Copy(folder.path, manifest, new=False)
    try:
        parquet = folder.path / "parquet"
        parquet.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.path / "copy.lock"):  # a second reader waits for the first's copy
            if _built(folder) != (sha256, schema.newest_version()):
                _bring(place, manifest, parquet, progress)
                number = _build(folder, manifest, parquet)
                origin = _Origin(
                    address=address,
                    manifest=sha256,
                    schema_version=schema.newest_version(),
                    generation=number,
                )
                write_atomic(folder.path / COPIED, origin.model_dump_json().encode())
                _thin(manifest, parquet)
    except OSError as error:
        raise StoreError(
            f"the local copy cannot be written ({error.strerror})",
            field="copies",
            value=folder.path,
            expected="a folder with room and the right to write; name another as RECON_COPIES",
        ) from error
    return Copy(folder.path, manifest, new=True)


def _name(address: str) -> str:
    """Name of an address's copy, one for all ways of writing the address."""
    settled = address.rstrip("/") if is_remote(address) else str(Path(address).resolve())
    readable = re.sub(r"[^A-Za-z0-9]+", "-", settled)[-_NAMED:].strip("-")
    return f"{readable}-{checksum(settled.encode())[:12]}"


def _built(folder: Folder) -> tuple[str, int] | None:
    """Manifest and schema of the current generation; None where there is none, or not whole."""
    try:
        origin = _Origin.model_validate_json((folder.path / COPIED).read_bytes())
    except (OSError, ValidationError):
        return None
    if folder.current() != origin.generation or not folder.file(origin.generation).is_file():
        return None
    return origin.manifest, origin.schema_version


def _bring(place: Place, manifest: Manifest, parquet: Path, progress: Progress | None) -> None:
    def bring(file: File) -> None:
        path = _parquet(parquet, file)
        if not path.is_file() or checksum_of(path) != file.sha256:
            write_atomic(path, whole(place, file.name, file.sha256))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(bring, manifest.files), start=1):
            if progress is not None:
                progress(done, len(manifest.files))


def _build(folder: Folder, manifest: Manifest, parquet: Path) -> int:
    """Make the next generation of the files, and point to it."""
    with folder.lock():
        number = (folder.current() or 0) + 1
        connection = connect(folder.file(number), read_only=False)
        try:
            schema.migrate(connection, folder.path, manifest.schema_version)
            # Several threads fill row groups by halves, and half of the file stays empty.
            connection.execute("SET threads = 1")
            connection.begin()
            for file in manifest.files:
                rows = pl.read_parquet(_parquet(parquet, file))
                columns = connection.table(file.table).columns
                connection.from_arrow(rows.select(columns).to_arrow()).insert_into(file.table)
            connection.commit()
            _check(connection, manifest)
            schema.migrate(connection, folder.path)
            connection.execute("CHECKPOINT")
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            raise StoreError(
                "the local copy cannot be built",
                field="copies",
                value=folder.path,
                expected=f"room to write, and files of schema {manifest.schema_version} ({error})",
            ) from error
        finally:
            connection.close()
        folder.publish(number)
    return number


def _check(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    wanted: dict[str, int] = {}
    for file in manifest.files:
        wanted[file.table] = wanted.get(file.table, 0) + file.rows
    # Counts a column, not rows, as recon.store.land does: the database's statistics are no proof.
    for table, rows in wanted.items():
        column = connection.table(table).columns[0]
        found = connection.table(table).count(f'"{column}"').fetchall()[0][0]
        if found != rows:
            raise StoreError(
                "the local copy lacks rows; it was not taken into use",
                field=table,
                value=found,
                expected=f"{rows} rows",
            )


def _parquet(parquet: Path, file: File) -> Path:
    return parquet / f"{file.sha256}.parquet"


def _thin(manifest: Manifest, parquet: Path) -> None:
    """Leave the files of the newest manifest, which the next one shares."""
    wanted = {_parquet(parquet, file) for file in manifest.files}
    for path in parquet.iterdir():
        if path not in wanted:
            path.unlink(missing_ok=True)
