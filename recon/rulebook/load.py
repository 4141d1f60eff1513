"""The rulebook of one event: entries in force, then the user's own values."""

import json
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from recon.errors import RulebookError
from recon.files import checksum
from recon.rulebook.entries import entries, in_force, leaves
from recon.rulebook.model import Provenance, Rulebook, Values
from recon.toml import read_toml

EDITION = "M70"
"""Newest methodology that the data was read from in full (methodology §0)."""
USER = "+user"
"""In the version of a rulebook in which the user's file sets any value."""


class DatedEvent(Protocol):
    """What the rulebook needs of `recon.calendar.Event`, which stands to the right of it."""

    @property
    def id(self) -> str:
        """Event id."""

    @property
    def leg(self) -> str | None:
        """`june`, `november` or None."""

    @property
    def rank_day(self) -> date:
        """Ranked at this session's close."""

    @property
    def effective(self) -> date | None:
        """Takes effect after this session's close; None for a run without effect."""


def load(event: DatedEvent, override: Path | None = None, as_of: date | None = None) -> Rulebook:
    """Give the values of the methodology that are in force at an event.

    A value holds if it is effective by the day on which the event takes effect and was
    published by `as_of` (design, Time): a threshold that the owner states only after rank day
    is not known on rank day, and the last one published before stands in.

    Parameters
    ----------
    event : Event
        Of `recon.calendar`.
    override : Path, optional
        The user's TOML: tables and names as in the rulebook, one plain value each, e.g.
        `[eligibility]` with `min_price_usd = 2.0`. It holds at every event.
    as_of : date, optional
        Day up to which publications count; by default the rank day.

    Returns
    -------
    Rulebook

    Raises
    ------
    RulebookError
        If the user's file cannot be read, names a value that does not exist, or gives one
        that does not fit; or if `as_of` lies before 2010.
    """
    known_on = as_of or event.rank_day
    at = event.effective or event.rank_day
    values: dict[str, Any] = {}
    provenance: dict[str, Provenance] = {}
    for key, options in entries().items():
        entry = in_force(key, options, event.leg, at, known_on)
        values[key] = _tuples(entry.value)
        provenance[key] = Provenance(
            key=key,
            value=values[key],
            source=entry.source,
            effective=entry.effective,
            published=entry.known_from,
            leg=entry.leg,
            open_choice=entry.open_choice,
            note=entry.note_at(event.rank_day.year),
            user=False,
        )
    own = _read_override(override) if override is not None else {}
    for key, value in own.items():
        values[key] = value
        provenance[key] = Provenance(
            key=key,
            value=value,
            source=f"user: {override}",
            effective=None,
            published=None,
            leg=None,
            open_choice=None,
            note=f"instead of {provenance[key].value}",
            user=True,
        )
    nested = _nest(values)
    _check(nested, own)
    return Rulebook.model_validate(
        {
            **nested,
            "version": _version(values, user=bool(own)),
            "event": event.id,
            "known_on": known_on,
            "provenance": tuple(provenance.values()),
        }
    )


def _read_override(path: Path) -> dict[str, Any]:
    try:
        table = read_toml(path)
    except ValueError as error:
        raise RulebookError(
            f"The rulebook of the user cannot be read: {error}",
            field="rulebook",
            value=path,
            expected="a TOML file with single values of the rulebook",
        ) from error
    own = {key: _tuples(value) for key, value in leaves(table)}
    for key, value in own.items():
        if key not in entries():
            raise RulebookError(
                "The rulebook has no such value", field=key, value=value, expected=_near(key)
            )
    return own


def _near(key: str) -> str:
    keys = list(entries())
    by_last_name = {known.rpartition(".")[2]: known for known in keys}
    near = get_close_matches(key, keys, n=1, cutoff=0.6) or [
        by_last_name[name]
        for name in get_close_matches(key.rpartition(".")[2], list(by_last_name), n=1)
    ]
    return near[0] if near else "a value of " + ", ".join(Values.model_fields)


def _check(nested: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Refuse values that do not fit, in one line that names the first of them."""
    try:
        Values.model_validate(nested)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
        # A rule across a section is broken by whichever of its values the user set.
        key = next((key for key in own if f"{key}.".startswith(f"{where}.")), where)
        raise RulebookError(
            "This value of the rulebook does not fit",
            field=key,
            value=own.get(key),
            expected=first["msg"].removeprefix("Value error, ").removeprefix("Input should be "),
        ) from error


def _nest(values: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        (nested.setdefault(section, {}) if section else nested)[name] = value
    return nested


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _version(values: Mapping[str, Any], *, user: bool) -> str:
    """Name the values: TOML's 1 and 1.0 count as the same."""
    text = json.dumps(_plain(values), sort_keys=True, default=str)
    return f"{EDITION}{USER if user else ''}-{checksum(text.encode())[:8]}"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
