"""Preloaded by a Dask worker: writes down which tasks it began and finished."""

import os
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin


class Noting(WorkerPlugin):
    def setup(self, worker: Worker) -> None:
        self.file = Path(os.environ["NOTES"]) / worker.name

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        if finish in {"executing", "memory"}:
            with self.file.open("a") as notes:
                notes.write(f"{finish} {key}\n")


async def dask_setup(worker: Worker) -> None:
    await worker.plugin_add(Noting())
