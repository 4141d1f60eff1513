"""A walk-forward on a Dask cluster of separate processes, as a user starts them.

A scheduler and two workers on free ports of loopback, the verb in a process of its own. The short
form is in test_parallel.py.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from simulated_market import RANKS

from recon.sources.simulated import simulate
from recon.store import Store

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.xdist_group("cluster"),  # one cluster, one store
]
PATIENCE_SECONDS = 120
"""A busy machine starts processes slowly."""
FRAMES = 4
"""Two events at two leads."""
ASKED = ("--events", "2024-06", "--leads", "0,10", "--hindsight", "strict")


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: dict[str, "subprocess.Popen[bytes]"]
    notes: Path

    def noted(self, worker: str, what: str) -> list[str]:
        """Tasks that a worker began (`executing`) or finished (`memory`), in order."""
        file = self.notes / worker
        lines = (
            [line.split(" ", 1) for line in file.read_text().splitlines()] if file.exists() else []
        )
        return [key for found, key in lines if found == what]


def python(*arguments: object, **environment: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", *(str(one) for one in arguments)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated market, two thirds of it in the indexes, with invented lists."""
    folder = tmp_path_factory.mktemp("walked")
    market = folder / "market"
    simulate(market, first=date(2023, 2, 1), last=date(2024, 7, 5), companies=120)
    shutil.rmtree(market / "membership" / "raw")
    members, lists = (
        market / "membership" / name for name in ("membership.parquet", "announced_changes.csv")
    )
    held = pl.read_parquet(members)
    tickers = held["ticker"].unique().sort()
    outside = tickers.gather_every(3)
    inside = tickers.filter(~tickers.is_in(outside.implode()))
    held.filter(pl.col("ticker").is_in(inside.implode())).write_parquet(members)
    named = pl.DataFrame({"ticker": outside.gather_every(2), "action": "add"}).vstack(
        pl.DataFrame({"ticker": inside.gather_every(6), "action": "delete"})
    )
    days = pl.DataFrame(
        {"recon": ["2023-06", "2024-06"], "list_date": ["2023-06-23", "2024-06-28"]}
    )
    printed = pl.read_csv(lists).head(1)
    other = printed.drop("ticker", "action", "recon", "list_date")
    named.join(days, how="cross").join(other, how="cross").select(printed.columns).write_csv(lists)
    with Store(folder / "store") as made:
        made.ingest([market])
    (folder / "own.toml").write_text(RANKS)
    return folder / "store"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="Dask is not installed")
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    scheduler = ("dask", "scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard")
    preload = Path(__file__).with_name("noting.py")
    with ExitStack() as stack:
        stack.enter_context(ended(python(*scheduler, "--scheduler-file", file)))
        wait_until(file.exists)
        address = json.loads(file.read_text())["address"]
        own = ("--nthreads", 1, "--no-nanny", "--no-dashboard", "--preload", preload)
        workers = {
            name: stack.enter_context(
                ended(python("dask", "worker", address, "--name", name, *own, NOTES=str(folder)))
            )
            for name in ("one", "two")
        }
        yield Cluster(address, workers, folder)


def backtest(store: Path, frames: Path, *more: object) -> "subprocess.Popen[bytes]":
    return python(
        *("recon.cli", "backtest", *ASKED, "--format", "json"),
        *("--store", store, "--frames", frames, *more),
        RECON_RULEBOOK=str(store.with_name("own.toml")),
    )


def result(process: "subprocess.Popen[bytes]") -> dict[str, object]:
    with ended(process):
        out, error = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, error.decode()
    found: dict[str, object] = json.loads(out)
    return found


@pytest.fixture(scope="module")
def here(store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    """What this machine gives without a cluster, and its frames."""
    frames = tmp_path_factory.mktemp("here")
    return result(backtest(store, frames, "--jobs", 1)), frames


def assert_same_frames(one: Path, other: Path) -> None:
    names = sorted(path.name for path in one.glob("*.parquet"))
    assert len(names) == FRAMES
    assert names == sorted(path.name for path in other.glob("*.parquet"))
    for name in names:
        assert_frame_equal(pl.read_parquet(one / name), pl.read_parquet(other / name))


def test_both_workers_work_and_the_result_is_the_same(
    store: Path, here: tuple[dict[str, object], Path], cluster: Cluster, tmp_path: Path
) -> None:
    there = result(backtest(store, tmp_path, "--cluster", cluster.address))
    assert there == here[0]
    assert_same_frames(here[1], tmp_path)
    done = [cluster.noted(name, "memory") for name in cluster.workers]
    assert all(done)


def test_a_worker_killed_midway_does_not_lose_the_run(
    store: Path, here: tuple[dict[str, object], Path], cluster: Cluster, tmp_path: Path
) -> None:
    before = len(cluster.noted("two", "executing"))
    running = backtest(store, tmp_path, "--cluster", cluster.address)
    wait_until(lambda: len(cluster.noted("two", "executing")) > before)
    cluster.workers["two"].kill()
    there = result(running)
    begun, finished = (cluster.noted("two", what) for what in ("executing", "memory"))
    assert begun[-1] not in finished, "it was killed amid a task"
    assert begun[-1] in cluster.noted("one", "memory"), "which the other took up"
    assert there == here[0]
    assert_same_frames(here[1], tmp_path)
