"""The shelf of shipped models: which of them may speak at a moment.

A model that has learned what a past event brought must not forecast that event. So one model is
shipped for each number of events learned from, and a moment takes the newest of those whose
labels, and everything else that went into them, were known by then.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from recon.calendar import Event, end_of_day
from recon.forecast.classifier import ReconClassifier
from recon.forecast.look import look
from recon.forecast.model import ModelCard, load, read_card
from recon.forecast.outlook import Outlook
from recon.forecast.past import gather
from recon.forecast.view import View
from recon.store import AsOf, Hindsight


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model and its card."""

    model: ReconClassifier
    card: ModelCard


def file_name(last_event: str, hindsight: str) -> str:
    """Name of the file of a model that learned up to an event."""
    return f"recon-{last_event}-{hindsight}.skops"


def choose(folder: Path, moment: datetime, hindsight: Hindsight) -> Shipped | None:
    """Newest model of a folder that may be used at a moment.

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
    Shipped or None
        None where no model qualifies. Of several that learned the same events the one with slow
        facts is taken, because it has seen what EDGAR shows.

    Raises
    ------
    InputError
        If a card cannot be read, or the chosen model does not match its card or this program.
    """
    cards = [(read_card(path), path) for path in sorted(folder.glob("recon-*.json"))]
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
    return Shipped(*load(path.with_suffix(".skops")))


def record(folder: Path, name: str) -> tuple[ModelCard, ...]:
    """Cards of a shipped model and of its twin, which learned the same events the other way.

    Parameters
    ----------
    folder : Path
        Of models and their cards.
    name : str
        Of the model, as in `model_version` of a list.

    Returns
    -------
    tuple of ModelCard
        `strict` first; without a twin that is not on the shelf.

    Raises
    ------
    InputError
        If the model has no card, or a card cannot be read.
    """
    own = read_card(folder / f"{name}.json")
    twins = ("strict", "slow-facts")
    paths = {one: folder / file_name(own.events[-1], one) for one in twins}
    return tuple(
        own if one == own.hindsight else read_card(path.with_suffix(".json"))
        for one, path in paths.items()
        if one == own.hindsight or path.with_suffix(".json").exists()
    )


def model_moment(target: Event, as_of: date) -> datetime:
    """Moment by which a model must have known all that it learned, for a run.

    What is known after rank day is the event's own outcome, so the moment is never later.
    """
    return end_of_day(min(as_of, target.rank_day))


def speaker(folder: Path, target: Event, as_of: date, hindsight: Hindsight) -> Shipped | None:
    """Model of a folder that may speak of an event at the end of a day.

    Returns
    -------
    Shipped or None
        None where no model may speak, and for quarterly IPO events, which none has learned.

    Raises
    ------
    InputError
        As from `choose`.
    """
    if target.kind == "ipo":
        return None
    return choose(folder, model_moment(target, as_of), hindsight)


def look_ahead(view: View, known: AsOf, folder: Path) -> Outlook | None:
    """Outlook of a run by the model of a folder that may speak at its moment.

    Parameters
    ----------
    view : View
        The run.
    known : AsOf
        The store at the run's moment.
    folder : Path
        Of models and their cards.

    Returns
    -------
    Outlook or None
        None where `speaker` finds none.
    """
    shipped = speaker(folder, view.event, view.as_of, known.hindsight)
    if shipped is None:
        return None
    return look(view, gather(view, known), shipped.model, shipped.card.name)
