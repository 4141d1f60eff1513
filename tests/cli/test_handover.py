"""Folders of servers that were killed go with the next start; those of living ones stay."""

import multiprocessing
import os
import signal
import tempfile
from pathlib import Path

import pytest

from recon.cli.handover import PREFIX, private_folder


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def _killed(place: str) -> None:
    tempfile.tempdir = place
    with private_folder() as folder:
        (folder / "x.edition").write_bytes(b"x")
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_server_left_goes_and_a_living_one_stays(tmp_path: Path) -> None:
    with private_folder() as living:
        (living / "x.edition").write_bytes(b"x")
        process = multiprocessing.get_context("spawn").Process(
            target=_killed, args=(str(tmp_path),)
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        (left,) = {*tmp_path.iterdir()} - {living}
        strange = tmp_path / f"{PREFIX}strange"
        strange.symlink_to(left)
        with private_folder() as new:
            assert {*tmp_path.iterdir()} == {living, new, strange}
            assert new.stat().st_mode & 0o777 == 0o700
        assert (living / "x.edition").exists()
    assert {*tmp_path.iterdir()} == {strange}
