"""What a study of past events found: what became of every name, and what that says together."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from recon.backtest.literature import beside
from recon.backtest.terms import Terms
from recon.backtest.windows import Window
from recon.store import Hindsight

MAIN: Final = "rank to effective"
"""The window that is shown event by event."""


@dataclass(frozen=True, slots=True)
class EventStudy:
    """One event.

    Attributes
    ----------
    event : str
        Its id.
    as_of : date
        Day of the calls.
    run_id : str
        The run that they are of.
    simulated : bool
        Whether the market is the simulated one.
    windows : list of Window
        Entry and exit of each.
    outcomes : pl.DataFrame
        `event` and the columns of `recon.backtest.outcomes.OUTCOMES`.
    remarks : list of str
        What the figures rest on, and what is missing.
    """

    event: str
    as_of: date
    run_id: str
    simulated: bool
    windows: list[Window]
    outcomes: pl.DataFrame
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class Study:
    """Several events, and what they say together.

    Attributes
    ----------
    events : list of EventStudy
        In the order asked for.
    lead : int
        Sessions before rank day at which the calls were made.
    hindsight : str
        Of the runs.
    terms : Terms
        Whose calls they are, how weighted and at what cost; the placebo has the weights of its
        calls, the official basket equal ones.
    outcomes : pl.DataFrame
        Of all names of all events: `event` and the columns of
        `recon.backtest.outcomes.OUTCOMES`.
    figures : pl.DataFrame
        Columns of `recon.backtest.tally.FIGURES`.
    """

    events: list[EventStudy]
    lead: int
    hindsight: Hindsight
    terms: Terms
    outcomes: pl.DataFrame
    figures: pl.DataFrame

    def ended(self) -> pl.DataFrame:
        """Names that were delisted in a window, with the session and price at which they went out.

        Returns
        -------
        pl.DataFrame
            `event`, `action`, `symbol`, `company`, `exit`, `exit_price_usd`, `baskets` (names
            joined by a comma); a name and exit once.
        """
        keys = ("event", "action", "symbol", "company", "exit", "exit_price_usd")
        return (
            self.outcomes.filter("ended")
            .group_by(keys, maintain_order=True)
            .agg(baskets=pl.col("basket").unique(maintain_order=True).str.join(", "))
        )

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON but the outcomes of single names, which are `outcomes`."""
        return {
            "lead": self.lead,
            "hindsight": self.hindsight,
            "weighting": self.terms.words(),
            "costs": self.terms.costs.model_dump(),
            "events": [
                {
                    "event": one.event,
                    "as_of": one.as_of,
                    "run_id": one.run_id,
                    "simulated": one.simulated,
                    "windows": [
                        {
                            "name": w.name,
                            "entry": w.first,
                            "exit": w.last,
                            "looks_back": w.looks_back,
                        }
                        for w in one.windows
                    ],
                    "remarks": one.remarks,
                }
                for one in self.events
            ],
            "figures": self.figures.to_dicts(),
            "literature": beside(self.figures).to_dicts(),
            "ended": self.ended().to_dicts(),
        }
