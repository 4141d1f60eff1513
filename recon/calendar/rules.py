"""Dates by rule: `rules.toml` and `published.toml`, read and applied to the NYSE calendar."""

import tomllib
from calendar import FRIDAY
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from recon.calendar.event import DateName, Kind, Leg
from recon.calendar.nyse import session_on_or_before


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LastSession(_Strict):
    """The last session of a month before the effective date's."""

    rule: Literal["last_session"]
    months_before: int

    def day(self, effective: date) -> date:
        """Apply to an effective date."""
        following = shift_month(effective, 1 - self.months_before)
        return session_on_or_before(following - timedelta(days=1))


class NthFriday(_Strict):
    """The nth Friday of a month before the effective date's."""

    rule: Literal["nth_friday"]
    months_before: int
    nth: int

    def day(self, effective: date) -> date:
        """Apply to an effective date."""
        return nth_friday(shift_month(effective, -self.months_before), self.nth)


class WeeksBefore(_Strict):
    """Whole weeks before the effective date."""

    rule: Literal["weeks_before"]
    weeks: int

    def day(self, effective: date) -> date:
        """Apply to an effective date."""
        return weeks_before(effective, self.weeks)


class EffectiveRule(_Strict):
    """The nth Friday of the event's month, or of a later one."""

    nth: int
    months_later: int = 0


class Era(_Strict):
    """The rules of one kind and leg over a range of event months; see `rules.toml`."""

    kind: Kind
    leg: Leg | None = None
    first: str
    last: str
    months: tuple[int, ...]
    effective: EffectiveRule
    rank: Annotated[LastSession | NthFriday | WeeksBefore, Field(discriminator="rule")]
    preliminary_weeks: int | None = None
    updates: Literal["through_effective", "before_effective"] | None = None
    lock_down_weeks: int | None = None
    source: str
    open_choice: str | None = None

    def effective_day(self, month: date) -> date:
        """Give the effective Friday of the event named by a month."""
        return nth_friday(shift_month(month, self.effective.months_later), self.effective.nth)

    def preliminary_day(self, effective: date) -> date | None:
        """Give the day of the preliminary list or the announcement."""
        if self.preliminary_weeks is None:
            return None
        return weeks_before(effective, self.preliminary_weeks)

    def update_days(self, effective: date) -> tuple[date, ...]:
        """Give the days of the weekly updates, in order."""
        if self.preliminary_weeks is None or self.updates is None:
            return ()
        last = 0 if self.updates == "through_effective" else 1
        return tuple(
            weeks_before(effective, weeks)
            for weeks in range(self.preliminary_weeks - 1, last - 1, -1)
        )

    def lock_down_day(self, effective: date) -> date | None:
        """Give the Monday on which the lock-down opens, holiday or not."""
        if self.lock_down_weeks is None:
            return None
        return effective - timedelta(days=7 * self.lock_down_weeks - 3)


class ExceptionalDate(_Strict):
    """A published date that departs from the rule."""

    event: str
    name: Literal["rank_day"]
    day: date
    source: str
    reason: str


class Shadow(_Strict):
    """A run without effect: it has a rank day and nothing else."""

    id: str
    leg: Leg
    rank_day: date
    source: str


class PublishedDates(_Strict):
    """Dates of one event that a document states."""

    event: str
    dates: tuple[DateName, ...]
    source: str


class Rules(_Strict):
    """All of `rules.toml` and `published.toml`."""

    era: tuple[Era, ...]
    exception: tuple[ExceptionalDate, ...]
    shadow: tuple[Shadow, ...]
    publication: tuple[PublishedDates, ...]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Read the rules that travel with the package."""
    folder = files(__package__)
    return Rules.model_validate(
        tomllib.loads(folder.joinpath("rules.toml").read_text(encoding="utf-8"))
        | tomllib.loads(folder.joinpath("published.toml").read_text(encoding="utf-8"))
    )


def open_choices() -> dict[str, str]:
    """List where the owner's documents leave a date open, and what is held.

    Returns
    -------
    dict of str to str
        By kind, leg and range of event months.
    """
    return {
        f"{era.kind}{f' {era.leg}' if era.leg else ''} {era.first} to {era.last}": era.open_choice
        for era in rules().era
        if era.open_choice is not None
    }


def shift_month(day: date, months: int) -> date:
    """Give the first of the month that lies `months` after a day's month."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def nth_friday(month: date, nth: int) -> date:
    """Give the nth Friday of a month named by its first day."""
    return month + timedelta(days=(FRIDAY - month.weekday()) % 7 + 7 * (nth - 1))


def weeks_before(effective: date, weeks: int) -> date:
    """Give the day whole weeks before, or the session before it where NYSE is closed."""
    return session_on_or_before(effective - timedelta(weeks=weeks))
