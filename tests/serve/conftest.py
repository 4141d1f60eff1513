"""A small simulated market, its listing made once, and clients of a server that shows it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from served import Shelved, client_of, until

from recon.cli import clock
from recon.cli.archiving import put_by
from recon.cli.serving import Wanted
from recon.serve.guard import Access
from recon.serve.listing import Listing
from recon.store import Store


@pytest.fixture(scope="session")
def wanted(small_market: Path, tmp_path_factory: pytest.TempPathFactory) -> Wanted:
    """What is served: the list of the last session of a small simulated market."""
    folder = shutil.copytree(small_market, tmp_path_factory.mktemp("served") / "market")
    return Wanted(
        store=folder / "store",
        folder=folder,
        host="127.0.0.1",
        event="2025-06",
        as_of=None,
        hindsight="strict",
        models="shipped",
        rulebook=folder / "ranks.toml",
        assets=None,
    )


@pytest.fixture(scope="session")
def listing(wanted: Wanted) -> Listing:
    """The listing, made as for a worker; archived besides, as `recon watchlist` does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "today", lambda: date(2025, 5, 5))
        made = wanted().listing
    with Store(wanted.store) as store:
        put_by(store, made.run, made.rows, made.outlook)
        # What was said a day before, by rules that called nobody.
        before = made.rows.with_columns(call=~made.rows["call"]).head(40)
        put_by(store, made.run, before, made.outlook)
    return made


@pytest.fixture(scope="session")
def client(listing: Listing, wanted: Wanted) -> Iterator[TestClient]:
    """A client of a server on the loopback that has its list."""
    with client_of(Shelved(listing), wanted.store / "archive") as opened:
        until(opened, ready=True)
        yield opened


@pytest.fixture
def shown(listing: Listing, wanted: Wanted) -> Iterator[Callable[..., TestClient]]:
    """Give a client of a server with another access or another maker."""
    with ExitStack() as opened:

        def of(access: Access | None = None, maker: Shelved | None = None) -> TestClient:
            made = client_of(maker or Shelved(listing), wanted.store / "archive", access)
            return opened.enter_context(made)

        yield of
