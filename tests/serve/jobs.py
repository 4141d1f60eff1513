"""Jobs for the making process; they import little, so that it starts at once."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from recon.errors import NoDataError


class Text(str):
    """Stands for an edition."""


@dataclass(frozen=True)
class Job:
    """Makes a text, and leaves a mark each time."""

    marks: Path
    does: str = "make"

    def key(self) -> str:
        return (self.marks / "key").read_text()

    def __call__(self) -> Text:
        (self.marks / f"{os.getpid()}.made").touch()
        if self.does == "refuse":
            raise NoDataError("no quotes", field="store", expected="some")
        if self.does == "break":
            raise ZeroDivisionError
        if self.does == "die":
            os._exit(9)
        if self.does == "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
        if self.does == "wait":
            time.sleep(60)
        return Text(f"listing {self.key()}, niceness {os.nice(0)}")
