"""Signals as a user calls them, on a small simulated market."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from run_recon import Run
from simulated_market import RANKS

from recon.orders.order import Document
from recon.orders.profile import default_text

DESK = """
name = "small"
[universe]
kinds = ["join", "leave", "up"]
[book]
book_usd = 10_000_000
[limits]
min_probability = 0.1
max_name_percent_of_book = 20.0
max_sector_percent_of_book = 100.0
max_abnormal_volume = 1_000.0
require_demand = false
[sizing]
weighting = "probability"
min_order_usd = 100
"""
JUNE = ("--event", "2025-06", "--as-of", "2025-04-30")
FILES = {
    "basket.csv",
    "list.parquet",
    "manifest.json",
    "orders.csv",
    "orders.json",
    "orders.parquet",
    "orders.schema.json",
    "orders.xlsx",
    "profile.json",
}


@pytest.fixture
def call(recon: Run, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("recon.cli.clock.today", lambda: date(2025, 5, 2))
    (tmp_path / "own.toml").write_text(RANKS)
    (tmp_path / "desk.toml").write_text(DESK)

    def call(*arguments: object) -> object:
        rest = ("--rulebook", "own.toml", "--store", filled)
        return recon("signals", *JUNE, "--profile", "desk.toml", *arguments, *rest)

    return call


def test_orders_stand_below_their_book_and_everything_is_written(call: Run) -> None:
    done = call("--limit", 0, "--output", "out")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("SIMULATED MARKET")
    assert "entered at the close of 2025-05-01 to 2025-05-07" in done.stdout
    assert "hedge: " in done.stdout
    (folder,) = Path("out").iterdir()
    assert folder.name.startswith("simulated-2025-06_2025-04-30_strict_")
    assert {path.name for path in folder.iterdir()} == FILES
    told = Document.model_validate_json((folder / "orders.json").read_bytes())
    ordered = {one.kind for one in told.orders if one.state == "order"}
    assert ordered == {"join", "leave"}  # of a move the side is not known without its demand
    for one in told.orders:
        assert f"\n {one.symbol} " in done.stdout
    again = call("--output", "out")
    assert again.exit_code == 0
    assert len(list(Path("out").iterdir())) == 1


def test_for_programs_the_book_goes_to_standard_error(call: Run) -> None:
    done = call("--format", "json")
    told = Document.model_validate(json.loads(done.stdout), strict=False)
    assert "gross $" in done.stderr
    rows = list(csv.DictReader(io.StringIO(call("--format", "csv").stdout)))
    assert [row["symbol"] for row in rows] == [one.symbol for one in told.orders]


def test_show_profile_prints_the_default(recon: Run) -> None:
    assert recon("signals", "--show-profile").stdout == default_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--profile", "absent.toml"),
        ("--assets", "absent.csv"),
        ("--output", "desk.toml"),
        ("--format", "parquet"),
    ],
)
def test_wrong_use_is_one_line(call: Run, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
