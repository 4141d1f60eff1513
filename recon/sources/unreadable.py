"""What no source can read, but what somebody meant: named and refused, not passed over.

A damaged Parquet file or archive keeps its first bytes and loses what says whose it is, so
that nobody recognises it; as a stranger it would go unnoticed among a folder's licences. A name
that is no text cannot be put down in the books.
"""

import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Never

from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source
from recon.sources.parquet import is_parquet, opened

_NO_TEXT = frozenset({"Cc", "Cs"})
"""Control characters, and bytes that are not of the file system's encoding."""


def _oddly_named(path: Path) -> bool:
    return any(unicodedata.category(letter) in _NO_TEXT for letter in str(path))


def _read_oddly_named(path: Path, _seen: Seen) -> Iterator[Chunk]:
    raise RefusedFileError(
        "The name of the file is no text",
        field="file",
        value=ascii(str(path)),
        expected="a name in UTF-8 without control characters; rename the file",
    )
    yield


def _damaged(path: Path) -> bool:
    try:
        _open(path)
    except RefusedFileError:
        return True
    return False


def _read_damaged(path: Path, _seen: Seen) -> Iterator[Chunk]:
    _open(path)
    yield from ()


def _open(path: Path) -> None:
    """Open a file as what its first bytes say that it is.

    Raises
    ------
    RefusedFileError
        If that fails.
    """
    try:
        if path.is_dir():
            next(path.iterdir(), None)
        elif is_parquet(path):
            with opened(path):
                pass
        else:
            with path.open("rb") as file:
                start = file.read(len(_ZIP))
            if start == _ZIP:
                zipfile.ZipFile(path).close()
    except OSError as error:
        _refuse(path, error.strerror or str(error))
    # What a damaged list of members raises depends on where it is damaged.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        _refuse(path, str(error))


_ZIP = b"PK\x03\x04"


def _refuse(path: Path, found: str) -> Never:
    raise RefusedFileError(
        f"File cannot be read ({found})",
        field="file",
        value=path,
        expected="an undamaged file that you may read",
    )


ODDLY_NAMED = Source(
    name="oddly_named",
    describes="file whose name is no text",
    recognise=_oddly_named,
    read=_read_oddly_named,
)
DAMAGED = Source(
    name="damaged",
    describes="damaged Parquet file or archive, or one that may not be read",
    recognise=_damaged,
    read=_read_damaged,
)
