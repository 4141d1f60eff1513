import os
import stat
from pathlib import Path

import pytest

from recon.errors import InputError
from recon.files import write_atomic, write_together


def test_content_replaces_what_was_there_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_mode_of_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_atomic(tmp_path / "list.csv", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o644


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"old")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="No space"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_and_a_folder_are_the_callers_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write here"):
        write_atomic(tmp_path / "absent" / "list.csv", b"new")
    with pytest.raises(InputError, match="folder"):
        write_atomic(tmp_path, b"new")


def test_files_appear_together_in_a_folder_of_their_own(tmp_path: Path) -> None:
    contents = {"one.csv": b"1", "two.json": b"2"}
    folder = write_together(tmp_path / "new" / "out", "run", contents)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == contents
    before = folder.stat().st_mtime_ns
    assert write_together(tmp_path / "new" / "out", "run", contents) == folder
    assert folder.stat().st_mtime_ns == before
    assert [p.name for p in folder.parent.iterdir()] == ["run"]


def test_a_folder_is_there_with_all_files_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []

    def fail(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="No space"):
        write_together(tmp_path, "run", {"one": b"1", "two": b"2", "three": b"3"})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_the_name_with_something_else_is_left_alone(tmp_path: Path) -> None:
    write_together(tmp_path, "run", {"one": b"1"})
    with pytest.raises(InputError, match="not empty"):
        write_together(tmp_path, "run", {"one": b"2"})
    assert (tmp_path / "run" / "one").read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write here"):
        write_together(tmp_path / "file", "run", {"one": b"1"})
