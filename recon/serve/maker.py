"""The list is made in a process of its own, once for all workers, and handed over by a file.

Making one takes seconds of both processors and more than a gigabyte for a while; readers of the
server must notice neither. So a worker starts a process that gives way to the workers and whose
memory goes back when it ends. Workers that want the same list wait for one another, and whoever
comes second reads the file. The file is a pickle, as an edition is frames, dates, explanations and
rendered answers in one: it is written and read by this program alone, in a folder that only its
user can open, and lives as long as the server.
"""

import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from filelock import FileLock

from recon.errors import ReconError, StoreError
from recon.files import write_atomic

if TYPE_CHECKING:
    from recon.serve.edition import Edition

GIVES_WAY: Final = 10
"""Niceness of the making process: workers and an ingest come first."""
ENDING: Final = ".edition"


class Job(Protocol):
    """Makes an edition; can be sent to another process."""

    def key(self) -> str:
        """Say what the edition depends on that may change: it is the name of its file."""

    def __call__(self) -> "Edition":
        """Make it; takes seconds."""


class Maker:
    """Gets the newest edition made.

    Parameters
    ----------
    job : Job
        What is to be made.
    folder : Path
        Where all workers of one server put their editions; private to its user.
    """

    def __init__(self, job: Job, folder: Path) -> None:
        self._job = job
        self._folder = folder
        self._end: Callable[[], object] = lambda: None
        self._guard = Lock()
        self._stopped = False

    def key(self) -> str:
        """Say which edition would be made now."""
        return self._job.key()

    def make(self) -> "Edition":
        """Give the newest edition, made here or by another worker; waits for it.

        Raises
        ------
        ReconError
            The one that kept it from being made.
        """
        file = self._folder / f"{self._job.key()}{ENDING}"
        with FileLock(file.with_suffix(".lock")):
            if not file.exists():
                self._run(file)
            return _read(file)

    def stop(self) -> None:
        """End a making that is under way; whoever waits for it gets an error."""
        with self._guard:
            self._stopped = True
            self._end()

    def _run(self, file: Path) -> None:
        """Have a process write the file; all but the one before it go."""
        spawn = get_context("spawn")
        receive, send = spawn.Pipe(duplex=False)
        # A daemon: it ends with its worker. What it is given is small: a start that had to wait for
        # its reader would wait for ever if that ended early.
        process = spawn.Process(target=_write, args=(self._job, file, send), daemon=True)
        with self._guard:
            if self._stopped:
                raise StoreError("the server is stopping")
            with _undisturbed():
                process.start()
            self._end = process.terminate
        send.close()
        try:
            error: ReconError | None = receive.recv()
        except EOFError:
            error = StoreError("the list could not be made; the server's own output says why")
        finally:
            receive.close()
            process.join()
        if error is not None:
            raise error
        # A worker that was slower may still read what another has finished already.
        for old in sorted(self._folder.glob(f"*{ENDING}"), key=_written)[:-2]:
            old.unlink()


def _write(make: Callable[[], "Edition"], file: Path, answer: Connection) -> None:
    """Make an edition, write it, and send the error that kept it from being made, or None."""
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    try:
        write_atomic(file, pickle.dumps(make()))
        answer.send(None)
    except ReconError as error:
        answer.send(error)
    except Exception:
        traceback.print_exc()
    finally:
        answer.close()


def _read(file: Path) -> "Edition":
    edition: Edition = pickle.loads(file.read_bytes())  # noqa: S301 - this program alone wrote it
    return edition


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started here: its worker ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns
