"""Make the outlook of one run: what the simulation and the model say of each company together.

The simulation needs no model, and a model takes as long to load, so it may be loading meanwhile:
hence the import inside the function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from recon.forecast.features import examine
from recon.forecast.outlook import Outlook
from recon.forecast.past import Past
from recon.forecast.simulate import PATHS
from recon.forecast.view import View

if TYPE_CHECKING:
    from recon.forecast.shelf import Shipped


def look(
    view: View,
    past: Past,
    model: Callable[[], Shipped],
    *,
    paths: int = PATHS,
    seed: int | None = None,
) -> Outlook:
    """Chances of every company of a run, from a past that is at hand.

    Parameters
    ----------
    view : View
        The run.
    past : Past
        As from `recon.forecast.past.gather`, of this run or of the one that it was made from.
    model : callable
        Gives the model; called when the simulation is done.
    paths : int
        Of the simulation.
    seed : int, optional
        Of the simulation; by default the run's own. Two runs with one seed see the same draws.
    """
    frame, outcome = examine(view, past.quotes, past.announcements, paths=paths, seed=seed)
    shipped = model()
    from recon.forecast.predict import large_chance, predict  # noqa: PLC0415

    found = predict(shipped.model, frame)
    member = found["member"].to_numpy() == 1
    chance, call = found["chance"].to_numpy(), found["call"].to_numpy()
    inside = np.where(member, 1 - chance, chance)
    large = large_chance(found)
    return Outlook(
        companies=found.select(
            "company_id",
            "chance",
            p_in=pl.Series(inside),
            p_large=pl.Series(inside * large),
            called_in=pl.Series(member ^ call),
            called_large=pl.Series((member ^ call) & (large >= 0.5)),
        ),
        breakpoints=outcome.breakpoints,
        features=found,
        model=shipped.model,
        model_version=shipped.card.name,
    )
