"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data, read in place; tests that need it are skipped without it."""
    folder = Path(
        os.environ.get("RECON_DATA", Path(__file__).parents[1] / ".." / "shared" / "data")
    )
    if not (folder / "market" / "screener_daily.parquet").is_file():
        pytest.skip(f"the real data is not at {folder}")
    return folder.resolve()
