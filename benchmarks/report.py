"""Print what `pytest benchmarks` measured: one row a work, with its bar.

Usage: python -m benchmarks.report FILE, a file that `--benchmark-json` wrote.
"""

import operator
import sys
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from recon.cli.tables import grid, head

HOLDS = {"<=": operator.le, ">=": operator.ge}


def rows(measured: dict[str, Any]) -> list[dict[str, str]]:
    """One row a work: medians of both sides, the ratio, and whether the bar holds.

    Parameters
    ----------
    measured : dict
        As `--benchmark-json` writes it; times in seconds.
    """
    works: dict[str, dict[str, Any]] = {}
    for one in measured["benchmarks"]:
        works.setdefault(one["group"], {})[one["extra_info"]["side"]] = one
    return [_row(name, sides) for name, sides in works.items()]


def _row(name: str, sides: dict[str, Any]) -> dict[str, str]:
    own, beside = sides["recon"], sides.get("beside")
    seconds = own["stats"]["median"]
    bar = own["extra_info"]["bar"]
    sign, _, rest = bar.partition(" ")
    if not bar.endswith("x"):
        found: float | None = seconds
    elif beside is None:
        found = None
    else:
        other = beside["stats"]["median"]
        found = seconds / other if sign == "<=" else other / seconds
    gib = own["extra_info"].get("gib")
    return {
        "work": name,
        "recon": _span(own["stats"]),
        "beside": "" if beside is None else _span(beside["stats"]),
        "ratio": f"{found:.2f} x" if bar.endswith("x") and found is not None else "",
        "bar": bar,
        "met": _met(sign, rest, found) if bar else "",
        "memory": "" if gib is None else f"{gib:.2f} GiB",
        "n": str(own["stats"]["rounds"]),
    }


def _met(sign: str, limit: str, found: float | None) -> str:
    if found is None:
        return "not measured"
    return "yes" if HOLDS[sign](found, float(limit.split(maxsplit=1)[0])) else "no"


def _span(stats: dict[str, float]) -> str:
    """Median and range, seconds."""
    return f"{stats['median']:.3f} s ({stats['min']:.3f}–{stats['max']:.3f})"


def main() -> None:
    """Print the table of a file."""
    measured = orjson.loads(Path(sys.argv[1]).read_bytes())
    found = rows(measured)
    machine = measured["machine_info"]
    console = Console(width=max(120, Console().width))
    console.print(f"{machine['cpu'].get('brand_raw', 'unknown processor')}, medians (range)")
    table = grid()
    head(table, list(found[0]), left=("work",))
    for row in found:
        table.add_row(*row.values())
    console.print(table)


if __name__ == "__main__":
    main()
