"""The walk-forward learns only from what was known, and its figures are right."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.answers import answers
from recon.backtest.scorecard import Card, score_calls, summary
from recon.backtest.scorecard import cards as cards_of
from recon.backtest.walk_forward import folds, learn, usable, walk_forward
from recon.calendar import event


def cards(predicted: pl.DataFrame) -> list[Card]:
    return cards_of(answers(predicted))


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
        (lead, action) for lead in (0, 20) for action in ("add", "delete", "up", "down")
    }
    add = next(c for c in found if c.lead == 0 and c.action == "add")
    assert add.model.f1 is not None
    assert add.rules.f1 is not None
    assert add.model.f1 > add.rules.f1
    assert add.no_change.called == 0
    assert add.no_change.precision is None
    up = next(c for c in found if c.lead == 0 and c.action == "up")
    assert up.unbanded.f1 is not None
    assert up.rules.f1 is not None
    assert up.unbanded.f1 < up.rules.f1


def test_the_mean_and_the_pooled_figure_stand_beside_the_events(frames: pl.DataFrame) -> None:
    found = summary(answers(walk_forward(frames, ["2022-06", "2023-06"], rounds=10)))
    own = found.filter((pl.col("lead") == 0) & (pl.col("action") == "delete"))
    assert own["event"].to_list() == ["2022-06", "2023-06", "mean of events", "pooled"]
    one, other, mean, pooled = (own.row(i, named=True) for i in range(4))
    assert mean["model_f1"] == pytest.approx((one["model_f1"] + other["model_f1"]) / 2)
    assert mean["no_change_precision"] is None
    assert mean["official"] == pooled["official"] == one["official"] + other["official"]
    hits = one["model_hits"] + other["model_hits"]
    assert pooled["model_recall"] == pytest.approx(hits / pooled["official"])


def test_who_learns_is_given_no_row_of_its_event_or_later(frames: pl.DataFrame) -> None:
    for fold in folds(frames, ["2021-06", "2022-06", "2023-06"]):
        asked = fold.asked["event"].unique().to_list()
        assert len(asked) == 1
        assert fold.past["event"].max() < asked[0]


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
