"""A run with its outlook, as every verb that says chances makes them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from recon.calendar import end_of_day
from recon.cli.options import load_settings
from recon.errors import InputError
from recon.forecast.outlook import Outlook, gather, look, outlook
from recon.forecast.shelf import Shipped, choose
from recon.forecast.simulate import seed_of
from recon.pipeline import Run, run
from recon.resources import models_directory
from recon.shocks import Shock, shocked
from recon.store import Hindsight, Store


def foresee(
    opened: Store,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    *,
    models: str,
    rulebook: Path | None = None,
) -> tuple[Run, Outlook | None]:
    """Run an event at a moment and say how likely each outcome is.

    Parameters
    ----------
    opened : Store
        Open store.
    event, as_of, hindsight
        As for `recon.pipeline.run`.
    models : str
        As given to `--model`.
    rulebook : Path, optional
        The user's own values.

    Returns
    -------
    tuple
        The run, and its outlook; None where no model may speak at the moment, or none was
        asked for.
    """
    own = rulebook or load_settings().rulebook
    done = run(opened, event, as_of, hindsight=hindsight, rulebook_override=own)
    shipped = _shipped(done, models)
    if shipped is None:
        return done, None
    known = opened.as_of(end_of_day(done.as_of), hindsight)
    return done, outlook(done, known, shipped.model, shipped.card.name)


Foreseen = tuple[Run, Outlook | None]
"""A run, and its outlook where a model may speak at its moment."""


def foresee_shocked(
    opened: Store,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    shock: Callable[[Run], Shock],
    *,
    models: str,
    rulebook: Path | None = None,
) -> tuple[Foreseen, Foreseen]:
    """Run an event at a moment, as it is and with prices moved; the store is read once.

    Parameters
    ----------
    opened, event, as_of, hindsight, models, rulebook
        As for `foresee`.
    shock : callable
        Gives what moves, from the run, in which companies are looked up.

    Returns
    -------
    tuple
        Before and after. Both simulations see the same draws, so that what differs is the shock.
    """
    own = rulebook or load_settings().rulebook
    done = run(opened, event, as_of, hindsight=hindsight, rulebook_override=own)
    moved = shocked(done, shock(done))
    shipped = _shipped(done, models)
    if shipped is None:
        return (done, None), (moved, None)
    past = gather(done, opened.as_of(end_of_day(done.as_of), hindsight))
    seed = seed_of(done.run_id)
    model, name = shipped.model, shipped.card.name
    before, after = (look(one, past, model, name, seed=seed) for one in (done, moved))
    return (done, before), (moved, after)


def _shipped(done: Run, models: str) -> Shipped | None:
    if models == "none" or done.event.kind == "ipo":
        return None
    # What is learned after rank day is the event's own outcome.
    moment = end_of_day(min(done.as_of, done.event.rank_day))
    return choose(_folder(models), moment, done.hindsight)


def _folder(models: str) -> Path:
    if models == "shipped":
        return models_directory()
    if not Path(models).is_dir():
        raise InputError(
            "there is no such folder of models",
            field="--model",
            value=models,
            expected="shipped, none, or a folder that `recon train` wrote",
        )
    return Path(models)
