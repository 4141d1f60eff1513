"""Cases in processes of their own, so that the end of one is seen, and told from which file.

A worker writes down the case before it begins it. Who watches it names the case when the worker
ends or takes too long, and goes on behind it with another worker.
"""

import multiprocessing
import resource
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from proofs.input.judge import Taken, WrongError, take
from proofs.input.seed import Seed
from proofs.input.targets import READERS, run

Groups = Sequence[tuple[str, Sequence[Seed]]]
"""Targets and their seeds."""

PATIENCE: Final = 60
"""Seconds for one file."""
MEMORY: Final = 3 * 2**30
"""Bytes that a worker may ever hold."""
RESERVE: Final = 24 * 2**30
"""Bytes of address space of a worker, so that what goes wrong does not take the machine with it."""


@dataclass(slots=True)
class Told:
    """What came of a target.

    Attributes
    ----------
    files : int
        Read.
    kinds : Counter
        What became of them.
    defects : list of (int, str)
        Case and what was wrong.
    seconds, memory : float
        Of all its workers; megabytes at most.
    """

    files: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    defects: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0
    memory: float = 0.0


def _chance(seed: int, target: str, case: int) -> Random:
    return Random(f"{seed}:{target}:{case}")


def work(
    groups: Groups, seed: int, count: int, start: tuple[int, int], now: Any, pipe: Any, keep: Path
) -> None:
    """Take cases of some targets one after the other; the body of a worker."""
    resource.setrlimit(resource.RLIMIT_AS, (RESERVE, RESERVE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="recon-input-", dir=_fast()) as name:
        folder = Path(name) / "case"
        for number, (target, group) in list(enumerate(groups))[start[0] :]:
            wholes: dict[int, Taken | None] = {}
            for case in range(start[1] if number == start[0] else 0, count):
                now[0], now[1], now[2] = number, case, time.monotonic()
                one, place = group[case % len(group)], case % len(group)
                folder.mkdir()
                kind, said = "accepted", None
                try:
                    if place not in wholes:
                        wholes[place] = None if target in READERS else _whole(one, folder)
                    chance = _chance(seed, target, case)
                    kind = run(one, wholes[place], case // len(group), chance, folder)
                except WrongError as error:
                    said = str(error)
                # Polars' panics are none of Python's ordinary errors.
                except BaseException:
                    said = traceback.format_exc(limit=-3)
                large = memory() > MEMORY
                if large:
                    said = f"{memory() >> 20} MB of memory"
                if said:
                    kept = keep / f"{target}-{case}".replace(" ", "-")
                    shutil.copytree(folder, kept, dirs_exist_ok=True)
                pipe.send((number, case, kind, said, memory() >> 20, time.monotonic() - now[2]))
                shutil.rmtree(folder)
                if large:
                    return
    pipe.send(None)


def _whole(seed: Seed, folder: Path) -> Taken:
    (folder / seed.name).write_bytes(seed.content)
    for name, content in seed.beside.items():
        (folder / name).write_bytes(content)
    return take(folder / seed.name)


def memory() -> int:
    return 1024 * max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def _fast() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def watch(groups: Groups, seed: int, count: int, keep: Path) -> dict[str, Told]:
    """Take cases of some targets, in one worker after the other, as many as it needs.

    Returns
    -------
    dict of str to Told
        By target.
    """
    context = multiprocessing.get_context("spawn")
    told = {target: Told() for target, _ in groups}
    start: tuple[int, int] | None = (0, 0)
    while start is not None and start[0] < len(groups):
        now = context.Array("d", [*start, time.monotonic() + 60], lock=False)
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(groups, seed, count, start, now, theirs, keep))
        process.start()
        theirs.close()
        ended = _listen(mine, process, now, groups, told)
        process.kill()
        process.join()
        number, case = int(now[0]), int(now[1])
        start = None if ended is None else (number, case + 1)
        if ended:
            one = told[groups[number][0]]
            one.files += 1
            one.defects.append((case, f"{ended} (exit code {process.exitcode})"))
    return told


def _listen(mine: Any, process: Any, now: Any, groups: Groups, told: dict[str, Told]) -> str | None:
    """Take down what a worker says until it ends; why, empty if it told, None if all is done."""
    while True:
        if not mine.poll(1.0):
            if time.monotonic() - now[2] > PATIENCE:
                return f"longer than {PATIENCE} s"
            if process.is_alive():
                continue
        try:
            said = mine.recv()
        except EOFError:
            return "the process ended"
        if said is None:
            return None
        number, case, kind, wrong, memory, seconds = said
        one = told[groups[number][0]]
        one.files += 1
        one.kinds[kind] += 1
        one.seconds += seconds
        one.memory = max(one.memory, memory)
        if wrong:
            one.defects.append((case, wrong))
            if "MB of memory" in wrong:
                return ""
