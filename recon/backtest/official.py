"""The truth to score against: FTSE Russell's lists, each name with the company that it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from recon.calendar import Event, end_of_day
from recon.calendar import event as event_of
from recon.calendar.event import Kind
from recon.errors import InputError, NoDataError
from recon.master.announced import identify, newest
from recon.master.build import known_securities
from recon.store import AsOf, Store

Action = Literal["add", "delete"]
ACTIONS: tuple[Action, ...] = ("add", "delete")
LISTED: dict[str, tuple[Action, ...]] = {"recon": ACTIONS, "ipo": ("add",)}
"""What an event of a kind publishes; nobody leaves by an IPO event (methodology §1.4)."""


@dataclass(frozen=True, slots=True)
class Official:
    """Official Russell 3000 additions and deletions of one event.

    The lists of IPO additions are of the Russell 3000 too: they name no company of the Microcap
    alone, and do not say which additions go to the Russell 1000.

    Attributes
    ----------
    event : Event
        A reconstitution, or a quarterly addition of IPOs, which has additions only.
    names : pl.DataFrame
        `action`, `ticker` and `name` as printed, `security_id` (null where the ticker belongs
        to no line near rank day or the effective day). Each ticker or line once an action,
        from however many files.
    stages : dict of str to str
        By action, the stage of the list that was used.
    securities : pl.DataFrame
        Lives of all symbols as known at the moment of the truth, by which tickers resolve.
    """

    event: Event
    names: pl.DataFrame
    stages: dict[Action, str]
    securities: pl.DataFrame

    @property
    def remark(self) -> str:
        """What list this is, and that it is not the final one where it is not."""
        said = []
        for action, stage in self.stages.items():
            count = self.names.filter(pl.col("action") == action).height
            note = "" if stage == "final" else ", the final one is not in the store"
            said.append(f"{count} lines to {action} (list {stage}{note})")
        return "official: " + ", ".join(said)


def check_event(event: Event, kinds: Sequence[Kind] = ("recon", "ipo")) -> None:
    """Refuse events that have no such lists.

    Parameters
    ----------
    event : Event
        The event.
    kinds : sequence of {"recon", "ipo"}
        What the caller can use: `recon` alone where it needs deletions too.

    Raises
    ------
    InputError
        For another kind; a parallel run has no lists.
    """
    if event.kind not in kinds:
        wanted = {"recon": "2024-06", "ipo": "ipo:2025-09"}
        raise InputError(
            "only a reconstitution has additions and deletions"
            if kinds == ("recon",)
            else "a parallel run has no official lists to score against",
            field="event",
            value=event.id,
            expected="an event such as " + " or ".join(wanted[kind] for kind in kinds),
        )


def listed_events(store: Store, kind: Kind) -> list[Event]:
    """Give the events of a kind whose lists the store holds, by rank day."""
    known = store.as_of(end_of_day(store.newest_session())).announcements()
    found = [event_of(one) for one in known["event"].unique().to_list()]
    return sorted((one for one in found if one.kind == kind), key=lambda one: one.rank_day)


def check_forecast(event: Event, as_of: date) -> None:
    """Refuse lists that saw the preliminary one.

    Raises
    ------
    InputError
        If `as_of` is on or after the preliminary date (design, The score).
    """
    if event.preliminary is not None and as_of >= event.preliminary:
        raise InputError(
            "on and after the preliminary date a list is no forecast",
            field="as_of",
            value=as_of,
            expected=f"a day before {event.preliminary}",
        )


def history(store: Store, events: list[Event]) -> pl.DataFrame:
    """Lives of all symbols as known by the newest moment that the store or an event reaches."""
    return known_securities(store.as_of(end_of_day(_newest(store, events))))


def _newest(store: Store, events: list[Event]) -> date:
    return max([store.newest_session(), *(e.effective for e in events if e.effective)])


def official(store: Store, event: Event, securities: pl.DataFrame) -> Official:
    """Official list of an event, as the newest moment knows it: what a score is held against.

    Parameters
    ----------
    store : Store
        Open store.
    event : Event
        A reconstitution or an IPO event.
    securities : pl.DataFrame
        As from `history`.

    Raises
    ------
    NoDataError
        If the store has no list of additions, or of a reconstitution none of deletions.
    """
    return _official(store.as_of(end_of_day(_newest(store, [event]))), event, securities)


def official_at(known: AsOf, event: Event) -> Official:
    """Official list of an event, as a moment knew it: what could be learned then.

    Parameters
    ----------
    known : AsOf
        What was known at the moment. Later renames and corrections are not used, although they
        identify a few more names.
    event : Event
        A reconstitution or an IPO event.

    Raises
    ------
    NoDataError
        As `official`.
    """
    return _official(known, event, known_securities(known))


def _official(known: AsOf, event: Event, securities: pl.DataFrame) -> Official:
    check_event(event)
    lists = known.announcements(event.id).filter(pl.col("index") == "R3000")
    found = newest(lists)
    stages: dict[Action, str] = {}
    for action in LISTED[event.kind]:
        own = found.filter(pl.col("action") == action)
        if own.is_empty():
            raise NoDataError(
                f"the store has no official list of lines to {action}",
                field="event",
                value=event.id,
                expected="an event whose lists were ingested",
            )
        stages[action] = own["stage"][0]
    return Official(event, identify(found, event, securities), stages, securities)
