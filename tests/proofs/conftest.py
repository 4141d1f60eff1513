"""The proofs: their length, their seed, and the market that they run on.

In ordinary tests each is short; `make prove` runs the long form and prints what was proven.
"""

import shutil
from datetime import date
from pathlib import Path
from time import perf_counter

import killing
import numpy as np
import pytest
from future import publish
from proving import OVER, TO_COME, Says

from proofs.report import Proven, table, write
from recon.sources.simulated import simulate
from recon.store import Store

FOUND = pytest.StashKey[list[Proven]]()
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
    config.stash[FOUND] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    found = config.stash[FOUND]
    if found and config.getoption("--prove"):
        terminalreporter.write_line(table({"": found}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    file = session.config.getoption("--proven")
    if file is not None and session.testsfailed == 0:
        write(session.config.stash[FOUND], file)


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
def proven(request: pytest.FixtureRequest, seed: int) -> Says:
    """Says what was proven, at the end of a long run."""
    started = perf_counter()

    def proven(what: str, **counts: int) -> None:
        nonlocal started
        now = perf_counter()
        request.config.stash[FOUND].append(Proven(what, seed, now - started, counts))
        started = now

    return proven


@pytest.fixture
def chance(seed: int) -> np.random.Generator:
    """Source of all chance of a test."""
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def forks() -> None:
    """The process that others are forked from."""
    killing.start()


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
