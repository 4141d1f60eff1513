"""What stands above every answer about an event: of what moment it is, and from which data."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from recon.additions import SMALLEST, Carried
from recon.calendar import events
from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish import freshness
from recon.publish.follow import not_followed
from recon.publish.left_open import OPEN, left_open
from recon.publish.sides import STAND_IN
from recon.publish.words import money

NAMED: Final = 12
"""Names that a note gives one by one."""
NO_MICRO: Final = "no rows, because no list of its members is at most 12 months old"


def head(run: Run, today: date, outlook: Outlook | None = None) -> list[str]:
    """Say of a run what it is computed from, one fact a line.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    today : date
        The present day in New York; ages are counted from it, everything else from `run.as_of`.
    outlook : Outlook, optional
        Whose chances are shown.
    """
    return [
        freshness.line(run.as_of, run.event, today, simulated=run.simulated),
        _dates(run),
        f"status {run.status}; closes of {run.session}; hindsight {run.hindsight}; "
        f"rulebook {run.rulebook.version}",
        *([_lines(run)] if run.carried is None else _additions(run, run.carried)),
        _chances(run, outlook),
        _members(run),
        _micro(run),
        *notes(run),
    ]


def notes(run: Run) -> list[str]:
    """Say what is out of the ordinary about a run: often nothing."""
    return [*filter(None, (_open(run), _official(run), _left(run), _between(run)))]


def _chances(run: Run, outlook: Outlook | None) -> str:
    """Whose chances and calls these are, and where the line at rank 3,000 may come to lie."""
    if outlook is None:
        return f"chances: {STAND_IN}, a stand-in; calls are the rules' own"
    name = f"rank_{run.rulebook.ranks.russell_3000}"
    if not run.sessions_to_rank_day:
        return f"chances: model {outlook.model_version}"
    at = dict(
        outlook.breakpoints.filter(pl.col("name") == name).select("quantile", "cap_usd").iter_rows()
    )
    span = f", simulated, 90 % between {money(at[0.05])} and {money(at[0.95])}" if at else ""
    return f"chances: model {outlook.model_version}; cap at rank 3,000 on rank day{span}"


def _official(run: Run) -> str | None:
    if run.status == "forecast":
        return None
    counts = dict(run.official.group_by("action").len().iter_rows())
    said = (
        f"official list ({run.status}): {counts.get('add', 0)} to add, "
        f"{counts.get('delete', 0)} to delete; calls and chances follow it, model_probability "
        "and rules_call stay our own"
    )
    strangers, at_odds = not_followed(run)
    for names, why in (
        (strangers, "mean no line of the run"),
        (at_odds, "are at odds with the members before"),
    ):
        said += f"; {len(names)} of them {why} ({_some(names)})" if names else ""
    return said


def _left(run: Run) -> str | None:
    """Name the companies that the list no longer concerns, because they went by themselves."""
    concerned = pl.col("member") | pl.col("rank").is_not_null()
    left = run.companies.filter(pl.col("left_on").is_not_null() & concerned).sort("symbol")
    if left.is_empty():
        return None
    return (
        f"left the exchange since rank day, so neither added nor on a list of deletions: "
        f"{left.height} ({_some(left['symbol'].to_list())})"
    )


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f", and {more} more" if more > 0 else "")


def _between(run: Run) -> str | None:
    """Name the reconstitutions that will have changed the members before this one ranks."""
    effective = [
        (one.id, one.effective)
        for one in events(run.as_of.year, run.event.rank_day.year, kinds=("recon",))
        if one.effective and run.as_of < one.effective < (run.event.effective or one.effective)
    ]
    if not effective:
        return None
    names = ", ".join(f"{name} (effective {day})" for name, day in effective)
    return f"note: {names} lies between; members and calls are those of before it"


def _dates(run: Run) -> str:
    event = run.event
    days = [
        f"{name} {day} ({away(day, run.as_of)})" if day else f"no {name} day"
        for name, day in (
            ("rank day", event.rank_day),
            ("preliminary", event.preliminary),
            ("effective", event.effective),
        )
    ]
    leg = f"{event.leg} leg: " if event.leg else ""
    return leg + ", ".join(days)


def away(day: date, as_of: date) -> str:
    """Say how far a day is from the one that is looked from."""
    days = (day - as_of).days
    if days == 0:
        return "that day"
    return f"in {_count(days)}" if days > 0 else f"{_count(days)} before"


def _count(days: int) -> str:
    return "1 day" if abs(days) == 1 else f"{abs(days)} days"


def _lines(run: Run) -> str:
    caps = {one.name: one.cap_usd for one in run.breakpoints}
    large, whole = run.rulebook.ranks.russell_1000, run.rulebook.ranks.russell_3000
    eligible = run.companies["eligible"].sum()
    said = [
        f"{label} {money(caps[name])}"
        for label, name in (
            (f"cap at rank {large:,}", f"rank_{large}"),
            ("band from", f"band_low_{large}"),
            ("to", f"band_high_{large}"),
            (f"cap at rank {whole:,}", f"rank_{whole}"),
        )
        if name in caps
    ]
    return f"{eligible:,} eligible companies; " + (
        ", ".join(said).replace(", to ", " to ") or f"fewer than {large:,}"
    )


def _additions(run: Run, carried: Carried) -> list[str]:
    """Say of an IPO event who was asked, and which lines decide."""
    first, last = run.event.ipo_window or (run.event.rank_day, run.event.rank_day)
    came = run.companies.filter(pl.col("begun").is_between(first, last), ~pl.col("member"))
    new = run.companies.filter("eligible", ~pl.col("member"))
    caps = {one.name: one.cap_usd for one in carried.breakpoints}
    ranks = run.rulebook.ranks
    lines = [
        f"{label} {money(caps[name])}"
        for label, name in (
            (f"rank {ranks.russell_1000:,}", f"rank_{ranks.russell_1000}"),
            (f"rank {ranks.russell_3000:,}", f"rank_{ranks.russell_3000}"),
            ("smallest of the Russell 3000E", SMALLEST),
        )
        if name in caps
    ]
    return [
        f"IPO window {first} to {last}: {came.height:,} companies came to market, {new.height:,} "
        "eligible; members stay where they are",
        f"lines of {carried.event} ({carried.session}) × {carried.growth:.4f}, the Russell 3000E's "
        f"growth to {run.session}: {', '.join(lines) or 'none'}",
    ]


def _open(run: Run) -> str | None:
    """Name those that an open answer alone keeps out of an IPO event."""
    if run.carried is None:
        return None
    left = left_open(run)
    said = [
        f"{label}: {', '.join(left.filter(pl.col('open') == name)['symbol'])}"
        for name, label in OPEN.items()
        if name in left["open"]
    ]
    return "left open, not called: " + "; ".join(said) if said else None


def _members(run: Run) -> str:
    used = [
        f"{one.index} of {one.asof} ({one.kind}, {_count(one.age(run.as_of))} old)"
        for one in run.membership.snapshots
    ]
    count = run.absent.height
    unquoted = f"{count} member{' is' if count == 1 else 's are'} not quoted" if count else None
    return "members before: " + "; ".join(
        [*(used or ["no list is known"]), *filter(None, [unquoted])]
    )


def _micro(run: Run) -> str:
    micro = run.membership.micro
    if micro is None:
        return f"RMICRO: {NO_MICRO}"
    return f"RMICRO of {micro.asof} ({micro.kind}, {_count(micro.age(run.as_of))} old)"
