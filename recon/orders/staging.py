"""When: the sessions in which positions are opened and closed, and how urgent each order is.

A list as of a day is known after that day's close, so the next session is the first to trade in.
What is published on a day comes out after its close (design, Time): entering after the
preliminary lists begins in the session after them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from recon.calendar import Event, session_after, session_on_or_before, sessions
from recon.errors import InputError
from recon.orders.order import ORDER_TYPE, Slice, columns
from recon.orders.profile import Profile

DATES: Final = ("rank_day", "preliminary", "lock_down", "effective")
"""Of an event, in their order."""
PHASES: Final = (
    "before rank day",
    "ranked, lists awaited",
    "preliminary lists out, queries open",
    "lock-down",
)
"""What holds until each of `DATES`."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Days of a plan.

    Attributes
    ----------
    phase : str
        One of `PHASES`.
    next_date, next_day
        Name and day of the event's next date.
    sessions_to_next : int
        Sessions after the moment up to it.
    left : int
        Sessions in which can be entered.
    entry, exit : list of date
        Sessions in which is entered and closed.
    """

    phase: str
    next_date: str
    next_day: date
    sessions_to_next: int
    left: int
    entry: list[date]
    exit: list[date]


def stages(event: Event, as_of: date, profile: Profile) -> Stages:
    """Lay a plan into the event's calendar.

    Parameters
    ----------
    event : Event
        With the dates that the profile names.
    as_of : date
        The moment's day.
    profile : Profile
        Its entry and exit.

    Raises
    ------
    InputError
        The event has no effective day, or no day that the profile names.
    """
    days = {name: day for name in DATES if (day := getattr(event, name)) is not None}
    effective = session_on_or_before(_named(days, "effective", event))
    leaving = sessions(as_of + timedelta(days=1), effective)[-profile.exit.sessions :]
    last = {
        # Lists come out in the evening, the lock-down opens in the morning.
        "preliminary": lambda: _named(days, "preliminary", event),
        "lock_down": lambda: _named(days, "lock_down", event) - timedelta(days=1),
        "effective": lambda: effective,
    }[profile.entry.last]()
    before_exit = leaving[0] - timedelta(days=1) if leaving else as_of
    anchor = profile.entry.first
    begin = as_of if anchor == "as_of" else max(as_of, _named(days, anchor, event))
    first = session_after(begin)
    until = min(last, before_exit)
    open_ = sessions(first, until) if first <= until else []
    # On the evening of the effective day nothing is ahead any more; the last name stands.
    ahead = [name for name, day in days.items() if day > as_of] or ["effective"]
    return Stages(
        PHASES[DATES.index(ahead[0])],
        ahead[0],
        days[ahead[0]],
        len(sessions(as_of + timedelta(days=1), days[ahead[0]])) if days[ahead[0]] > as_of else 0,
        len(open_),
        open_[: profile.entry.sessions],
        leaving,
    )


def _named(days: dict[str, date], name: str, event: Event) -> date:
    if name not in days:
        raise InputError(
            "the event has no such day to trade around",
            field=name,
            value=event.id,
            expected=f"an event with one, or another day in the profile ({', '.join(days)})",
        )
    return days[name]


def urgent(sized: pl.DataFrame, plan: Stages, profile: Profile) -> pl.DataFrame:
    """Hold each order against the time left.

    Parameters
    ----------
    sized : pl.DataFrame
        As from `recon.orders.sizing.sized`.
    plan : Stages
        As from `stages`.
    profile : Profile
        Its urgency.

    Returns
    -------
    pl.DataFrame
        `sized` with `urgency` (sessions that the order needs at the limit of participation, at
        least one, over those left), `pace`, `entry_sessions`, `entry_first`, `entry_last`,
        `exit_last`, `participation_percent`; null where there is no order.
    """
    shares, staged = pl.col("target_shares"), len(plan.entry)
    ordered = shares > 0
    needed = (shares / pl.col("session_shares")).ceil()
    days = pl.min_horizontal(shares, pl.lit(staged))
    busiest = (shares / days).ceil() * pl.col("price_usd") / pl.col("median_volume_usd")
    return sized.with_columns(
        urgency=pl.when(ordered).then(needed / max(plan.left, 1)),
        entry_sessions=pl.when(ordered).then(days).otherwise(0),
        entry_first=pl.when(ordered).then(pl.lit(plan.entry[0] if plan.entry else None, pl.Date)),
        exit_last=pl.when(ordered).then(pl.lit(plan.exit[-1] if plan.exit else None, pl.Date)),
        participation_percent=pl.when(ordered).then(100 * busiest),
    ).with_columns(
        entry_last=pl.col("entry_sessions").replace_strict(
            dict(enumerate(plan.entry, start=1)), default=None, return_dtype=pl.Date
        ),
        pace=pl.when(pl.col("urgency") >= profile.urgency.now)
        .then(pl.lit("now"))
        .when(pl.col("urgency") >= profile.urgency.soon)
        .then(pl.lit("soon"))
        .when(ordered)
        .then(pl.lit("can wait")),
    )


def schedule(orders: pl.DataFrame, plan: Stages) -> pl.DataFrame:
    """What is to be traded on each day; entries and exits of a line add up to nothing.

    Parameters
    ----------
    orders : pl.DataFrame
        `symbol`, `leg`, `target_shares`.
    plan : Stages
        As from `stages`.

    Returns
    -------
    pl.DataFrame
        Columns of `recon.orders.order.Slice`, by date, purpose and symbol.
    """
    sides = {
        "entry": {"long": "BUY", "short": "SHORT"},
        "exit": {"long": "SELL", "short": "COVER"},
    }
    traded = orders.filter(pl.col("target_shares") > 0)
    parts = []
    for purpose, days in (("entry", plan.entry), ("exit", plan.exit)):
        n = max(len(days), 1)
        calendar = pl.DataFrame({"date": days}, schema={"date": pl.Date}).with_row_index("place")
        each, rest = (pl.col("target_shares") // n, pl.col("target_shares") % n)
        parts.append(
            traded.join(calendar, how="cross").select(
                "date",
                "symbol",
                side=pl.col("leg").replace_strict(sides[purpose], return_dtype=pl.String),
                # The first days take what does not divide.
                quantity=each + (pl.col("place") < rest).cast(pl.Int64),
                order_type=pl.lit(ORDER_TYPE),
                purpose=pl.lit(purpose),
            )
        )
    return (
        pl.concat(parts)
        .filter(pl.col("quantity") > 0)
        .sort("date", "purpose", "symbol")
        .select(pl.col(name).cast(kind) for name, kind in columns(Slice).items())
    )
