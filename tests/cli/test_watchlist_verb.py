"""Watchlist and explain as a user calls them, on a small simulated market."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from rich.console import Console
from run_recon import Run
from simulated_market import RANKS
from small_run import small_run

import recon.cli.clock
from recon import pipeline
from recon.cli.watchlist_text import table as recon_table
from recon.forecast import look as forecast
from recon.forecast.outlook import Outlook
from recon.master.membership import Membership
from recon.master.snapshots import Snapshot
from recon.publish import whole
from recon.publish.archive import archived
from recon.publish.candidate import FRAME_SCHEMA, Candidate
from recon.publish.candidates import candidates
from recon.publish.explanation import Explanation
from recon.publish.formats import read_list
from recon.publish.head import head
from recon.publish.sides import STAND_IN
from recon.store import Store

JUNE = ("--event", "2025-06", "--as-of", "2025-04-30")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recon.cli.clock, "today", lambda: date(2025, 5, 2))


_RUNS: dict[str, pipeline.Run] = {}


def remembered(store: Store, *arguments: object, **options: object) -> pipeline.Run:
    """Run the pipe, once for each moment."""
    key = f"{arguments}{options}"
    if key not in _RUNS:
        _RUNS[key] = pipeline.run(store, *arguments, **options)  # type: ignore[arg-type]
    return _RUNS[key]


_OUTLOOKS: dict[str, Outlook] = {}
real_outlook = forecast.look


def remembered_outlook(run: pipeline.Run, *arguments: object) -> Outlook:
    """Look ahead once for each run."""
    if run.run_id not in _OUTLOOKS:
        _OUTLOOKS[run.run_id] = real_outlook(run, *arguments)  # type: ignore[arg-type]
    return _OUTLOOKS[run.run_id]


@pytest.fixture
def call(recon: Run, filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a verb on the small market, with ranks that suit it."""
    (tmp_path / "own.toml").write_text(RANKS)
    monkeypatch.setattr(whole, "run", remembered)
    monkeypatch.setattr(forecast, "look", remembered_outlook)

    def call(verb: str, *arguments: object) -> object:
        return recon(verb, *arguments, "--store", filled, "--rulebook", "own.toml")

    return call


def test_the_table_stands_below_its_head(call: Run) -> None:
    done = call("watchlist", *JUNE, "--limit", 2)
    assert done.exit_code == 0, done.stderr
    first, *others = done.stdout.splitlines()
    assert first == (
        "SIMULATED MARKET: event 2025-06, rank day 2025-04-30, as of 2025-04-30 (2 sessions old)"
    )
    text = "\n".join(others)
    assert "june leg: rank day 2025-04-30 (that day), preliminary 2025-05-23 (in 23 days)" in text
    assert "hindsight strict; rulebook M70+user-" in text
    assert "cap at rank 30 $" in text
    assert "cap at rank 80 $" in text
    assert "members before: R1000 of 2025-04-29 (etf_ishares, 1 day old)" in text
    assert "RMICRO: no rows, because" in text
    assert "calls (of rows): R1000 delete " in text
    assert "more, use --format csv or --limit 0" in text
    assert "\nR3000 delete\n" in text


def test_without_a_limit_every_row_is_shown(call: Run) -> None:
    done = call("watchlist", *JUNE, "--limit", 0)
    assert "more, use" not in done.stdout
    shown = call("watchlist", *JUNE, "--format", "csv")
    symbols = [row["symbol"] for row in csv.DictReader(io.StringIO(shown.stdout))]
    assert all(f"\n {symbol} " in done.stdout for symbol in symbols)


def test_event_and_moment_default_to_the_store(call: Run) -> None:
    assert call("watchlist").stdout == call("watchlist", *JUNE).stdout


def test_for_programs_the_head_goes_to_standard_error(call: Run) -> None:
    done = call("watchlist", *JUNE, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == list(FRAME_SCHEMA)
    assert done.stderr.startswith("SIMULATED MARKET: event 2025-06")
    assert all(row["run_id"].startswith("simulated-") for row in rows)
    assert json.loads(call("watchlist", *JUNE, "--format", "json").stdout)


def test_all_formats_carry_the_same_rows_and_the_same_bytes_again(call: Run) -> None:
    frames = []
    for format_ in ("csv", "json", "parquet"):
        again = [Path(f"{n}.{format_}") for n in ("one", "two")]
        for path in again:
            _RUNS.clear()
            done = call("watchlist", *JUNE, "--output", path)
            assert done.exit_code == 0, done.stderr
            assert "rows in" in done.stderr
            assert "SIMULATED MARKET" in done.stdout
        assert again[0].read_bytes() == again[1].read_bytes()
        frames.append(read_list(again[0]))
    for frame in frames:
        assert frame.columns == list(FRAME_SCHEMA)
        assert_frame_equal(frame, frames[0], check_exact=True)
        assert [Candidate.model_validate(row) for row in frame.to_dicts()]


def test_a_table_in_a_file_has_every_row(call: Run) -> None:
    call("watchlist", *JUNE, "--output", "list.txt", "--limit", 1)
    text = Path("list.txt").read_text(encoding="utf-8")
    assert text.startswith("SIMULATED MARKET")
    assert "more, use" not in text


def test_filters(call: Run) -> None:
    call("watchlist", *JUNE, "--output", "all.parquet")
    call("watchlist", *JUNE, "--output", "some.parquet", "--index", "R3000", "--calls-only")
    everything, some = read_list(Path("all.parquet")), read_list(Path("some.parquet"))
    expected = everything.filter((pl.col("index") == "R3000") & pl.col("call"))
    assert_frame_equal(some, expected)
    assert 0 < some.height < everything.height


@pytest.mark.parametrize(
    "arguments",
    [
        ("--event", "2025-07"),
        ("--as-of", "2020-01-31"),
        ("--event", "2024-06", "--as-of", "2025-04-30"),
        ("--format", "parquet"),
        ("--output", "absent/list.csv"),
        ("--output", "list"),
        ("--index", "R500"),
    ],
)
def test_what_cannot_be_listed_is_wrong_use(call: Run, arguments: tuple[str, ...]) -> None:
    done = call("watchlist", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_table_fits_a_hundred_columns_with_its_figures_whole() -> None:
    rows = candidates(small_run()).with_columns(
        company=pl.lit("A Company with a Rather Long Name Inc. Class A Common Stock"),
        rank=pl.lit(2_345),
        total_cap_usd=pl.lit(144.87e9),
        verdict_reasons=pl.lit(["nationality_needs_assets", "price_below_minimum"]),
    )
    console = Console(width=100, file=io.StringIO(), color_system=None)
    with console.capture() as captured:
        console.print(recon_table(rows, 5))
    lines = captured.get().splitlines()
    assert max(len(line) for line in lines) <= 100
    line = next(one for one in lines if one.startswith(" CCC"))
    assert " 2,345 " in line
    assert " 0.50 " in line
    assert " $144.87bn " in line


def test_explain_shows_what_decides(call: Run) -> None:
    listed = call("watchlist", *JUNE, "--format", "json", "--index", "R3000", "--calls-only")
    row = json.loads(listed.stdout)[0]
    done = call("explain", row["symbol"].lower(), *JUNE)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("SIMULATED MARKET")
    for part in ("result: ", "total cap: $", "rules", "rank 80", "chances", "before "):
        assert part in done.stdout
    as_json = call("explain", row["symbol"], *JUNE, "--format", "json", "--output", "one.json")
    assert as_json.exit_code == 0
    found = Explanation.model_validate(json.loads(Path("one.json").read_text()), strict=False)
    assert (found.symbol, found.company_id) == (row["symbol"], row["company_id"])
    assert found.rank == row["rank"]
    chance = next(one for one in found.chances if one.index == "R3000")
    assert chance.probability == row["probability"]


def test_explain_an_unknown_symbol(call: Run) -> None:
    done = call("explain", "NOSUCH", *JUNE)
    assert done.exit_code == 2
    assert "NOSUCH" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_head_counts_days_from_the_moment_of_the_list() -> None:
    lines = head(small_run(as_of=date(2024, 5, 1)), date(2024, 5, 1))
    assert lines[0].endswith("(of today)")
    assert lines[1] == (
        "june leg: rank day 2024-04-30 (1 day before), preliminary 2024-05-24 (in 23 days), "
        "effective 2024-06-28 (in 58 days)"
    )
    assert (
        "cap at rank 4 $40.00bn, band from $900.0m to $60.00bn, cap at rank 8 $900.0m" in lines[3]
    )


def test_the_head_names_microcap_list_and_members_without_quotes() -> None:
    before = small_run().membership
    micro = Snapshot("RMICRO", date(2024, 1, 31), "etf_ishares", "IWC.csv")
    run = small_run(
        membership=Membership(before.lines, before.snapshots, micro),
        absent=pl.DataFrame({"ticker": ["VZ"], "total_cap_usd": [None]}),
        breakpoints=[],
    )
    text = "\n".join(head(run, date(2024, 4, 30)))
    assert "RMICRO of 2024-01-31 (etf_ishares, 90 days old)" in text
    assert "1 member is not quoted" in text
    assert "fewer than 4" in text


def test_a_run_of_the_market_is_archived_and_watched(call: Run, filled: Path) -> None:
    call("watchlist", *JUNE)
    (one,) = (
        run
        for run in archived(filled / "archive", "2025-06")
        if run.as_of == date(2025, 4, 30) and run.model_version != STAND_IN
    )
    assert one.simulated
    assert one.name.startswith("simulated-2025-06_2025-04-30_strict_")
    assert one.universe()["company_id"].n_unique() > one.rows()["company_id"].n_unique()
    # A run made in another way says nothing of what has changed.
    other = json.loads(call("watch", *JUNE, "--model", "none", "--format", "json").stdout)
    assert other["before"] is None
    assert other["after"]["model_version"] == STAND_IN
