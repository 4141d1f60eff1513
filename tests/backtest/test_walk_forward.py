"""The walk-forward learns only from what was known, and its figures are right."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.frames import Cell, cells_of
from recon.backtest.scorecard import calibration, calibration_error, line_errors, score_calls, table
from recon.backtest.walk_forward import cards, learn, usable, walk_forward
from recon.calendar import event, sessions
from recon.errors import InputError


@pytest.fixture(scope="module")
def frames() -> pl.DataFrame:
    return pl.concat(
        [frame(e, lead) for e in ("2021-06", "2022-06", "2023-06") for lead in (0, 20)]
    )


def test_labels_are_not_used_before_the_final_list_was_out(frames: pl.DataFrame) -> None:
    effective = event("2022-06").effective
    assert effective is not None
    morning = datetime(effective.year, effective.month, effective.day, 12, tzinfo=UTC)
    evening = morning.replace(hour=22)
    assert usable(frames, morning)["event"].unique().to_list() == ["2021-06"]
    assert sorted(usable(frames, evening)["event"].unique()) == ["2021-06", "2022-06"]
    assert learn(frames, datetime(2021, 1, 1, tzinfo=UTC)) is None


def test_later_labels_change_nothing(frames: pl.DataFrame) -> None:
    flipped = frames.with_columns(
        added=pl.when(pl.col("event") >= "2022-06").then(~pl.col("added")).otherwise("added")
    )
    one, other = (
        walk_forward(f, ["2022-06"], rounds=10).select("company_id", "lead", "chance", "call")
        for f in (frames, flipped)
    )
    assert one.equals(other)
    assert one.height == 1800


def test_an_event_without_a_past_is_not_predicted(frames: pl.DataFrame) -> None:
    assert walk_forward(frames, ["2021-06"]).is_empty()


def test_cards_stand_beside_the_baselines(frames: pl.DataFrame) -> None:
    predicted = walk_forward(frames, ["2023-06"], rounds=30)
    assert predicted["trained_on"].unique().to_list() == [2]
    found = cards(predicted)
    assert {(c.lead, c.action) for c in found} == {
        (lead, action) for lead in (0, 20) for action in ("add", "delete")
    }
    add = next(c for c in found if c.lead == 0 and c.action == "add")
    assert add.model.f1 is not None
    assert add.rules.f1 is not None
    assert add.model.f1 > add.rules.f1
    assert add.no_change.called == 0
    assert add.no_change.precision is None
    assert table(found).height == 4


def test_names_that_are_no_company_are_misses(frames: pl.DataFrame) -> None:
    lost = frames.filter((pl.col("event") == "2023-06") & (pl.col("lead") == 0)).head(7)
    lost = lost.with_columns(
        seen=pl.lit(False),
        added=pl.lit(True),
        deleted=pl.lit(False),
        member=pl.lit(0.0),
        rules_in=pl.lit(False),
        p_r3000=pl.lit(1.0),
    )
    predicted = walk_forward(pl.concat([frames, lost]), ["2023-06"], rounds=10)
    gone = predicted.filter(~pl.col("seen"))
    assert gone["chance"].max() == 0
    assert not gone["call"].any()
    with_, without = (
        next(c for c in cards(p) if c.lead == 0 and c.action == "add")
        for p in (predicted, predicted.filter("seen"))
    )
    assert with_.official == without.official + 7


def test_figures() -> None:
    outcome = np.array([True, True, False, False])
    calls = np.array([True, False, True, False])
    chance = np.array([0.9, 0.6, 0.7, 0.1])
    found = score_calls(outcome, chance, calls, chance)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.average_precision == pytest.approx((1 + 2 / 3) / 2)
    brier = (0.01 + 0.16 + 0.49 + 0.01) / 4
    assert found.brier == pytest.approx(brier)
    assert found.brier_skill == pytest.approx(1 - brier / 0.25)


def test_calibration_finds_honest_and_dishonest_chances() -> None:
    rng = np.random.default_rng(0)
    chance = rng.uniform(0.01, 0.99, 20_000)
    rows = pl.DataFrame(
        {
            "chance": chance,
            "member": np.zeros(20_000),
            "added": rng.random(20_000) < chance,
            "deleted": np.zeros(20_000, bool),
        }
    )
    honest = calibration(rows)
    assert honest["n"].sum() == 20_000
    assert honest["inside"].sum() >= 8
    assert calibration_error(honest) < 0.01
    proud = calibration(rows.with_columns(chance=pl.col("chance") ** 3))
    assert calibration_error(proud) > 0.1
    assert proud["inside"].sum() <= 3


def test_line_errors() -> None:
    lines = pl.DataFrame(
        {
            "event": ["e"] * 4,
            "hindsight": ["strict"] * 4,
            "name": ["rank_3000"] * 4,
            "lead": [0, 10, 10, 10],
            "quantile": [0.5, 0.05, 0.5, 0.95],
            "cap_usd": [1.0, 80.0, 110.0, 130.0],
            "now_usd": [100.0, 90.0, 90.0, 90.0],
        }
    )
    row = line_errors(lines).row(0, named=True)
    assert row["error"] == pytest.approx(np.log(1.1))
    assert row["error_now"] == pytest.approx(np.log(0.9))
    assert row["covered"]


def test_cells_count_sessions_back_from_rank_day() -> None:
    rank_day = event("2023-06").rank_day
    assert Cell("2023-06", 0, "strict").day() == rank_day
    day = Cell("2023-06", 20, "strict").day()
    assert len(sessions(day, rank_day)) == 21
    with pytest.raises(InputError, match="lead"):
        Cell("2023-06", -1, "strict").day()


def test_cells_before_the_data_are_left_out() -> None:
    begin = datetime(2021, 1, 29, tzinfo=UTC).date()
    found = cells_of(["2021-06", "2022-06"], [0, 20, 60], ["strict"], begin)
    assert {(c.event, c.lead) for c in found} == {
        ("2021-06", 0),
        ("2021-06", 20),
        ("2022-06", 0),
        ("2022-06", 20),
        ("2022-06", 60),
    }


def test_a_frame_has_its_own_file() -> None:
    folder = Path("f")
    one = Cell("2023-06", 20, "strict").file(folder, "a", 1000)
    assert one != Cell("2023-06", 20, "strict").file(folder, "b", 1000)
    assert one != Cell("2023-06", 20, "slow-facts").file(folder, "a", 1000)
    assert one == Cell("2023-06", 20, "strict").file(folder, "a", 1000)
