"""What if prices moved, as a user asks it, on a small simulated market."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click import BadParameter
from run_recon import Run
from simulated_market import RANKS
from small_run import small_run

import recon.cli.clock
from recon.cli import foresight
from recon.cli.whatif import look_up
from recon.forecast import look as forecast
from recon.publish.changes import CHANGES
from recon.publish.head import head
from recon.publish.lookup import find
from recon.store import Store

APRIL = ("--event", "2025-06", "--as-of", "2025-04-15")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recon.cli.clock, "today", lambda: date(2025, 5, 2))


@pytest.fixture
def call(recon: Run, filled: Path, tmp_path: Path) -> Run:
    (tmp_path / "own.toml").write_text(RANKS)

    def call(*arguments: object) -> object:
        own = ("--store", filled, "--rulebook", "own.toml")
        return recon("whatif", *arguments, *own)

    return call


def test_a_large_rise_brings_a_company_in(call: Run, filled: Path, tmp_path: Path) -> None:
    with Store(filled) as store:
        (tmp_path / "rules.toml").write_text(RANKS)
        run = foresight.run(
            store, "2025-06", date(2025, 4, 15), rulebook_override=tmp_path / "rules.toml"
        )
    outside = run.companies.filter("eligible", ~pl.col("member"), pl.col("to_size").is_null())
    symbol = outside.sort("rank")["symbol"][0]
    assert find(run, symbol.lower())[0] == symbol
    done = call(*APRIL, "--shock", f"{symbol.lower()}=+900%", "--model", "none", "--format", "json")
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    (company,) = said["companies"]
    assert company["symbol"] == symbol
    assert company["total_cap_usd"] == pytest.approx(10 * company["total_cap_usd_before"])
    assert (company["rules_side_before"], company["rules_side"] is None) == (None, False)
    assert company["rank"] < company["rank_before"]
    rows = {(row["index"], row["action"], row["symbol"]): row for row in said["changes"]}
    row = rows["R3000", "add", symbol]
    assert (row["call_before"], row["call"], row["flipped"]) in [
        (None, True, True),
        (False, True, True),
    ]
    assert said["flipped"] == sum(row["flipped"] for row in said["changes"])
    assert said["run_before"] != said["run_after"]
    line = next(one for one in said["lines"] if one["name"] == "rank_80")
    assert line["cap_usd"] > line["cap_before_usd"]


def test_the_table_tells_lines_companies_and_rows(call: Run) -> None:
    done = call(*APRIL, "--market", "-50%", "--model", "none")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("SIMULATED MARKET: event 2025-06")
    for part in ("what if: all -50.0%", "rank 80 ", "-50.0 %", "calls flipped: "):
        assert part in done.stdout


def test_csv_is_the_changes_and_the_head_goes_to_standard_error(call: Run) -> None:
    done = call(*APRIL, "--market", "-50%", "--model", "none", "--format", "csv")
    assert next(csv.reader(io.StringIO(done.stdout))) == list(CHANGES)
    assert done.stderr.startswith("SIMULATED MARKET")


def test_the_store_is_read_once_and_a_model_sees_the_same_draws(
    call: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, seeds = [], []
    real_look, real_gather = forecast.look, foresight.gather

    def counted(*arguments: object) -> object:
        reads.append(arguments)
        return real_gather(*arguments)  # type: ignore[arg-type]

    def look(*arguments: object, **options: object) -> object:
        seeds.append(options["seed"])
        return real_look(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(foresight, "gather", counted)
    monkeypatch.setattr(forecast, "look", look)
    done = call(*APRIL, "--market", "+1%", "--format", "json")
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["model_version"].startswith("recon-")
    assert len(reads) == 1
    assert len(seeds) == 2
    assert len(set(seeds)) == 1
    # One percent up for all moves no rank, and with the same draws no chance by much.
    assert all(abs(row["probability_change"]) < 0.2 for row in said["changes"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--shock", "NOSUCH=+3%"), "symbol=NOSUCH"),
        (("--shock", "NOSUCH"), "SYMBOL=+20%"),
        (("--shock", "NOSUCH=20"), "is no move"),
        (("--shock", "NOSUCH=-100%"), "above -100%"),
        (("--market", "-250%"), "above -100%"),
        (("--market", "much"), "is no move"),
        (("--shock", "A=1%", "--shock", "A=2%"), "twice"),
        ((), "nothing moves"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_line(
    call: Run, arguments: tuple[str, ...], said: str
) -> None:
    done = call(*APRIL, "--model", "none", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_two_lines_of_a_company_cannot_move_apart() -> None:
    run = small_run()
    assert look_up(run, {"bbb.a": 0.1, "BBB/B": 0.1, "oldc": 0.2}) == {"name:B": 0.1, "name:C": 0.2}
    with pytest.raises(BadParameter, match="move alike"):
        look_up(run, {"BBB/A": 0.1, "BBB/B": 0.2})


def test_the_head_says_what_is_official_and_what_cannot_be_followed() -> None:
    names = pl.DataFrame(
        [("add", "ZZZZ", None, None), ("delete", "III", "III:2021-01-29", "name:I")],
        schema=dict.fromkeys(("action", "ticker", "security_id", "company_id"), pl.String),
        orient="row",
    )
    top = head(small_run(official=names, status="preliminary"), date(2024, 5, 24))
    (line,) = [one for one in top if one.startswith("official list (preliminary)")]
    assert "1 to add, 1 to delete" in line
    assert "1 of them mean no line of the run (ZZZZ)" in line
    assert not any("official" in one for one in head(small_run(), date(2024, 5, 24)))


def test_the_head_names_who_left() -> None:
    was = small_run()
    left = pl.when(pl.col("symbol") == "KKK").then(pl.lit(date(2024, 5, 3)))
    run = small_run(companies=was.companies.with_columns(left_on=left))
    (line,) = [one for one in head(run, date(2024, 5, 24)) if one.startswith("left the exchange")]
    assert line.endswith("1 (KKK)")
