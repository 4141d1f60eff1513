"""A folder of the screener's JSON files, without the git history that dates them.

The files say nothing of their session, so a name must: the date in a file's own name, or
else in that of its folder, or of the folder above. These all work:

- `2025-04-30/nasdaq/nasdaq_full_tickers.json`
- `nasdaq_full_tickers_2025-04-30.json`
- `us-stock-symbols-20250430/nyse/nyse_full_tickers.json`

The date is the session's own, in New York; a file fetched after midnight UTC holds the
session of the day before. A date on which the exchange did not trade is refused.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from recon.calendar import is_session
from recon.errors import InputError, RefusedFileError
from recon.sources.base import Chunk, Seen, Source
from recon.sources.files import opening
from recon.sources.git_history import LARGEST_FILE
from recon.sources.snapshots import Snapshot, chunks

_FILE = re.compile(r"(?<![a-z])(nasdaq|nyse|amex)_full_tickers(?![a-z]).*\.json$")
_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_BESIDE = re.compile(r"^\.|^(LICENSE|README)|(?<!full)_tickers\.(json|txt)$")
"""What may lie beside them: the repository's plain lists of symbols."""
_DEPTH = 3
"""Folders of sessions, of exchanges, files."""


def _recognise(path: Path) -> bool:
    try:
        if path.is_file():
            return _exchange(path) is not None and opening(path).lstrip().startswith("[")
        exchanges = [_exchange(file) for file in _files(path, _DEPTH)]
    except (OSError, RefusedFileError):
        return False
    return any(exchanges)


def _files(path: Path, depth: int) -> Iterator[Path]:
    """Walk a folder that holds such files and nothing that another source could read.

    Raises
    ------
    RefusedFileError
        At the first other file, or the first folder that lies too deep.
    """
    for child in sorted(path.iterdir()):
        if _BESIDE.search(child.name) or child.is_symlink():
            continue
        if child.is_dir() and depth > 1:
            yield from _files(child, depth - 1)
        elif child.is_file() and _exchange(child) is not None:
            yield child
        else:
            raise RefusedFileError(
                "Folder holds other things than the screener's files",
                field="file",
                value=child,
                expected="files as nasdaq_full_tickers.json",
            )


def _exchange(path: Path) -> str | None:
    found = _FILE.search(path.name)
    return found[1] if found else None


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    files: dict[tuple[date, str], Path] = {}
    for file in [path] if path.is_file() else _files(path, _DEPTH):
        key = (_session(file), _exchange(file) or "")
        if key in files:
            raise _refusal(file, f"the session and exchange of {files[key].name} again")
        if file.stat().st_size > LARGEST_FILE:
            raise RefusedFileError(
                "File is too large for one exchange's lines",
                field="file",
                value=file,
                expected=f"at most {LARGEST_FILE} bytes",
            )
        files[key] = file
    yield from chunks(_snapshots(files))


def _snapshots(files: dict[tuple[date, str], Path]) -> Iterator[Snapshot]:
    for (session, exchange), file in sorted(files.items()):
        yield Snapshot(session, exchange, file.read_bytes(), str(file))


def _session(file: Path) -> date:
    """Give the session by the nearest name that bears a date."""
    file = file.resolve()
    for name in (file.name, file.parent.name, file.parent.parent.name):
        dates = set(_DATE.findall(name))
        if len(dates) > 1:
            raise _refusal(file, f"more than one date in {name}")
        if dates:
            return _checked(file, "-".join(dates.pop()))
    raise _refusal(file, "no date in the names of the file and its folders")


def _checked(file: Path, text: str) -> date:
    try:
        if is_session(day := date.fromisoformat(text)):
            return day
    except (ValueError, InputError):
        pass
    raise _refusal(file, f"{text}, on which the NYSE did not trade")


def _refusal(file: Path, found: str) -> RefusedFileError:
    return RefusedFileError(
        f"The session of {file.name} cannot be known",
        field="session",
        value=found,
        expected="one session's date in the name of the file or its folder, as 2025-04-30",
    )


SOURCE = Source(
    name="us_stock_symbols_json",
    describes="JSON files of US-Stock-Symbols in dated folders (nightly screener)",
    recognise=_recognise,
    read=_read,
)
