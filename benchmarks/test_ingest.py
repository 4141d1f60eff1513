"""Taking data in: validation, quarantine and publishing of a generation included."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.conftest import Market
from benchmarks.pair import Row, timed
from recon.sources.base import Seen
from recon.sources.full_tickers import PATHS
from recon.sources.symbols_repo import SOURCE
from recon.store import Store

SCREENER = Row("ingest of the screener's Parquet", "<= 5 x", 3)
HISTORY = Row("history of US-Stock-Symbols", "<= 1.5 x", 5)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Any]:
    """A new folder for each round; the last one's is removed, so that disks do not fill."""
    count = 0

    def setup() -> tuple[tuple[Path], dict[str, Any]]:
        nonlocal count
        shutil.rmtree(tmp_path / str(count), ignore_errors=True)
        count += 1
        (tmp_path / str(count)).mkdir()
        return (tmp_path / str(count),), {}

    yield setup
    shutil.rmtree(tmp_path / str(count), ignore_errors=True)


def test_screener(benchmark: Any, market: Market, fresh: Any) -> None:
    def ingest(folder: Path) -> int:
        with Store(folder / "store") as store:
            (report,) = store.ingest([market.screener])
        return sum(report.rows.values())

    assert timed(benchmark, ingest, SCREENER, "recon", setup=fresh) > 0


def test_screener_by_duckdb(benchmark: Any, market: Market, fresh: Any) -> None:
    def create(folder: Path) -> None:
        with duckdb.connect(str(folder / "plain.duckdb")) as connection:
            connection.execute(
                "CREATE TABLE quote AS SELECT * FROM read_parquet(?)", [str(market.screener)]
            )

    timed(benchmark, create, SCREENER, "beside", setup=fresh)


@pytest.fixture(scope="module")
def clone(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The screener's own repository as a clone."""
    bundles = sorted(market.folder.rglob("us-stock-symbols*.bundle"))
    if not bundles:
        pytest.skip("there is no bundle of US-Stock-Symbols in this data")
    folder = tmp_path_factory.mktemp("clone")
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", "-b", "main", bundles[0], folder / "symbols.git"],
        check=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )
    return folder / "symbols.git"


def test_history(benchmark: Any, clone: Path) -> None:
    def read() -> int:
        return sum(chunk.rows.height for chunk in SOURCE.read(clone, Seen()))

    assert timed(benchmark, read, HISTORY, "recon") > 0


def test_history_by_git_and_json(benchmark: Any, clone: Path) -> None:
    def read() -> int:
        git = ["git", "-C", str(clone)]
        commits = subprocess.run(
            [*git, "log", "--format=%H", "main", "--", *PATHS.values()],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        names = "".join(f"{one}:{path}\n" for one in commits for path in PATHS.values())
        out = subprocess.run(
            [*git, "cat-file", "--batch"], check=True, capture_output=True, input=names.encode()
        ).stdout
        lines = at = 0
        while at < len(out):
            end = out.index(b"\n", at)
            size = int(out[at:end].split()[-1])
            lines += len(json.loads(out[end + 1 : end + 1 + size]))
            at = end + size + 2
        return lines

    assert timed(benchmark, read, HISTORY, "beside") > 0
