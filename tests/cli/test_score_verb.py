"""Score as a user calls it, on runs and lists made by hand."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hand_made import Asked, in_place
from run_recon import Run
from small_run import small_run

from recon.backtest import events
from recon.calendar import event
from recon.cli import clock
from recon.cli import score as recon_score
from recon.publish.candidates import candidates
from recon.publish.formats import encode

MOVES = pl.DataFrame(
    [("2024-06", "CCC", "R2000", "R1000"), ("2024-06", "EEE", "R2000", "R1000")],
    schema=["event", "ticker", "from_index", "to_index"],
    orient="row",
)


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Put hand-made runs and lists in place; gives what was run."""
    monkeypatch.setattr(events, "look_ahead", lambda *_: None)
    return in_place(monkeypatch, recon_score, MOVES, date(2024, 5, 2), deletions="updated")


def write_list(path: Path, **changes: object) -> None:
    rows = candidates(small_run()).with_columns(**{k: pl.lit(v) for k, v in changes.items()})
    path.write_bytes(encode(rows, path.suffix[1:]))


def test_without_a_moment_the_list_of_rank_day_is_scored(recon: Run, asked: Asked) -> None:
    done = recon("score", "--event", "2024-06")
    assert done.exit_code == 0, done.stderr
    assert asked == [("2024-06", date(2024, 4, 30), "strict")]
    assert "event 2024-06, rank day 2024-04-30" in done.stdout
    assert "(list updated, the final one is not in the store)" in done.stdout
    rows = {line[:31].strip(): line[31:].split() for line in done.stdout.splitlines()}
    assert rows["official companies (lines)"] == ["2", "(2)", "2", "(2)"]
    assert rows["precision"] == ["1.000", "(1.000)", "0.500", "(0.500)"]
    assert rows["recall"] == ["0.500", "(0.500)", "0.500", "(0.500)"]
    for title in (
        "false additions: 0",
        "missed additions: 1",
        "false deletions: 1",
        "missed deletions: 1",
    ):
        assert title in done.stdout
    assert "JJJ" in done.stdout.split("missed additions")[1].split("false deletions")[0]


@pytest.mark.parametrize("name", ["list.csv", "list.json", "list.parquet"])
def test_a_list_is_scored_at_its_own_moment(recon: Run, asked: Asked, name: str) -> None:
    write_list(Path(name), run_id="2024-06_2024-04-30_slow-facts_0")
    arguments = ("score", "--event", "2024-06", "--format", "json")
    of_list = json.loads(recon(*arguments, "--list", name).stdout)
    of_run = json.loads(recon(*arguments, "--hindsight", "slow-facts").stdout)
    assert asked == [("2024-06", date(2024, 4, 30), "slow-facts")] * 2
    for action in ("add", "delete"):
        for figure in ("official", "called", "hits", "precision", "recall", "universe"):
            assert of_list[action][figure] == of_run[action][figure]
        assert [one["symbol"] for one in of_list[action]["errors"]] == [
            one["symbol"] for one in of_run[action]["errors"]
        ]


def test_json_names_the_errors_and_what_was_run(recon: Run) -> None:
    found = json.loads(recon("score", "--event", "2024-06", "--format", "json").stdout)
    assert found["official_stages"] == {"add": "final", "delete": "updated"}
    assert (found["event"], found["as_of"], found["hindsight"]) == (
        "2024-06",
        "2024-04-30",
        "strict",
    )
    assert found["run_id"].startswith("2024-06_2024-04-30_strict_")
    assert found["delete"]["precision"] == 0.5
    assert {(one["error"], one["symbol"]) for one in found["delete"]["errors"]} == {
        ("false", "KKK"),
        ("missed", "GGG"),
    }


def test_all_events_both_hindsights_and_never_the_test_year_unasked(
    recon: Run, asked: Asked
) -> None:
    done = recon("score", "--all")
    assert done.exit_code == 0, done.stderr
    assert {name for name, _, _ in asked} == {"2021-06", "2022-06", "2023-06", "2024-06"}
    assert len(asked) == 8
    assert all(day == event(name).rank_day for name, day, _ in asked)
    lines = [line.split() for line in done.stdout.splitlines()]
    (mean,) = (line for line in lines if line[:2] == ["mean", "deletions"])
    assert mean[2:5] == ["0.500", "|", "0.500"]
    assert sum(line[:1] == ["pooled"] for line in lines) == 2
    assert sum(line[:3] == ["mean", "without", "2021-06"] for line in lines) == 2


def test_the_test_year_is_scored_when_asked_for(recon: Run, asked: Asked) -> None:
    done = recon("score", "--all", "--include-test-year", "--format", "json", "-o", "all.json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(Path("all.json").read_text())
    assert [(one["event"], one["hindsight"]) for one in found["events"]][-2:] == [
        ("2025-06", "strict"),
        ("2025-06", "slow-facts"),
    ]
    assert found["pooled"]["strict"]["delete"]["official"] == 2 * 5
    assert found["mean"]["slow-facts"]["add"]["recall"] == 0.5
    assert found["mean without 2021-06"]["slow-facts"]["add"]["recall"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--event"),
        (("--all", "--event", "2024-06"), "--all goes with neither"),
        (("--event", "2024-06", "--include-test-year"), "goes with --all"),
        (("--event", "2024-07"), "2024-07"),
        (("--event", "shadow:2025-11"), "no official lists"),
        (("--event", "2024-06", "--kind", "ipo"), "--kind goes with --all"),
        (("--event", "2024-06", "--as-of", "2024-05-24"), "no forecast"),
        (("--event", "2024-06", "--list", "absent.csv"), "No such file"),
        (("--event", "2023-06", "--list", "list.csv"), "another event"),
        (("--event", "2025-06", "--list", "list.csv"), "another event"),
        (("--event", "2024-06", "--list", "list.csv", "--as-of", "2024-04-29"), "another as_of"),
        (("--event", "2024-06", "--list", "late.csv"), "no forecast"),
        (("--event", "2024-06", "--list", "empty.csv"), "no rows"),
    ],
)
def test_what_cannot_be_scored_is_wrong_use(
    recon: Run,
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2024, 7, 1))
    write_list(Path("list.csv"))
    write_list(Path("late.csv"), as_of=date(2024, 6, 3))
    Path("empty.csv").write_bytes(encode(candidates(small_run()).clear(), "csv"))
    done = recon("score", *arguments)
    assert asked == []
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_moves_between_the_size_indexes_are_scored_where_there_are_labels(recon: Run) -> None:
    text = recon("score", "--event", "2024-06").stdout
    up = next(line for line in text.splitlines() if line.split()[2:3] == ["up"])
    assert up.split()[3:8] == ["2", "1", "1", "1.000", "0.500"]
    assert any(line.split()[:3] == ["up", "missed", "EEE"] for line in text.splitlines())
    found = json.loads(recon("score", "--event", "2024-06", "--format", "json").stdout)
    assert found["migrations"]["scores"][0]["hits"] == 1
    without = recon("score", "--event", "2023-06").stdout
    assert "the store holds no labels" in without
