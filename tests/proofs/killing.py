"""Works of the program, killed at a point drawn by chance.

A work runs in a process of its own, forked from one that has imported the libraries and computed
nothing with them: threads that a computation starts do not live on in a fork. It is killed by
SIGKILL, which nobody can catch: at the n-th operation on a file (an audit hook counts what the
interpreter opens, makes, moves and removes, and each sync, which may leave the file cut anywhere
before its end, as a write that was stopped does), or after a delay, wherever it is then: in the
database too.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing import forkserver
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

OPERATIONS = frozenset(
    {"open", "os.chmod", "os.link", "os.listdir", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
    | {"os.scandir", "os.truncate", "shutil.copyfile", "shutil.rmtree"}
    | {"tempfile.mkdtemp", "tempfile.mkstemp", "fcntl.flock"}
)
FORKS = multiprocessing.get_context("forkserver")
LIBRARIES = """
polars duckdb pyarrow.parquet dataframely pydantic_settings
sklearn.ensemble sklearn.linear_model scipy.optimize skops.io rich.progress
"""
FORKS.set_forkserver_preload(LIBRARIES.split())


def start() -> None:
    """Start the process that others are forked from; it finds modules where this one does."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


Work = Callable[..., None]


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _count_down(place: str, operations: int, cut: float) -> None:
    """Kill this process at an operation on a file below a folder."""
    left = [operations]
    sync = os.fsync

    def passed() -> bool:
        left[0] -= 1
        return left[0] < 0

    def hook(name: str, arguments: Sequence[Any]) -> None:
        if (
            name in OPERATIONS
            and any(str(one).startswith(place) for one in arguments[:2])
            and passed()
        ):
            _kill()

    def torn(handle: int) -> None:
        if passed():
            size = os.fstat(handle).st_size
            path = Path(f"/proc/self/fd/{handle}")
            if path.exists() and not path.is_dir():
                os.truncate(path, int(size * cut))
            _kill()
        sync(handle)

    os.fsync = torn  # type: ignore[assignment]
    sys.addaudithook(hook)


def _run(
    work: Work, arguments: tuple[Any, ...], place: str, point: tuple[str, float, float]
) -> None:
    kind, at, cut = point
    if kind == "operation":
        _count_down(place, int(at), cut)
    elif kind == "delay":
        timer = threading.Timer(at, _kill)
        timer.daemon = True
        timer.start()
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for as long as the process lives
    work(*arguments)


def run(work: Work, *arguments: Any) -> float:
    """Do a work in a process of its own, to its end; give the seconds it took."""
    started = perf_counter()
    process = FORKS.Process(target=_run, args=(work, arguments, "", ("never", 0.0, 0.0)))
    process.start()
    process.join()
    assert process.exitcode == 0, f"{work.__name__} failed without a kill"
    return perf_counter() - started


def killed(work: Work, *arguments: Any, place: Path, point: tuple[str, float, float]) -> bool:
    """Do a work and kill it; say whether it was killed, or had ended before."""
    process = FORKS.Process(target=_run, args=(work, arguments, str(place), point))
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}, (work.__name__, point, process.exitcode)
    return process.exitcode != 0


def any_point(
    chance: np.random.Generator, operations: int, seconds: float
) -> tuple[str, float, float]:
    """A point to be killed at: two of three are operations, the others moments."""
    if chance.random() < 2 / 3:
        return "operation", float(chance.integers(operations)), float(chance.random())
    return "delay", float(chance.uniform(0, seconds)), 0.0


def operations_of(work: Work, *arguments: Any, place: Path) -> int:
    """How many operations on files below a folder a work makes."""
    counted = FORKS.SimpleQueue()
    process = FORKS.Process(target=_count, args=(work, arguments, str(place), counted))
    process.start()
    found: int = counted.get()
    process.join()
    return found


def _count(work: Work, arguments: tuple[Any, ...], place: str, counted: Any) -> None:
    seen = [0]
    sync = os.fsync

    def hook(name: str, given: Sequence[Any]) -> None:
        seen[0] += name in OPERATIONS and any(str(one).startswith(place) for one in given[:2])

    def counting(handle: int) -> None:
        seen[0] += 1
        sync(handle)

    os.fsync = counting  # type: ignore[assignment]
    sys.addaudithook(hook)
    work(*arguments)
    counted.put(seen[0])
