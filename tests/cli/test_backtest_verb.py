"""Backtest as a user calls it, on frames of invented events."""

import io
import json
import re
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from run_recon import Run
from small_study import small_store, studied

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest import plan, studies, walk_forward
from recon.backtest.findings import EventStudy
from recon.backtest.frames import collect
from recon.backtest.moment import Cell
from recon.backtest.terms import Terms
from recon.cli import backtest as verb
from recon.forecast.classifier import ReconClassifier

FIRST = date(2021, 1, 29)
SHORT = ("--leads", "0,20", "--hindsight", "strict", "--jobs", 1)


class Frames:
    """Stands for the folder of frames; says which were asked for."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.change = lambda rows: rows

    def collect(self, _store: Path, cells: list[Cell], _folder: Path, **_: Any) -> pl.DataFrame:
        self.cells = cells
        return self.change(
            pl.concat(
                frame(one.event, one.lead, n=200).with_columns(hindsight=pl.lit(one.hindsight))
                for one in cells
            )
        )

    def lines(self, _store: Path, cells: list[Cell], _folder: Path, **_: Any) -> pl.DataFrame:
        return pl.concat(
            pl.DataFrame(
                {
                    "event": one.event,
                    "lead": one.lead,
                    "hindsight": one.hindsight,
                    "name": "rank_3000",
                    "quantile": [0.05, 0.5, 0.95],
                    "cap_usd": [0.8e8, 1e8, 1.3e8],
                    "now_usd": 1.1e8,
                }
            )
            for one in cells
        )


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Frames:
    made = Frames()
    store = SimpleNamespace(
        simulated=False,
        path=tmp_path / "store",
        frames=tmp_path / "store" / "frames",
        newest_session=lambda: date(2026, 4, 30),
        as_of=lambda _: SimpleNamespace(sessions=lambda: [FIRST]),
    )
    monkeypatch.setattr(verb, "open_store", lambda _: nullcontext(store))
    monkeypatch.setattr(plan, "collect", made.collect)
    monkeypatch.setattr(plan, "collect_lines", made.lines)
    monkeypatch.setattr(walk_forward, "ReconClassifier", lambda **_: ReconClassifier(rounds=3))
    return made


def test_by_default_every_event_but_the_test_year(recon: Run, folder: Frames) -> None:
    done = recon("backtest", "--jobs", 1, "--format", "json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["events"] == ["2022-06", "2023-06", "2024-06"]
    assert found["leads"] == [0, 5, 10, 20, 40, 60]
    assert found["hindsights"] == ["strict", "slow-facts"]
    assert found["trained_on"] == {"2022-06": 1, "2023-06": 2, "2024-06": 3}
    # June 2021 trains only, up to the leads that the data reach back to.
    assert {c.lead for c in folder.cells if c.event == "2021-06"} == {0, 5, 10, 20}
    assert {c.event for c in folder.cells} == {"2021-06", *found["events"]}


@pytest.mark.parametrize("flag", [(), ("--include-test-year",)])
def test_the_test_year_is_looked_at_when_asked_for(
    recon: Run, folder: Frames, flag: tuple[str, ...]
) -> None:
    done = recon("backtest", "--events", "2024-06..2025-06", *SHORT, "--format", "json", *flag)
    assert done.exit_code == 0, done.stderr
    events = json.loads(done.stdout)["events"]
    asked = {cell.event for cell in folder.cells}
    if flag:
        assert events == ["2024-06", "2025-06"]
    else:
        assert events == ["2024-06"]
        assert "2025-06" not in asked
        assert "left out: 2025-06" in done.stderr


def test_the_table_has_cards_baselines_calibration_and_lines(recon: Run) -> None:
    done = recon("backtest", "--events", "2022-06..2023-06", *SHORT)
    assert done.exit_code == 0, done.stderr
    for said in (
        "walk-forward of 2022-06, 2023-06; hindsight strict",
        "2022-06 by 1, 2023-06 by 2",
        "additions to the Russell 3000",
        "moves from the Russell 1000 to the Russell 2000",
        "unbanded F1",
        "mean of events",
        "pooled",
        "calibration, Russell 3000, strict",
        "events × companies 95 %",
        "break-points",
    ):
        assert said in done.stdout
    assert re.search(r"rank_3000 +20 +2 +9\.5 +-9\.5 +0\.0 +2 of 2", done.stdout)


def test_every_format_holds_the_same_figures(recon: Run) -> None:
    arguments = ("backtest", "--events", "2023-06", *SHORT)
    done = recon(*arguments, "--charts", "charts", "-o", "out.json")
    assert done.exit_code == 0, done.stderr
    assert len(list(Path("charts").iterdir())) == 8
    figures = json.loads(Path("out.json").read_text())["figures"]
    csv = pl.read_csv(io.StringIO(recon(*arguments, "--format", "csv").stdout))
    assert csv["model_f1"].to_list() == pytest.approx([row["model_f1"] for row in figures])
    assert recon(*arguments, "-o", "out.parquet").exit_code == 0
    names = pl.read_parquet("out.parquet")
    add = names.filter((pl.col("lead") == 0) & (pl.col("member") == 0))
    card = next(r for r in figures if r["lead"] == 0 and r["action"] == "add")
    assert (add["added"].sum(), add["call"].sum()) == (card["official"], card["model_called"])
    assert recon(*arguments, "-o", "out.html").exit_code == 0
    page = Path("out.html").read_text()
    assert page.count("<svg") == 4
    assert not re.search(r"<script|<link|src=|@import", page)


def test_no_chance_or_call_knows_what_came_after_its_moment(recon: Run, folder: Frames) -> None:
    """Labels of the event itself and of later ones are turned around: nothing moves."""

    def chances() -> pl.DataFrame:
        done = recon("backtest", "--events", "2022-06..2024-06", *SHORT, "-o", "out.parquet")
        assert done.exit_code == 0, done.stderr
        columns = ("event", "lead", "company_id", "chance", "call", "p_large", "trained_on")
        return pl.read_parquet("out.parquet").select(columns)

    def turned_from(event: str) -> pl.DataFrame:
        def change(rows: pl.DataFrame) -> pl.DataFrame:
            later = pl.col("event") >= event
            return rows.with_columns(
                added=pl.col("added") ^ (later & (pl.col("member") == 0)),
                deleted=pl.col("deleted") ^ (later & (pl.col("member") == 1)),
                moved=pl.when(later).then(pl.lit("up")).otherwise("moved"),
            )

        folder.change = change
        return chances()

    true = chances()
    for event in ("2022-06", "2023-06", "2024-06"):
        false = turned_from(event)
        known = pl.col("event") <= event
        assert false.filter(known).equals(true.filter(known))
        # A test that cannot fail proves nothing: the events after it did learn from the lie.
        later = pl.col("event") > event
        assert event == "2024-06" or not false.filter(later).equals(true.filter(later))


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--learning-curve", "learning curve: 2023-06 by models of fewer events"),
        ("--ablation", "caps of a wrong date"),
        ("--admission", "the chance that the classifier starts from"),
    ],
)
def test_what_each_part_is_worth_is_printed(recon: Run, flag: str, said: str) -> None:
    arguments = ("backtest", "--events", "2022-06..2023-06", *SHORT, flag)
    done = recon(*arguments)
    assert done.exit_code == 0, done.stderr
    assert said in done.stdout
    key = flag.removeprefix("--").replace("-", "_")
    assert json.loads(recon(*arguments, "--format", "json").stdout)[key]


@pytest.fixture
def studied_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Cell, Terms]]:
    """Cells that are studied, and on which terms."""
    asked: list[tuple[Cell, Terms]] = []
    found = studied(small_store(tmp_path))

    def study_cell(_store: object, cell: Cell, terms: Terms, **_: object) -> EventStudy:
        asked.append((cell, terms))
        rows = found.outcomes.with_columns(event=pl.lit(cell.event))
        return replace(found, event=cell.event, outcomes=rows)

    monkeypatch.setattr(studies, "study_cell", study_cell)
    monkeypatch.setattr(
        studies.Setup, "open", lambda _: nullcontext(SimpleNamespace(fingerprint=lambda: "same"))
    )
    return asked


RETURNS = ("backtest", "--returns", "--leads", "0", "--jobs", 1)


def test_returns_are_studied_at_every_lead(
    recon: Run, studied_cells: list[tuple[Cell, Terms]]
) -> None:
    strict = (*RETURNS, "--events", "2024-06", "--hindsight", "strict")
    done = recon(*strict)
    assert done.exit_code == 0, done.stderr
    assert [cell for cell, _ in studied_cells] == [Cell("2024-06", 0, "strict")]
    assert "event study of calls as of rank day, hindsight strict" in done.stdout
    (found,) = json.loads(recon(*strict, "--format", "json").stdout)
    assert found["figures"]
    assert len(studied_cells) == 1, "the second run reads what the first one studied"


def test_returns_begin_with_the_event_that_no_model_can_know(
    recon: Run, studied_cells: list[tuple[Cell, Terms]]
) -> None:
    assert recon(*RETURNS, "--include-test-year").exit_code == 0
    events = list(dict.fromkeys(cell.event for cell, _ in studied_cells))
    assert events == ["2021-06", "2022-06", "2023-06", "2024-06", "2025-06"]


def test_other_terms_are_studied_anew(
    recon: Run, studied_cells: list[tuple[Cell, Terms]], tmp_path: Path
) -> None:
    (tmp_path / "desk.toml").write_text('name = "mine"')
    one = (*RETURNS, "--events", "2024-06", "--hindsight", "strict")
    for more in ((), ("--weighting", "probability"), ("--profile", "desk.toml")):
        assert recon(*one, *more).exit_code == 0
    terms = [said for _, said in studied_cells]
    assert [said.weighs for said in terms] == ["equal", "probability", "demand"]
    assert terms[-1].words() == "by the dollars of the orders, as profile mine orders"
    assert recon(*one, "--model", "none").exit_code == 0
    assert studied_cells[-1][1].models is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weighting", "demand"), "--weighting goes with --returns alone"),
        (("--profile", "desk.toml"), "--profile goes with"),
        (("--model", "none"), "--model goes with"),
        (("--returns", "--profile", "absent.toml"), "absent.toml"),
    ],
)
def test_terms_are_those_of_the_event_study(
    recon: Run, arguments: tuple[str, ...], said: str
) -> None:
    done = recon("backtest", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--events", "2021-06"), "no event before it to learn from"),
        (("--events", "2025-06"), "no event is left to score"),
        (("--events", "2024-06..2022-06"), "holds no event"),
        (("--events", "ipo:2024-12"), "only a reconstitution"),
        (("--events", "2024-07"), "2024-07"),
        (("--leads", "0,soon"), "no list such as"),
        (("--leads", "-1"), "no such lead"),
        (("--charts", "charts", "--ablation"), "does not go with"),
        (("-o", "out.doc"), "says no format"),
        (("--format", "parquet"), "Parquet is not for the terminal"),
    ],
)
def test_what_cannot_be_asked_is_wrong_use(
    recon: Run, folder: Frames, arguments: tuple[str, ...], said: str
) -> None:
    done = recon("backtest", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr.splitlines()[-1]
    assert done.stdout == ""
    assert folder.cells == []


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
def test_a_real_event_from_end_to_end(recon: Run, real_store: Any, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verb, "open_store", lambda _: nullcontext(real_store))
        patch.setattr(plan, "collect", collect)
        done = recon(
            "backtest", "--events", "2022-06", "--leads", 0, "--hindsight", "strict",
            "--frames", tmp_path / "frames", "--format", "csv",
        )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    rows = pl.read_csv(io.StringIO(done.stdout)).filter(pl.col("event") == "2022-06")
    found = {row["action"]: row for row in rows.iter_rows(named=True)}
    assert (found["add"]["official"], found["delete"]["official"]) == (291, 296)
    assert found["add"]["model_average_precision"] > found["add"]["rules_average_precision"] + 0.1
    assert found["up"]["model_recall"] > 0.8
