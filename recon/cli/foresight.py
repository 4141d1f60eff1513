"""A run with its outlook, as every verb that says chances makes them."""

from datetime import date
from pathlib import Path

from recon.calendar import end_of_day
from recon.cli.options import load_settings
from recon.errors import InputError
from recon.forecast.outlook import Outlook
from recon.forecast.shelf import look_ahead
from recon.pipeline import Run, run
from recon.resources import models_directory
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
    folder = models_folder(models)
    if folder is None:
        return done, None
    return done, look_ahead(done, opened.as_of(end_of_day(done.as_of), hindsight), folder)


def models_folder(models: str) -> Path | None:
    """Folder that `--model` names; None for the rules alone.

    Raises
    ------
    InputError
        If there is no such folder.
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
    return Path(models)
