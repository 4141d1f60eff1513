"""Fixtures shared by all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from recon.store import Store

settings.register_profile("recon", deadline=None)  # a busy machine is no defect
settings.load_profile("recon")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="run the proofs in their long form")
    parser.addoption("--seed", type=int, default=2024, help="of the proofs")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data, read in place; tests that need it are skipped without it."""
    folder = Path(
        os.environ.get("RECON_DATA", Path(__file__).parents[1] / ".." / "shared" / "data")
    )
    if not (folder / "market" / "screener_daily.parquet").is_file():
        pytest.skip(f"the real data is not at {folder}")
    return folder.resolve()


@pytest.fixture(scope="session")
def real_store(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Store with all real data, filled once a test session; only to be read."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the folder that all workers share
    store = Store(folder / "real-store")
    with FileLock(folder / "real-store.lock"):
        if not (folder / "real-store.done").exists():
            store.ingest([real_data])
            (folder / "real-store.done").touch()
    with store:
        yield store
