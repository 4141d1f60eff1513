"""A run with its outlook, as every verb that says chances makes them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day
from recon.cli.options import load_settings
from recon.demand.assets import read_assets
from recon.demand.build import Demand
from recon.errors import InputError
from recon.forecast.card import card_files
from recon.forecast.outlook import Outlook
from recon.forecast.past import gather
from recon.pipeline import Run, run
from recon.publish import whole
from recon.publish.candidates import MIN_PROBABILITY
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
    folder = models_folder(models)
    return whole.foresee(opened, event, as_of, hindsight, models=folder, rulebook=own)


def whole_list(
    opened: Store,
    done: Run,
    said: Outlook | None,
    assets: Path | None,
    *,
    least: float = MIN_PROBABILITY,
) -> tuple[pl.DataFrame, Demand]:
    """Candidate list of a run with the trades that it would cause, as it is shown and archived.

    Parameters
    ----------
    opened : Store
        That the run was made from.
    done, said
        As from `foresee`.
    assets : Path or None
        The user's own table, as for `recon.demand.assets.read_assets`.
    least : float
        As for `recon.publish.candidates.candidates`.
    """
    return whole.whole_list(opened, done, said, read_assets(assets), least=least)


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
    folder = models_folder(models)
    with whole.model_beside(opened, event, as_of, hindsight, folder) as coming:
        done = run(opened, event, as_of, hindsight=hindsight, rulebook_override=own, keep=True)
        moved = shocked(done, shock(done))
        if coming is None:
            return (done, None), (moved, None)
        from recon.forecast.look import look  # noqa: PLC0415
        from recon.forecast.simulate import seed_of  # noqa: PLC0415

        past = gather(done, opened.as_of(end_of_day(done.as_of), hindsight))
        seed = seed_of(done.run_id)
        before, after = (look(one, past, coming.result, seed=seed) for one in (done, moved))
    return (done, before), (moved, after)


def models_folder(models: str) -> Path | None:
    """Folder that `--model` names; None for the rules alone.

    Raises
    ------
    InputError
        If there is no such folder, or no model in it.
    """
    if models == "none":
        return None
    if models == "shipped":
        return models_directory()
    if not Path(models).is_dir():
        raise InputError(
            "there is no such folder of models",
            field="--model",
            value=models,
            expected="shipped, none, or a folder that `recon train` wrote",
        )
    if not card_files(Path(models)):
        raise InputError(
            "there is no model with a card in this folder",
            field="--model",
            value=models,
            expected="a folder that `recon train` wrote, or none",
        )
    return Path(models)
