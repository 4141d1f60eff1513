"""Whole commands in new processes: what a user waits for, and the memory that they take."""

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks.alone import run_alone
from benchmarks.conftest import Market
from benchmarks.pair import Row, timed
from recon.store import Store


def measured(benchmark: Any, name: str, bar: str, *arguments: object, rounds: int = 5) -> None:
    """Time a command and note its memory."""
    peaks = []
    timed(benchmark, lambda: peaks.append(run_alone(*arguments)), Row(name, bar, rounds))
    benchmark.extra_info["gib"] = max(peaks)
    assert max(peaks) < 3


def verb(market: Market, store: Store, name: str, *more: object) -> list[object]:
    moment = ["--event", market.event, "--as-of", market.rank_day]
    return ["-m", "recon.cli", name, *more, *moment, "--store", store.path]


def test_import(benchmark: Any) -> None:
    measured(benchmark, "import of recon", "<= 0.5 s", "-c", "import recon, recon.pipeline")


def test_help(benchmark: Any) -> None:
    measured(benchmark, "recon --help", "<= 0.5 s", "-m", "recon.cli", "--help")


def test_watchlist(benchmark: Any, market: Market, store: Store) -> None:
    asked = verb(market, store, "watchlist", "--no-archive")
    measured(benchmark, "recon watchlist, new process", "<= 3 s", *asked)


def test_first_watchlist(benchmark: Any, market: Market, store: Store) -> None:
    """The first list of a moment builds the master; the ones after it find it kept."""
    asked = verb(market, store, "watchlist", "--no-archive")

    def forget() -> tuple[tuple[()], dict[str, Any]]:
        for file in sorted(store.masters.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        return (), {}

    row = Row("recon watchlist, first of its moment", rounds=3)
    timed(benchmark, lambda: run_alone(*asked), row, setup=forget)


def test_explain(benchmark: Any, market: Market, store: Store, done: Any) -> None:
    symbol = done.companies.sort("total_cap_usd", descending=True)["symbol"][0]
    asked = verb(market, store, "explain", symbol)
    measured(benchmark, "recon explain", "<= 3 s", *asked, rounds=3)


def test_ingest(benchmark: Any, market: Market, tmp_path: Path) -> None:
    """All of the data at once: what memory it takes."""
    count = iter(range(100))

    def ingest() -> None:
        folder = tmp_path / str(next(count))
        benchmark.extra_info["gib"] = run_alone(
            "-m", "recon.cli", "ingest", market.folder, "--store", folder
        )

    row = Row("recon ingest, all of the data", rounds=1)
    timed(benchmark, ingest, row, setup=lambda: ((), {}))
    assert benchmark.extra_info["gib"] < 3


def test_ingest_again(benchmark: Any, market: Market, tmp_path: Path) -> None:
    """The screener's Parquet into a store that has it, less one row: every row is compared."""
    less = tmp_path / "less.parquet"
    pl.scan_parquet(market.screener).slice(1).sink_parquet(less)
    folder = tmp_path / "store"
    with Store(folder) as store:
        store.ingest([market.screener])

    def ingest() -> None:
        benchmark.extra_info["gib"] = run_alone(
            "-m", "recon.cli", "ingest", less, "--store", folder
        )

    row = Row("recon ingest, known rows again", rounds=1)
    timed(benchmark, ingest, row, setup=lambda: ((), {}))
    assert benchmark.extra_info["gib"] < 3


if sys.platform == "win32":
    pytest.skip("resident memory is read as Unix counts it", allow_module_level=True)
