"""What an outlook of a run holds, for whoever shows it.

It is made in `recon.forecast.look`; what shows it need not load the libraries that make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from recon.forecast.classifier import ReconClassifier


@dataclass(frozen=True, slots=True)
class Outlook:
    """Chances of the companies of a run.

    Attributes
    ----------
    companies : pl.DataFrame
        `company_id`; `p_in` (in the Russell 3000 after the event), `p_large` (in the Russell
        1000), fractions; `called_in`, `called_large` (bool: what the calls say), `chance` (of a
        change of the Russell 3000 side).
    breakpoints : pl.DataFrame
        `name`, `quantile` (fraction), `cap_usd` on rank day, as simulated.
    features : pl.DataFrame
        What the model read, as from `recon.forecast.predict.predict`.
    model : ReconClassifier
        That gave the chances.
    model_version : str
        Its name.
    """

    companies: pl.DataFrame
    breakpoints: pl.DataFrame
    features: pl.DataFrame
    model: ReconClassifier
    model_version: str
