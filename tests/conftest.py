"""Fixtures shared by all tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import object_store
import pytest
from filelock import FileLock
from hypothesis import settings
from simulated_market import filled_store

from recon.store import Store

settings.register_profile("recon", deadline=None)  # a busy machine is no defect
settings.load_profile("recon")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="run the proofs in their long form")
    parser.addoption("--seed", type=int, default=2024, help="of the proofs")
    parser.addoption("--proven", type=Path, help="file in which what was proven is put down")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data, read in place; tests that need it are skipped without it."""
    folder = Path(
        os.environ.get("RECON_DATA", Path(__file__).parents[1] / ".." / "shared" / "data")
    )
    if not (folder / "market" / "screener_daily.parquet").is_file():
        pytest.skip(f"the real data is not at {folder}")
    return folder.resolve()


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Path:
    """Folder that all test processes share, filled by the first that asks for it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / f"{name}.lock"):
        if not (shared / f"{name}.done").exists():
            (shared / name).mkdir()
            make(shared / name)
            (shared / f"{name}.done").touch()
    return shared / name


@pytest.fixture(scope="session")
def small_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a simulated market, its store and ranks that suit it; only to be copied."""
    return made_once(tmp_path_factory, "small-market", filled_store)


@pytest.fixture(scope="session")
def real_store(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Store with all real data, filled once a test session; only to be read."""

    def fill(folder: Path) -> None:
        with Store(folder) as store:
            store.ingest([real_data])

    with Store(made_once(tmp_path_factory, "real-store", fill)) as store:
        yield store


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server with one bucket; tests that need it are of the group `s3`, to share it."""
    pytest.importorskip("moto", reason="the S3 server for tests, moto, is not installed")
    with object_store.serving(tmp_path_factory.mktemp("s3")) as endpoint:
        object_store.files(endpoint).create_dir(object_store.BUCKET)
        yield endpoint


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address, in the environment as a user sets it."""
    for name, value in object_store.environment(s3_server).items():
        monkeypatch.setenv(name, value)
    return s3_server
