"""A moment takes the newest model that knew nothing later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small_events import frame

from recon.errors import InputError
from recon.forecast.card import ModelCard, fitting, read_card
from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES
from recon.forecast.model import save
from recon.forecast.predict import matrix
from recon.forecast.shelf import file_name, record
from recon.resources import models_directory
from recon.store import Hindsight

LABELS = {
    "2021-06": datetime(2021, 6, 25, 22, tzinfo=UTC),
    "2022-06": datetime(2022, 6, 24, 22, tzinfo=UTC),
}
FACTS = datetime(2025, 1, 1, tzinfo=UTC)
TICK = timedelta(seconds=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = frame("2021-06", n=300)
    changed = (rows["added"] | rows["deleted"]).cast(int).to_numpy()
    model = ReconClassifier(rounds=2).fit(matrix(rows), changed)
    found = tmp_path_factory.mktemp("models")
    for last, known in LABELS.items():
        for hindsight in ("strict", "slow-facts"):
            card = ModelCard(
                name=f"recon-{last}-{hindsight}",
                events=(last,),
                hindsight=hindsight,
                leads=(0,),
                data_first=known,
                data_last=known,
                labels_known_at=known,
                facts_known_at=FACTS if hindsight == "slow-facts" else known,
                features=FEATURES,
                rows=rows.height,
                changes=int(changed.sum()),
            )
            save(model, card, found / file_name(last, hindsight))
    return found


@pytest.mark.parametrize(
    ("moment", "hindsight", "name"),
    [
        (LABELS["2021-06"] - TICK, "strict", None),
        (LABELS["2021-06"], "strict", "recon-2021-06-strict"),
        (LABELS["2022-06"] - TICK, "strict", "recon-2021-06-strict"),
        (LABELS["2022-06"] - TICK, "slow-facts", "recon-2021-06-slow-facts"),
        (LABELS["2022-06"], "slow-facts", "recon-2022-06-slow-facts"),
        (FACTS - TICK, "strict", "recon-2022-06-strict"),
        (FACTS, "strict", "recon-2022-06-slow-facts"),  # all of it was known by then
    ],
)
def test_the_newest_that_may_speak(
    folder: Path, moment: datetime, hindsight: Hindsight, name: str | None
) -> None:
    card = fitting(folder, moment, hindsight)
    assert (None if card is None else read_card(card).name) == name


def test_without_models_there_is_none(tmp_path: Path) -> None:
    assert fitting(tmp_path, FACTS, "strict") is None


def test_a_record_is_of_the_model_and_its_twin(folder: Path, tmp_path: Path) -> None:
    for hindsight in ("strict", "slow-facts"):
        found = record(folder, f"recon-2022-06-{hindsight}")
        assert [one.name for one in found] == ["recon-2022-06-strict", "recon-2022-06-slow-facts"]
    alone = "recon-2021-06-strict.json"
    (tmp_path / alone).write_bytes((folder / alone).read_bytes())
    assert [one.name for one in record(tmp_path, "recon-2021-06-strict")] == [
        "recon-2021-06-strict"
    ]
    with pytest.raises(InputError, match="no card"):
        record(tmp_path, "recon-2022-06-strict")


def test_shipped_cards_hold_the_reliability_of_their_scores() -> None:
    cards = [read_card(path) for path in sorted(models_directory().glob("recon-*.json"))]
    assert any(card.scores for card in cards)
    for card in cards:
        bins = [one for one in card.bins if one["scope"] == "Russell 3000"]
        assert bool(bins) == bool(card.scores)
        assert {one["hindsight"] for one in bins} <= {card.hindsight}
        assert all(one["n"] > 0 and 0 <= one["rate"] <= 1 for one in bins)
