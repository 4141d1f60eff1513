"""Diff as a user calls it."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from run_recon import Run
from small_run import small_run

from recon.publish.candidates import candidates
from recon.publish.formats import encode


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    """A list, and the same with FFF called no more."""
    rows = candidates(small_run(as_of=date(2024, 4, 30)))
    gone = pl.col("symbol") == "FFF"
    later = rows.with_columns(
        call=pl.col("call") & ~gone,
        probability=pl.when(gone).then(0.3).otherwise("probability"),
    )
    one, two = tmp_path / "one.csv", tmp_path / "two.parquet"
    one.write_bytes(encode(rows, "csv"))
    two.write_bytes(encode(later, "parquet"))
    return one, two


def test_a_table_names_what_flipped(recon: Run, lists: tuple[Path, Path]) -> None:
    done = recon("diff", *lists)
    assert done.exit_code == 0, done.stderr
    assert "moved 2; calls flipped: 2" in done.stdout
    line = next(one for one in done.stdout.splitlines() if "FFF" in one)
    assert "yes → no" in line
    assert "-0.50" in line
    assert "nothing changed" in recon("diff", lists[0], lists[0]).stdout


def test_json_says_which_lists_and_what(recon: Run, lists: tuple[Path, Path]) -> None:
    told = json.loads(recon("diff", *lists, "--format", "json").stdout)
    assert told["flipped"] == 2
    assert told["before"]["as_of"] == "2024-04-30"
    assert {one["symbol"] for one in told["changes"]} == {"FFF"}
    assert told["before"]["calls"] == told["after"]["calls"] + 2
    assert recon("diff", *lists, "--threshold", "0.6", "--format", "csv").stdout.count("\n") == 3


def test_what_is_no_list_is_wrong_use(recon: Run, lists: tuple[Path, Path]) -> None:
    Path("other.csv").write_text("a,b\n1,2\n")
    for arguments in ((lists[0], "other.csv"), (lists[0], "absent.csv"), (lists[0],)):
        done = recon("diff", *arguments)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
