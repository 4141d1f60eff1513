"""A small simulated market, what is seen of it, and copies of its store with other contents."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from monitored import DAY, END, Seen, look
from simulated_market import filled_store

from recon.calendar import end_of_day
from recon.store import Store


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store of a simulated market that goes on after `DAY`."""
    return filled_store(tmp_path_factory.mktemp("monitored"), date(2023, 12, 1), END)


@pytest.fixture(scope="session")
def seen(market: Path) -> Seen:
    return look(market)


@pytest.fixture
def changed(market: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copy the store with statements run on it; `$moment` is the end of `DAY`."""

    def change(*statements: str) -> Path:
        copy = tmp_path / "store"
        shutil.copytree(market, copy)
        (file,) = (copy / "generations").glob("*.duckdb")
        moment = end_of_day(DAY).replace(tzinfo=None)
        with duckdb.connect(str(file)) as connection:
            for statement in statements:
                connection.execute(statement, {"moment": moment})
        return copy

    return change


@pytest.fixture
def told(market: Path, tmp_path: Path) -> Callable[..., Path]:
    """Ingest a user's own tables into a copy of the store."""

    def tell(*tables: str) -> Path:
        copy, own = tmp_path / "store", tmp_path / "own"
        shutil.copytree(market, copy)
        own.mkdir()
        (own / "SIMULATED.json").write_text("{}")
        for number, table in enumerate(tables):
            (own / f"{number}.csv").write_text(table)
        with Store(copy) as store:
            for report in store.ingest([own]):
                assert (report.status, report.quarantined) == ("landed", {})
        return copy

    return tell
