"""Which files a call of ingest means, and which source reads each."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import recon.sources
from recon.errors import InputError, RefusedFileError
from recon.files import checksum_of
from recon.sources.base import Source
from recon.sources.parquet import is_stamped

SIMULATED = "SIMULATED.json"
"""A file of this name marks everything beside and below it as simulated."""

_IGNORED = ("LICENSE", "README", SIMULATED)


@dataclass(frozen=True, slots=True)
class Found:
    """A file or folder to ingest.

    Attributes
    ----------
    path : Path
        Where it is.
    source : Source or None
        Who reads it; None if nobody recognises it.
    named : bool
        Whether the caller named it, rather than a folder above it.
    simulated : bool
        Whether a `SIMULATED.json` lies beside or above it.
    """

    path: Path
    source: Source | None
    named: bool
    simulated: bool


def discover(paths: Iterable[Path]) -> list[Found]:
    """Walk the paths in order, folders by name, leaving out hidden files and licences.

    A folder that a source recognises as a whole (a repository) is one thing to ingest; of
    any other, what is in it.

    Raises
    ------
    InputError
        If a path does not exist.
    """
    found: dict[Path, Found] = {}
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", field="path", value=path)
        for one in _walk(path):
            found.setdefault(one.path.resolve(), one)
    return list(found.values())


def _walk(top: Path) -> Iterator[Found]:
    waiting, entered = [top], set()
    while waiting:
        path = waiting.pop()
        source = recon.sources.recognise(path)
        if source is not None or not path.is_dir():
            yield Found(path, source, path is top, is_simulated(path))
        # A link may lead back to where it lies.
        elif (folder := path.resolve()) not in entered:
            entered.add(folder)
            children = sorted(path.iterdir(), reverse=True)
            waiting += [one for one in children if not one.name.startswith((".", *_IGNORED))]


def is_simulated(path: Path) -> bool:
    """Whether a `SIMULATED.json` lies in the path or beside or above it, or the file says so."""
    path = path.resolve()
    if path.is_file() and is_stamped(path):
        return True
    return any((folder / SIMULATED).is_file() for folder in (path, *path.parents))


def fingerprint(found: Found, source: Source) -> str:
    """Version of a growing source, otherwise the SHA-256 of a file or of a folder's files.

    Raises
    ------
    RefusedFileError
        If something of it cannot be read.
    """
    try:
        return _fingerprint(found, source)
    except OSError as error:
        raise RefusedFileError(
            f"File cannot be read ({error.strerror})",
            field="file",
            value=found.path,
            expected="a file that you may read",
        ) from error


def _fingerprint(found: Found, source: Source) -> str:
    if source.incremental and source.version is not None:
        return source.version(found.path)
    if found.path.is_file():
        return checksum_of(found.path)
    digest = hashlib.sha256()
    for file in sorted(file for file in found.path.rglob("*") if file.is_file()):
        name = os.fsencode(file.relative_to(found.path).as_posix())
        digest.update(name + f"\0{checksum_of(file)}\n".encode())
    return digest.hexdigest()
