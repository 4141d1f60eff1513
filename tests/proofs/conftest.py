"""The proofs: their length, their seed, and the market that they run on.

In ordinary tests each is short; `make prove` runs the long form and prints what was proven.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from future import publish

from recon.sources.simulated import simulate
from recon.store import Store

OVER, TO_COME = "2024-06", "2025-06"
"""Events of the small market: one that is over before its end, and one that is not."""
LINES = pytest.StashKey[list[str]]()
SMALL_RANKS = """
[ranks]
top_50 = 5
top_200 = 20
top_500 = 50
russell_1000 = 100
microcap_high = 200
russell_3000 = 300
russell_3000e = 400
"""
"""Ranks that fit the small market."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LINES] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash[LINES]:
        terminalreporter.write_line(f"proven: {line}")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Seed of all chance."""
    found: int = request.config.getoption("--seed")
    return found


@pytest.fixture(scope="session")
def long_form(request: pytest.FixtureRequest) -> bool:
    """Whether the proofs run in their long form."""
    return bool(request.config.getoption("--prove"))


@pytest.fixture
def proven(request: pytest.FixtureRequest, seed: int) -> Callable[[str], None]:
    """Says what was proven, at the end of a long run."""
    return lambda line: request.config.stash[LINES].append(f"{line} (seed {seed})")


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a small simulated market around June 2024."""
    folder = tmp_path_factory.mktemp("market") / "files"
    simulate(folder, seed=5, first=date(2024, 1, 2), last=date(2024, 7, 5), companies=450)
    return folder


@pytest.fixture(scope="session")
def small_store(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a store that holds the small market; only to be read and copied."""
    folder = tmp_path_factory.mktemp("small") / "store"
    with Store(folder) as store:
        store.ingest([market])
    return folder


@pytest.fixture(scope="session")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rulebook whose ranks fit the small market."""
    file = tmp_path_factory.mktemp("rules") / "small.toml"
    file.write_text(SMALL_RANKS)
    return file


@pytest.fixture(scope="session")
def labelled_store(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small store with lists of an event that is over, and of one that is to come."""
    folder = tmp_path_factory.mktemp("labelled") / "store"
    shutil.copytree(small_store, folder)
    publish(folder, OVER)
    publish(folder, TO_COME)
    return folder
