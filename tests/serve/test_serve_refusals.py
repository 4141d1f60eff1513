"""What the server refuses, and that it says so in one shape and gives nothing else away."""

import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from served import Shelved, routes, until

from recon.errors import InputError, StoreError
from recon.serve.answers import Problem
from recon.serve.guard import Access
from recon.serve.listing import Listing
from recon.serve.table import Table

BASE = "/api/v1"
TOKEN = "0123456789abcdef" * 2
Shown = Callable[..., TestClient]


def refused(answer: object, status: int) -> Problem:
    """Check an error's status, type and shape, and that nobody keeps it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    said = Problem.model_validate_json(answer.content)
    assert said.status == status
    assert said.detail
    return said


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_nothing_but_get_does_anything(client: TestClient, method: str) -> None:
    for path in [*routes(client), "/nowhere"]:
        answer = client.request(method, path, content=b"{}")
        refused(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"


def test_head_is_get_without_the_body(client: TestClient) -> None:
    for path in routes(client):
        head, get = client.head(path), client.get(path)
        assert head.content == b""
        assert head.status_code == get.status_code == 200
        assert head.headers["content-length"] == str(len(get.content))
        assert head.headers["etag"] == get.headers["etag"]


def test_every_answer_is_tagged_and_not_sent_twice(client: TestClient) -> None:
    for path in routes(client):
        first = client.get(path)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        assert first.headers["cache-control"] == "private, no-cache"
        assert first.headers["x-content-type-options"] == "nosniff"
        for held in (tag, f'"x", {tag}', f"W/{tag}", "*"):
            again = client.get(path, headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_tags_differ_where_answers_do(client: TestClient) -> None:
    paths = [f"{BASE}/candidates?size={size}" for size in (1, 2)]
    assert len({client.get(path).headers["etag"] for path in paths}) == 2


def test_what_is_no_parameter_is_refused_by_name(client: TestClient) -> None:
    for path in routes(client):
        mark = "&" if "?" in path else "?"
        said = refused(client.get(f"{path}{mark}colour=red"), 422)
        assert said.errors == ("colour: no such parameter",)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("candidates?index=SP500", "index"),
        ("candidates?action=buy", "action"),
        ("candidates?call=perhaps", "call"),
        ("candidates?min_probability=1.5", "min_probability"),
        ("candidates?min_probability=nan", "min_probability"),
        ("candidates?page=0", "page"),
        ("candidates?page=1e9", "page"),
        ("candidates?size=100000", "size"),
        ("candidates?sort=company_id;drop table quote", "sort"),
        ("candidates?q=", "q"),
        (f"candidates?q={'x' * 101}", "q"),
        ("demand?sort=rank", "sort"),
        ("events?from=1066", "from"),
        ("events?kind=leap", "kind"),
        ("archive?as_of=yesterday", "as_of"),
        ("diff", "before"),
        ("diff?before=x&threshold=inf", "threshold"),
    ],
)
def test_a_value_that_does_not_fit_is_named(client: TestClient, asked: str, name: str) -> None:
    said = refused(client.get(f"{BASE}/{asked}"), 422)
    assert [one.partition(":")[0] for one in said.errors] == [name]


def test_a_parameter_given_twice_is_refused(client: TestClient) -> None:
    said = refused(client.get(f"{BASE}/candidates?page=1&page=2"), 422)
    assert "more than once" in said.detail


@pytest.mark.parametrize(
    "asked",
    [
        "nowhere",
        "run/",
        "companies/NOSUCHLINE",
        "companies/",
        "companies/../../etc/passwd",
        "companies/..%2f..%2f..%2fetc%2fpasswd",
        "companies/%00",
        "companies/'; DROP TABLE quote; --",
        "archive/..%2f..%2fcurrent",
        "archive/../current",
        "archive/%2e%2e",
        "archive/universe",
        "archive/x/candidates",
        "events/2024-13",
        "events/%ff%fe",
        "diff?before=../current",
        "diff?before=..%2F..%2Fetc%2Fpasswd",
        "archive?event=1999-06",
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, asked: str) -> None:
    said = refused(client.get(f"{BASE}/{asked}"), 404)
    assert "root:" not in said.model_dump_json()


def test_a_page_beyond_the_last_is_not_found(client: TestClient) -> None:
    said = refused(client.get(f"{BASE}/candidates?page=1000000"), 404)
    assert "pages" in said.detail


def test_runs_of_different_events_are_not_compared(
    client: TestClient, listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = listing.rows.with_columns(event=listing.rows["event"].str.replace("2025", "2024"))
    monkeypatch.setattr("recon.publish.archive.Archived.rows", lambda _: other)
    said = refused(client.get(f"{BASE}/diff?before={listing.name}"), 422)
    assert "different events" in said.detail


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""]
)
def test_on_the_loopback_no_other_name_leads_to_it(client: TestClient, host: str) -> None:
    refused(client.get(f"{BASE}/health", headers={"Host": host}), 400)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "[::1]:8000", "127.0.0.1"])
def test_names_of_the_loopback_do(client: TestClient, host: str) -> None:
    assert client.get(f"{BASE}/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "desk.example", "::", "127.0.0.2"])
def test_beyond_the_loopback_there_is_no_server_without_a_token(host: str) -> None:
    with pytest.raises(InputError, match="needs a token"):
        Access(host)
    assert Access(host, TOKEN).token == TOKEN


@pytest.mark.parametrize("token", ["", TOKEN[1:], "ä" * 40, f"{TOKEN}\n{TOKEN}"])
def test_a_weak_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(InputError) as caught:
        Access("0.0.0.0", token)
    assert not token or token not in str(caught.value)


def test_beyond_the_loopback_every_route_asks_for_the_token(shown: Shown) -> None:
    client = shown(Access("0.0.0.0", TOKEN))
    right = {"Authorization": f"Bearer {TOKEN}"}
    client.headers |= right | {"Host": "desk.example"}
    paths = routes(client)
    for path in [*paths, "/nowhere"]:
        for given_ in ("", "Bearer", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}"):
            answer = client.get(path, headers={"Authorization": given_})
            refused(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert all(client.get(path).status_code == 200 for path in paths)
    refused(client.post(f"{BASE}/run"), 405)
    assert client.get(f"{BASE}/run", headers={"Authorization": f"bearer {TOKEN}"}).is_success


def test_without_a_list_only_the_list_is_missing(shown: Shown) -> None:
    client = shown(maker=Shelved(StoreError("the store is on fire", value="/secret/path")))
    health = until(client, error="the store is on fire")
    assert not health["ready"]
    answer = client.get(f"{BASE}/run")
    assert refused(answer, 503).detail == "the store is on fire"
    assert answer.headers["retry-after"] == "5"
    assert client.get(f"{BASE}/events").status_code == 200


def test_a_failure_shows_no_traceback(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("secret")

    client = shown()
    until(client, ready=True)
    monkeypatch.setattr(Table, "page", fails)
    said = refused(client.get(f"{BASE}/candidates?size=3"), 500)
    assert "secret" not in said.model_dump_json()
    assert "Traceback" not in said.model_dump_json()
    assert client.get(f"{BASE}/health").status_code == 200


def test_trouble_with_the_archive_names_no_folder(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("the archive cannot be read", field="archive", value="/secret/path")

    monkeypatch.setattr("recon.serve.shelf.Shelf.runs", fails)
    assert refused(client.get(f"{BASE}/archive"), 500).detail == "the archive cannot be read"


def test_the_description_is_valid_and_names_every_route(client: TestClient) -> None:
    described = client.get(f"{BASE}/openapi.json").json()
    validate(described)
    assert {method for path in described["paths"].values() for method in path} == {"get"}
    assert len(described["paths"]) == 15
    page = described["components"]["schemas"]["Page_Candidate_"]["properties"]["items"]
    assert page["items"] == {"$ref": "#/components/schemas/Candidate"}
    assert "application/problem+json" in json.dumps(described)


NAMES = st.sampled_from(
    [
        *("index", "action", "call", "min_probability", "q", "page", "size", "list", "sort"),
        *("descending", "before", "after", "threshold", "from", "to", "kind", "event", "as_of"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["R3000", "add", "true", "symbol", "2025", "2025-06", "recon", "1"]),
)


@settings(max_examples=150)
@given(
    route=st.sampled_from(["candidates", "demand", "events", "archive", "diff", "run", "score"]),
    asked=st.dictionaries(NAMES, VALUES, max_size=4),
)
def test_no_query_breaks_the_server(client: TestClient, route: str, asked: dict[str, str]) -> None:
    answer = client.get(f"{BASE}/{route}", params=asked)
    if answer.status_code != 200:
        assert answer.status_code in {404, 409, 422}
        refused(answer, answer.status_code)


@settings(max_examples=150)
@given(
    route=st.sampled_from(["companies", "events", "archive"]),
    name=st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_no_name_breaks_the_server(client: TestClient, route: str, name: bytes) -> None:
    quoted = "".join(f"%{byte:02x}" for byte in name)
    answer = client.get(f"{BASE}/{route}/{quoted}")
    if answer.status_code != 200:
        refused(answer, 404)
