"""A run with its outlook, as every verb that says chances makes them.

The model and the libraries that it needs load as long as a run takes, so they are loaded beside
it, and only where a verb forecasts: hence the imports inside functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from recon.calendar import end_of_day
from recon.cli.options import load_settings
from recon.demand.assets import read_assets
from recon.demand.build import Demand, demand, fill
from recon.errors import InputError
from recon.forecast.outlook import Outlook
from recon.pipeline import Run, run, settle
from recon.publish.candidates import candidates
from recon.resources import models_directory
from recon.shocks import Shock, shocked
from recon.store import Hindsight, Store

if TYPE_CHECKING:
    from recon.forecast.shelf import Shipped


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
    with _model_beside(opened, event, as_of, hindsight, models) as coming:
        done = run(opened, event, as_of, hindsight=hindsight, rulebook_override=own, keep=True)
        shipped = coming.result()
    if shipped is None:
        return done, None
    from recon.forecast.look import outlook  # noqa: PLC0415

    known = opened.as_of(end_of_day(done.as_of), hindsight)
    return done, outlook(done, known, shipped.model, shipped.card.name)


def whole_list(
    opened: Store, done: Run, said: Outlook | None, assets: Path | None
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
    """
    rows = candidates(done, said)
    known = opened.as_of(end_of_day(done.as_of), done.hindsight)
    trades = demand(done, rows, known, read_assets(assets))
    return fill(rows, trades), trades


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
    with _model_beside(opened, event, as_of, hindsight, models) as coming:
        done = run(opened, event, as_of, hindsight=hindsight, rulebook_override=own, keep=True)
        moved = shocked(done, shock(done))
        shipped = coming.result()
    if shipped is None:
        return (done, None), (moved, None)
    from recon.forecast.look import gather, look  # noqa: PLC0415
    from recon.forecast.simulate import seed_of  # noqa: PLC0415

    past = gather(done, opened.as_of(end_of_day(done.as_of), hindsight))
    seed = seed_of(done.run_id)
    model, name = shipped.model, shipped.card.name
    before, after = (look(one, past, model, name, seed=seed) for one in (done, moved))
    return (done, before), (moved, after)


@contextmanager
def _model_beside(
    opened: Store, event: str | None, as_of: date | None, hindsight: Hindsight, models: str
) -> Iterator[Future[Shipped | None]]:
    """Load the model that may speak at a moment while something else is done."""
    folder = models_folder(models)
    target, day = settle(opened, event, as_of)

    def load() -> Shipped | None:
        if folder is None:
            return None
        from recon.forecast.shelf import speaker  # noqa: PLC0415

        return speaker(folder, target, day, hindsight)

    with ThreadPoolExecutor(max_workers=1) as beside:
        yield beside.submit(load)


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
