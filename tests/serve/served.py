"""A server in this process, over listings that are made already."""

import time
from pathlib import Path

from fastapi.testclient import TestClient

from recon.errors import ReconError
from recon.serve.app import application
from recon.serve.book import Book
from recon.serve.edition import Edition
from recon.serve.guard import Access
from recon.serve.listing import Listing

ROUTES = (
    "/",
    "/api/v1/openapi.json",
    "/api/v1/health",
    "/api/v1/run",
    "/api/v1/candidates",
    "/api/v1/companies/{symbol}",
    "/api/v1/breakpoints",
    "/api/v1/demand",
    "/api/v1/funds",
    "/api/v1/score",
    "/api/v1/store",
    "/api/v1/events",
    "/api/v1/events/2025-06",
    "/api/v1/archive",
    "/api/v1/archive/{run}",
    "/api/v1/archive/{run}/candidates",
    "/api/v1/diff?before={run}",
)


class Shelved:
    """Hands out a listing, or the error that there was in its place."""

    def __init__(self, listing: Listing | ReconError) -> None:
        self.listing = listing
        self.made = 0
        self.version = "1"

    def key(self) -> str:
        return self.version

    def make(self) -> Edition:
        self.made += 1
        if isinstance(self.listing, ReconError):
            raise self.listing
        return Edition(self.listing)

    def stop(self) -> None:
        """Nothing is under way."""


def client_of(maker: Shelved, archive: Path, access: Access | None = None) -> TestClient:
    """Client of a server on the loopback, if no other access is said."""
    app = application(Book(maker), archive, access or Access("127.0.0.1"))
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


def until(client: TestClient, **said: object) -> dict[str, object]:
    """Wait until the server's health says so."""
    for _ in range(100):
        health: dict[str, object] = client.get("/api/v1/health").json()
        if all(health[name] == value for name, value in said.items()):
            return health
        time.sleep(0.05)
    raise AssertionError(f"not {said}: {health}")


def routes(client: TestClient) -> list[str]:
    """Every route, with a name of each thing that has one."""
    until(client, ready=True)
    symbol = client.get("/api/v1/candidates?size=1").json()["items"][0]["symbol"]
    run = client.get("/api/v1/archive").json()["items"][0]["name"]
    return [path.format(symbol=symbol, run=run) for path in ROUTES]
