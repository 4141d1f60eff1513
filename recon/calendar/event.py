"""What an event is: its name, its dates, and where each date comes from."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["recon", "ipo", "shadow"]
Leg = Literal["june", "november"]
DateName = Literal["rank_day", "preliminary", "updates", "lock_down", "effective", "ipo_window"]


class DateSource(BaseModel):
    """Where a date of an event comes from.

    Attributes
    ----------
    name : str
        The field of `Event` that it is about.
    basis : {"published", "rule"}
        `published`: stated for this event by a document; `rule`: derived from a dated rule
        on the NYSE calendar.
    source : str
        Key of the document (methodology §0), with its section where known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: DateName
    basis: Literal["published", "rule"]
    source: str


class Event(BaseModel):
    """A reconstitution, a quarterly addition of IPOs, or a parallel run.

    A date is None where the event has none or none is known.

    Attributes
    ----------
    id : str
        `2026-06`, `2026-11`, `ipo:2025-12`, `shadow:2025-11`.
    kind : {"recon", "ipo", "shadow"}
        Reconstitution, quarterly IPO additions, or a run without effect.
    leg : {"june", "november"} or None
        None for IPO events. The `november` leg takes effect in December (design, The second
        leg).
    rank_day : date
        Ranked at this session's close.
    preliminary : date or None
        Day of the first lists; of the announcement for an IPO event. Out at 18:00 New York.
    updates : tuple of date
        Days of the weekly updates, the effective day among them where a list was published
        on it. Empty for IPO events.
    lock_down : date or None
        The Monday on which the lock-down opens; it may be a holiday (2026-09-07).
    effective : date or None
        The Friday after whose close the event takes effect; trades under the new membership
        begin at `next_open(effective)`.
    ipo_window : tuple of (date, date) or None
        First and last session on which an IPO must have priced and traded: from the session
        after the rank day before this one to this rank day (methodology §1.4).
    sources : tuple of DateSource
        One for each date that the event has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Kind
    leg: Leg | None
    rank_day: date
    preliminary: date | None
    updates: tuple[date, ...]
    lock_down: date | None
    effective: date | None
    ipo_window: tuple[date, date] | None
    sources: tuple[DateSource, ...]

    def source_of(self, name: DateName) -> DateSource | None:
        """Say where one date comes from.

        Parameters
        ----------
        name : str
            A date field of the event.

        Returns
        -------
        DateSource or None
            None where the event has no such date.
        """
        return next((source for source in self.sources if source.name == name), None)
