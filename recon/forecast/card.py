"""Cards of models: what each was learned from, and which of a folder may speak at a moment.

It stands apart from the models themselves, so that cards are read without what models need.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from recon.calendar import Event, end_of_day
from recon.errors import InputError
from recon.store import Hindsight


class ModelCard(BaseModel):
    """What a model was learned from, and how to tell that it is the one.

    Attributes
    ----------
    name : str
        Of the model, as in `model_version` of a list.
    events : tuple of str
        Learned from.
    hindsight : str
        Of the frames learned from.
    leads : tuple of int
        Sessions before rank day at which they were taken.
    data_first, data_last : datetime
        First and last moment of those frames, UTC.
    labels_known_at : datetime
        Moment from which all labels were known, UTC: what is computed for an earlier one must
        not use the model.
    facts_known_at : datetime
        Moment from which everything else in the frames was known, UTC. Under `slow-facts` that
        is the newest session of the store that they were made from.
    features : tuple of str
        Columns, in order.
    rows, changes : int
        Company-dates learned from, and how many changed sides.
    sha256 : str
        Of the skops file.
    versions : dict of str to str
        Packages that it was made with.
    scores : list of dict
        Walk-forward figures, as from `recon.backtest.scorecard.table`.
    bins : list of dict
        Reliability of the same chances, all events and leads of `scores` pooled, as from
        `recon.backtest.report.reliability`.
    simulated : bool
        Whether all of it is of the simulated market.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    events: tuple[str, ...]
    hindsight: str
    leads: tuple[int, ...]
    data_first: datetime
    data_last: datetime
    labels_known_at: datetime
    facts_known_at: datetime
    features: tuple[str, ...]
    rows: int
    changes: int
    sha256: str = ""
    versions: dict[str, str] = {}
    scores: list[dict[str, Any]] = []
    bins: list[dict[str, Any]] = []
    simulated: bool = False


def card_files(folder: Path) -> list[Path]:
    """Cards of the models of a folder, by name."""
    return sorted(folder.glob("recon-*.json"))


def read_card(path: Path) -> ModelCard:
    """Read a card.

    Raises
    ------
    InputError
        If it is missing or does not fit.
    """
    try:
        return ModelCard.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            "the model has no card", field="card", value=path, expected="a JSON file"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the card of the model cannot be read",
            field="card",
            value=path,
            expected=f"a JSON file ({error})",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            "the card of the model cannot be read",
            field=".".join(str(part) for part in first["loc"]),
            value=path,
            expected=first["msg"],
        ) from error


def fitting(folder: Path, moment: datetime, hindsight: Hindsight) -> Path | None:
    """Card of the newest model of a folder that may be used at a moment.

    Parameters
    ----------
    folder : Path
        Of models and their cards.
    moment : datetime
        Aware.
    hindsight : {"strict", "slow-facts"}
        Of the run. Under `strict` everything that went into the model must have been known;
        under `slow-facts` its labels must, and its slow facts may come from later files.

    Returns
    -------
    Path or None
        None where no model qualifies. Of several that learned the same events the one with slow
        facts is taken, because it has seen what EDGAR shows.

    Raises
    ------
    InputError
        If a card cannot be read.
    """
    cards = [(read_card(path), path) for path in card_files(folder)]
    fit = [
        (card, path)
        for card, path in cards
        if card.labels_known_at <= moment
        and hindsight in {card.hindsight, "strict"}
        and (hindsight == "slow-facts" or card.facts_known_at <= moment)
    ]
    if not fit:
        return None
    _, path = max(fit, key=lambda one: (one[0].labels_known_at, one[0].hindsight == "slow-facts"))
    return path


def speaking(folder: Path, target: Event, as_of: date, hindsight: Hindsight) -> Path | None:
    """Card of the model of a folder that may speak of an event at the end of a day.

    Returns
    -------
    Path or None
        None where no model may speak, and for quarterly IPO events, which none has learned.

    Raises
    ------
    InputError
        As from `fitting`.
    """
    if target.kind == "ipo":
        return None
    return fitting(folder, model_moment(target, as_of), hindsight)


def model_moment(target: Event, as_of: date) -> datetime:
    """Moment by which a model must have known all that it learned, for a run.

    What is known after rank day is the event's own outcome, so the moment is never later.
    """
    return end_of_day(min(as_of, target.rank_day))
