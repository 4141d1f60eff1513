"""What the forecast reads of a run: the attributes of `recon.pipeline.Run` that it needs.

The forecast stands before the pipeline in the order of the rooms, so it names what it needs
instead of importing it.
"""

from datetime import date
from typing import Protocol

import polars as pl

from recon.assign import BreakPoint
from recon.calendar import Event
from recon.master.membership import Membership
from recon.rulebook import Rulebook


class Moment(Protocol):
    """An event, the moment from which it is seen, and what is listed then."""

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
        """Listed lines with their company and role."""

    @property
    def companies(self) -> pl.DataFrame:
        """Companies with membership, cap, rank, eligibility."""


class View(Moment, Protocol):
    """One event seen from one moment; see `recon.pipeline.Run`."""

    @property
    def hindsight(self) -> str:
        """`strict` or `slow-facts`."""

    @property
    def rulebook(self) -> Rulebook:
        """The rules in force."""

    @property
    def verdicts(self) -> pl.DataFrame:
        """Each rule's answer for each company."""

    @property
    def absent(self) -> pl.DataFrame:
        """Members that do not trade in the data."""

    @property
    def securities(self) -> pl.DataFrame:
        """Lives of all symbols."""

    @property
    def breakpoints(self) -> list[BreakPoint]:
        """Lines of the ranking as if the session were rank day."""

    @property
    def membership(self) -> Membership:
        """Members before the event, and the lists that they come from."""

    @property
    def sessions_to_rank_day(self) -> int:
        """Sessions left until rank day."""

    @property
    def run_id(self) -> str:
        """Event, day, hindsight and digest."""
