"""What the page says at a glance: which event, and how sure."""

import calendar
from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.backtest.calibration import calibration_error
from recon.pipeline import Run
from recon.publish.head import NO_MICRO
from recon.publish.page.model import Page
from recon.publish.sides import STAND_IN
from recon.publish.words import money

KINDS: Final = {
    "recon": "Russell reconstitution",
    "ipo": "Russell IPO additions",
    "shadow": "Russell parallel run",
}
HINDSIGHTS: Final = {
    "strict": "the list uses nothing that was known later",
    "slow-facts": "the list may use CIK, SIC, incorporation and address of later files",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer to the question how sure.

    Attributes
    ----------
    name, said : str
        What it is about, and the answer.
    note : str
        With n, window and source.
    """

    name: str
    said: str
    note: str = ""


def title(run: Run) -> str:
    """Name the event as people do."""
    year, month = (int(part) for part in run.event.id.rpartition(":")[2].split("-"))
    return f"{KINDS[run.event.kind]}, {calendar.month_name[month]} {year}"


def sure(page: Page) -> list[Fact]:
    """Say how sure the page is, and of what moment."""
    run = page.run
    stale = "of the day this page was made" if page.age == 0 else f"{page.age:,} sessions old"
    return [
        _model(page),
        *_calibrated(page),
        *_line(page),
        Fact(
            "Data",
            f"closes of {run.session}, {stale}",
            f"nothing known after the end of {run.as_of} in New York",
        ),
        Fact("Hindsight", run.hindsight, HINDSIGHTS[run.hindsight]),
        Fact("Run", run.run_id, f"rulebook {run.rulebook.version}, status {run.status}"),
    ]


def _model(page: Page) -> Fact:
    if page.model_version == STAND_IN:
        return Fact("Chances", STAND_IN, "a stand-in without a model; calls are the rules' own")
    learned = page.record.learned if page.record else ()
    note = f"learned from {', '.join(learned)}" if learned else "has no record of past events"
    return Fact("Model", page.model_version, note)


def _calibrated(page: Page) -> list[Fact]:
    record = page.record
    if record is None or record.bins.is_empty():
        return []
    own = record.bins.filter(pl.col("scope") == "Russell 3000")
    modes = own["hindsight"].unique(maintain_order=True).to_list()
    said = [f"{100 * calibration_error(own.filter(hindsight=mode)):.1f}" for mode in modes]
    n = " | ".join(f"{own.filter(hindsight=mode)['n'].sum():,}" for mode in modes)
    events = ", ".join(sorted(record.scores["event"].unique()))
    mark = "simulated market; " if record.simulated else ""
    return [
        Fact(
            "Calibration",
            f"off by {' | '.join(said)} points on average ({' | '.join(modes)})",
            f"{mark}n {n} chances of {events}, all leads, unseen by the model that gave them",
        )
    ]


def _line(page: Page) -> list[Fact]:
    run = page.run
    row = page.lines.filter(name=f"rank_{run.last_rank}")
    if row.is_empty():
        return []
    at = row.row(0, named=True)
    if run.carried is not None:
        note = f"of {run.carried.event}, carried to {run.session} by the Russell 3000E"
    elif at["low"] is None:
        note = "as if the session were rank day; not simulated"
    else:
        note = f"90 % of the simulated rank days between {money(at['low'])} and {money(at['high'])}"
    return [Fact(f"Cap at rank {run.last_rank:,}", money(at["cap_usd"]), note)]


def members(run: Run) -> list[Fact]:
    """Say which lists the members before come from, and how old they are."""
    lists = [*run.membership.snapshots, *filter(None, [run.membership.micro])]
    found = [
        Fact(
            one.index,
            f"list of {one.asof}, {one.age(run.as_of):,} days old",
            f"{one.kind.replace('_', ' ')}: {one.origin}",
        )
        for one in lists
    ] or [Fact("None", "no list is known")]
    if run.membership.micro is None:
        found.append(Fact("RMICRO", "none", NO_MICRO))
    if run.absent.height:
        found.append(
            Fact("Not quoted", f"{run.absent.height:,}", "members without a line in the data")
        )
    return found
