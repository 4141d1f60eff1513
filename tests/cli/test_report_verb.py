"""The page as a user makes it, on a small simulated market."""

import csv
import io
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from page_reader import Reader, read
from run_recon import Run
from simulated_market import RANKS

from recon.cli import clock as recon_clock
from recon.publish.archive import archived
from recon.publish.words import money, percent

APRIL = ("--event", "2025-06", "--as-of", "2025-04-30")
EARLIER = ("--event", "2025-06", "--as-of", "2025-04-29")


@pytest.fixture(scope="module")
def kept(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of its own, into which these tests may archive."""
    folder = tmp_path_factory.mktemp("own") / "store"
    shutil.copytree(filled, folder)
    shutil.rmtree(folder / "archive", ignore_errors=True)
    return folder


@pytest.fixture
def call(recon: Run, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "own.toml").write_text(RANKS)
    monkeypatch.setattr(recon_clock, "now", lambda: datetime(2025, 5, 2, 12, tzinfo=UTC))
    monkeypatch.setattr(recon_clock, "today", lambda: date(2025, 5, 2))

    def call(verb: str, *arguments: object) -> object:
        rules = ("--model", "none", "--rulebook", "own.toml")
        return recon(verb, *arguments, *rules, "--store", kept)

    return call


def page(name: str) -> Reader:
    return read(Path(name).read_text(encoding="utf-8"))


def test_the_page_is_the_watchlist_and_archives_as_it_does(call: Run, kept: Path) -> None:
    done = call("report", *APRIL, "--no-archive", "--output", "page.html")
    assert done.exit_code == 0, done.stderr
    assert "SIMULATED MARKET: event 2025-06" in done.stderr
    assert archived(kept / "archive") == []
    shown = page("page.html")
    assert "nothing to compare with" in shown.said()
    assert "Simulated: Candidates" in shown.headings
    listed = call("watchlist", *APRIL, "--no-archive", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(listed.stdout)))
    cells = shown.rows("Candidates")
    assert len(cells) == len(rows) > 20
    for cell, row in zip(cells, rows, strict=True):
        cap = float(row["total_cap_usd"]) if row["total_cap_usd"] else None
        assert (cell["Symbol"], cell["Index"]) == (row["symbol"], row["index"])
        assert cell["Chance"] == percent(float(row["probability"]))
        assert cell["Total cap"] == money(cap)

    # An earlier run is what the page compares with; a later one never is.
    assert call("report", *APRIL, "--output", "page.html").exit_code == 0
    assert call("report", *EARLIER, "--output", "earlier.html").exit_code == 0
    assert "nothing to compare with" in page("earlier.html").said()
    assert len(archived(kept / "archive")) == 2
    done = call("report", *APRIL, "--no-archive")
    shown = read(done.stdout)
    assert ", as of 2025-04-29, made 2025-05-02 12:00 UTC by stand-in-1" in shown.said()
    assert "Simulated: Since the last archived run" in shown.headings


def test_a_folder_that_is_not_there_is_one_clear_line(call: Run) -> None:
    done = call("report", *APRIL, "--no-archive", "--output", "nowhere/page.html")
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "nowhere/page.html" in done.stderr
