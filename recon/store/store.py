"""The store: take files in, and hand out what was known at a moment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from recon.errors import NoDataError
from recon.files import checksum
from recon.settings import Settings
from recon.store import schema
from recon.store.asof import AsOf
from recon.store.backup import BackupManifest, backup, restore
from recon.store.database import reading
from recon.store.generations import Folder, Generation
from recon.store.ingest import ingest, upgrade
from recon.store.land import Progress
from recon.store.place import Place
from recon.store.published import Progress as FilesDone
from recon.store.published import Published, publish
from recon.store.reads import Hindsight
from recon.store.reports import BatchReport, StoreStatus
from recon.store.status import status


class Store:
    """A folder that holds all data in generations (design, The store).

    Nothing is opened or made before it is needed. One `Store` may be shared by threads that
    read. It always reads the newest generation, unless pinned to one; an `AsOf` keeps the one it
    was made from.

    Parameters
    ----------
    path : Path
        The folder; the first ingest makes it.
    precedence : sequence of str, optional
        Sources of the same subject and session, the most trusted first; by default
        `Settings.source_precedence`.
    """

    def __init__(self, path: Path, precedence: Sequence[str] | None = None) -> None:
        self.path = Path(path)
        self._folder = Folder(self.path)
        self._precedence = Settings().source_precedence if precedence is None else precedence
        self._opened: Generation | None = None
        self._pinned = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def newest(self) -> int | None:
        """Number of the newest generation; None where there is no store yet. Opens nothing."""
        return self._folder.current()

    def pin(self) -> int:
        """Read the newest generation from now on, whatever is published after.

        A long computation reads several times, and all of it must come from one generation.

        Returns
        -------
        int
            Its number.

        Raises
        ------
        NoDataError
            If there is no store.
        """
        number = self._generation().number
        self._pinned = True
        return number

    @property
    def archive(self) -> Path:
        """Folder of the immutable forecasts, one Parquet file a run."""
        return self._folder.archive

    @property
    def frames(self) -> Path:
        """Folder of feature frames of past moments; they are made anew where they are missing."""
        return self._folder.frames

    @property
    def masters(self) -> Path:
        """Folder of the masters of past moments; they are built anew where they are missing."""
        return self._folder.masters

    @property
    def simulated(self) -> bool:
        """Whether the store holds the simulated market; False when it holds nothing."""
        return any(self._column("SELECT simulated FROM batch LIMIT 1"))

    def fingerprint(self) -> str:
        """Tell what the store holds from what others hold: of all its files, in their order."""
        marks = self._column("SELECT fingerprint FROM batch ORDER BY batch_id")
        return checksum("\n".join(marks).encode())

    def state(self) -> tuple[object, ...]:
        """Tell what would be read now from what would be read at another time.

        Returns
        -------
        tuple
            The generation's number, the place, size and time (nanoseconds) of its file, and the
            precedence of sources.
        """
        generation = self._generation()
        stat = generation.file.stat()
        return (
            generation.number,
            stat.st_dev,
            stat.st_ino,
            stat.st_size,
            stat.st_mtime_ns,
            *self._precedence,
        )

    def newest_session(self) -> date:
        """Newest session with quotes.

        Raises
        ------
        NoDataError
            If there is no store or there are no quotes in it.
        """
        newest: date | None = self._column("SELECT max(session) FROM quote_session")[0]
        if newest is None:
            raise NoDataError(
                "the store holds no quotes",
                field="store",
                value=self.path,
                expected="at least one session; run `recon ingest` on a screener file",
            )
        return newest

    def ingest(
        self,
        paths: Iterable[Path],
        progress: Progress | None = None,
        *,
        now: datetime | None = None,
    ) -> list[BatchReport]:
        """Ingest files and folders; see `recon.store.ingest.ingest`."""
        return ingest(self._folder, [Path(path) for path in paths], progress=progress, now=now)

    def publish(self, address: str, progress: FilesDone | None = None) -> Published:
        """Publish the newest generation for others; see `recon.store.published.publish`.

        Parameters
        ----------
        address : str
            A folder, or such as `s3://bucket/prefix`; see `recon.store.place.Place`.
        progress : callable, optional
            Told how many files are settled.
        """
        place = Place(address)
        return publish(self._generation(), self.fingerprint(), self.simulated, place, progress)

    def as_of(self, moment: datetime, hindsight: Hindsight = "strict") -> AsOf:
        """Return the store as it was known at an aware moment.

        Raises
        ------
        NoDataError
            If there is no store.
        StoreTooNewError
            If a newer program wrote it.
        InputError
            If the moment is naive or the hindsight has no such name.
        """
        return AsOf(self._generation(), moment, hindsight, self._precedence)

    def status(self) -> StoreStatus:
        """Return what the store holds: sources, sessions and gaps, what was set aside."""
        generation = self._generation()
        with reading(generation.file):
            return status(generation, self.path)

    def backup(self, destination: Path, *, now: datetime) -> BackupManifest:
        """Copy the store to a new folder; see `recon.store.backup.backup`."""
        return backup(self._folder, destination, now=now)

    def restore(self, source: Path) -> BackupManifest:
        """Make this store from a backup; see `recon.store.backup.restore`."""
        return restore(source, self._folder)

    def close(self) -> None:
        """Let go of the generation read last; an `AsOf` made from it cannot be used after."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
            self._pinned = False

    def _column(self, sql: str) -> list[Any]:
        """Values of the one column of a query on the newest generation."""
        generation = self._generation()
        with reading(generation.file):
            return [value for (value,) in generation.cursor().sql(sql).fetchall()]

    def _generation(self) -> Generation:
        """Open the newest generation, brought to this program's schema if it is older."""
        if self._opened is not None and self._pinned:
            return self._opened
        if self._opened is None or self._opened.number != self._folder.current():
            opened = self._folder.open()
            with reading(opened.file):
                version = schema.check_not_newer(opened.cursor(), self.path)
            if version < schema.newest_version():
                opened.close()
                upgrade(self._folder)
                opened = self._folder.open()
            self._opened = opened
        return self._opened
