"""The store's folder: numbered generations, one pointer, one writer, any number of readers.

A generation is a DuckDB file that never changes once the pointer names it. The writer builds
the next one beside it and moves the pointer with one `os.replace`; whatever stops it before
that leaves the pointer, and so the store, where it was. Readers hold a shared lock on the
mark of their generation, so that the writer knows which old ones nobody reads.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from recon.errors import NoDataError, StoreError, StoreLockedError
from recon.files import sync
from recon.store.database import QUIET, connect, reading

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file that is open, which serves as the mark
    fcntl = None  # type: ignore[assignment]

COPIED = "copied.json"
"""A file of this name marks a folder that copies what was published; only its copier writes it."""


class Generation:
    """A generation open for reading, kept from removal until closed.

    Attributes
    ----------
    number : int
        The generation's number; higher is later.
    file : Path
        Its database.
    """

    def __init__(self, number: int, file: Path, mark: int) -> None:
        self._mark: int | None = mark
        self.number = number
        self.file = file
        self._connection = connect(file, read_only=True)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor of its own for each query, so that threads may share a generation."""
        cursor = self._connection.cursor()
        cursor.execute(QUIET)
        return cursor

    @cached_property
    def books(self) -> pl.DataFrame:
        """Which batch has which session of which source, and since when; see `supply`."""
        with reading(self.file):
            books: pl.DataFrame = self.cursor().table("quote_session").pl()
        return books

    def close(self) -> None:
        """Let go of the generation; harmless when done twice."""
        if self._mark is not None:
            mark, self._mark = self._mark, None
            with suppress(AttributeError):
                self._connection.close()
            os.close(mark)

    def __del__(self) -> None:
        self.close()


class Folder:
    """The folder of a store.

    Parameters
    ----------
    path : Path
        Need not exist before the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pointer = path / "current"
        self.generations = path / "generations"
        self.archive = path / "archive"
        self.frames = path / "frames"
        self.masters = path / "masters"

    def file(self, number: int) -> Path:
        """Database of a generation."""
        return self.generations / f"{number}.duckdb"

    def current(self) -> int | None:
        """Return the number that the pointer names, or None where there is no store yet.

        Raises
        ------
        StoreError
            If the pointer holds anything but a number.
        """
        try:
            text = self.pointer.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(
                "the store's pointer cannot be read", field="store", value=self.pointer
            ) from error
        if not text.strip().isdigit():
            raise StoreError(
                "the store's pointer is damaged",
                field="store",
                value=self.pointer,
                expected="the number of a generation",
            )
        return int(text)

    def open(self) -> Generation:
        """Open the current generation for reading.

        Raises
        ------
        NoDataError
            If there is no store here.
        StoreError
            If the generation that the pointer names is missing.
        """
        while (number := self.current()) is not None:
            with _writing(self.path):
                mark = self._open_mark(number)
            _hold(mark)
            if self.current() != number:  # moved before the mark was held: it may be gone
                os.close(mark)
                continue
            if not self.file(number).is_file():
                os.close(mark)
                raise StoreError(
                    "the store's current generation is missing",
                    field="store",
                    value=self.file(number),
                )
            return Generation(number, self.file(number), mark)
        raise NoDataError(
            "there is no store here",
            field="store",
            value=self.path,
            expected="a store; run `recon ingest` to make one",
        )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only writer; unread and unfinished generations are removed before and after.

        Raises
        ------
        StoreLockedError
            If another process, or another `Store` of this one, is writing.
        """
        lock = FileLock(self.path / "write.lock", timeout=0)
        with _writing(self.path):
            self.generations.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire()
            except Timeout as error:
                raise StoreLockedError(
                    "another process is writing to this store",
                    field="store",
                    value=self.path,
                    expected="one writer at a time; try again when it has finished",
                ) from error
        with ExitStack() as last:
            last.callback(lock.release)
            self.remove_unread()
            last.callback(self.remove_unread)
            yield

    def begin(self) -> int:
        """Copy the current generation to the next number, for the lock's holder to change."""
        current = self.current()
        number = (current or 0) + 1
        if current is not None:
            with _writing(self.path):
                shutil.copyfile(self.file(current), self.file(number))
        return number

    def publish(self, number: int) -> None:
        """Make a finished, closed generation the current one."""
        with _writing(self.path):
            self.archive.mkdir(exist_ok=True)
            os.close(self._open_mark(number))
            sync(self.file(number))
            sync(self.generations)
            temporary = self.path / "current.next"
            temporary.write_text(f"{number}\n", encoding="ascii")
            sync(temporary)
            temporary.replace(self.pointer)
            sync(self.path)

    def remove_unread(self) -> None:
        """Remove every generation but the current one that no reader holds.

        Raises
        ------
        StoreError
            If there are later generations than the first but no pointer: something else
            removed it, and with it the knowledge of which one to keep.
        """
        current = self.current()
        with _writing(self.path):
            self._remove_all_but(current)

    def _remove_all_but(self, current: int | None) -> None:
        names = {file.name.split(".")[0] for file in self.generations.iterdir()}
        numbers = sorted(int(name) for name in names if name.isdigit())
        if current is None and numbers and numbers[-1] > 1:
            raise StoreError(
                "the store's pointer is missing",
                field="store",
                value=self.pointer,
                expected=f"the number of a generation, {numbers[-1]} at most",
            )
        for number in numbers:
            if number != current:
                self._remove(number)

    def _remove(self, number: int) -> None:
        mark = self._open_mark(number)
        try:
            if not _seize(mark):
                return
            with suppress(PermissionError):
                for left in self.generations.glob(f"{number}.*"):
                    if left.is_dir():
                        shutil.rmtree(left, ignore_errors=True)
                    elif left.suffix != ".mark":
                        left.unlink(missing_ok=True)
                self._mark_file(number).unlink(missing_ok=True)
        finally:
            os.close(mark)

    def _mark_file(self, number: int) -> Path:
        return self.generations / f"{number}.mark"

    def _open_mark(self, number: int) -> int:
        return os.open(self._mark_file(number), os.O_RDONLY | os.O_CREAT, 0o644)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into an error of the store."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the store cannot be written ({error.strerror})",
            field="store",
            value=path,
            expected="a folder with room and the right to write",
        ) from error


def _hold(mark: int) -> None:
    """Share the mark with other readers, until it is closed."""
    if fcntl is not None:
        fcntl.flock(mark, fcntl.LOCK_SH)


def _seize(mark: int) -> bool:
    """Take the mark for oneself, or say that a reader holds it."""
    if fcntl is not None:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
