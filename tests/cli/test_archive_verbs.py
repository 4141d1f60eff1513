"""Watch, status and score as a user calls them on an archive, with runs made by hand."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from run_recon import Run
from small_run import small_run, small_securities

from recon import pipeline
from recon.backtest import official as truth
from recon.backtest.official import Official
from recon.calendar import Event, event
from recon.cli import archiving, clock
from recon.cli.status import as_json, as_text
from recon.demand.build import Demand
from recon.errors import NoDataError
from recon.publish import whole
from recon.publish.archive import archived, keep
from recon.publish.candidates import candidates
from recon.store import Store
from recon.store.reports import StoreStatus

EARLY, LAST = date(2024, 4, 29), date(2024, 4, 30)
NAMES = pl.DataFrame(
    [("add", "FFF"), ("add", "JJJ"), ("delete", "III"), ("delete", "GGG")],
    schema=["action", "ticker"],
    orient="row",
).with_columns(name=pl.lit(None, pl.String), security_id=pl.format("{}:2021-01-29", "ticker"))

NONE = pl.DataFrame(schema={"index": pl.String, "assets_usd": pl.Float64})


def made(as_of: date) -> pipeline.Run:
    """A run in which FFF fails a rule until the last day, on which it is called."""
    run = small_run(as_of=as_of, session=min(as_of, LAST))
    fails = (pl.col("symbol") == "FFF") & pl.lit(as_of < LAST)
    return small_run(
        as_of=as_of,
        session=run.session,
        companies=run.companies.with_columns(
            eligible=pl.col("eligible") & ~fails, to_size=pl.when(~fails).then("to_size")
        ),
    )


def traded(_run: object, rows: pl.DataFrame, *_: object) -> Demand:
    """Demand of a day of volume for every row."""
    return Demand(rows.with_columns(days_of_volume=pl.lit(1.0)), NONE, NONE)


@pytest.fixture
def call(recon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a verb on an empty store, in which runs are made by hand."""
    (tmp_path / "store").mkdir()
    monkeypatch.setattr(clock, "now", lambda: datetime(2024, 5, 1, 12, tzinfo=UTC))
    monkeypatch.setattr(whole, "run", lambda _store, _event, day, **_: made(day or LAST))
    monkeypatch.setattr(Store, "as_of", lambda *_: None)
    monkeypatch.setattr(whole, "demand", traded)

    def official(_store: object, of: Event, securities: pl.DataFrame) -> Official:
        if of.id != "2024-06":
            raise NoDataError("the store has no official list of lines to add")
        return Official(of, NAMES, {"add": "final", "delete": "updated"}, securities)

    monkeypatch.setattr(truth, "history", lambda *_: small_securities())
    monkeypatch.setattr(truth, "official", official)

    def call(verb: str, *arguments: object) -> object:
        model = () if verb in {"score", "status"} else ("--model", "none")
        return recon(verb, *arguments, *model, "--store", "store")

    return call


def held() -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in Path("store/archive").glob("*.parquet")}


def test_the_whole_list_is_archived_whatever_is_shown(call: Run) -> None:
    call("watchlist", "--format", "csv", "--output", "all.csv", "--no-archive")
    assert not Path("store/archive").exists()
    done = call("watchlist", "--index", "R1000", "--calls-only", "--format", "csv")
    assert done.exit_code == 0, done.stderr
    (one,) = archived(Path("store/archive"))
    assert one.rows().height == pl.read_csv("all.csv").height
    before = held()
    call("watchlist")
    assert held() == before


def test_a_store_that_cannot_be_written_gives_a_note(
    call: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = call("watchlist", "--format", "csv", "--no-archive").stdout
    monkeypatch.setattr(archiving, "writable", lambda _: False)
    done = call("watchlist", "--format", "csv")
    assert (done.exit_code, done.stdout) == (0, shown)
    assert "not archived" in done.stderr
    assert not Path("store/archive").exists()


def test_watch_exits_3_when_a_call_flipped(call: Run) -> None:
    first = call("watch", "--as-of", EARLY)
    assert first.exit_code == 0, first.stderr
    assert "nothing to compare with" in first.stderr
    assert "before: no list" in first.stdout
    second = call("watch", "--as-of", LAST)
    assert second.exit_code == 3
    line = next(one for one in second.stdout.splitlines() if "FFF" in one)
    assert "– → yes" in line
    again = call("watch", "--as-of", LAST)
    assert (again.exit_code, again.stdout) == (3, second.stdout)
    assert len(held()) == 2


def test_watch_looks_only_back_and_is_quiet_without_a_flip(call: Run) -> None:
    call("watch", "--as-of", LAST)
    earlier = call("watch", "--as-of", EARLY)
    assert earlier.exit_code == 0
    assert "nothing to compare with" in earlier.stderr
    still = call("watch", "--as-of", date(2024, 4, 26), "--format", "json")
    assert json.loads(still.stdout)["before"] is None
    quiet = call("watch", "--as-of", EARLY, "--format", "json")
    assert quiet.exit_code == 0
    told = json.loads(quiet.stdout)
    assert (told["before"]["as_of"], told["after"]["as_of"]) == ("2024-04-26", "2024-04-29")
    assert (told["flipped"], told["threshold"]) == (0, 0.1)


def test_what_cannot_be_watched_is_an_error_and_no_flip(call: Run) -> None:
    call("watch")
    (one,) = archived(Path("store/archive"))
    one.universe_file.unlink()
    for arguments, code in ((("--threshold", "2"), 2), ((), 1)):
        done = call("watch", *arguments)
        assert done.exit_code == code
        assert done.stderr.count("\n") == 1


def test_archived_runs_are_scored_one_row_each(call: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (EARLY, LAST):
        call("watchlist", "--as-of", day)
    monkeypatch.setattr(clock, "now", lambda: datetime(2024, 5, 25, 12, tzinfo=UTC))
    call("watchlist", "--as-of", date(2024, 5, 24))
    done = call("score", "--archived")
    assert done.exit_code == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith(" 2024-06")]
    assert [row[1:4] for row in rows] == [
        ["2024-04-29", "1", "2024-05-01"],
        ["2024-04-30", "0", "2024-05-01"],
    ]
    assert rows[0][6:9] == ["2", "–", "0.000"]
    assert rows[1][6:9] == ["2", "1.000", "0.500"]
    assert "no forecast: 2024-06 as of 2024-05-24" in done.stdout
    found: dict[str, Any] = json.loads(
        call("score", "--archived", "--event", "2024-06", "--format", "json").stdout
    )
    assert [one["add"]["hits"] for one in found["runs"]] == [0, 1]
    assert [one["sessions_before_rank_day"] for one in found["runs"]] == [1, 0]
    assert found["runs"][0]["delete"]["brier"] is not None
    assert [one["as_of"] for one in found["not_forecasts"]] == ["2024-05-24"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no forecast is archived"),
        (("--event", "2023-06"), "no forecast is archived"),
        (("--all",), "--archived goes with"),
        (("--list", "list.csv"), "--archived goes with"),
    ],
)
def test_what_cannot_be_scored_is_wrong_use(
    call: Run, arguments: tuple[str, ...], said: str
) -> None:
    done = call("score", "--archived", *arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_status_counts_what_is_archived(call: Run) -> None:
    nothing = StoreStatus(Path("store"), 1, 1, 0, False, {}, [], None, None, [], {}, 0, [])
    assert "archived forecasts: none" in as_text(nothing, LAST)
    for day in (LAST, EARLY):
        call("watchlist", "--as-of", day)
    kept = archived(Path("store/archive"))
    text = as_text(nothing, LAST, None, kept)
    assert "archived forecasts: 2, the newest of 2024-06 as of 2024-04-30" in text
    told = json.loads(as_json(nothing, LAST, None, kept))["archived"]
    assert (told["runs"], told["newest"]["as_of"]) == (2, "2024-04-30")


def test_the_test_year_is_scored_only_by_name(call: Run) -> None:
    run = small_run(event=event("2025-06"))
    keep(Path("store/archive"), run, candidates(run), None, datetime(2025, 5, 1, tzinfo=UTC))
    call("watchlist")
    found = json.loads(call("score", "--archived", "--format", "json").stdout)
    assert [one["event"] for one in found["runs"]] == ["2024-06"]
    assert "our test year" in found["not_scored"]["2025-06"]
    named = json.loads(call("score", "--archived", "--event", "2025-06", "--format", "json").stdout)
    assert "no official list" in named["not_scored"]["2025-06"]


def test_a_watchlist_of_the_same_moment_is_not_the_past_of_a_watch(call: Run) -> None:
    call("watchlist", "--as-of", EARLY, "--format", "csv")
    call("watchlist", "--as-of", LAST, "--format", "csv")
    kept = held()
    assert len(kept) == 2
    assert call("watch", "--as-of", LAST).exit_code == 3
    assert held() == kept
