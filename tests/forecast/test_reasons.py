"""What moved a chance is found, and told."""

import polars as pl
import pytest
from small_events import frame

from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES
from recon.forecast.predict import matrix, predict
from recon.forecast.reasons import GROUPS, parts


@pytest.fixture(scope="module")
def model() -> ReconClassifier:
    rows = pl.concat([frame(e) for e in ("2021-06", "2022-06", "2023-06")])
    changed = (rows["added"] | rows["deleted"]).cast(pl.Int64).to_numpy()
    return ReconClassifier(rounds=40).fit(matrix(rows), changed, rows["event"].to_numpy())


def test_what_keeps_a_large_foreign_filer_out_is_its_country(model: ReconClassifier) -> None:
    found = predict(model, frame("2024-06"))
    foreign = found.filter(
        (pl.col("files_as_foreign") == 1) & (pl.col("member") == 0) & (pl.col("distance_3000") > 1)
    )["company_id"][0]
    said = {part.group: part for part in parts(model, found, [foreign])[foreign]}
    assert said["country"].log_odds < -1
    assert said["country"].usual > found.filter(pl.col("company_id") == foreign)["chance"][0]
    assert said["size"].log_odds > 1
    strengths = [abs(part.log_odds) for part in parts(model, found, [foreign])[foreign]]
    assert strengths == sorted(strengths, reverse=True)


def test_nothing_is_said_of_who_is_not_there_or_stays(model: ReconClassifier) -> None:
    found = predict(model, frame("2024-06").with_columns(stays=pl.col("company_id") == "c1"))
    assert parts(model, found, ["c1"]) == {}
    assert parts(model, found, ["nobody"]) == {}


def test_every_group_is_of_features_and_none_is_in_two() -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert len(names) == len(set(names))
    assert set(names) <= set(FEATURES)


def test_many_at_once_are_told_as_one_by_one(model: ReconClassifier) -> None:
    found = predict(model, frame("2024-06"))
    members, others = (found.filter(member=side)["company_id"][:5].to_list() for side in (1, 0))
    together = parts(model, found, [*members, *others])
    assert any(together.values())
    for company, said in together.items():
        assert said == parts(model, found, [company])[company]
