"""A store filled through a made-up source: JSON files that name a table and its rows."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import recon.sources
from recon.contracts import CONTRACTS
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.store import Store


def chunk_of(table: str, rows: list[dict[str, Any]]) -> Chunk:
    """Rows of a table; the columns left out are null."""
    contract = CONTRACTS[table]
    schema = {name: column.dtype for name, column in contract.columns().items()}
    loose = {n: pl.String if isinstance(t, pl.Enum) else t for n, t in schema.items()}
    times = {
        n: datetime.fromisoformat if t == pl.Datetime else date.fromisoformat
        for n, t in schema.items()
        if t.is_temporal()
    }
    parsed = [
        {n: times[n](v) if n in times and isinstance(v, str) else v for n, v in row.items()}
        for row in rows
    ]
    return check(table, pl.DataFrame(parsed, schema=loose))


def read(path: Path, seen: Seen) -> Iterator[Chunk]:
    for part in json.loads(path.read_text()):
        if part == "refuse":
            raise RefusedFileError("not what it claims to be", field="file", value=path)
        yield chunk_of(part["table"], part["rows"])


def made_up(name: str) -> Source:
    return Source(name, "made-up rows", lambda path: path.suffix == f".{name}", read)


SOURCES = {name: made_up(name) for name in ("alpha", "beta")}


def recognise(path: Path) -> Source | None:
    return SOURCES.get(path.suffix[1:])


@pytest.fixture(autouse=True)
def _made_up_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recon.sources, "recognise", recognise, raising=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store", precedence=["alpha", "beta"]) as opened:
        yield opened


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write("file.alpha", quote=[...], listing=[...])` makes a source file."""

    def write_file(name: str, *, refuse: bool = False, **tables: list[dict[str, Any]]) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        parts: list[Any] = [{"table": table, "rows": rows} for table, rows in tables.items()]
        path.write_text(json.dumps([*parts, "refuse"] if refuse else parts))
        return path

    return write_file


def quote(session: str, symbol: str = "A", close: float = 1.0, **more: Any) -> dict[str, Any]:
    known = datetime.fromisoformat(session) + timedelta(days=1, hours=4)
    row = {"session": session, "symbol": symbol, "exchange": "nyse", "close": close}
    return {**row, "known_at": known.isoformat(), **more}
