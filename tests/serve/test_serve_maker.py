"""The making process: once for all workers, errors come over, and it ends with its worker."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jobs import Job

from recon.errors import NoDataError, StoreError
from recon.serve.maker import GIVES_WAY, Maker


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    (folder / "key").write_text("1")
    return folder


def test_workers_share_what_one_of_them_makes(marks: Path, tmp_path: Path) -> None:
    makers = [Maker(Job(marks), tmp_path) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda maker: maker.make(), makers))
    assert made == [f"listing 1, niceness {os.nice(0) + GIVES_WAY}"] * 3
    assert len(list(marks.glob("*.made"))) == 1

    (marks / "key").write_text("2")
    assert makers[0].make().startswith("listing 2")
    (marks / "key").write_text("3")
    assert makers[0].make().startswith("listing 3")
    assert {file.name for file in tmp_path.glob("*.edition")} == {"2.edition", "3.edition"}


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no masks of signals here")
def test_ctrl_c_is_for_the_worker_alone(marks: Path, tmp_path: Path) -> None:
    maker = Maker(Job(marks, "interrupt"), tmp_path)
    assert maker.make().startswith("listing 1")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_an_error_comes_over_whole(marks: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match=r"no quotes.*expected some"):
        Maker(Job(marks, "refuse"), tmp_path).make()


@pytest.mark.parametrize("does", ["break", "die"])
def test_a_process_that_fails_is_an_error_of_the_store(
    marks: Path, tmp_path: Path, does: str
) -> None:
    with pytest.raises(StoreError, match="could not be made"):
        Maker(Job(marks, does), tmp_path).make()
    assert not list(tmp_path.glob("*.edition"))


def test_what_is_under_way_is_ended(marks: Path, tmp_path: Path) -> None:
    maker = Maker(Job(marks, "wait"), tmp_path)
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(maker.make)
        for _ in range(200):
            if list(marks.glob("*.made")):
                break
            time.sleep(0.05)
        maker.stop()
        with pytest.raises(StoreError):
            made.result(20)
    with pytest.raises(StoreError, match="stopping"):
        maker.make()
