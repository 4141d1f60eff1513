"""Make the outlook of one run: what the simulation and the model say of each company together."""

import numpy as np
import polars as pl

from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import examine
from recon.forecast.heads import line_chance
from recon.forecast.outlook import Outlook
from recon.forecast.past import Past
from recon.forecast.predict import predict
from recon.forecast.simulate import PATHS
from recon.forecast.view import View


def look(
    view: View,
    past: Past,
    model: ReconClassifier,
    name: str,
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
    model : ReconClassifier
        Fitted.
    name : str
        Of the model.
    paths : int
        Of the simulation.
    seed : int, optional
        Of the simulation; by default the run's own. Two runs with one seed see the same draws.
    """
    frame, outcome = examine(view, past.quotes, past.announcements, paths=paths, seed=seed)
    found = predict(model, frame)
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
        model=model,
        model_version=name,
    )


def large_chance(found: pl.DataFrame) -> np.ndarray:
    """Chance of the Russell 1000 side, given that the company is in the Russell 3000.

    Parameters
    ----------
    found : pl.DataFrame
        As from `recon.forecast.features.features`.
    """
    columns = ("distance_side", "sigma", "p_r1000", "p_r3000", "sessions_ahead")
    side, sigma, large, whole, ahead = (found[c].cast(pl.Float64).to_numpy() for c in columns)
    share = np.divide(large, whole, out=np.full_like(large, np.nan), where=whole > 0)
    chance = line_chance(side, sigma, np.where(ahead > 0, share, np.nan))
    known = np.isfinite(side)
    before = found["was_r1000"].to_numpy() == 1
    # Where a member's size is not known, or bounded from below only, the rules leave it.
    stays = found["stays"].to_numpy() | ~known
    return np.where(stays, before.astype(np.float64), chance)
