"""A backup: one generation and the archive in a folder, with a checksum of every file.

The folder appears whole or not at all. `SHA256SUMS` names every other file in it, in the form that
`sha256sum --check` reads, and `manifest.json` says how many rows each table has. A restore checks
both before a store appears. A generation never changes, and is held while it is copied, so a
backup may be made while somebody writes. Feature frames are left out: they can be made again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from recon.errors import InputError, RefusedFileError
from recon.files import appearing, checksum, copy_whole, write_atomic
from recon.store import schema
from recon.store.database import connect, reading
from recon.store.generations import Folder

SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
DATABASE: Final = "store.duckdb"
ARCHIVE: Final = "archive"
_LINE: Final = re.compile(r"([0-9a-f]{64})  (\S.*)")


class BackupManifest(BaseModel):
    """What a backup holds.

    Attributes
    ----------
    format : int
        Of the backup itself.
    generation, schema_version : int
        Of the store that it was made from.
    made_at : datetime
        Aware.
    rows : dict of str to int
        By table of the database, the books about the batches included.
    archived : int
        Files of the archive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    generation: int = Field(ge=1)
    schema_version: int
    made_at: datetime
    rows: dict[str, int]
    archived: int = Field(ge=0)


def backup(folder: Folder, destination: Path, *, now: datetime) -> BackupManifest:
    """Copy the current generation and the archive to a new folder.

    Parameters
    ----------
    folder : Folder
        Of the store; somebody may write to it meanwhile.
    destination : Path
        The new folder; it must not exist, or be empty.
    now : datetime
        Aware moment of the call, for the manifest.

    Raises
    ------
    NoDataError
        If there is no store.
    InputError
        If the destination cannot be written to or holds something.
    StoreError
        If the store cannot be read.
    """
    _check_free(destination, "a backup is never written over something")
    generation = folder.open()
    try:
        with appearing(destination) as new:
            sums = {DATABASE: copy_whole(generation.file, new / DATABASE)}
            for file in _archived(folder.archive):
                name = f"{ARCHIVE}/{file.relative_to(folder.archive).as_posix()}"
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                sums[name] = copy_whole(file, new / name)
            with reading(generation.file):
                connection = generation.cursor()
                manifest = BackupManifest(
                    generation=generation.number,
                    schema_version=schema.check_not_newer(connection, folder.path),
                    made_at=now,
                    rows=_rows(connection),
                    archived=len(sums) - 1,
                )
            content = manifest.model_dump_json(indent=2).encode() + b"\n"
            sums[MANIFEST] = checksum(content)
            write_atomic(new / MANIFEST, content)
            said = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
            write_atomic(new / SUMS, said.encode())
    finally:
        generation.close()
    return manifest


def restore(source: Path, folder: Folder) -> BackupManifest:
    """Make a store from a backup, if all of it is as it was written.

    Parameters
    ----------
    source : Path
        Folder that `backup` made.
    folder : Folder
        Of the new store; it must not exist, or be empty.

    Raises
    ------
    InputError
        If there is something where the store shall be, or it cannot be written.
    RefusedFileError
        If a file of the backup is missing, unknown or damaged; no store appears.
    StoreTooNewError
        If a newer program made the backup.
    """
    _check_free(folder.path, "a store is never overwritten")
    sums = _read_sums(source)
    manifest = _read_manifest(source, sums)
    with appearing(folder.path) as place:
        new = Folder(place)
        new.generations.mkdir()
        new.archive.mkdir()
        targets = {DATABASE: new.file(manifest.generation), MANIFEST: place / MANIFEST}
        for name, digest in sums.items():
            target = targets.get(name, place / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if copy_whole(source / name, target) != digest:
                raise _damaged("a file of the backup is damaged", source / name, "its checksum")
        (place / MANIFEST).unlink()
        _check_rows(new.file(manifest.generation), manifest, source)
        new.publish(manifest.generation)
    return manifest


def _check_free(place: Path, why: str) -> None:
    """Refuse a place that holds something."""
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise InputError(
            f"there is something here already, and {why}",
            field="folder",
            value=place,
            expected="a folder that does not exist yet",
        )


def _archived(archive: Path) -> Iterator[Path]:
    """Files of the archive, lists before what lies beside them.

    A run's chances are written before its list, so that a list that is seen has them.
    """
    for folder in (archive.glob("*"), archive.glob("*/**/*")):
        for file in sorted(folder):
            if file.is_file() and not file.name.startswith("."):
                yield file


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table, counted by what a column holds: the whole file must be readable."""
    names = connection.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    found = {}
    for (name,) in names:
        own = connection.table(name)
        counted = own.aggregate("count(*) AS rows, " + _read_all(own.columns))
        found[name] = int(counted.fetchall()[0][0])
    return found


def _read_all(columns: Sequence[str]) -> str:
    """Expressions for which the database must read every value, and so checks every block."""
    return ", ".join(f'bit_xor(hash("{column}"))' for column in columns)


def _read_sums(source: Path) -> Mapping[str, str]:
    """Checksums by name, of exactly the files that are there."""
    try:
        text = (source / SUMS).read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise _damaged("this is no backup", source, f"a folder with {SUMS} in it") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged("the checksums cannot be read", source / SUMS, "text") from error
    lines = text.split("\n")
    found = [_LINE.fullmatch(line) for line in lines[:-1]]
    sums = {match[2]: match[1] for match in found if match is not None}
    if lines[-1] or len(sums) != len(found):
        raise _damaged("the checksums are damaged", source / SUMS, "a checksum and a name a line")
    there = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_symlink() or not path.is_dir()
    } - {SUMS}
    odd = sorted(there ^ {*sums}) or sorted({DATABASE, MANIFEST} - there)
    if odd:
        raise _damaged(
            "a file of the backup is missing or is none of its own",
            source / odd[0].split("\n")[0],
            f"the files that {SUMS} names",
        )
    return sums


def _read_manifest(source: Path, sums: Mapping[str, str]) -> BackupManifest:
    content = (source / MANIFEST).read_bytes()
    if checksum(content) != sums[MANIFEST]:
        raise _damaged("a file of the backup is damaged", source / MANIFEST, "its checksum")
    try:
        return BackupManifest.model_validate_json(content)
    except ValidationError as error:
        raise _damaged(
            "the manifest of the backup is of another form",
            source / MANIFEST,
            f"what this program writes ({error.errors()[0]['msg']})",
        ) from error


def _check_rows(file: Path, manifest: BackupManifest, source: Path) -> None:
    connection = connect(file, read_only=True)
    try:
        schema.check_not_newer(connection, source)
        found = _rows(connection)
    finally:
        connection.close()
    if found != manifest.rows:
        raise _damaged("the rows are not those of the manifest", source, "as many in every table")


def _damaged(message: str, path: Path, expected: str) -> RefusedFileError:
    return RefusedFileError(message, field="backup", value=path, expected=expected)
