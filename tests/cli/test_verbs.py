"""Calendar, rulebook and simulate, as a user calls them."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from run_recon import Run

import recon.cli.clock
from recon.calendar import event
from recon.publish import freshness


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recon.cli.clock, "today", lambda: date(2026, 5, 4))


def test_calendar_table_marks_what_is_derived(recon: Run) -> None:
    done = recon("calendar", "--from", 2025, "--to", 2027, "--kind", "recon")
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if "20" in line}
    assert list(rows) == ["2025-06", "2026-06", "2026-11", "2027-06", "2027-11"]
    assert " 2026-10-30 " in rows["2026-11"]
    assert "~" in rows["2027-11"]


def test_calendar_csv_has_a_row_for_each_date(recon: Run) -> None:
    done = recon("calendar", "--from", 2025, "--to", 2025, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    june = {(r["name"], r["date"]): r for r in rows if r["event"] == "2025-06"}
    assert june["rank_day", "2025-04-30"]["basis"] == "published"
    assert june["effective", "2025-06-27"]["source"]
    assert sum(name == "update" for name, _ in june) == 4
    shadow = [r for r in rows if r["event"] == "shadow:2025-11"]
    assert [(r["name"], r["date"], r["kind"]) for r in shadow] == [
        ("rank_day", "2025-09-30", "shadow")
    ]


def test_calendar_defaults_to_this_year_and_the_next(recon: Run) -> None:
    done = recon("calendar", "--format", "json")
    years = {row["event"].rpartition(":")[2][:4] for row in json.loads(done.stdout)}
    assert years == {"2026", "2027"}


@pytest.mark.parametrize(
    "arguments", [("--from", "2027", "--to", "2026"), ("--from", "1999"), ("--kind", "leap")]
)
def test_calendar_outside_the_known_is_wrong_use(recon: Run, arguments: tuple[str, ...]) -> None:
    done = recon("calendar", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_rulebook_prints_values_with_their_sources(recon: Run) -> None:
    done = recon("rulebook", "--event", "2025-06", "--format", "csv")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert rows["eligibility.min_price_usd"]["value"] == "1.0"
    assert all(row["source"] for row in rows.values())
    assert "event 2025-06" in done.stderr


def test_rulebook_open_choices_only(recon: Run) -> None:
    done = recon("rulebook", "--event", "2025-06", "--open", "--format", "json")
    rows = json.loads(done.stdout)
    assert rows
    assert all(row["open_choice"] for row in rows)


def test_rulebook_of_the_next_event_with_ones_own_value(recon: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[eligibility]\nmin_price_usd = 2.0\n")
    done = recon("rulebook", "--rulebook", "mine.toml", "--format", "json")
    own = [row for row in json.loads(done.stdout) if row["user"]]
    assert [(row["key"], row["value"]) for row in own] == [("eligibility.min_price_usd", "2.0")]
    assert "event 2026-06" in done.stderr
    assert "+user" in done.stderr


@pytest.mark.parametrize("arguments", [("--event", "2026-07"), ("--rulebook", "absent.toml")])
def test_rulebook_of_what_does_not_exist_is_refused(recon: Run, arguments: tuple[str, ...]) -> None:
    done = recon("rulebook", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_simulate_marks_its_market_and_spares_other_folders(recon: Run, tmp_path: Path) -> None:
    arguments = ("--companies", 120, "--from", "2025-03-03", "--to", "2025-04-30")
    done = recon("simulate", "market", *arguments)
    assert done.exit_code == 0, done.stderr
    assert "SIMULATED" in done.stderr
    assert (tmp_path / "market" / "SIMULATED.json").is_file()
    assert recon("simulate", "market", *arguments).exit_code == 0
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "notes.txt").write_text("mine")
    refused = recon("simulate", "own", *arguments)
    assert refused.exit_code == 2
    assert [p.name for p in (tmp_path / "own").iterdir()] == ["notes.txt"]


def test_simulate_refuses_what_cannot_be_simulated(recon: Run) -> None:
    assert recon("simulate", "market", "--companies", 5).exit_code == 2


@pytest.mark.parametrize(
    ("as_of", "today", "old"),
    [
        (date(2026, 4, 30), date(2026, 4, 30), 0),
        (date(2026, 4, 30), date(2026, 5, 1), 1),
        (date(2026, 4, 30), date(2026, 5, 3), 1),
        (date(2026, 4, 30), date(2026, 5, 4), 2),
        (date(2026, 5, 4), date(2026, 4, 30), 0),
    ],
)
def test_age_counts_sessions(as_of: date, today: date, old: int) -> None:
    assert freshness.age(as_of, today) == old


def test_the_line_of_freshness_names_everything() -> None:
    line = freshness.line(date(2026, 4, 30), event("2026-06"), date(2026, 5, 4), simulated=True)
    assert line == (
        "SIMULATED MARKET: event 2026-06, rank day 2026-04-30, as of 2026-04-30 (2 sessions old)"
    )
