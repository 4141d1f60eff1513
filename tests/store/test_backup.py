"""A backup holds the store whole, and no byte of it may be another one."""

import random
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import store_files
from store_files import quote, write_file

from recon.errors import InputError, NoDataError, RefusedFileError, StoreTooNewError
from recon.store import Store, schema
from recon.store.backup import MANIFEST, SUMS

LATER = datetime(2030, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 5, 1, tzinfo=UTC)
SESSION = date(2024, 1, 2)


@pytest.fixture
def kept(store: Store, files: Path, tmp_path: Path) -> Path:
    """A backup of a store with a session and an archived run."""
    store.ingest([write_file(files / "x.alpha", quote=[quote("2024-01-02")])])
    (store.archive / "universe").mkdir()
    for name in ("run.parquet", "universe/run.parquet", ".half.parquet.x"):
        (store.archive / name).write_bytes(name.encode())
    store.backup(tmp_path / "backup", now=NOW)
    return tmp_path / "backup"


def archive_of(store: Store) -> dict[str, bytes]:
    files = (p for p in store.archive.rglob("*") if p.is_file())
    return {p.relative_to(store.archive).as_posix(): p.read_bytes() for p in files}


def test_a_restored_store_is_the_one_that_was_backed_up(
    store: Store, kept: Path, tmp_path: Path, files: Path
) -> None:
    with Store(tmp_path / "new", precedence=["alpha"]) as new:
        said = new.restore(kept)
        assert said.made_at == NOW
        assert (said.generation, said.archived, said.rows["quote"]) == (1, 2, 1)
        assert (
            new.as_of(LATER)
            .cross_section(SESSION)
            .equals(store.as_of(LATER).cross_section(SESSION))
        )
        assert new.fingerprint() == store.fingerprint()
        names = {"run.parquet", "universe/run.parquet"}
        assert {*archive_of(new)} == names
        assert archive_of(new) == {name: archive_of(store)[name] for name in names}
        assert {p.name for p in new.path.iterdir()} == {"archive", "current", "generations"}
        new.ingest([write_file(files / "y.alpha", quote=[quote("2024-01-03")])])
        assert new.as_of(LATER).sessions() == [SESSION, date(2024, 1, 3)]


def test_other_tools_read_the_checksums(kept: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum here")
    checked = subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=kept, check=False)
    assert checked.returncode == 0


def test_a_backup_is_made_while_somebody_writes(store: Store, files: Path, tmp_path: Path) -> None:
    store.ingest([write_file(files / "x.alpha", quote=[quote("2024-01-02")])])
    second = write_file(files / "y.alpha", quote=[quote("2024-01-03")])
    with store_files.run("hold", store.path, second) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        store.backup(tmp_path / "backup", now=NOW)
        process.communicate()
    assert process.returncode == 0
    with Store(tmp_path / "new") as new:
        new.restore(tmp_path / "backup")
        assert new.as_of(LATER).sessions() == [SESSION]


def refused(kept: Path, place: Path) -> str:
    with pytest.raises(RefusedFileError) as caught, Store(place) as new:
        new.restore(kept)
    assert not place.exists()
    assert not [p for p in place.parent.iterdir() if p.name.startswith(f".{place.name}")]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_whichever_byte_is_another_one_it_is_refused(kept: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    for path in sorted(p for p in kept.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        few = len(whole) < 1000
        for place in range(len(whole)) if few else chance.sample(range(len(whole)), 20):
            bad = bytearray(whole)
            bad[place] ^= 1 << chance.randrange(8)
            path.write_bytes(bad)
            refused(kept, tmp_path / "new")
        path.write_bytes(whole)
    Store(tmp_path / "new").restore(kept)


@pytest.mark.parametrize("name", [SUMS, MANIFEST, "store.duckdb", "archive/run.parquet"])
def test_a_missing_a_cut_and_a_strange_file_are_refused(
    kept: Path, tmp_path: Path, name: str
) -> None:
    whole = (kept / name).read_bytes()
    (kept / name).write_bytes(whole[:-1])
    refused(kept, tmp_path / "new")
    (kept / name).unlink()
    refused(kept, tmp_path / "new")
    (kept / name).write_bytes(whole)
    (kept / "archive" / "stranger").symlink_to("/etc/passwd")
    assert "none of its own" in refused(kept, tmp_path / "new")


def test_nothing_is_overwritten(store: Store, kept: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a store is never overwritten"):
        store.restore(kept)
    with pytest.raises(InputError, match="a backup is never written over"):
        store.backup(kept, now=NOW)
    with pytest.raises(NoDataError):
        Store(tmp_path / "none").backup(tmp_path / "other", now=NOW)
    assert not (tmp_path / "other").exists()


def test_a_backup_of_a_newer_program_is_refused(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "newest_version", lambda: 0)
    with pytest.raises(StoreTooNewError):
        Store(tmp_path / "new").restore(kept)
    assert not (tmp_path / "new").exists()
