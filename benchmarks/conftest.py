"""What the benchmarks run on: the real data where it is, else a simulated market of its size."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from recon.pipeline import Run, run
from recon.sources.simulated import simulate
from recon.store import Store

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Market:
    """Data to measure on.

    Attributes
    ----------
    folder : Path
        Of the files.
    screener : Path
        The daily quotes, a Parquet file.
    event : str
        A reconstitution whose rank day lies within.
    rank_day : date
        Its rank day.
    real : bool
        Whether it is the real market.
    """

    folder: Path
    screener: Path
    event: str
    rank_day: date
    real: bool


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """The files that everything is measured on."""
    named = os.environ.get("RECON_DATA", HERE.parents[1] / "shared" / "data")
    folder = Path(named).resolve()
    screener = folder / "market" / "screener_daily.parquet"
    if screener.is_file():
        return Market(folder, screener, "2024-06", date(2024, 4, 30), real=True)
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, seed=7, first=date(2024, 1, 2), last=date(2024, 5, 31), companies=4300)
    (screener,) = folder.rglob("screener_daily.parquet")
    return Market(folder, screener, "2024-06", date(2024, 4, 30), real=False)


@pytest.fixture(scope="session")
def store(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with all of it; `RECON_BENCH_STORE` names one that is filled already."""
    named = os.environ.get("RECON_BENCH_STORE")
    with Store(Path(named) if named else tmp_path_factory.mktemp("store")) as opened:
        if not named:
            opened.ingest([market.folder])
        yield opened


@pytest.fixture(scope="session")
def done(market: Market, store: Store) -> Run:
    """The event as of its rank day."""
    return run(store, market.event, market.rank_day)
