from datetime import date
from pathlib import Path

import pytest
from store_files import happening, quote, write_file

from recon.errors import NoDataError
from recon.store import Difference, SourceStatus, Store
from recon.store.schema import newest_version


def test_an_account_of_all_that_is_held_and_was_set_aside(store: Store, files: Path) -> None:
    alpha = [quote(f"2024-01-{day:02}") for day in (2, 3, 8)]
    broken = quote("2024-01-03", "B", close=-1.0)
    seen = happening("2024-01-02", symbol="A", exchange="nyse")
    store.ingest([write_file(files / "x.alpha", quote=[*alpha, broken], listing=[seen])])
    store.ingest([write_file(files / "y.beta", quote=[quote("2024-01-05")])])
    store.ingest([write_file(files / "z.alpha", quote=[quote("2024-01-03", close=2.0)])])
    status = store.status()
    assert status.path == store.path
    assert (status.generation, status.schema_version, status.simulated) == (
        3,
        newest_version(),
        False,
    )
    assert status.size > 0
    assert {name: rows for name, rows in status.tables.items() if rows} == {
        "quote": 4,
        "listing": 1,
    }
    assert status.sources == [
        SourceStatus("alpha", 2, 4, date(2024, 1, 2), date(2024, 1, 8), 3),
        SourceStatus("beta", 1, 1, date(2024, 1, 5), date(2024, 1, 5), 1),
    ]
    assert (status.first, status.last) == (date(2024, 1, 2), date(2024, 1, 8))
    assert status.missing == [date(2024, 1, 4)]
    assert (status.quarantined, status.conflicts) == ({"quote: close|min": 1}, 1)
    assert status.differences == []
    assert store.newest_session() == date(2024, 1, 8)


def test_differences_are_counted_where_two_sources_overlap(store: Store, files: Path) -> None:
    alpha = [quote("2024-01-02", name) for name in "ABC"] + [quote("2024-01-03")]
    beta = [
        quote("2024-01-02", "A"),
        quote("2024-01-02", "B", close=2.0),
        quote("2024-01-02", "D"),
        quote("2024-01-04"),
    ]
    store.ingest([write_file(files / "x.alpha", quote=alpha)])
    store.ingest([write_file(files / "y.beta", quote=beta)])
    assert store.status().differences == [Difference(("alpha", "beta"), sessions=1, lines=3)]


def test_equal_overlap_shows_no_difference(store: Store, files: Path) -> None:
    for name in ("x.alpha", "x.beta"):
        store.ingest([write_file(files / name, quote=[quote("2024-01-02", volume=None)])])
    assert store.status().differences == [Difference(("alpha", "beta"), sessions=1, lines=0)]


def test_a_store_without_quotes_has_no_newest_session(store: Store, files: Path) -> None:
    seen = happening("2024-01-02", symbol="A", exchange="nyse")
    store.ingest([write_file(files / "x.alpha", listing=[seen])])
    assert store.status().missing == []
    with pytest.raises(NoDataError, match="the store holds no quotes"):
        store.newest_session()
