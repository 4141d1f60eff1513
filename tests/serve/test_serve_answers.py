"""What each route says, against the listing that it shows."""

from datetime import date

import polars as pl
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from served import routes

from recon.calendar import Event, event
from recon.publish.candidate import FRAME_SCHEMA, Candidate
from recon.publish.changes import changes
from recon.publish.explain import explain
from recon.publish.explanation import Explanation
from recon.serve import models, models_past
from recon.serve.listing import Listing

BASE = "/api/v1"
SHAPES = {
    "health": models.Health,
    "run": models.Head,
    "candidates": models.Page[Candidate],
    "companies": Explanation,
    "breakpoints": models.BreakPoints,
    "demand": models.Page[models.DemandRow],
    "funds": models.Funds,
    "score": models_past.ScoreCard,
    "store": models_past.StoreHolds,
    "events": models_past.Events,
    "events/": Event,
    "archive": models_past.ArchivedRuns,
    "archive/": models_past.ArchivedRun,
    "archive//candidates": models.Page[Candidate],
    "diff": models_past.Diff,
}


def read_all(client: TestClient, path: str) -> list[dict[str, object]]:
    """Follow the links of a list to its end."""
    rows: list[dict[str, object]] = []
    following: str | None = path
    while following:
        page = client.get(following).json()
        rows += page["items"]
        assert page["total"] >= len(rows)
        following = page["next"]
    assert page["total"] == len(rows)
    return rows


def framed(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows of JSON as the list has them."""
    read = TypeAdapter(list[Candidate]).validate_python(rows)
    return pl.DataFrame([one.model_dump() for one in read], schema=FRAME_SCHEMA)


def test_every_answer_has_the_shape_that_is_promised(client: TestClient) -> None:
    for path in routes(client)[2:]:
        name = path.removeprefix(f"{BASE}/").partition("?")[0]
        head, slash, rest = name.partition("/")
        key = head + slash * (head != "companies") + "/candidates" * rest.endswith("candidates")
        answer = client.get(path)
        assert answer.status_code == 200, path
        SHAPES[key].model_validate_json(answer.content)


def test_the_whole_list_is_the_listing_to_the_last_figure(
    client: TestClient, listing: Listing
) -> None:
    rows = framed(read_all(client, f"{BASE}/candidates?size=1000"))
    assert rows.equals(listing.rows)
    assert rows.height > 50


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("order", ["", "&sort=probability&descending=true", "&sort=days_of_volume"])
def test_pages_hold_every_row_exactly_once(
    client: TestClient, listing: Listing, size: int, order: str
) -> None:
    wanted = listing.rows.filter(index="R3000").head(400)
    rows = framed(read_all(client, f"{BASE}/candidates?index=R3000&size={size}{order}"))
    key = ["index", "action", "symbol"]
    assert rows.sort(key).equals(wanted.sort(key))
    if "sort" in order:
        column = order.split("=")[1].partition("&")[0]
        down = "descending" in order
        assert rows[column].equals(rows[column].sort(descending=down, nulls_last=True))


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (
            "index=R2000&action=delete",
            (pl.col("index") == "R2000") & (pl.col("action") == "delete"),
        ),
        ("call=true", pl.col("call")),
        ("call=false", ~pl.col("call")),
        ("min_probability=0.5", pl.col("probability") >= 0.5),
        (
            "q=XA",
            pl.any_horizontal(pl.col("symbol", "company").str.to_uppercase().str.contains("XA")),
        ),
        ("q=.*", pl.lit(value=False)),
    ],
)
def test_filters_choose_rows(
    client: TestClient, listing: Listing, asked: str, fits: pl.Expr
) -> None:
    rows = framed(read_all(client, f"{BASE}/candidates?size=1000&{asked}"))
    assert rows.equals(listing.rows.filter(fits))


def test_the_head_says_event_moment_model_and_ages(client: TestClient, listing: Listing) -> None:
    head = client.get(f"{BASE}/run").json()
    run = listing.run
    assert head["list"] == listing.name
    assert (head["event"], head["as_of"], head["simulated"]) == ("2025-06", "2025-04-30", True)
    assert head["run_id"] == run.run_id == head["list"].partition("_recon")[0]
    assert (head["today"], head["sessions_old"]) == ("2025-05-05", 3)
    assert head["model_version"] == "recon-2024-06-strict"
    assert sum(one["rows"] for one in head["counts"]) == listing.rows.height
    assert sum(one["calls"] for one in head["counts"]) == listing.rows["call"].sum()
    ages = {one["index"]: one["age_days"] for one in head["members_before"]}
    assert ages == {s.index: (run.as_of - s.asof).days for s in run.membership.snapshots}
    assert head["words"][0].startswith("SIMULATED MARKET: event 2025-06")


def test_a_company_is_explained_as_on_the_command_line(
    client: TestClient, listing: Listing
) -> None:
    symbol = listing.rows["symbol"][0]
    found = Explanation.model_validate_json(client.get(f"{BASE}/companies/{symbol}").content)
    assert found == explain(listing.run, symbol, listing.outlook)
    assert found.chances


def test_a_class_is_asked_for_with_its_slash(client: TestClient, listing: Listing) -> None:
    symbol = listing.run.lines.filter(pl.col("symbol").str.contains("/"))["symbol"][0]
    for written in (symbol, symbol.replace("/", "%2F"), symbol.replace("/", ".").lower()):
        assert client.get(f"{BASE}/companies/{written}").json()["symbol"] == symbol


def test_break_points_come_with_their_interval(client: TestClient, listing: Listing) -> None:
    lines = client.get(f"{BASE}/breakpoints").json()["items"]
    assert {one["name"]: one["cap_usd"] for one in lines} == {
        one.name: one.cap_usd for one in listing.run.breakpoints
    }
    assert listing.outlook is not None
    (cut,) = [one for one in lines if one["name"] == "rank_80"]
    simulated = listing.outlook.breakpoints.filter(name="rank_80").sort("quantile")
    assert [one["cap_usd"] for one in cut["on_rank_day"]] == simulated["cap_usd"].to_list()


def test_demand_is_that_of_the_list(client: TestClient, listing: Listing) -> None:
    rows = read_all(client, f"{BASE}/demand?size=1000")
    for name in ("symbol", "price_usd", "median_volume_usd", "usd_to_trade", "expected_days"):
        assert [row[name] for row in rows] == listing.demand_rows[name].to_list()
    by_line = {(r["symbol"], r["index"], r["action"]): r["usd_to_trade"] for r in rows}
    shown = listing.rows.select("symbol", "index", "action", "usd_to_trade").iter_rows()
    assert all(by_line[symbol, index, action] == usd for symbol, index, action, usd in shown)
    funds = client.get(f"{BASE}/funds").json()["items"]
    assert [one["assets_usd"] for one in funds] == listing.funds["assets_usd"].to_list()


def test_the_score_card_is_that_of_the_model(client: TestClient, listing: Listing) -> None:
    card = client.get(f"{BASE}/score").json()
    assert card["model"] == "recon-2024-06-strict"
    assert listing.card is not None
    assert card["scores"] == listing.card.scores
    assert {one["event"] for one in card["scores"]} >= {"2022-06", "2023-06"}


def test_events_are_those_of_the_calendar(client: TestClient) -> None:
    said = client.get(f"{BASE}/events?from=2025&to=2026&kind=recon").json()
    assert [one["id"] for one in said["items"]] == ["2025-06", "2026-06", "2026-11"]
    one = Event.model_validate_json(client.get(f"{BASE}/events/2026-12").content)
    assert one == event("2026-11")
    assert client.get(f"{BASE}/events?from=2027&to=2026").json()["items"] == []


def test_the_archive_says_what_was_said(client: TestClient, listing: Listing) -> None:
    runs = client.get(f"{BASE}/archive?event=2025-06").json()["items"]
    assert listing.name in {one["name"] for one in runs}
    assert len(runs) == 2
    rows = framed(read_all(client, f"{BASE}/archive/{listing.name}/candidates?size=999"))
    assert rows.equals(listing.rows)
    assert client.get(f"{BASE}/archive?event=2024-06").json()["items"] == []
    assert client.get(f"{BASE}/archive?as_of={date(2025, 4, 29)}").json()["items"] == []


def test_the_difference_of_two_runs(client: TestClient, listing: Listing) -> None:
    names = [one["name"] for one in client.get(f"{BASE}/archive").json()["items"]]
    (other,) = set(names) - {listing.name}
    before = framed(read_all(client, f"{BASE}/archive/{other}/candidates"))
    expected = changes(before, listing.rows, 0.05)
    for path in (f"before={other}", f"before={other}&after={listing.name}&threshold=0.05"):
        said = client.get(f"{BASE}/diff?{path}").json()
        assert pl.DataFrame(said["items"], schema=expected.schema).equals(expected)
        assert said["flipped"] == expected["flipped"].sum() > 0
    same = client.get(f"{BASE}/diff?before={listing.name}").json()
    assert (same["total"], same["flipped"]) == (0, 0)


def test_the_store_is_described_without_its_place(client: TestClient, listing: Listing) -> None:
    answer = client.get(f"{BASE}/store")
    assert answer.json()["last_session"] == "2025-04-30"
    assert answer.json()["tables"]["quote"] == listing.status.tables["quote"]
    assert str(listing.status.path) not in answer.text


def test_the_page_shows_the_run_and_may_load_nothing(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "2025-06" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'un")
