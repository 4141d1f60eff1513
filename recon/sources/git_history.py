"""Read a git repository, or a bundle of one, that nobody has vouched for.

Nothing is checked out, and of a repository nothing is used but its objects: they are
borrowed by an empty repository of our own, so that its configuration, hooks, filters and
replacement objects never come into play, and no path in it becomes a path on disk.
"""

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from recon.sources.git_command import PATIENCE, environment, git, refusal
from recon.sources.git_heads import git_folder, newest

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of a file in the history that are still read; a larger one refuses the repository."""
TOTAL_LIMIT = 128 * 2**30
"""Bytes of all files read of a history; ten years of the public one have about 20 thousand million.
"""

FILES_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that changed a file asked for.

    Attributes
    ----------
    id : str
        Its object id.
    stamp : datetime
        Aware UTC. The earlier of the author's and the committer's: a rebase moves only one.
    """

    id: str
    stamp: datetime


@dataclass(frozen=True, slots=True)
class History:
    """The history behind one commit.

    Attributes
    ----------
    origin : Path
        The repository or bundle, for messages.
    folder : Path
        The repository of our own that borrows its objects.
    head : str
        The newest commit.
    """

    origin: Path
    folder: Path
    head: str

    def holds(self, paths: Sequence[str]) -> bool:
        """Whether the newest commit has a file at one of the paths."""
        return bool(self._git("ls-tree", "--name-only", self.head, "--", *paths).strip())

    def commits(self, paths: Sequence[str]) -> list[Commit]:
        """Give the commits that changed one of the paths, parents before children."""
        listed = self._git(
            "log", "--topo-order", "--reverse", "--format=%H %at %ct", self.head, "--", *paths
        )
        return [self._commit(line) for line in listed.decode("ascii").splitlines()]

    def _commit(self, line: str) -> Commit:
        commit, author, committer = line.split()
        try:
            stamp = datetime.fromtimestamp(min(int(author), int(committer)), tz=UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise refusal(self.origin, f"commit {commit[:12]} bears no date") from error
        return Commit(commit, stamp)

    def contents(self, files: Sequence[tuple[str, str]]) -> Iterator[bytes | None]:
        """Read files one after the other, some ahead while the caller works on the last.

        Parameters
        ----------
        files : sequence of (str, str)
            Commit id and path of each.

        Yields
        ------
        bytes or None
            The file; None if the commit has none at the path.

        Raises
        ------
        RefusedFileError
            If a file is larger than `LARGEST_FILE`, is no file, is missing from a partial clone or
            takes too long, or all are larger than `TOTAL_LIMIT`.
        """
        wanted = self.folder / "wanted"
        wanted.write_text("".join(f"{commit}:{path}\n" for commit, path in files), "ascii")
        with (
            wanted.open("rb") as names,
            subprocess.Popen(
                ["git", "cat-file", "--batch"],
                stdin=names,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(self.folder),
            ) as process,
            ThreadPoolExecutor(1) as ahead,
        ):
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            coming: deque[Future[bytes | None]] = deque()
            total = 0
            try:
                for place, (commit, path) in enumerate(files, start=1):
                    coming.append(ahead.submit(self._next, process.stdout, commit, path))
                    while len(coming) > (FILES_AHEAD if place < len(files) else 0):
                        content = self._come(coming.popleft())
                        total += len(content or b"")
                        if total > TOTAL_LIMIT:
                            raise refusal(self.origin, f"its files have over {TOTAL_LIMIT} bytes")
                        yield content
            finally:
                process.kill()

    def _come(self, content: Future[bytes | None]) -> bytes | None:
        try:
            return content.result(PATIENCE)
        except TimeoutError as error:
            raise refusal(self.origin, f"git takes longer than {PATIENCE} s") from error

    def _next(self, batch: IO[bytes], commit: str, path: str) -> bytes | None:
        answer = batch.readline().split()
        where = f"{path} in commit {commit[:12]}"
        if not answer:
            raise refusal(self.origin, f"{where} cannot be read")
        if answer[-1] == b"missing":
            if self._git("ls-tree", commit, "--", path).strip():
                raise refusal(self.origin, f"{where} is missing, as in a partial clone")
            return None
        kind, size = answer[-2], int(answer[-1])
        if kind != b"blob":
            raise refusal(self.origin, f"{where} is no file")
        if size > LARGEST_FILE:
            raise refusal(self.origin, f"{where} has {size} bytes, more than {LARGEST_FILE}")
        content = batch.read(size)
        batch.read(1)
        return content

    def _git(self, *arguments: str) -> bytes:
        return git(self.origin, self.folder, *arguments)


@contextmanager
def borrowed(path: Path) -> Iterator[History]:
    """Open the history of a clone, a bare repository or a bundle.

    Parameters
    ----------
    path : Path
        A folder for which `is_repository`, or a file for which `is_bundle`.

    Yields
    ------
    History
        Good within the context.

    Raises
    ------
    RefusedFileError
        If git cannot read it.
    ReconError
        If git is not installed.
    """
    head = newest(path)
    with TemporaryDirectory(prefix="recon-git-") as name:
        own = Path(name)
        git(path, own, "init", "--quiet", "--bare", "--template=")
        if path.is_dir():
            _borrow(path, own)
        else:
            git(path, own, "bundle", "unbundle", str(path.resolve()))
        yield History(path, own, head)


def _borrow(path: Path, own: Path) -> None:
    source = git_folder(path)
    located = git(path, source, "rev-parse", "--git-path", "objects", "--git-path", "shallow")
    objects, shallow = (Path(os.fsdecode(line)) for line in located.splitlines())
    (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (own / "objects" / "info" / "alternates").write_bytes(os.fsencode(objects.resolve()) + b"\n")
    if shallow.is_file():
        if shallow.stat().st_size > LARGEST_FILE:
            raise refusal(path, "its list of commits without parents is too large")
        shutil.copyfile(shallow, own / "shallow")
