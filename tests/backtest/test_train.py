"""A model is described by what it was learned from."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.train import train
from recon.errors import InputError
from recon.forecast.features import FEATURES

NEWEST = datetime(2026, 4, 30, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def frames() -> pl.DataFrame:
    return pl.concat([frame(e, lead) for e in ("2021-06", "2022-06") for lead in (0, 20)])


def test_the_card_says_what_it_was_learned_from(frames: pl.DataFrame) -> None:
    _, card = train(frames, ["2021-06"], "strict", NEWEST)
    assert card.name == "recon-2021-06-strict"
    assert card.events == ("2021-06",)
    assert card.leads == (0, 20)
    assert card.features == FEATURES
    assert card.rows == 1800
    assert card.labels_known_at == datetime(2021, 6, 25, 22, tzinfo=UTC)
    assert card.facts_known_at == card.labels_known_at


def test_with_slow_facts_everything_is_as_late_as_the_store(frames: pl.DataFrame) -> None:
    later = frames.with_columns(hindsight=pl.lit("slow-facts"))
    assert train(later, ["2021-06"], "slow-facts", NEWEST)[1].facts_known_at == NEWEST


def test_events_that_are_not_named_are_not_learned(frames: pl.DataFrame) -> None:
    alone, _ = train(frames, ["2021-06"], "strict", NEWEST)
    first = frames.filter(pl.col("event") == "2021-06")
    same, _ = train(first, ["2021-06"], "strict", NEWEST)
    x = first.select(FEATURES).to_numpy()
    assert (alone.predict_proba(x) == same.predict_proba(x)).all()


def test_without_frames_nothing_is_learned(frames: pl.DataFrame) -> None:
    with pytest.raises(InputError, match="no frames"):
        train(frames, ["2023-06"], "strict", NEWEST)
