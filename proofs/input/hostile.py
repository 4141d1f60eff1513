"""What is built to do harm: taken in, it must come to nothing, soon and in little memory.

Each case is made in a folder of its own and read in a process of its own, which works in that
folder. Beside what `judge` asks of every file, nothing may appear in the folder, and no program
that the case names may run: such a program leaves a file called `RAN`.
"""

import multiprocessing
import os
import resource
import shutil
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from proofs.input.judge import Kind, Taken, WrongError, take
from proofs.input.targets import READERS, told
from proofs.input.workers import MEMORY, PATIENCE, RESERVE, Told, memory
from recon.sources import git_command

FORKS: Final = multiprocessing.get_context("forkserver")
RAN: Final = "RAN"
"""A file of this name says that a program ran."""
GIT_PATIENCE: Final = 5
"""Seconds: who waits for a pipe that nobody writes to is let go sooner than in earnest."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """Something built to do harm.

    Attributes
    ----------
    name : str
        What it is.
    make : callable
        Makes it in a folder and gives its place.
    may : frozenset of str
        What may become of it.
    target : str
        Who reads it: a source, or a reader of `proofs.input.targets.READERS`.
    rows : int
        Rows accepted at most.
    """

    name: str
    make: Callable[[Path], Path]
    may: frozenset[Kind] = frozenset({"refused", "quarantined", "unrecognised"})
    target: str = "a source"
    rows: int = 0


def suffer(case: Hostile, folder: Path) -> tuple[Kind | None, str, float, float]:
    """Make a case and read it.

    Parameters
    ----------
    case : Hostile
        The case.
    folder : Path
        Empty.

    Returns
    -------
    tuple of (str or None, str, float, float)
        What became of it, None if that is not known; what was wrong, empty if nothing; seconds and
        megabytes that the reading took.
    """
    inner = folder / "in"
    inner.mkdir()
    path = case.make(inner)
    before = _listing(folder)
    assert RAN not in before
    here, there = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_read, args=(case.target, case.rows, path, there))
    started = time.monotonic()
    process.start()
    there.close()
    kind, said, held = None, f"longer than {PATIENCE} s", 0
    if here.poll(PATIENCE):
        try:
            kind, said, held = here.recv()
        except EOFError:
            process.join()
            said = f"the process ended (exit code {process.exitcode})"
    process.kill()
    process.join()
    seconds = time.monotonic() - started
    if held > MEMORY >> 20:
        said = said or f"{held} MB of memory"
    if not said and kind not in case.may:
        said = f"it was {kind}"
    if not said and (new := _listing(folder) ^ before):
        said = f"something appeared or went: {sorted(new)[0]}"
    return kind, said, seconds, held


def all_of(cases: Iterable[Hostile], place: Path, keep: Path) -> Told:
    """Read every case; what was wrong with one is kept."""
    found = Told()
    for number, case in enumerate(cases):
        folder = place / str(number)
        folder.mkdir()
        kind, said, seconds, held = suffer(case, folder)
        found.files += 1
        found.kinds[str(kind)] += 1
        found.seconds += seconds
        found.memory = max(found.memory, held)
        if said:
            found.defects.append((number, f"{case.name}: {said}"))
            shutil.copytree(
                folder, keep / f"built-to-do-harm-{number}", symlinks=True, dirs_exist_ok=True
            )
        shutil.rmtree(folder)
    return found


def _read(target: str, most: int, path: Path, pipe: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (RESERVE, RESERVE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(path.parent)
    git_command.QUICK = GIT_PATIENCE  # type: ignore[misc]
    kind: Kind | None = None
    said = ""
    try:
        found = told(READERS[target], path) if target in READERS else take(path)
        kind = found.kind if isinstance(found, Taken) else found
        rows = sum(f.height for f in found.frames.values()) if isinstance(found, Taken) else 0
        if rows > most:
            said = f"{rows} rows were accepted"
    except WrongError as error:
        said = str(error)
    except BaseException:
        said = traceback.format_exc(limit=-3)
    pipe.send((kind, said, memory() >> 20))


def _listing(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}
