"""The dated entries of `data/*.toml`, and which of them holds at an event."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from recon.errors import RulebookError

CALENDAR_BEGINS = date(2010, 1, 1)
_SECTION_FILES = ("classes", "eligibility", "ipo", "nationality", "ranking", "review")


class Entry(BaseModel):
    """One value that a key of the rulebook had; fields as in `data/README.md`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Any
    source: str
    effective: date = CALENDAR_BEGINS
    published: date | None = None
    leg: Literal["june", "november"] | None = None
    figure_of: int | None = None
    open_choice: str | None = None
    note: str | None = None

    @property
    def known_from(self) -> date:
        """First day on which the value could be known."""
        return self.published or self.effective

    def note_at(self, year: int) -> str | None:
        """Give the note, or say that the figure of another year stands in."""
        if self.figure_of in (None, year):
            return self.note
        return f"figure of {self.figure_of}; none of {year} was published by then"


@lru_cache(maxsize=1)
def entries() -> Mapping[str, tuple[Entry, ...]]:
    """Read all entries.

    Returns
    -------
    mapping of str to tuple of Entry
        By key: `eligibility.min_price_usd`, `structures_excluded`.
    """
    folder = files("recon.rulebook").joinpath("data")
    found: dict[str, tuple[Entry, ...]] = {}
    for name in _SECTION_FILES:
        table = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        for key, rows in leaves(table):
            found[key] = tuple(Entry.model_validate(row) for row in rows)
    return MappingProxyType(found)


def in_force(
    key: str, options: tuple[Entry, ...], leg: str | None, at: date, known_on: date
) -> Entry:
    """Choose the entry that holds.

    Parameters
    ----------
    key : str
        Names the value in an error.
    options : tuple of Entry
        Its entries.
    leg : str or None
        Leg of the event; None for IPO events, to which no leg's own value applies.
    at : date
        Day on which the event takes effect.
    known_on : date
        Day up to which publications count.

    Returns
    -------
    Entry
        The newest in force; at equal dates that of the leg.

    Raises
    ------
    RulebookError
        If nothing was known by then.
    """
    known = [
        entry
        for entry in options
        if entry.effective <= at and entry.known_from <= known_on and entry.leg in (None, leg)
    ]
    if not known:
        raise RulebookError(
            f"No value of {key} was known by then",
            field="as_of",
            value=known_on,
            expected=f"{CALENDAR_BEGINS} or later",
        )
    return max(known, key=lambda entry: (entry.effective, entry.leg is not None))


def leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk a TOML table: every value that is not itself a table, under its dotted key."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
