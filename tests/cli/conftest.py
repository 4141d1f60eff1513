"""Runs the command line in this process."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from run_recon import Run

from recon.cli import main


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
def filled(small_market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store of a small simulated market, for all verbs that only read or archive."""
    return shutil.copytree(small_market / "store", tmp_path_factory.mktemp("filled") / "store")
