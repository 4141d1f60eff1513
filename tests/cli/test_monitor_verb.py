"""The monitor as a user calls it, on a small simulated market that has a reconstitution behind."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from run_recon import Run
from simulated_market import RANKS, filled_store

from recon.cli.monitor_text import flows_line, monitor_text, own_line
from recon.cli.output import render
from recon.monitor import SIGNALS, run_before
from recon.monitor.attribution import PARTS
from recon.pipeline import run
from recon.store import Store

EARLIER, DAY = date(2026, 4, 30), date(2026, 5, 19)
"""Rank day of June 2026, and a day on which November 2026 is looked at."""


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_store(tmp_path_factory.mktemp("spring"), date(2026, 3, 2), date(2026, 5, 20))


@pytest.fixture
def call(recon: Run, spring: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("recon.cli.clock.today", lambda: DAY)
    (tmp_path / "own.toml").write_text(RANKS)
    rest = ("--rulebook", "own.toml", "--model", "none", "--store", spring)
    return lambda *said: recon("monitor", "--event", "2026-11", *said, *rest)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_shows_parts_that_add_up(call: Run) -> None:
    done = call("--as-of", DAY, "--limit", 0)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("SIMULATED MARKET")
    assert "fund flows: IWB " in done.stdout
    assert "implied volatility, short interest unknown" in done.stdout
    lines = done.stdout.splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("R3000 add: distance"))
    names = lines[place + 2].split()
    rows = []
    for line in lines[place + 4 :]:
        if not line:
            break
        rows.append(dict(zip(names, line.split(), strict=False)))
    whole = [row for row in rows if "–" not in row.values()]
    assert whole
    for row in whole:
        parts = sum(float(row[name]) for name in names[2:-2])  # before … line
        assert parts == pytest.approx(float(row["now"]), abs=0.5)  # each is rounded to 0.1


def test_the_largest_expected_trade_stands_first(call: Run) -> None:
    rows = read(call("--as-of", DAY, "--format", "csv").stdout)
    assert set(SIGNALS) < set(rows[0])
    text = call("--as-of", DAY, "--index", "R2000", "--limit", 1).stdout
    mine = [row for row in rows if (row["index"], row["action"]) == ("R2000", "add")]
    expected = {
        row["symbol"]: float(row["probability"]) * abs(float(row["usd_to_trade"] or 0))
        for row in mine
    }
    largest = max(expected, key=lambda name: expected[name])
    liquidity = text.split("R2000 add: liquidity")[1].splitlines()
    assert liquidity[4].split()[0] == largest
    assert f"… {len(mine) - 1:,} more" in text


def test_each_day_of_a_series_is_what_it_was_on_that_day(call: Run) -> None:
    first = DAY - timedelta(days=1)
    series = read(call("--from", first, "--to", DAY, "--format", "csv").stdout)
    assert {row["as_of"] for row in series} == {str(first), str(DAY)}
    alone = read(call("--as-of", first, "--format", "csv").stdout)
    assert [row for row in series if row["as_of"] == str(first)] == alone


def test_a_name_is_shown_day_by_day_even_if_nothing_threatens_it(call: Run, spring: Path) -> None:
    listed = json.loads(call("--as-of", DAY, "--format", "json").stdout)
    with Store(spring) as store:
        ranked = run(store, "2026-11", DAY).companies.sort("rank", nulls_last=True)
    names = {row["symbol"] for row in listed}
    symbol = next(name for name in ranked["symbol"] if name not in names)
    done = call("--symbol", symbol.lower(), "--from", DAY - timedelta(days=1), "--to", DAY)
    assert done.exit_code == 0, done.stderr
    assert f"{symbol} R3000" in done.stdout
    assert f" {DAY - timedelta(days=1)} " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", DAY), "go together"),
        (("--from", DAY, "--to", DAY), "needs --symbol"),
        (("--from", DAY, "--to", DAY, "--as-of", DAY), "does not go with"),
        (("--from", "2026-05-16", "--to", "2026-05-17", "--symbol", "A"), "no session lies"),
        (("--as-of", DAY, "--symbol", "NOPE"), "no line was listed"),
    ],
)
def test_wrong_use_is_one_line(call: Run, arguments: tuple[object, ...], said: str) -> None:
    done = call(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_run_before_is_the_last_that_was_ranked(spring: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(RANKS)
    with Store(spring) as store:
        now = run(store, "2026-11", DAY, rulebook_override=own)
        before = run_before(store, now, rulebook=own)
        assert before is not None
        assert (before.event.id, before.as_of) == ("2026-06", EARLIER)
        assert before.rulebook.version == now.rulebook.version
        early = run(store, "2026-11", date(2026, 4, 15), rulebook_override=own)
        assert run_before(store, early, rulebook=own) is None, "the data begin later"


def one_row(**said: object) -> pl.DataFrame:
    known = {
        "symbol": "AAA",
        "index": "R3000",
        "action": "add",
        "breakpoint": "rank_3000",
        "reasons": ["attribution:large_share_count", "roll_spread:positive_covariance"],
        "probability": 0.5,
        "usd_to_trade": 1e6,
        "days_of_volume": 2.0,
        "day": DAY,
    }
    schema = {**SIGNALS, "probability": pl.Float64, "usd_to_trade": pl.Float64}
    schema["days_of_volume"] = pl.Float64
    return pl.DataFrame([known | said], schema=schema)


def test_what_is_not_known_is_a_dash_and_what_is_doubtful_is_named() -> None:
    text = render(monitor_text(one_row(), None), to_file=True)
    assert text.split("reasons")[0].count("–") > len(PARTS)
    assert "large share count" in text
    assert "positive covariance" not in text, "no doubt of the attribution"
    assert "quoted" not in text


def test_figures_of_the_users_own_appear_with_their_units() -> None:
    rows = one_row(
        quoted_spread_bps=12.5,
        implied_volatility_percent=45.0,
        implied_volatility_days=30,
        shares_short=1e6,
        short_percent=10.0,
        days_to_cover=3.0,
        amihud=0.0012,
        roll_spread=0.01,
    )
    text = render(monitor_text(rows, None), to_file=True)
    for said in ("12.5", "45.0 %", "30 d", "10.0 %", "3.0 d", "12.0", "100"):
        assert said in text
    assert "short interest 1" in own_line(rows)
    assert "unknown" not in own_line(rows)


def test_the_line_of_flows_gives_dollars_and_volume_or_says_why_not() -> None:
    funds = pl.DataFrame(
        {
            "fund": ["IWB", "IWM"],
            "asof": [None, DAY],
            "previous": [None, DAY - timedelta(days=1)],
            "flow_usd": [None, -2.5e8],
            "flow_percent": [None, -0.4],
            "flow_volume_percent": [None, -3.25],
            "reason": ["no_files", None],
        }
    )
    assert flows_line(funds) == (
        "fund flows: IWB unknown (no files); IWM -$250.0m (-0.40 %) from 2026-05-18 to "
        "2026-05-19, -3.25 % of the volume of its lines"
    )
