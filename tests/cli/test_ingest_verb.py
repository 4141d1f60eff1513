"""Ingest and status on a small simulated market and on files that are wrong."""

import json
from datetime import date
from pathlib import Path

import pytest
from run_recon import Run

from recon.cli.status import spans
from recon.sources.simulated import simulate

HEAD = "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    simulate(folder, first=date(2025, 3, 3), last=date(2025, 4, 30), companies=120)
    return folder / "market"


def test_a_folder_lands_and_again_changes_nothing(recon: Run, market: Path) -> None:
    first = recon("ingest", market, "--store", "store")
    assert first.exit_code == 0, first.stderr
    assert "SIMULATED" in first.stderr
    assert "2 landed" in first.stderr
    assert "screener_daily.parquet" in first.stdout
    before = recon("status", "--store", "store", "--format", "json")
    second = recon("ingest", market, "--store", "store")
    assert second.exit_code == 0
    assert "2 already there" in second.stderr
    after = recon("status", "--store", "store", "--format", "json")
    assert before.stdout == after.stdout


def test_status_tells_what_is_held_and_what_a_bare_call_would_use(recon: Run, market: Path) -> None:
    recon("ingest", market, "--store", "store")
    held = json.loads(recon("status", "--store", "store", "--format", "json").stdout)
    assert held["simulated"] is True
    assert (held["first"], held["last"]) == ("2025-03-03", "2025-04-30")
    assert (held["default_as_of"], held["default_event"]) == ("2025-04-30", "2025-06")
    assert held["sessions_old"] > 100
    assert held["tables"]["quote"] > 1000
    text = recon("status", "--store", "store").stdout
    assert "SIMULATED MARKET: event 2025-06, rank day 2025-04-30, as of 2025-04-30" in text
    assert "screener_parquet" in text


def test_status_into_a_file(recon: Run, market: Path) -> None:
    recon("ingest", market, "--store", "store")
    done = recon("status", "--store", "store", "--format", "json", "--output", "status.json")
    assert done.stdout == ""
    assert json.loads(Path("status.json").read_text())["simulated"] is True


def test_a_folder_with_a_wrong_file_lands_the_rest_and_says_so(recon: Run, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "IWM_holdings_2025-05-13.csv").write_text(
        f'iShares Russell 2000 ETF\nFund Holdings as of,"May 13, 2025"\n\n{HEAD}\n'
    )
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    done = recon("ingest", folder, "--store", "store")
    assert done.exit_code == 2
    refusals = [line for line in done.stderr.splitlines() if line.startswith("refused: ")]
    assert len(refusals) == 1
    assert "IWM_holdings_2025-05-13.csv" in refusals[0]
    assert "not recognised: " in done.stderr
    assert "notes.csv" in done.stderr


@pytest.mark.parametrize("name", ["notes.txt", "absent.csv"])
def test_a_named_file_that_cannot_be_read_stops_the_call(
    recon: Run, tmp_path: Path, name: str
) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    done = recon("ingest", name, "--store", "store")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert recon("status", "--store", "store").exit_code == 2


def test_without_a_store_status_says_how_to_make_one(recon: Run) -> None:
    done = recon("status", "--store", "nowhere")
    assert done.exit_code == 2
    assert "recon ingest" in done.stderr


def test_ingest_needs_a_path(recon: Run) -> None:
    assert recon("ingest").exit_code == 2


def test_spans_join_neighbouring_sessions() -> None:
    days = [
        date(2022, 12, 21),
        date(2022, 12, 28),
        date(2026, 2, 19),
        date(2026, 2, 20),
        date(2026, 2, 23),
    ]
    assert spans(days) == ["2022-12-21", "2022-12-28", "2026-02-19 to 2026-02-23"]
    assert spans([]) == []
