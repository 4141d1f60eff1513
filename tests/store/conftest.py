"""A store, and the made-up sources that fill it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import store_files

import recon.sources
from recon.store import Store


@pytest.fixture(autouse=True)
def _made_up_sources(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("realdata") is None:
        monkeypatch.setattr(recon.sources, "recognise", store_files.recognise)
    monkeypatch.setattr(store_files, "between_chunks", [])
    monkeypatch.setattr(store_files, "seen_by_source", [])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store that trusts alpha more than beta."""
    with Store(tmp_path / "store", precedence=["alpha", "beta"]) as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Folder for source files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder
