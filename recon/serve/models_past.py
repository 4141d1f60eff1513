"""Shapes of the answers about events, archived runs, past scores and the store.

As in `recon.serve.models`, they are for OpenAPI and the tests.
"""

from datetime import date, datetime
from typing import Literal

from recon.calendar import Event
from recon.publish.candidate import Index
from recon.serve.models import Action, Hindsight, Part


class Events(Part):
    """Events by rank day."""

    total: int
    items: tuple[Event, ...]


class ArchivedRun(Part):
    """A run as it was archived; a `made_at` long after `as_of` is a replay of the past."""

    name: str
    run_id: str
    event: str
    rulebook_version: str
    model_version: str
    as_of: date
    data_cutoff: date
    hindsight: Hindsight
    simulated: bool
    made_at: datetime


class ArchivedRuns(Part):
    """Archived runs by event, moment and the time of their making."""

    total: int
    items: tuple[ArchivedRun, ...]


class Change(Part):
    """One row that changed between two lists, as in `recon.publish.changes.CHANGES`."""

    index: Index
    action: Action
    symbol: str
    symbol_before: str | None
    company: str | None
    change: Literal["new", "dropped", "moved", "same"]
    flipped: bool
    call_before: bool | None
    call: bool | None
    probability_before: float | None
    probability: float | None
    probability_change: float


class Diff(Part):
    """What changed from one list to another; `flipped` counts the calls that did."""

    before: str
    after: str
    threshold: float
    flipped: int
    total: int
    items: tuple[Change, ...]


class ScoreCard(Part):
    """How right the model was on past events, walked forward, as its card keeps it.

    One entry of `scores` an event, lead (sessions before rank day), hindsight and action.
    """

    model: str
    events: tuple[str, ...]
    hindsight: str
    leads: tuple[int, ...]
    labels_known_at: datetime
    rows: int
    changes: int
    scores: tuple[dict[str, float | int | str | None], ...]


class Source(Part):
    """What the store holds of one source."""

    source: str
    batches: int
    rows: int
    first: date | None
    last: date | None
    sessions: int


class SourceDifference(Part):
    """How far the quotes of two sources differ where both have a session."""

    sources: tuple[str, str]
    sessions: int
    lines: int


class StoreHolds(Part):
    """What the store holds, as `recon status` says it."""

    generation: int
    schema_version: int
    size_bytes: int
    simulated: bool
    tables: dict[str, int]
    sources: tuple[Source, ...]
    first_session: date | None
    last_session: date | None
    missing_sessions: tuple[date, ...]
    quarantined: dict[str, int]
    conflicts: int
    differences: tuple[SourceDifference, ...]
    default_event: str | None
