"""The shelf of shipped models: which of them may speak at a moment.

A model that has learned what a past event brought must not forecast that event. So one model is
shipped for each number of events learned from, and a moment takes the newest of those whose
labels, and everything else that went into them, were known by then.
"""

from dataclasses import dataclass
from pathlib import Path

from recon.forecast.card import ModelCard, read_card, speaking
from recon.forecast.classifier import ReconClassifier
from recon.forecast.look import look
from recon.forecast.model import load
from recon.forecast.outlook import Outlook
from recon.forecast.past import gather
from recon.forecast.view import View
from recon.store import AsOf


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model and its card."""

    model: ReconClassifier
    card: ModelCard


def file_name(last_event: str, hindsight: str) -> str:
    """Name of the file of a model that learned up to an event."""
    return f"recon-{last_event}-{hindsight}.skops"


def take(card: Path) -> Shipped:
    """Model that lies beside a card.

    Raises
    ------
    InputError
        If it does not match its card or this program.
    """
    return Shipped(*load(card.with_suffix(".skops")))


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
        None where `recon.forecast.card.speaking` finds none.
    """
    card = speaking(folder, view.event, view.as_of, known.hindsight)
    if card is None:
        return None
    return look(view, gather(view, known), lambda: take(card))
