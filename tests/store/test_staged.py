"""A batch is compared with what its source delivered before, within bounded memory."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import recon.sources
from recon.contracts import CONTRACTS, EXCHANGES
from recon.errors import StoreError
from recon.sources.base import Chunk, Source
from recon.store import Store, database, staged

LATER = datetime(2030, 1, 1, tzinfo=UTC)
ALL = (date(2020, 1, 1), date(2029, 12, 31))
SESSIONS = 1000
LITTLE = "30MB"
"""200,000 rows at once take more."""
PART = 40_000

Deliver = Callable[[str, pl.DataFrame], Path]


@pytest.fixture
def deliver(files: Path, monkeypatch: pytest.MonkeyPatch) -> Deliver:
    """Makes a file of quotes that comes in chunks of whole symbols."""
    frames: dict[str, pl.DataFrame] = {}

    def deliver(name: str, rows: pl.DataFrame) -> Path:
        frames[name] = rows.sort("symbol", "session")
        (files / name).write_text(name)
        return files / name

    def read(path: Path, _seen: object) -> object:
        return (Chunk("quote", part) for part in frames[path.name].iter_slices(100_000))

    source = Source("large", "large", Path.is_file, read)  # type: ignore[arg-type]
    monkeypatch.setattr(recon.sources, "recognise", lambda p: source if p.is_file() else None)
    return deliver


def market(symbols: int = 200, known_at: str | None = None) -> pl.DataFrame:
    """Quotes of all sessions, each known at its end, or all at one moment."""
    last = ALL[0] + timedelta(days=SESSIONS - 1)
    days = pl.DataFrame({"session": pl.date_range(ALL[0], last, eager=True)})
    names = pl.DataFrame({"symbol": [f"S{number}" for number in range(symbols)]})
    known = pl.col("session") if known_at is None else pl.lit(known_at).str.to_datetime()
    rows = days.join(names, how="cross").with_columns(
        exchange=pl.lit("nyse").cast(pl.Enum(EXCHANGES)),
        close=pl.int_range(pl.len()) / 7,
        netchange=pl.lit(None, pl.Float64),
        volume=pl.int_range(pl.len()),
        market_cap=pl.lit(None, pl.Float64),
        known_at=known.cast(pl.Datetime("us")),
    )
    return rows.select(CONTRACTS["quote"].column_names())


def examples(store: Store) -> int:
    number = (store.path / "current").read_text().strip()
    file = store.path / "generations" / f"{number}.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return len(connection.table("conflict").fetchall())


@pytest.mark.parametrize(("symbols", "known_at"), [(200, None), (80, "2024-01-01")])
def test_known_rows_are_delivered_again_in_little_memory(
    store: Store,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    symbols: int,
    known_at: str | None,
) -> None:
    monkeypatch.setattr(database, "_WRITER_MEMORY", LITTLE)
    monkeypatch.setattr(staged, "ROWS_AT_ONCE", PART)
    whole = market(symbols, known_at)
    every_900th = pl.int_range(pl.len()) % 900 == 7
    changed = whole.with_columns(pl.when(every_900th).then(-1.0).otherwise("close").alias("close"))
    added = whole.tail(3).with_columns(symbol="N" + pl.col("symbol"))
    thin = whole.filter(pl.col("symbol") == "S5")
    seventh = changed.filter(every_900th).height
    for name, rows, kept, conflicts in (
        ("first", whole, whole.height, 0),
        ("less", whole.head(-1), 0, 0),
        ("changed", pl.concat([changed, added]), 3, seventh),
        ("thin", thin.with_columns(pl.col("close") + 1), 0, thin.height),
    ):
        (report,) = store.ingest([deliver(name, rows)])
        assert (report.rows["quote"], report.conflicts) == (kept, conflicts), name
        assert report.repeated == rows.height - kept - conflicts
    found = store.as_of(LATER).quotes(*ALL)
    wanted = pl.concat([whole, added]).sort("session", "symbol")
    assert_frame_equal(found, wanted)
    store.close()
    assert examples(store) == 2 * 20


def test_what_memory_cannot_hold_is_said_in_one_line(
    store: Store, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = market()
    store.ingest([deliver("first", whole)])
    monkeypatch.setattr(database, "_WRITER_MEMORY", "16MB")
    with pytest.raises(StoreError, match=r"ran out of memory.*writer's 16MB") as error:
        store.ingest([deliver("less", whole.head(-1))])
    assert "SET" not in str(error.value)
    assert "\n" not in str(error.value)
    assert store.status().generation == 1


def test_parts_land_together_or_not_at_all(
    store: Store, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = market().head(50_000), market().tail(150_000)
    store.ingest([deliver("first", first)])
    monkeypatch.setattr(staged, "ROWS_AT_ONCE", PART)
    keep = staged._keep
    parts: list[int] = []

    def failing(*arguments: object) -> int:
        parts.append(keep(*arguments))  # type: ignore[arg-type]
        if len(parts) == 3:
            raise duckdb.IOException("no room")
        return parts[-1]

    monkeypatch.setattr(staged, "_keep", failing)
    with pytest.raises(StoreError, match="cannot be written"):
        store.ingest([deliver("second", second)])
    assert sum(parts) > 0
    assert store.status().tables["quote"] == first.height
    monkeypatch.setattr(staged, "_keep", keep)
    (report,) = store.ingest([deliver("second", second)])
    assert report.rows["quote"] == second.height
