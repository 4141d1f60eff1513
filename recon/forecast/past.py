"""What the forecast reads from the store besides the run.

It stands apart from what is made of it, so that it can be read while the model is loaded.
"""

from dataclasses import dataclass

import polars as pl

from recon.forecast.view import View
from recon.master.window import two_years
from recon.store import AsOf


@dataclass(frozen=True, slots=True)
class Past:
    """What the forecast reads from the store besides the run.

    Attributes
    ----------
    quotes, announcements : pl.DataFrame
        As for `recon.forecast.features.features`.
    """

    quotes: pl.DataFrame
    announcements: pl.DataFrame


def gather(view: View, known: AsOf) -> Past:
    """Read the past of a run's lines."""
    quotes = two_years(known, view.session, view.securities, view.lines, years=1)
    return Past(quotes, known.announcements())
