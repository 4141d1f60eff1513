"""`python -m proofs.input`: feed every reader with bad files and print what became of them."""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

for _name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from proofs.input import hostile_files, hostile_git  # noqa: E402 - threads are settled first
from proofs.input.hostile import all_of  # noqa: E402
from proofs.input.seed import Seed  # noqa: E402
from proofs.input.seeds import seeds  # noqa: E402
from proofs.input.workers import Told, watch  # noqa: E402
from proofs.report import Proven, write  # noqa: E402

HOSTILE = "built to do harm"


def fuzz(found: list[Seed], seed: int, count: int, keep: Path, jobs: int) -> dict[str, Told]:
    """Feed every target with so many changed files; targets side by side."""
    ordered = sorted(found, key=lambda one: one.target)
    groups = [(name, list(group)) for name, group in groupby(ordered, key=lambda one: one.target)]
    keep.mkdir(parents=True, exist_ok=True)
    # The slow ones lie side by side in the alphabet, so each worker takes every so many.
    with ThreadPoolExecutor(jobs) as pool:
        parts = pool.map(lambda n: watch(groups[n::jobs], seed, count, keep), range(jobs))
    told = {name: one for part in parts for name, one in part.items()}
    return {name: told[name] for name, _ in groups}


def harm(keep: Path) -> Told:
    """Feed what is built to do harm, one after the other: each may take what memory it can."""
    with tempfile.TemporaryDirectory(prefix="recon-hostile-") as place:
        return all_of([*hostile_files.cases(), *hostile_git.cases()], Path(place), keep)


def proven(told: dict[str, Told], seed: int) -> list[Proven]:
    """What may be said where there was no defect, by source."""
    return [
        Proven(
            f"{name}: nothing wrong taken in, none ended", seed, one.seconds, {"files": one.files}
        )
        for name, one in told.items()
    ]


def table(told: dict[str, Told]) -> str:
    """Lay out what became of all."""
    heads = ("files", "accepted", "some set aside", "refused", "unrecognised", "defects", "MB", "s")
    lines = [f"{'source':28}" + "".join(f"{one:>15}" for one in heads)]
    for name, one in told.items():
        kinds = [one.kinds[kind] for kind in ("accepted", "quarantined", "refused", "unrecognised")]
        cells = [one.files, *kinds, len(one.defects), round(one.memory), round(one.seconds)]
        lines.append(f"{name:28}" + "".join(f"{cell:15,}" for cell in cells))
    return "\n".join(lines)


def main() -> int:
    """Parse the arguments and go."""
    parser = argparse.ArgumentParser(prog="python -m proofs.input")
    parser.add_argument("data", type=Path, help="folder laid out as the real data is")
    parser.add_argument("--files", type=int, default=2000, help="of each source")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help=f"one source, or '{HOSTILE}'")
    parser.add_argument(
        "--keep", type=Path, default=Path("out/input"), help="where files of defects go"
    )
    parser.add_argument("--proven", type=Path, help="file in which what was proven is put down")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    found = [one for one in seeds(asked.data) if asked.only in {None, one.target}]
    told = fuzz(found, asked.seed, asked.files, asked.keep, asked.jobs)
    if asked.only in {None, HOSTILE}:
        told[HOSTILE] = harm(asked.keep)
    print(f"seed {asked.seed}, seeds from {asked.data}")  # noqa: T201
    print(table(told))  # noqa: T201
    defects = [(name, case, said) for name, one in told.items() for case, said in one.defects]
    for name, case, said in defects[:200]:
        kept = asked.keep / f"{name}-{case}".replace(" ", "-")
        print(f"\nDEFECT {name} case {case} (seed {asked.seed}; {kept}):\n{said}")  # noqa: T201
    if asked.proven is not None and not defects:
        write(proven(told, asked.seed), asked.proven)
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main())
