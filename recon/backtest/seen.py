"""What a score reads of a moment: the attributes that a run and an archived one share.

A list is scored over the companies of its own moment. `recon.pipeline.Run` has just computed them,
`recon.backtest.archived.Past` reads what was archived then.
"""

from datetime import date
from typing import Protocol

import polars as pl

from recon.calendar import Event


class Seen(Protocol):
    """One event seen from one moment; see `recon.pipeline.Run`."""

    @property
    def event(self) -> Event:
        """What is predicted."""

    @property
    def as_of(self) -> date:
        """The moment's day."""

    @property
    def session(self) -> date:
        """Session of the closes used."""

    @property
    def lines(self) -> pl.DataFrame:
        """Listed lines: `symbol`, `life`, `company_id`."""

    @property
    def companies(self) -> pl.DataFrame:
        """Companies: `company_id`, `symbol`, `name`, `member`, cap, rank, eligibility."""

    @property
    def last_rank(self) -> int:
        """Rank of the last company of the Russell 3000."""

    @property
    def cut_cap_usd(self) -> float | None:
        """Cap of that company; None where fewer are eligible."""
