"""Errors as a user calls it, on runs and lists made by hand."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hand_made import Asked, in_place
from run_recon import Run

from recon.backtest.causes import CAUSES
from recon.backtest.evidence import EVIDENCE
from recon.calendar import event
from recon.cli import errors as recon_errors

MOVES = pl.DataFrame(
    {"event": ["2024-06"], "ticker": ["CCC"], "from_index": ["R2000"], "to_index": ["R1000"]}
)
WRONG = (("missed addition", "JJJ", 80.0), ("false deletion", "KKK", 500.0))


def evidence(_store: object, run: Any, *_: object) -> pl.DataFrame:
    rows = [
        {
            "event": run.event.id,
            "error": error,
            "symbol": symbol,
            "name": f"{symbol} Inc.",
            "rank_day": run.event.rank_day,
            "effective": run.event.effective,
            "resolved": True,
            "quoted": True,
            "begun": date(2021, 1, 29),
            "gone": date(2024, 5, 2) if symbol == "KKK" and run.event.id == "2024-06" else None,
            "member": False,
            "member_later": False,
            "line_was_member": False,
            "rank": 9,
            "total_cap_usd": cap,
            "cut_usd": 100.0,
            "cut_corrected_usd": 100.0,
            "failed": [],
            "failed_later": [],
        }
        for error, symbol, cap in WRONG
    ]
    return pl.DataFrame(rows, schema=EVIDENCE).with_columns(
        hindsight=pl.lit(run.hindsight),
        why=pl.lit("ranks below 8"),
        verdict_reasons=pl.lit([], pl.List(pl.String)),
    )


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Put hand-made runs, lists and evidence in place; gives what was run."""
    monkeypatch.setattr(recon_errors, "evidence", evidence)
    return in_place(monkeypatch, recon_errors, MOVES, date(2026, 5, 2))


def test_one_event_names_every_error_with_its_cause(recon: Run, asked: Asked) -> None:
    done = recon("errors", "--event", "2024-06", "--hindsight", "slow-facts")
    assert done.exit_code == 0, done.stderr
    assert asked == [("2024-06", date(2024, 4, 30), "slow-facts")]
    assert "judged afterwards, with what was known on 2026-04-30" in done.stdout
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "our defect" in lines["JJJ"]
    assert "merger or listing after rank day" in lines["KKK"]
    assert "stops trading 2024-05-02" in lines["KKK"]
    for place, one in enumerate(CAUSES, 1):
        assert f"{place}. {one.name}: {one.test}" in done.stdout


def test_csv_and_json_carry_the_evidence(recon: Run, tmp_path: Path) -> None:
    rows = list(
        csv.DictReader(io.StringIO(recon("errors", "--event", "2024-06", "--format", "csv").stdout))
    )
    assert {(row["symbol"], row["cause"]) for row in rows} == {
        ("JJJ", "our defect"),
        ("KKK", "merger or listing after rank day"),
    }
    assert set(EVIDENCE) <= set(rows[0])
    done = recon("errors", "--event", "2024-06", "--format", "json", "--output", "e.json")
    assert done.exit_code == 0, done.stderr
    content = json.loads((tmp_path / "e.json").read_text())
    assert (content["event"], content["judged_with"]) == ("2024-06", "2026-04-30")
    assert [one["cause"] for one in content["causes"]] == [one.name for one in CAUSES]
    assert len(content["errors"]) == 2


def test_all_years_stand_side_by_side_and_never_the_test_year_unasked(
    recon: Run, asked: Asked
) -> None:
    done = recon("errors", "--all")
    assert done.exit_code == 0, done.stderr
    assert {name for name, _, _ in asked} == {"2021-06", "2022-06", "2023-06", "2024-06"}
    assert len(asked) == 8
    assert all(day == event(name).rank_day for name, day, _ in asked)
    text = done.stdout
    merger = next(line for line in text.splitlines() if "merger or listing" in line)
    assert merger.split("day")[1].split() == ["–", "|", "–"] * 3 + ["1", "|", "1"]
    assert "cap at rank 1,000" in text
    assert "$150.4m" in text
    up = next(line for line in text.splitlines() if "2024-06" in line and " up " in line)
    assert up.split()[3:8] == ["1", "1", "1", "1.000", "1.000"]


def test_the_test_year_is_looked_at_when_asked_for(recon: Run, asked: Asked) -> None:
    done = recon("errors", "--all", "--include-test-year", "--format", "json")
    assert done.exit_code == 0, done.stderr
    assert "2025-06" in {name for name, _, _ in asked}
    content = json.loads(done.stdout)
    assert {row["event"] for row in content["published"]} == {f"{y}-06" for y in range(2021, 2026)}
    assert content["migrations"][0]["hits"] == 1


def test_parity_runs_both_hindsights(recon: Run, asked: Asked) -> None:
    done = recon("errors", "--parity", "--event", "2024-06")
    assert done.exit_code == 0, done.stderr
    assert [hindsight for _, _, hindsight in asked] == ["strict", "slow-facts"]
    kinds = ("fact unknown", "answer", "changed by later files")
    assert all(kind in done.stdout for kind in kinds)
    rows = json.loads(recon("errors", "--parity", "--event", "2024-06", "--format", "json").stdout)[
        "parity"
    ]
    assert {row["kind"] for row in rows} == set(kinds)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all", "--event", "2024-06"),
        ("--all", "--as-of", "2024-04-30"),
        ("--event", "2024-06", "--include-test-year"),
        ("--event", "shadow:2025-11"),
        ("--event", "2024-06", "--as-of", "2024-05-24"),
        ("--event", "2024-07"),
    ],
)
def test_wrong_use_is_one_line(recon: Run, asked: list[Any], arguments: tuple[str, ...]) -> None:
    done = recon("errors", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert asked == []
