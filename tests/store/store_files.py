"""Made-up source files for the store: JSON that names a table and its rows.

`x.alpha` and `x.beta` belong to two sources of those names. Also run as a program, to be
killed or to hold the lock at a named point of an ingest.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

import recon.sources
from recon.contracts import CONTRACTS
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.store import Store
from recon.store import ingest as ingest_module

Row = dict[str, Any]

between_chunks: list[Callable[[], None]] = []
"""Called after each chunk that a made-up source has delivered."""

seen_by_source: list[frozenset[date]] = []
"""Sessions that the store said it had, one entry for each file read."""


def chunk_of(table: str, rows: list[Row]) -> Chunk:
    """Rows of a table; the columns left out are null."""
    schema = {name: column.dtype for name, column in CONTRACTS[table].columns().items()}
    loose = {n: pl.String if isinstance(t, pl.Enum) else t for n, t in schema.items()}
    parsers: dict[str, Callable[[str], Any]] = {
        name: datetime.fromisoformat if dtype == pl.Datetime else date.fromisoformat
        for name, dtype in schema.items()
        if dtype.is_temporal()
    }
    parsed = [
        {n: parsers[n](v) if n in parsers and isinstance(v, str) else v for n, v in row.items()}
        for row in rows
    ]
    return check(table, pl.DataFrame(parsed, schema=loose))


def read(path: Path, seen: Seen) -> Iterator[Chunk]:
    seen_by_source.append(seen.sessions)
    for part in json.loads(path.read_text()):
        if part == "refuse":
            raise RefusedFileError("not what it claims to be", field="file", value=path)
        yield chunk_of(part["table"], part["rows"])
        for call in between_chunks:
            call()


SOURCES = {
    name: Source(name, "made-up rows", lambda path: path.is_file(), read)
    for name in ("alpha", "beta")
}


def recognise(path: Path) -> Source | None:
    return SOURCES.get(path.suffix[1:]) if path.is_file() else None


def write_file(path: Path, *, refuse: bool = False, **tables: list[Row]) -> Path:
    """Write a source file with one chunk for each table, then perhaps a reason to refuse it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts: list[Any] = [{"table": table, "rows": rows} for table, rows in tables.items()]
    path.write_text(json.dumps([*parts, "refuse"] if refuse else parts))
    return path


def known_after(session: str) -> str:
    """Midnight in New York after a winter session, in UTC."""
    return (datetime.fromisoformat(session) + timedelta(days=1, hours=5)).isoformat()


def quote(session: str, symbol: str = "A", close: float = 1.0, **more: Any) -> Row:
    return {
        "session": session,
        "symbol": symbol,
        "exchange": "nyse",
        "close": close,
        "known_at": known_after(session),
        **more,
    }


def happening(session: str, kind: str = "seen", **more: Any) -> Row:
    return {"session": session, "happening": kind, "known_at": known_after(session), **more}


def _kill(*_arguments: Any, **_more: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _move_and_kill(self: Path, target: Path) -> None:
    os.replace(self, target)  # noqa: PTH105 - Path.replace is what this stands in for
    _kill()


def _hold() -> None:
    sys.stdout.write("holding\n")
    sys.stdout.flush()
    sys.stdin.read()


POINTS: dict[str, Callable[[], None]] = {
    "between chunks": lambda: between_chunks.append(_kill),
    "before the checks": lambda: setattr(ingest_module, "_verify", _kill),
    "before the pointer moves": lambda: setattr(Path, "replace", _kill),
    "after the pointer moved": lambda: setattr(Path, "replace", _move_and_kill),
    "hold": lambda: between_chunks.append(_hold),
}
"""Where a process can be killed, or hold the lock until its standard input is closed."""


def run(point: str, store: Path, file: Path) -> "subprocess.Popen[str]":
    """Ingest a file in a process of its own that stops at the named point."""
    return subprocess.Popen(
        [sys.executable, __file__, point, str(store), str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    recon.sources.recognise = recognise
    POINTS[sys.argv[1]]()
    Store(Path(sys.argv[2])).ingest([Path(sys.argv[3])])
