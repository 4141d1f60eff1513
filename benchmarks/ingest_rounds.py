"""Takes one file in again and again, a row shorter each time, until it is stopped.

    python benchmarks/ingest_rounds.py STORE FOLDER

FOLDER holds `newest.parquet`, in the form of `screener_daily.parquet`; each round that landed
leaves a file `ROUND.done` there.
"""

import sys
from itertools import count
from pathlib import Path

import polars as pl

from recon.store import Store


def main(store: Path, folder: Path) -> None:
    """Run rounds for ever."""
    rows = pl.read_parquet(folder / "newest.parquet")
    for turn in count(1):
        file = folder / "screener_daily.parquet"
        rows.head(rows.height - turn).write_parquet(file)
        with Store(store) as opened:
            (report,) = opened.ingest([file])
        if report.status != "landed":
            raise SystemExit(f"round {turn} was {report.status}: {report.message}")
        (folder / f"{turn}.done").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
