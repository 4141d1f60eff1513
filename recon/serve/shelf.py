"""Archived runs, read from the store's archive by name and never by path."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import polars as pl
from fastapi import HTTPException

from recon.publish.archive import Archived, archived
from recon.publish.changes import changes, flipped
from recon.serve.answers import Answer, rendered
from recon.serve.table import Table

LISTS: Final = 8
"""Archived lists kept in memory, some 10 MB each."""


class Shelf:
    """An archive; threads may share it.

    Parameters
    ----------
    folder : Path
        `Store.archive`; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: Callable[[int], dict[str, Archived]] = lru_cache(1)(self._runs)
        self.table: Callable[[str], Table] = lru_cache(LISTS)(self._table)

    def runs(self) -> dict[str, Archived]:
        """Runs by name, in the order of `recon.publish.archive.archived`."""
        # Files are only ever added, and each addition changes the folder's time.
        return self._read(self._folder.stat().st_mtime_ns if self._folder.is_dir() else 0)

    def run(self, name: str) -> Archived:
        """Give one run.

        Raises
        ------
        HTTPException
            404 if none has this name.
        """
        found = self.runs().get(name)
        if found is None:
            raise HTTPException(404, "no archived run has this name")
        return found

    def diff(self, before: str, after: str, rows: pl.DataFrame | None, threshold: float) -> Answer:
        """Say what changed from an archived run to another list.

        Parameters
        ----------
        before, after : str
            Names.
        rows : pl.DataFrame or None
            Of the later list; None where it is archived.
        threshold : float
            As for `recon.publish.changes.changes`.

        Raises
        ------
        InputError
            If the two are of different events.
        """
        later = self.run(after).rows() if rows is None else rows
        found = changes(self.run(before).rows(), later, threshold)
        content = {
            "before": before,
            "after": after,
            "threshold": threshold,
            "flipped": flipped(found).height,
            "total": found.height,
            "items": found.to_dicts(),
        }
        return rendered(content, after)

    def _runs(self, _changed: int) -> dict[str, Archived]:
        return {one.name: one for one in archived(self._folder)}

    def _table(self, name: str) -> Table:
        run = self.run(name)
        return Table(run.rows(), name, run.run_id)
