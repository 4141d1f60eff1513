"""A model comes back as it was written, and anything else is refused."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import skops.io
from small_events import frame

from recon.errors import InputError
from recon.forecast.card import ModelCard
from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES
from recon.forecast.model import LARGEST, load, save


@pytest.fixture(scope="module")
def model() -> ReconClassifier:
    rows = pl.concat([frame(e) for e in ("2021-06", "2022-06")])
    y = (rows["added"] | rows["deleted"]).cast(pl.Int64).to_numpy()
    x = rows.select(FEATURES).to_numpy()
    return ReconClassifier(rounds=10).fit(x, y, rows["event"].to_numpy())


CARD = ModelCard(
    name="test",
    events=("2021-06", "2022-06"),
    hindsight="strict",
    leads=(0, 20),
    data_first=datetime(2021, 5, 7, tzinfo=UTC),
    data_last=datetime(2022, 5, 6, tzinfo=UTC),
    labels_known_at=datetime(2022, 6, 24, 22, tzinfo=UTC),
    facts_known_at=datetime(2022, 6, 24, 22, tzinfo=UTC),
    features=FEATURES,
    rows=1800,
    changes=300,
)


def test_it_comes_back_and_says_the_same(model: ReconClassifier, tmp_path: Path) -> None:
    written = save(model, CARD, tmp_path / "one.skops")
    again, card = load(tmp_path / "one.skops")
    assert card == written
    assert card.versions["scikit-learn"]
    x = frame("2023-06").select(FEATURES).to_numpy()
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_a_changed_file_is_refused(model: ReconClassifier, tmp_path: Path) -> None:
    path = tmp_path / "one.skops"
    save(model, CARD, path)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(InputError, match="not the one"):
        load(path)


def test_other_features_are_refused(model: ReconClassifier, tmp_path: Path) -> None:
    path = tmp_path / "one.skops"
    save(model, CARD.model_copy(update={"features": FEATURES[::-1]}), path)
    with pytest.raises(InputError, match="other features"):
        load(path)


def test_untrusted_types_are_refused(tmp_path: Path, model: ReconClassifier) -> None:
    path = tmp_path / "one.skops"
    card = save(model, CARD, path)
    content = skops.io.dumps({"harmless": Untrusted()})
    path.write_bytes(content)
    told = card.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    path.with_suffix(".json").write_text(told.model_dump_json())
    with pytest.raises(InputError, match="not trusted"):
        load(path)


def test_a_pickle_or_a_missing_file_is_refused(model: ReconClassifier, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no card"):
        load(tmp_path / "none.skops")
    path = tmp_path / "one.skops"
    save(model, CARD, path)
    path.unlink()
    with pytest.raises(InputError, match="no such model"):
        load(path)
    path.with_suffix(".json").write_text("{}")
    with pytest.raises(InputError, match="cannot be read"):
        load(path)


def test_something_else_than_the_classifier_is_refused(
    tmp_path: Path, model: ReconClassifier
) -> None:
    path = tmp_path / "one.skops"
    card = save(model, CARD, path)
    content = skops.io.dumps([1, 2])
    path.write_bytes(content)
    told = card.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    path.with_suffix(".json").write_text(told.model_dump_json())
    with pytest.raises(InputError, match="something else"):
        load(path)


class Untrusted:
    """Not a type that a model holds."""

    def __init__(self) -> None:
        self.a = 1


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"no archive"])
def test_a_damaged_model_with_the_right_checksum_is_refused(tmp_path, content):
    shipped = next((Path(__file__).parents[2] / "models").glob("recon-*.json"))
    card = json.loads(shipped.read_text()) | {"sha256": hashlib.sha256(content).hexdigest()}
    (tmp_path / "m.json").write_text(json.dumps(card))
    (tmp_path / "m.skops").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "m.skops")


def test_a_model_that_inflates_beyond_bounds_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.skops", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("schema.json", b" " * (LARGEST + 1))
    content = (tmp_path / "m.skops").read_bytes()
    shipped = next((Path(__file__).parents[2] / "models").glob("recon-*.json"))
    card = json.loads(shipped.read_text()) | {"sha256": hashlib.sha256(content).hexdigest()}
    (tmp_path / "m.json").write_text(json.dumps(card))
    with pytest.raises(InputError, match="inflates"):
        load(tmp_path / "m.skops")


def test_a_card_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "m.json").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="card"):
        load(tmp_path / "m.skops")
