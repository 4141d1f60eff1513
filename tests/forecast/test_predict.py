"""Chances of one moment fit the number of places."""

import numpy as np
import polars as pl
import pytest
from small_events import frame

from recon.forecast.classifier import ReconClassifier, operating_threshold
from recon.forecast.predict import MOST_SHIFT, STAYS, matrix, predict


@pytest.fixture(scope="module")
def model() -> ReconClassifier:
    rows = pl.concat([frame("2021-06"), frame("2022-06")])
    changed = (rows["added"] | rows["deleted"]).cast(pl.Int64).to_numpy()
    return ReconClassifier(rounds=20).fit(matrix(rows), changed, rows["event"].to_numpy())


def expected(found: pl.DataFrame) -> float:
    inside = pl.when(pl.col("member") == 1).then(1 - pl.col("chance")).otherwise("chance")
    return float(found.select(inside.sum()).item())


def test_the_expected_number_of_members_is_that_of_the_places(model: ReconClassifier) -> None:
    rows = frame("2023-06")
    free = expected(predict(model, rows))
    for places in (free - 5, free, free + 5):
        found = predict(model, rows.with_columns(places=pl.lit(places)))
        assert expected(found) == pytest.approx(places, abs=0.5)


def test_the_line_is_moved_no_further_than_is_believed(model: ReconClassifier) -> None:
    rows = frame("2023-06")
    for places, shift in ((1.0, -MOST_SHIFT), (900.0, MOST_SHIFT)):
        found = predict(model, rows.with_columns(places=pl.lit(places)))
        assert found["line_shift"].unique().to_list() == [shift]


def test_more_places_raise_every_entry_and_lower_every_exit(model: ReconClassifier) -> None:
    rows = frame("2023-06")
    few, many = (
        predict(model, rows.with_columns(places=pl.lit(p)))["chance"].to_numpy()
        for p in (440.0, 460.0)
    )
    member = (rows["member"] == 1).to_numpy()
    assert (many >= few)[~member].all()
    assert (many <= few)[member].all()


def test_who_stays_by_the_rules_hardly_leaves(model: ReconClassifier) -> None:
    rows = frame("2023-06").with_columns(stays=pl.col("member") == 1)
    found = predict(model, rows).filter("stays")
    assert found["chance"].unique().to_list() == [STAYS]


def test_each_side_has_its_own_threshold(model: ReconClassifier) -> None:
    found = predict(model, frame("2023-06"))
    for member in (0.0, 1.0):
        own = found.filter(pl.col("member") == member)
        least = operating_threshold(own["chance"].to_numpy())
        np.testing.assert_array_equal(own["call"].to_numpy(), own["chance"].to_numpy() >= least)
