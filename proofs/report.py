"""What was proven, as one table: every part of `make prove` writes down what it counted.

`python -m proofs.report FOLDER` prints the table of all parts that were written to a folder. A part
that was run again stands in the place of what it said before.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

COUNTS: Final = ("moments", "futures", "leaks", "kills", "refusals", "files")
"""What is counted: moments of an event, other futures given to a store, planted leaks that were
found, works killed, calls refused in one line, bad files read."""


@dataclass(frozen=True, slots=True)
class Proven:
    """One thing that was proven.

    Attributes
    ----------
    what : str
        In words.
    seed : int
        Of all chance.
    seconds : float
        That it took.
    counts : dict of str to int
        Some of `COUNTS`.
    """

    what: str
    seed: int
    seconds: float
    counts: dict[str, int] = field(default_factory=dict)


def write(found: Sequence[Proven], file: Path) -> None:
    """Write down what a part proved."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")


def read(folder: Path) -> dict[str, list[Proven]]:
    """What was written down, by part."""
    files = sorted(folder.glob("*.json"))
    return {file.stem: [Proven(**one) for one in json.loads(file.read_text())] for file in files}


def table(parts: dict[str, list[Proven]]) -> str:
    """Lay out what was proven, a line each, with the sums of all."""
    every = [one for found in parts.values() for one in found]
    wide = max((len(one.what) for one in every), default=0) + 2
    heads = [f"{name:>9}" for name in (*COUNTS, "seconds", "seed")]
    lines = [f"{'part':8}{'proven':{wide}}" + "".join(heads)]
    for part, found in parts.items():
        lines += [f"{part:8}{_line(one, wide)}{one.seed:9}" for one in found]
    sums = {name: sum(one.counts.get(name, 0) for one in every) for name in COUNTS}
    whole = Proven("all", 0, sum(one.seconds for one in every), sums)
    return "\n".join([*lines, f"{'':8}{_line(whole, wide)}"])


def _line(one: Proven, wide: int) -> str:
    cells = (f"{one.counts[name]:9,}" if one.counts.get(name) else " " * 9 for name in COUNTS)
    return f"{one.what:{wide}}" + "".join(cells) + f"{one.seconds:9,.0f}"


def main() -> int:
    """Print the table of a folder."""
    parser = argparse.ArgumentParser(prog="python -m proofs.report")
    parser.add_argument("folder", type=Path, help="where the parts were written")
    print(table(read(parser.parse_args().folder)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
