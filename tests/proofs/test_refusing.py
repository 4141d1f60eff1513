"""It loses nothing: what cannot be written or read is said in one line, and the store stays.

Each case runs a verb in a process of its own and reads what it says: one line, exit code 1 or 2,
no traceback. What was in the store before is in it after.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import works
from future import opened
from killing import FORKS, run
from proving import Says
from test_killing import rows_of

from recon.store import Store

pytestmark = [pytest.mark.xdist_group("proofs_refusing"), pytest.mark.usefixtures("forks")]

PLACES, LONG_PLACES = 6, 60
"""At which a database is cut, and at which a disk is full."""
READERS = 10

Verb = Callable[..., str]


@pytest.fixture
def store(small_store: Path) -> Iterator[Path]:
    """A copy of the small store that everybody may look at."""
    folder = Path(tempfile.mkdtemp(prefix="recon-proof-"))
    folder.chmod(0o755)
    shutil.copytree(small_store, folder / "store")
    yield folder / "store"
    shutil.rmtree(folder)


@pytest.fixture
def places(long_form: bool) -> int:
    return LONG_PLACES if long_form else PLACES


@pytest.fixture
def verb(tmp_path: Path) -> Verb:
    """Runs a verb; gives its line where it fails and nothing where it does not."""

    def verb(*arguments: object, room: int | None = None, root: bool = True) -> str:
        said = tmp_path / "said.txt"
        work = ([str(one) for one in arguments], said, room, root)
        process = FORKS.Process(target=works.command, args=work)
        process.start()
        process.join()
        text = said.read_text()
        if process.exitcode == 0:
            return ""
        assert process.exitcode in {1, 2}, (arguments, process.exitcode, text)
        lines = text.splitlines()
        assert len(lines) == 1, text
        assert lines[0].startswith("recon: "), text
        assert "unexpected" not in lines[0], text
        assert "Traceback" not in text
        return lines[0]

    return verb


def test_a_full_disk(
    small_store: Path,
    market: Path,
    store: Path,
    verb: Verb,
    places: int,
    chance: np.random.Generator,
    tmp_path: Path,
    proven: Says,
) -> None:
    """No file can grow beyond a size: first the copy of the generation, then what is landed."""
    with Store(tmp_path / "base") as base:
        base.ingest([market / "membership"])
    before = rows_of(tmp_path / "base")
    size = sum(f.stat().st_size for f in small_store.glob("generations/*.duckdb"))
    for room in chance.integers(1, size - 300_000, places):
        line = verb("ingest", market, "--store", tmp_path / "base", room=int(room))
        assert "cannot be written" in line, (room, line)
        assert rows_of(tmp_path / "base") == before
    list_ = ("watchlist", "--store", store, "--event", "2024-06", "--as-of", "2024-04-30")
    for room in (500, 5000, 20_000):  # what is said needs some room too
        assert "cannot write here" in verb(*list_, "--model", "none", room=room)
        assert not list((store / "archive").rglob("*.parquet"))
        line = verb("backup", tmp_path / "backup", "--store", store, room=room)
        assert "cannot write here" in line
        assert not (tmp_path / "backup").exists()
    run(works.ingest, tmp_path / "base", market)
    assert rows_of(tmp_path / "base") != before
    proven("no room on the disk: one line, nothing lost", refusals=places + 6)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="rights of Linux")
def test_a_folder_that_may_only_be_read(
    store: Path, market: Path, verb: Verb, tmp_path: Path
) -> None:
    before = rows_of(store)
    folders = [store.parent, *(p for p in store.rglob("*") if p.is_dir()), store]
    files = Path(tempfile.mkdtemp(prefix="recon-proof-"))
    shutil.copytree(market, files / "files")
    for folder in (files, *folders):
        folder.chmod(0o555)
    try:
        assert "cannot be written" in verb("ingest", files / "files", "--store", store, root=False)
        assert verb("status", "--store", store, root=False) == ""
        run = ("watchlist", "--event", "2024-06", "--as-of", "2024-04-30", "--model", "none")
        assert verb(*run, "--store", store, root=False) == ""
        run += ("--no-archive", "-o", store / "l.csv")
        assert "cannot write here" in verb(*run, "--store", store, root=False)
        assert "cannot write here" in verb("backup", store / "b", "--store", store, root=False)
    finally:
        for folder in (files, *folders):
            folder.chmod(0o755)
        shutil.rmtree(files)
    assert rows_of(store) == before


def test_a_database_that_is_cut(
    store: Path,
    market: Path,
    verb: Verb,
    places: int,
    chance: np.random.Generator,
    tmp_path: Path,
    proven: Says,
) -> None:
    (file,) = (store / "generations").glob("*.duckdb")
    whole, refused = file.read_bytes(), 0
    used = int(len(whole) * 0.8)  # the rest may be free blocks, whose loss is none
    for length in [0, 1, used, *chance.integers(0, used, places)]:
        file.write_bytes(whole[:length])
        for arguments in (
            ("status",),
            ("watchlist", "--event", "2024-06", "--as-of", "2024-04-30", "--model", "none"),
            ("ingest", market / "reference"),
            ("backup", tmp_path / "backup"),
        ):
            line = verb(*arguments, "--store", store)
            refused += 1
            assert "the store's database" in line, (length, arguments, line)
        assert file.stat().st_size == length
        assert not (tmp_path / "backup").exists()
    file.write_bytes(whole)
    assert verb("status", "--store", store) == ""
    proven("a cut database is read: one line, nothing written", refusals=refused)


def test_a_store_of_a_newer_program(store: Path, market: Path, verb: Verb, tmp_path: Path) -> None:
    with opened(store) as connection:
        connection.execute("INSERT INTO schema_version VALUES (9999, 'of tomorrow')")
        before = connection.sql("SELECT count(*) FROM quote").fetchall()
    for arguments in (("status",), ("ingest", market), ("backup", tmp_path / "backup")):
        line = verb(*arguments, "--store", store)
        assert "schema 9999" in line
        assert "newer recon" in line
    with opened(store) as connection:
        assert connection.sql("SELECT count(*) FROM quote").fetchall() == before


def test_a_second_writer(store: Path, market: Path, verb: Verb) -> None:
    before = rows_of(store)
    with Store(store)._folder.lock():
        line = verb("ingest", market, "--store", store)
        assert "another process is writing to this store" in line
        assert verb("status", "--store", store) == ""
    assert rows_of(store) == before


def test_ten_readers_beside_a_writer(market: Path, tmp_path: Path, proven: Says) -> None:
    """Each read sees one whole generation: as many rows as the writer put in it, of all tables."""
    store, stop = tmp_path / "store", tmp_path / "stop"
    files = [market / "membership", market / "reference", market / "market"]
    whole = set()
    run(works.ingest, store, files[0])

    def count() -> None:
        with Store(store) as held:
            whole.add(works.counts(held))

    count()
    said = [tmp_path / f"{n}.json" for n in range(READERS)]
    readers = [FORKS.Process(target=works.sees, args=(store, one, stop)) for one in said]
    for reader in readers:
        reader.start()
    for one in files[1:]:
        run(works.ingest, store, one)
        count()
    stop.touch()
    for reader in readers:
        reader.join()
        assert reader.exitcode == 0
    seen = {tuple(row) for one in said for row in json.loads(one.read_text())}
    assert seen <= whole
    assert len(seen) > 1
    run(works.ingest, store, market)  # with nobody reading, old generations go
    left = [p.name for p in (store / "generations").iterdir() if p.suffix == ".duckdb"]
    assert len(left) == 1, left
    proven(f"{READERS} readers beside {len(files) - 1} ingests see whole generations only")
