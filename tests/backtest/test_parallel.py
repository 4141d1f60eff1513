"""Tasks at once: one thread each, and a Dask cluster that takes them by configuration."""

import os
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from threadpoolctl import threadpool_info

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.parallel import alone, cluster, each
from recon.backtest.walk_forward import walk_forward
from recon.errors import InputError


def threads() -> int:
    return max((pool["num_threads"] for pool in threadpool_info()), default=1)


def slow_pid() -> int:
    time.sleep(0.05)
    return os.getpid()


def test_a_task_has_one_thread_whatever_the_machine_has() -> None:
    import sklearn.ensemble  # noqa: F401, PLC0415 - loads OpenMP

    assert alone(threads) == 1
    assert list(each(alone, [(threads,)] * 2, 1)) == [1, 1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_cluster_gives_what_this_machine_gives() -> None:
    distributed = pytest.importorskip("distributed")
    frames = pl.concat([frame(one, n=400) for one in ("2021-06", "2022-06", "2023-06")])
    events = ["2022-06", "2023-06"]
    here = walk_forward(frames, events, rounds=5)
    options = {"dashboard_address": None, "memory_limit": None, "silence_logs": 50}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **options) as local,
        cluster(local.scheduler_address),
    ):
        there = walk_forward(frames, events, rounds=5)
        pids = set(each(slow_pid, [()] * 20, 1))
    assert there.equals(here)
    assert os.getpid() not in pids
    assert len(pids) == 2


def test_a_scheduler_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("recon.backtest.parallel.PATIENCE_SECONDS", 0.2)
    with pytest.raises(InputError, match="no scheduler"), cluster("tcp://127.0.0.1:9"):
        pass


def test_without_dask_a_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="not installed"), cluster("tcp://127.0.0.1:9"):
        pass
