"""The private folder through which the workers of `recon serve` share their list.

It goes when the server ends. A server that was killed leaves its folder behind, so the next one
clears away the folders of this user that no living server holds.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from filelock import FileLock, Timeout

PREFIX: Final = "recon-serve-"
HELD: Final = "server.lock"
"""Locked for as long as the server lives; the system unlocks it when a server is killed."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give an empty folder that only this user can open, and that goes with the server."""
    clear()
    with TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        with FileLock(folder / HELD):
            yield folder


def clear() -> None:
    """Remove the folders of this user's servers that were killed."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}*"):
        # One without a lock may just be coming to be.
        if not folder.is_symlink() and _is_own(folder) and (folder / HELD).is_file():
            try:
                with FileLock(folder / HELD, timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)
            except (Timeout, OSError):
                continue


def _is_own(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
