"""Files that appear whole or not at all, alone or several together, and their checksums."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from recon.errors import InputError

_BLOCK: Final = 1 << 20
"""Bytes that are copied at once."""


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place, bring it to the disk, then move it there in one step.

    Whoever reads `path` sees the old content or the new, never a part; a failure leaves the
    old one and no other trace.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    content : bytes
        All of it.

    Raises
    ------
    InputError
        The folder does not exist, cannot be written to or is full, or `path` is a folder.
    """
    if path.is_dir():
        raise InputError("this is a folder", field="output", value=path, expected="a file")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(
            f"cannot write here: {error.strerror}", field="output", value=path
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot write here: {error.strerror}",
            field="output",
            value=path,
            expected="a folder with room",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_together(parent: Path, name: str, contents: Mapping[str, bytes]) -> Path:
    """Write several files into a new folder that appears in one step, with all of them in it.

    Parameters
    ----------
    parent : Path
        Folder of the new folder; made if it is not there.
    name : str
        Of the new folder. It says what is in it: where there is one of this name already, with
        the same files, nothing is written.
    contents : mapping of str to bytes
        Files by name.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        The parent cannot be written to, or a folder of this name holds something else.
    """
    folder = parent / name
    try:
        with appearing(folder) as temporary:
            for file, content in contents.items():
                write_atomic(temporary / file, content)
    except InputError:
        # Whoever was first stays; that is no error where it says the same.
        if not _holds(folder, contents):
            raise
    return folder


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Give a folder to fill, which then appears in its place in one step, with all that is in it.

    Parameters
    ----------
    folder : Path
        Its place; the folders above it are made. What is there already stays: a folder is never
        moved onto one that holds files.

    Raises
    ------
    InputError
        The place cannot be written to, or there is something in it already.
    """
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        yield temporary
        temporary.chmod(_mode(folder, 0o777))
        sync(temporary)
        temporary.rename(folder)
        sync(folder.parent)
    except OSError as error:
        raise InputError(
            f"cannot write here: {error.strerror}",
            field="output",
            value=folder,
            expected="a folder with room and the right to write, and none of this name in it",
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def copy_whole(source: Path, target: Path) -> str:
    """Copy a file to where there is none, bring it to the disk, and give the SHA-256 of it."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(_BLOCK):
            digest.update(block)
            written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()


def checksum(content: bytes) -> str:
    """SHA-256 of a content."""
    return hashlib.sha256(content).hexdigest()


def checksum_of(path: Path) -> str:
    """SHA-256 of a file, which need not fit into memory."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Force a file or a folder's entries to the disk."""
    if os.name == "nt" and path.is_dir():  # Windows cannot sync a folder
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _holds(folder: Path, contents: Mapping[str, bytes]) -> bool:
    """Whether a folder holds these files and nothing else."""
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return there == set(contents) and all(
        (folder / name).read_bytes() == content for name, content in contents.items()
    )


def _mode(path: Path, whole: int = 0o666) -> int:
    """Mode of what is replaced, else what the user's mask leaves of a whole one."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return whole & ~mask
