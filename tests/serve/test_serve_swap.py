"""A new generation takes the place of the old one, and no reader waits for it."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from threading import Event

import anyio
import pytest
from fastapi.testclient import TestClient
from served import Shelved, until

from recon.errors import StoreError
from recon.publish.explain import explain, explain_all
from recon.serve.edition import Edition
from recon.serve.listing import Listing

BASE = "/api/v1"
Shown = Callable[..., TestClient]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recon.serve.book.LOOK", 0.01)


@pytest.fixture
def later(listing: Listing) -> Listing:
    """A listing of the next generation, of a list without its first row."""
    rows = listing.rows.slice(1)
    return replace(listing, name="later", generation=listing.generation + 1, rows=rows)


class Slow(Shelved):
    """Makes nothing until it is told to go on."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing)
        self.go_on = Event()
        self.go_on.set()

    def make(self) -> Edition:
        self.go_on.wait(20)
        return super().make()

    def stop(self) -> None:
        self.go_on.set()


def test_readers_see_the_old_list_until_the_new_one_is_there(
    shown: Shown, listing: Listing, later: Listing
) -> None:
    maker = Slow(listing)
    client = shown(maker=maker)
    until(client, ready=True, making=False)
    old = client.get(f"{BASE}/candidates?size=1")
    maker.go_on.clear()
    maker.listing, maker.version = later, "2"
    health = until(client, making=True)
    assert health["generation"] == listing.generation
    assert client.get(f"{BASE}/candidates?size=1").content == old.content
    maker.go_on.set()
    assert until(client, making=False, list="later")["generation"] == later.generation
    new = client.get(f"{BASE}/candidates?size=1", headers={"If-None-Match": old.headers["etag"]})
    assert new.status_code == 200
    assert new.json()["total"] == old.json()["total"] - 1
    assert new.json()["items"] != old.json()["items"]


def test_pages_of_two_lists_are_not_mixed(shown: Shown, listing: Listing, later: Listing) -> None:
    maker = Shelved(listing)
    client = shown(maker=maker)
    until(client, ready=True)
    following = client.get(f"{BASE}/candidates?size=10").json()["next"]
    assert client.get(following).json()["page"] == 2
    maker.listing, maker.version = later, "2"
    until(client, list="later")
    refused = client.get(following)
    assert refused.status_code == 409
    assert "replaced by later" in refused.json()["detail"]


def test_what_cannot_be_made_leaves_the_old_list_and_is_tried_when_data_change(
    shown: Shown, listing: Listing, later: Listing
) -> None:
    maker = Shelved(listing)
    client = shown(maker=maker)
    until(client, ready=True)
    maker.listing, maker.version = StoreError("no room"), "2"
    health = until(client, error="no room")
    assert health["ready"]
    assert health["list"] == listing.name
    assert client.get(f"{BASE}/run").status_code == 200
    tries = maker.made
    maker.listing = later
    assert until(client, error="no room")["list"] == listing.name
    assert maker.made == tries
    maker.version = "3"
    until(client, list="later", error=None)


def test_a_defect_does_not_end_the_watch(
    shown: Shown, listing: Listing, later: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = Shelved(replace(listing, rows=None))  # type: ignore[arg-type]
    client = shown(maker=maker)
    health = until(
        client, making=False, error="the list could not be made; the server's own output says why"
    )
    assert not health["ready"]
    maker.listing, maker.version = later, "2"
    until(client, list="later", error=None)


def test_a_list_is_made_once(shown: Shown, listing: Listing) -> None:
    maker = Shelved(listing)
    client = shown(maker=maker)
    for _ in range(20):
        until(client, ready=True)
    assert maker.made == 1


def test_explanations_are_of_the_list_that_is_served(
    shown: Shown, listing: Listing, later: Listing
) -> None:
    maker = Shelved(listing)
    client = shown(maker=maker)
    until(client, ready=True)
    path = f"{BASE}/companies/{listing.rows['symbol'][0]}"
    assert client.get(path).json()["model_version"] == listing.model_version
    maker.listing, maker.version = replace(later, outlook=None), "2"
    until(client, list="later")
    assert client.get(path).json()["model_version"] != listing.model_version


def test_companies_of_the_list_are_explained_beforehand_and_others_when_asked(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise AssertionError("explained again")

    few = replace(listing, rows=listing.rows.head(5))
    symbol = few.rows["symbol"][0]
    found = explain_all(few.run, few.rows["company_id"].unique().to_list(), few.outlook)
    edition = pickle.loads(pickle.dumps(Edition(few, found.values())))
    said = explain(few.run, symbol, few.outlook).model_dump_json().encode()
    monkeypatch.setattr("recon.serve.edition.explain", fails)
    assert anyio.run(edition.company, symbol).body == said
    with pytest.raises(AssertionError, match="again"):
        anyio.run(edition.company, listing.rows["symbol"][-1])
