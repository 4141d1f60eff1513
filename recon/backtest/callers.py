"""Whose calls an event study holds: the model's of the day, and the rules' beside them.

The model of a moment is the one that a watchlist would have used: it knows only what had become
official by then (`recon.forecast.shelf`). Before the first event that the data reach back to, no
model knows anything, and the list is the rules'.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.backtest.desk import ordered
from recon.backtest.terms import Terms
from recon.calendar import end_of_day
from recon.demand.assets import read_assets
from recon.forecast.shelf import look_ahead
from recon.pipeline import Run
from recon.publish.whole import whole_list
from recon.store import Store

MODEL: Final = "model"
RULES: Final = "rules"


@dataclass(frozen=True, slots=True)
class Callers:
    """Lists of one moment.

    Attributes
    ----------
    lists : dict of str to pl.DataFrame
        Candidate list by whose it is, `MODEL` before `RULES`; what is called in it is held.
    remark : str
        Which model it is, or why there is none.
    """

    lists: dict[str, pl.DataFrame]
    remark: str


def callers(store: Store, run: Run, terms: Terms) -> Callers:
    """Make the lists of a run.

    Parameters
    ----------
    store : Store
        That the run was made from.
    run : Run
        The moment.
    terms : Terms
        Models, assets and profile.
    """
    known = store.as_of(end_of_day(run.as_of), run.hindsight)
    assets = read_assets(terms.assets)
    said = None if terms.models is None else look_ahead(run, known, terms.models)

    def called(outlook_of: str) -> pl.DataFrame:
        rows, trades = whole_list(store, run, said if outlook_of == MODEL else None, assets)
        if terms.profile is None:
            return rows
        return ordered(run, rows, trades, known, terms.profile)

    rules = called(RULES)
    if terms.models is None:
        return Callers({RULES: rules}, "no model was asked for")
    if said is None:
        remark = "no event was over by then that a model could have learned: the rules' calls"
        return Callers({MODEL: rules, RULES: rules}, f"model: {remark}")
    return Callers({MODEL: called(MODEL), RULES: rules}, f"model: {said.model_version}")
