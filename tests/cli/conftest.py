"""Runs the command line in this process."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from run_recon import Run

from recon.cli import main
from recon.sources.simulated import simulate
from recon.store import Store


@pytest.fixture
def recon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call with arguments; works in an empty folder, with no configuration of this machine."""
    for name in ("STORE", "DATA", "RULEBOOK", "USER_AGENT"):
        monkeypatch.delenv(f"RECON_{name}", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store of a small simulated market, for all verbs that only read or archive."""
    folder = tmp_path_factory.mktemp("small-market")
    simulate(folder / "market", first=date(2025, 3, 3), last=date(2025, 4, 30), companies=150)
    with Store(folder / "store") as store:
        store.ingest([folder / "market"])
    shutil.rmtree(folder / "market")
    return folder / "store"
