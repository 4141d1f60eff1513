"""Fixtures of the fetch tests: a server on the loopback, and waits that take no time."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from misbehaving_site import Handler, Site

from recon.sources.fetch import Patience
from recon.sources.fetch.patience import Pace


@pytest.fixture
def site() -> Iterator[Site]:
    handler = type("SiteHandler", (Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.site = Site(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield handler.site
        server.shutdown()
        thread.join()


@pytest.fixture
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only the waits between tries."""
    monkeypatch.setattr(Pace, "wait", lambda self: None)


@pytest.fixture
def waits() -> list[float]:
    """Seconds that would have been slept."""
    return []


@pytest.fixture
def patience(waits: list[float]) -> Patience:
    return Patience(attempts=4, sleep=waits.append)
