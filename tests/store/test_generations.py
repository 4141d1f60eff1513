import errno
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import store_files
from store_files import quote, write_file

from recon.errors import NoDataError, StoreError, StoreLockedError
from recon.store import Store

LATER = datetime(2030, 1, 1, tzinfo=UTC)
FIRST, SECOND = date(2024, 1, 2), date(2024, 1, 3)


@pytest.fixture
def second_file(store: Store, files: Path) -> Path:
    """A file to ingest into a store that already holds one session."""
    store.ingest([write_file(files / "x.alpha", quote=[quote("2024-01-02")])])
    return write_file(files / "y.alpha", quote=[quote("2024-01-03")])


def databases(store: Store) -> set[str]:
    return {file.name for file in (store.path / "generations").iterdir() if file.suffix != ".mark"}


@pytest.mark.parametrize(
    ("point", "sessions"),
    [
        ("between chunks", [FIRST]),
        ("before the checks", [FIRST]),
        ("before the pointer moves", [FIRST]),
        ("after the pointer moved", [FIRST, SECOND]),
    ],
)
def test_a_killed_ingest_leaves_a_whole_generation(
    store: Store, second_file: Path, point: str, sessions: list[date]
) -> None:
    store.close()
    with store_files.run(point, store.path, second_file) as process:
        process.communicate()
    assert process.returncode == -9
    assert store.as_of(LATER).sessions() == sessions
    store.close()

    (report,) = store.ingest([second_file])
    assert report.status == ("already there" if SECOND in sessions else "landed")
    assert store.as_of(LATER).sessions() == [FIRST, SECOND]
    assert databases(store) == {"2.duckdb"}


def test_a_killed_first_ingest_leaves_no_store_and_no_obstacle(store: Store, files: Path) -> None:
    file = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    with store_files.run("before the pointer moves", store.path, file) as process:
        process.communicate()
    assert not (store.path / "current").exists()
    store.ingest([file])
    assert store.as_of(LATER).sessions() == [FIRST]


def test_an_ingest_that_fails_leaves_nothing_behind(store: Store, second_file: Path) -> None:
    store_files.between_chunks.append(lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.ingest([second_file])
    assert databases(store) == {"1.duckdb"}
    assert store.as_of(LATER).sessions() == [FIRST]


def test_readers_see_their_generation_during_and_after_a_write(
    store: Store, second_file: Path
) -> None:
    before = store.as_of(LATER)
    during = []
    with Store(store.path) as reader:
        store_files.between_chunks.append(lambda: during.append(reader.as_of(LATER).sessions()))
        store.ingest([second_file])
        assert during == [[FIRST]]
        assert before.sessions() == [FIRST]
        assert reader.as_of(LATER).sessions() == [FIRST, SECOND]


def test_a_generation_goes_when_its_last_reader_has_gone(
    store: Store, files: Path, second_file: Path
) -> None:
    reader = Store(store.path)
    reader.as_of(LATER)
    store.ingest([second_file])
    assert databases(store) == {"1.duckdb", "2.duckdb"}
    reader.close()
    store.ingest([write_file(files / "z.alpha", quote=[quote("2024-01-04")])])
    assert databases(store) == {"3.duckdb"}


def test_many_moments_read_from_one_open_generation(store: Store, second_file: Path) -> None:
    store.ingest([second_file])
    one, two = store.as_of(datetime(2024, 1, 3, 12, tzinfo=UTC)), store.as_of(LATER)
    assert (one.sessions(), two.sessions()) == ([FIRST], [FIRST, SECOND])


@pytest.fixture
def _other_writer(store: Store, second_file: Path) -> Iterator[None]:
    with store_files.run("hold", store.path, second_file) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        yield
        process.communicate()
    assert process.returncode == 0


@pytest.mark.usefixtures("_other_writer")
def test_a_second_writer_is_turned_away_and_a_reader_is_not(store: Store, files: Path) -> None:
    third = write_file(files / "z.alpha", quote=[quote("2024-01-04")])
    with pytest.raises(StoreLockedError, match="another process is writing to this store"):
        store.ingest([third])
    assert store.as_of(LATER).sessions() == [FIRST]


def test_leftovers_of_other_writers_are_removed_at_the_next_write(
    store: Store, second_file: Path
) -> None:
    generations = store.path / "generations"
    (generations / "7.duckdb").write_bytes(b"half a database")
    (generations / "7.duckdb.wal").write_bytes(b"half a log")
    (generations / "7.duckdb.tmp").mkdir()
    store.ingest([second_file])
    assert databases(store) == {"2.duckdb"}


def test_a_damaged_pointer_is_named(store: Store, second_file: Path) -> None:
    (store.path / "current").write_text("x")
    with pytest.raises(StoreError, match="pointer is damaged"):
        store.ingest([second_file])


def test_a_lost_pointer_costs_no_generation(store: Store, second_file: Path, files: Path) -> None:
    store.ingest([second_file])
    (store.path / "current").unlink()
    with pytest.raises(StoreError, match="pointer is missing"):
        store.ingest([write_file(files / "z.alpha", quote=[quote("2024-01-04")])])
    assert databases(store) == {"2.duckdb"}


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, files: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    file = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    with pytest.raises(StoreError, match="store cannot be written"):
        Store(tmp_path / "file" / "store").ingest([file])


def test_a_full_disk_leaves_the_store_as_it_was(
    store: Store, second_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "copyfile", full)
        with pytest.raises(StoreError, match="No space left on device"):
            store.ingest([second_file])
    assert store.as_of(LATER).sessions() == [FIRST]
    assert store.ingest([second_file])[0].status == "landed"


def test_a_missing_generation_is_named(store: Store, second_file: Path) -> None:
    store.close()
    (store.path / "generations" / "1.duckdb").unlink()
    for call in (store.status, lambda: store.ingest([second_file])):
        with pytest.raises(StoreError, match="current generation is missing"):
            call()


def test_a_database_that_is_none_is_named(store: Store, second_file: Path) -> None:
    store.close()
    (store.path / "generations" / "1.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="cannot be opened"):
        store.ingest([second_file])


def test_a_copy_of_the_folder_is_a_store(store: Store, second_file: Path, tmp_path: Path) -> None:
    store.close()
    shutil.copytree(store.path, tmp_path / "copy")
    with Store(tmp_path / "copy") as copy:
        copy.ingest([second_file])
        assert copy.as_of(LATER).sessions() == [FIRST, SECOND]
    assert store.as_of(LATER).sessions() == [FIRST]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where nobody else may")
def test_a_store_that_may_only_be_read_can_be_read(store: Store, second_file: Path) -> None:
    assert second_file.is_file()
    store.close()
    folders = [store.path, store.path / "generations"]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert store.as_of(LATER).sessions() == [FIRST]
    finally:
        store.close()
        for folder in folders:
            folder.chmod(0o755)


def test_a_pinned_store_stays_with_its_generation(store: Store, second_file: Path) -> None:
    with Store(store.path) as pinned:
        assert pinned.newest == pinned.pin() == 1
        store.ingest([second_file])
        assert pinned.newest == 2
        assert pinned.as_of(LATER).sessions() == [FIRST]
        assert pinned.newest_session() == FIRST
        pinned.close()
        assert pinned.as_of(LATER).sessions() == [FIRST, SECOND]


def test_there_is_nothing_to_pin_without_a_store(tmp_path: Path) -> None:
    with Store(tmp_path / "none") as store:
        assert store.newest is None
        with pytest.raises(NoDataError):
            store.pin()
