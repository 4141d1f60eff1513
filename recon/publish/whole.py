"""The whole list of a run in one step: who may enter or leave, how likely, and the trades."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day
from recon.demand.build import Demand, demand, fill
from recon.forecast.outlook import Outlook
from recon.forecast.shelf import look_ahead
from recon.pipeline import Run, run
from recon.publish.candidates import MIN_PROBABILITY, candidates
from recon.resources import models_directory
from recon.store import Hindsight, Store


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
    done = run(store, event, as_of, hindsight=hindsight, rulebook_override=rulebook)
    said = None
    if not rules_only:
        known = store.as_of(end_of_day(done.as_of), hindsight)
        said = look_ahead(done, known, models or models_directory())
    rows, trades = whole_list(store, done, said, assets)
    return Watchlist(done, said, rows, trades)


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
