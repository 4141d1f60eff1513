"""Models on disk: skops with a card beside it, never a pickle.

A model is two files: `NAME.skops` and `NAME.json`, its card. Loading checks the checksum that the
card names, the features that this program computes, and the types in the file, and refuses what
does not match.
"""

import io
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Final

import skops.io  # type: ignore[import-untyped]
from sklearn.utils.validation import check_is_fitted
from skops.io.exceptions import (  # type: ignore[import-untyped]
    UntrustedTypesFoundException,
)

from recon.errors import InputError
from recon.files import checksum, write_atomic
from recon.forecast.card import ModelCard, read_card
from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES

TRUSTED: Final = (
    "recon.forecast.classifier.ReconClassifier",
    "recon.forecast.heads.Head",
    "recon.forecast.learners.Judge",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "numpy.dtype",
)
"""Types that a model may hold beside those that skops trusts by itself."""
LARGEST: Final = 2**27
"""Bytes of a model, inflated; a shipped one has under three million."""
PACKAGES: Final = ("scikit-learn", "skops", "numpy")


def save(model: ReconClassifier, card: ModelCard, path: Path) -> ModelCard:
    """Write a fitted model and its card.

    Parameters
    ----------
    model : ReconClassifier
        Fitted.
    card : ModelCard
        `sha256` and `versions` are filled in.
    path : Path
        The skops file; the card goes beside it as JSON.
    """
    check_is_fitted(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = skops.io.dumps(model, compression=zipfile.ZIP_DEFLATED)
    whole = card.model_copy(
        update={
            "sha256": checksum(content),
            "versions": {name: version(name) for name in PACKAGES},
        }
    )
    # The card goes first and comes last: without it there is no model, so that none is ever found
    # beside the card of another one.
    path.with_suffix(".json").unlink(missing_ok=True)
    write_atomic(path, content)
    write_atomic(path.with_suffix(".json"), whole.model_dump_json(indent=2).encode() + b"\n")
    return whole


def load(path: Path) -> tuple[ReconClassifier, ModelCard]:
    """Read a model and its card.

    Raises
    ------
    InputError
        If a file is missing or no card, the checksum or the list of features does not match, or
        the file holds a type that is not trusted.
    """
    card = read_card(path.with_suffix(".json"))
    if not path.is_file():
        raise InputError("there is no such model", field="model", value=path, expected="a file")
    content = _content(path)
    found = checksum(content)
    if found != card.sha256:
        raise InputError(
            "the model is not the one that its card describes",
            field="sha256",
            value=found,
            expected=card.sha256,
        )
    if card.features != FEATURES:
        odd = sorted(set(card.features) ^ set(FEATURES)) or ["their order"]
        raise InputError(
            "the model was made for other features",
            field="features",
            value=", ".join(odd),
            expected="the features of this program; train the model again",
        )
    try:
        _check_size(content)
        # Types are checked before any of them is built.
        model = skops.io.loads(content, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise InputError(
            "the model holds types that are not trusted",
            field="types",
            value=str(error),
            expected="types of recon.forecast.model.TRUSTED",
        ) from error
    # What skops raises on a file that is none of its own depends on where it is odd.
    except Exception as error:
        raise _damaged(path, error) from error
    if not isinstance(model, ReconClassifier):
        raise InputError(
            "the file holds something else than the classifier",
            field="model",
            value=type(model).__name__,
            expected="ReconClassifier",
        )
    return model, card


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise _damaged(path, error) from error


def _check_size(content: bytes) -> None:
    """Refuse an archive that inflates beyond bounds, before any of it is inflated."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inflated = sum(member.file_size for member in archive.infolist())
    if inflated > LARGEST:
        raise ValueError(f"it inflates to {inflated} bytes, more than {LARGEST}")


def _damaged(path: Path, error: Exception) -> InputError:
    said = " ".join(str(error).split()) or type(error).__name__
    return InputError(
        f"the model cannot be read ({said[:200]})",
        field="model",
        value=path,
        expected="a file written by recon train",
    )
