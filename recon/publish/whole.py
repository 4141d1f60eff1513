"""The whole list of a run in one step: who may enter or leave, how likely, and the trades.

The model and the libraries that it needs load as long as a run takes, so they are loaded beside
it, and only where somebody forecasts: hence the imports inside functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from recon.calendar import end_of_day
from recon.demand.build import Demand, demand, fill
from recon.forecast.card import speaking
from recon.forecast.outlook import Outlook
from recon.forecast.past import gather
from recon.pipeline import Run, run, settle
from recon.publish.candidates import MIN_PROBABILITY, candidates
from recon.resources import models_directory
from recon.store import Hindsight, Store

if TYPE_CHECKING:
    from recon.forecast.shelf import Shipped


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A list with everything that it rests on.

    Attributes
    ----------
    run : Run
        The computation at its moment.
    outlook : Outlook or None
        Chances by a model; None where the rules speak alone.
    rows : pl.DataFrame
        The candidate list (`recon.publish.candidate.FRAME_SCHEMA`), its trades filled in.
    demand : Demand
        What index funds must trade, and on which assets that rests.
    """

    run: Run
    outlook: Outlook | None
    rows: pl.DataFrame
    demand: Demand


def watchlist(
    store: Store,
    event: str | None = None,
    as_of: date | None = None,
    hindsight: Hindsight = "strict",
    *,
    models: Path | None = None,
    rules_only: bool = False,
    rulebook: Path | None = None,
    assets: pl.DataFrame | None = None,
) -> Watchlist:
    """Make the list of an event as `recon watchlist` does, from what was known at one moment.

    Parameters
    ----------
    store : Store
        Open store.
    event, as_of, hindsight, rulebook
        As for `recon.pipeline.run`.
    models : Path, optional
        Folder of models; by default those that travel with the program.
    rules_only : bool
        Whether no model is asked: the rules' calls, and a stand-in for chances.
    assets : pl.DataFrame, optional
        As for `recon.demand.build.demand`.

    Returns
    -------
    Watchlist
    """
    folder = None if rules_only else models or models_directory()
    done, said = foresee(store, event, as_of, hindsight, models=folder, rulebook=rulebook)
    rows, trades = whole_list(store, done, said, assets)
    return Watchlist(done, said, rows, trades)


def foresee(
    store: Store,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    *,
    models: Path | None,
    rulebook: Path | None = None,
) -> tuple[Run, Outlook | None]:
    """Run an event at a moment and say how likely each outcome is.

    Parameters
    ----------
    store : Store
        Open store.
    event, as_of, hindsight, rulebook
        As for `recon.pipeline.run`.
    models : Path or None
        Folder of models; None for the rules alone.

    Returns
    -------
    tuple
        The run, and its outlook; None where no model may speak at the moment, or none was
        asked for.
    """
    with model_beside(store, event, as_of, hindsight, models) as coming:
        done = run(store, event, as_of, hindsight=hindsight, rulebook_override=rulebook, keep=True)
        if coming is None:
            return done, None
        past = gather(done, store.as_of(end_of_day(done.as_of), hindsight))
        from recon.forecast.look import look  # noqa: PLC0415

        return done, look(done, past, coming.result)


@contextmanager
def model_beside(
    store: Store,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    models: Path | None,
) -> Iterator[Future[Shipped] | None]:
    """Load the model that may speak at a moment while something else is done.

    Parameters
    ----------
    store, event, as_of, hindsight, models
        As for `foresee`.

    Yields
    ------
    Future or None
        None where no model may speak, or none is asked.
    """
    card = None if models is None else speaking(models, *settle(store, event, as_of), hindsight)
    if card is None:
        yield None
        return

    def load() -> Shipped:
        from recon.forecast.shelf import take  # noqa: PLC0415

        return take(card)

    with ThreadPoolExecutor(max_workers=1) as beside:
        yield beside.submit(load)


def whole_list(
    store: Store,
    done: Run,
    said: Outlook | None,
    assets: pl.DataFrame | None = None,
    *,
    least: float = MIN_PROBABILITY,
) -> tuple[pl.DataFrame, Demand]:
    """Candidate list of a run with the trades that it would cause.

    Parameters
    ----------
    store : Store
        That the run was made from.
    done : Run
        As from `recon.pipeline.run`.
    said : Outlook or None
        Of the same run.
    assets : pl.DataFrame, optional
        As for `recon.demand.build.demand`.
    least : float
        As for `recon.publish.candidates.candidates`.
    """
    rows = candidates(done, said, least=least)
    known = store.as_of(end_of_day(done.as_of), done.hindsight)
    trades = demand(done, rows, known, assets)
    return fill(rows, trades), trades
