from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
import store_files
from store_files import chunk_of, happening, quote, write_file

import recon.sources
from recon.errors import InputError, RefusedFileError, StoreError
from recon.sources.base import Chunk, Source
from recon.store import Store, land, staged

LATER = datetime(2030, 1, 1, tzinfo=UTC)
MEMBER = {
    "index": "R2000",
    "kind": "etf_ishares",
    "origin": "IWM",
    "known_at": "2024-01-03T14:30:00",
}


def closes(store: Store) -> dict[tuple[date, str], float]:
    frame = store.as_of(LATER).quotes(date(2020, 1, 1), date(2029, 1, 1))
    return {(s, n): c for s, n, c in frame.select("session", "symbol", "close").iter_rows()}


def table(store: Store, name: str) -> list[tuple[object, ...]]:
    number = (store.path / "current").read_text().strip()
    with duckdb.connect(str(store.path / "generations" / f"{number}.duckdb")) as connection:
        return connection.table(name).fetchall()


def test_a_file_lands_with_its_batch(store: Store, files: Path) -> None:
    file = write_file(
        files / "x.alpha",
        quote=[quote("2024-01-02"), quote("2024-01-02", "B", close=-1.0)],
        listing=[happening("2024-01-02", symbol="A", exchange="nyse", name="Alpha Inc")],
    )
    now = datetime(2024, 5, 1, 12, tzinfo=UTC)
    (report,) = store.ingest([file], now=now)
    assert (report.status, report.source, report.batch_id) == ("landed", "alpha", 1)
    assert report.rows == {"quote": 1, "listing": 1}
    assert report.quarantined == {"quote: close|min": 1}
    store.close()
    (batch,) = table(store, "batch")
    assert batch[-1] == now.replace(tzinfo=None)
    ((_, broken_table, rule, row),) = table(store, "quarantine")
    assert (broken_table, rule) == ("quote", "close|min")
    assert '"symbol":"B"' in str(row)


def test_the_same_content_changes_nothing(store: Store, files: Path) -> None:
    file = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    copy = write_file(files / "copy.alpha", quote=[quote("2024-01-02")])
    store.ingest([file])
    reports = store.ingest([file, copy])
    assert [report.status for report in reports] == ["already there", "already there"]
    assert store.status().generation == 1


def test_the_fingerprint_tells_what_was_taken_in(store: Store, files: Path, tmp_path: Path) -> None:
    file = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    store.ingest([file])
    first = store.fingerprint()
    store.ingest([file])
    assert store.fingerprint() == first
    store.ingest([write_file(files / "y.alpha", quote=[quote("2024-01-03")])])
    assert store.fingerprint() != first
    with Store(tmp_path / "other", precedence=["alpha"]) as other:
        other.ingest([file])
        assert other.fingerprint() == first


def test_the_same_content_twice_in_one_call_lands_once(store: Store, files: Path) -> None:
    for name in ("a", "b"):
        write_file(files / f"{name}.alpha", quote=[quote("2024-01-02")])
    assert [r.status for r in store.ingest([files, files])] == ["landed", "already there"]


def test_rows_delivered_again_are_ignored_when_equal_and_counted_when_not(
    store: Store, files: Path
) -> None:
    store.ingest(
        [write_file(files / "x.alpha", quote=[quote("2024-01-02"), quote("2024-01-02", "B")])]
    )
    again = [quote("2024-01-02"), quote("2024-01-02", "B", 2.0), quote("2024-01-02", "C")]
    (report,) = store.ingest([write_file(files / "y.alpha", quote=again)])
    assert (report.rows, report.repeated, report.conflicts) == ({"quote": 1}, 1, 1)
    day = date(2024, 1, 2)
    assert closes(store) == {(day, "A"): 1.0, (day, "B"): 1.0, (day, "C"): 1.0}
    assert store.status().conflicts == 1
    store.close()
    ((batch_id, name, stored, incoming),) = table(store, "conflict")
    assert (batch_id, name) == (2, "quote")
    assert '"close":1.0' in str(stored)
    assert '"close":2.0' in str(incoming)


def test_a_null_that_is_filled_later_is_a_conflict(store: Store, files: Path) -> None:
    rows = [quote("2024-01-02", market_cap=None), quote("2024-01-02", "B", market_cap=None)]
    store.ingest([write_file(files / "x.alpha", quote=rows)])
    rows[0]["market_cap"] = 5.0
    (report,) = store.ingest([write_file(files / "y.alpha", quote=rows)])
    assert (report.repeated, report.conflicts) == (1, 1)


def test_a_sample_stands_for_many_conflicts(store: Store, files: Path) -> None:
    for name, close in (("x", 1.0), ("y", 2.0)):
        rows = [quote("2024-01-02", f"A{number}", close) for number in range(50)]
        (report,) = store.ingest([write_file(files / f"{name}.alpha", quote=rows)])
    assert report.conflicts == 50
    store.close()
    assert len(table(store, "conflict")) == 20


def test_conflicts_are_found_in_every_kind_of_table(store: Store, files: Path) -> None:
    member = {"asof": "2024-01-02", "ticker": "A", **MEMBER}
    cusip = {"cusip": "037833100", "ticker": "A", "known_at": "2024-01-03T14:30:00"}
    store.ingest(
        [
            write_file(
                files / "x.alpha", membership=[{**member, "weight": 1.0}], cusip_ticker=[cusip]
            )
        ]
    )
    file = write_file(
        files / "y.alpha", membership=[{**member, "weight": 2.0}], cusip_ticker=[cusip]
    )
    (report,) = store.ingest([file])
    assert report.rows == {"membership": 0, "cusip_ticker": 0}
    assert (report.conflicts, report.repeated) == (1, 1)


def test_another_source_is_no_conflict_and_another_known_at_is_a_new_row(
    store: Store, files: Path
) -> None:
    store.ingest([write_file(files / "x.alpha", quote=[quote("2024-01-02")])])
    revised = quote("2024-01-02", close=2.0, known_at="2024-01-09T12:00:00")
    reports = store.ingest(
        [
            write_file(files / "y.beta", quote=[quote("2024-01-02", close=9.0)]),
            write_file(files / "z.alpha", quote=[revised]),
        ]
    )
    assert [(r.rows, r.conflicts) for r in reports] == [({"quote": 1}, 0), ({"quote": 1}, 0)]


def test_a_source_learns_which_of_its_sessions_are_there(store: Store, files: Path) -> None:
    store.ingest([write_file(files / "x.alpha", quote=[quote("2024-01-02")])])
    store.ingest([write_file(files / "y.alpha", quote=[quote("2024-01-03")])])
    store.ingest([write_file(files / "z.beta", quote=[quote("2024-01-04")])])
    days = date(2024, 1, 2), date(2024, 1, 3)
    assert store_files.seen_by_source == [frozenset(), frozenset(days[:1]), frozenset()]


def test_a_growing_source_is_known_by_its_version(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = files / "version"
    source = Source(
        "repository",
        "grows",
        lambda path: path == files,
        lambda _path, seen: iter(
            chunk_of("quote", [quote(version.read_text())])
            for _ in range(date.fromisoformat(version.read_text()) not in seen.sessions)
        ),
        incremental=True,
        version=lambda _path: version.read_text(),
    )
    monkeypatch.setattr(recon.sources, "recognise", lambda p: source if p == files else None)
    statuses = []
    for day in ("2024-01-02", "2024-01-02", "2024-01-03"):
        version.write_text(day)
        statuses += [report.status for report in store.ingest([files])]
    assert statuses == ["landed", "already there", "landed"]
    assert len(closes(store)) == 2


def test_a_folder_read_as_one_is_known_by_all_that_is_in_it(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(
        "folder",
        "many files",
        lambda path: path.is_dir(),
        lambda path, _seen: iter(
            [chunk_of("quote", [quote(file.stem) for file in sorted(path.iterdir())])]
        ),
    )
    monkeypatch.setattr(recon.sources, "recognise", lambda p: source if p.is_dir() else None)
    (files / "2024-01-02").write_text("one")
    assert store.ingest([files])[0].rows == {"quote": 1}
    (files / "2024-01-03").write_text("two")
    (report,) = store.ingest([files])
    assert (report.rows, report.repeated) == ({"quote": 1}, 1)
    assert store.ingest([files])[0].status == "already there"


def test_a_refused_file_that_was_named_leaves_the_store_as_it_was(
    store: Store, files: Path
) -> None:
    good = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    bad = write_file(files / "y.alpha", refuse=True, quote=[quote("2024-01-03")])
    with pytest.raises(RefusedFileError, match="not what it claims to be"):
        store.ingest([good, bad])
    assert not (store.path / "current").exists()
    store.ingest([good])
    with pytest.raises(RefusedFileError):
        store.ingest([bad])
    assert store.status().generation == 1


def test_a_refused_file_in_a_folder_is_reported_and_the_others_land(
    store: Store, files: Path
) -> None:
    write_file(files / "a.alpha", refuse=True, quote=[quote("2024-01-02")])
    write_file(files / "b.alpha", quote=[quote("2024-01-03")])
    refused, landed = store.ingest([files])
    assert (refused.status, landed.status) == ("refused", "landed")
    assert "not what it claims to be" in str(refused.message)
    assert list(closes(store)) == [(date(2024, 1, 3), "A")]
    assert [batch.batches for batch in store.status().sources] == [1]


def test_a_folder_in_which_all_is_refused_makes_no_store(store: Store, files: Path) -> None:
    write_file(files / "a.alpha", refuse=True)
    assert [report.status for report in store.ingest([files])] == ["refused"]
    assert not (store.path / "current").exists()


def test_a_file_that_nobody_recognises_is_an_error_only_when_named(
    store: Store, files: Path
) -> None:
    stranger = files / "notes.txt"
    stranger.write_text("hello")
    write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    assert [report.status for report in store.ingest([files])] == ["unrecognised", "landed"]
    with pytest.raises(RefusedFileError, match="no source recognises this file"):
        store.ingest([stranger])


def test_licences_and_hidden_files_are_passed_over(store: Store, files: Path) -> None:
    for name in ("LICENSE", "README.md", ".hidden", ".git/config", "LICENSE.txt"):
        (files / name).parent.mkdir(exist_ok=True)
        (files / name).write_text("words")
    assert store.ingest([files]) == []


def test_a_path_that_is_not_there_is_named(store: Store, files: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        store.ingest([files / "absent.alpha"])


def test_simulated_files_are_marked_and_never_mixed_with_real_ones(
    store: Store, files: Path
) -> None:
    real = write_file(files / "real" / "x.alpha", quote=[quote("2024-01-02")])
    made = write_file(files / "made" / "deep" / "y.alpha", quote=[quote("2024-01-03")])
    (files / "made" / "SIMULATED.json").write_text("{}")
    with pytest.raises(InputError, match="cannot share a store"):
        store.ingest([real, made])
    (report,) = store.ingest([files / "made"])
    assert report.simulated
    assert store.simulated
    with pytest.raises(InputError, match="cannot share a store"):
        store.ingest([real])
    with Store(store.path.with_name("other")) as other:
        other.ingest([real])
        assert not other.simulated


def test_progress_counts_the_rows_of_each_file(store: Store, files: Path) -> None:
    file = write_file(
        files / "x.alpha",
        quote=[quote("2024-01-02"), quote("2024-01-03")],
        listing=[happening("2024-01-02", symbol="A", exchange="nyse")],
    )
    calls: list[tuple[Path, int]] = []
    store.ingest([file], lambda path, rows: calls.append((path, rows)))
    assert calls == [(file, 2), (file, 3)]


def large(close: float) -> Chunk:
    """More rows than DuckDB keeps in memory for one row group, last session first."""
    days = pl.date_range(date(2020, 1, 1), date(2020, 1, 1) + timedelta(days=1399), eager=True)
    frame = pl.DataFrame({"session": days.reverse()}).join(
        pl.DataFrame({"symbol": [f"S{number}" for number in range(100)]}), how="cross"
    )
    return Chunk(
        "quote",
        frame.select(
            "session",
            "symbol",
            pl.lit("nyse").cast(pl.Enum(["nasdaq", "nyse", "amex"])).alias("exchange"),
            pl.lit(close).alias("close"),
            pl.lit(None, pl.Float64).alias("netchange"),
            pl.lit(None, pl.Int64).alias("volume"),
            pl.lit(None, pl.Float64).alias("market_cap"),
            pl.col("session").cast(pl.Datetime("us")).alias("known_at"),
        ),
    )


def test_no_row_of_a_large_batch_is_lost(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source("large", "large", Path.is_file, lambda path, _: iter([large(len(path.name))]))
    monkeypatch.setattr(recon.sources, "recognise", lambda p: source if p.is_file() else None)
    for name, landed, conflicts in (("x", 140_000, 0), ("xy", 0, 140_000)):
        (files / name).write_text(name)
        (report,) = store.ingest([files / name])
        assert (report.rows["quote"], report.conflicts) == (landed, conflicts)
    frame = store.as_of(LATER).quotes(date(2020, 1, 1), date(2029, 1, 1))
    assert frame.height == 140_000
    assert frame["close"].unique().to_list() == [1.0]
    assert frame.select("session", "symbol").is_unique().all()


def test_rows_lost_on_the_way_are_noticed(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = land.stage
    monkeypatch.setattr(land, "stage", lambda *a, **k: stage(*a, **k) + 1)
    file = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    with pytest.raises(StoreError, match="lost rows"):
        store.ingest([file])
    assert not (store.path / "current").exists()


def test_books_that_disagree_with_the_rows_are_not_published(
    store: Store, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = staged._keep
    monkeypatch.setattr(staged, "_keep", lambda *a: keep(*a) + 1)
    file = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    with pytest.raises(StoreError, match="disagree"):
        store.ingest([file])
    assert not (store.path / "current").exists()
