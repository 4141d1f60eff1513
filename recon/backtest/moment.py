"""One frame: an event seen from one past moment, with what became of each company.

Features are those of the moment. Labels stand beside them with the moment from which they are
known, so that whoever learns can leave out what was not. Names of the official list that are no
company of the moment are rows without features: nobody could have called them, and they count
as misses.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from recon.backtest import official as truth
from recon.backtest.labels import known_from, labels, moves, unmatched
from recon.calendar import end_of_day, event, sessions
from recon.errors import InputError
from recon.files import checksum
from recon.forecast.features import RULES, examine
from recon.forecast.simulate import PATHS
from recon.master.window import two_years
from recon.pipeline import Run, run
from recon.settings import Settings
from recon.store import Hindsight, Store

LONGEST: Final = 250
"""Sessions that a lead may be."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One event, so many sessions before its rank day, with one hindsight."""

    event: str
    lead: int
    hindsight: Hindsight

    def day(self) -> date:
        """The moment's day.

        Raises
        ------
        InputError
            If the lead is negative or longer than `LONGEST`.
        """
        if not 0 <= self.lead <= LONGEST:
            raise InputError(
                "no such lead", field="lead", value=self.lead, expected=f"0 to {LONGEST} sessions"
            )
        rank_day = event(self.event).rank_day
        return sessions(rank_day - timedelta(days=2 * LONGEST), rank_day)[-1 - self.lead]


@dataclass(frozen=True, slots=True)
class Setup:
    """What frames are computed with, beside the cell: sent to whoever computes them.

    Attributes
    ----------
    store : Path
        Folder of the store.
    settings : Settings
        Precedences and the user's own rulebook.
    paths : int
        Of each simulation.
    """

    store: Path
    settings: Settings
    paths: int = PATHS

    def open(self) -> Store:
        """Open the store with the precedence of the settings."""
        return Store(self.store, self.settings.source_precedence)

    def digest(self) -> str:
        """Tell this setup and what its store holds from others that give other frames."""
        own = self.settings.rulebook
        with self.open() as opened:
            said = [
                opened.fingerprint(),
                self.settings.source_precedence,
                self.settings.share_precedence,
                None if own is None else own.read_bytes(),
                self.paths,
            ]
        return checksum(repr(said).encode())


def one_frame(setup: Setup, cell: Cell) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One frame, and the break-points: simulated quantiles beside those of the moment.

    Parameters
    ----------
    setup : Setup
        Store and settings.
    cell : Cell
        The moment.

    Returns
    -------
    frame, lines : pl.DataFrame
        As `recon.backtest.frames.collect` and `collect_lines` describe them.
    """
    day, target = cell.day(), event(cell.event)
    with setup.open() as opened:
        done = run(
            opened,
            cell.event,
            day,
            hindsight=cell.hindsight,
            rulebook_override=setup.settings.rulebook,
            share_precedence=setup.settings.share_precedence,
        )
        known = opened.as_of(end_of_day(day), cell.hindsight)
        quotes = two_years(known, done.session, done.securities, done.lines, years=1)
        frame, outcome = examine(done, quotes, known.announcements(), paths=setup.paths)
        became = _became(opened, done)
    moment = known_from(target)
    head = {
        "event": pl.lit(cell.event),
        "lead": pl.lit(cell.lead),
        "hindsight": pl.lit(cell.hindsight),
    }
    whole = frame.join(became, on="company_id", how="full", coalesce=True, maintain_order="left")
    return (
        whole.with_columns(
            *(pl.col(name).fill_null(False) for name in RULES),
            *(pl.coalesce(name, f"{name}_right").alias(name) for name in ("symbol", "member")),
            as_of=pl.lit(day),
            labels_known_at=pl.lit(
                moment.replace(tzinfo=None) if moment else None, pl.Datetime("us")
            ),
            **head,
        ).drop("symbol_right", "member_right"),
        outcome.breakpoints.join(_now(done), on="name", how="left").with_columns(**head),
    )


def _became(store: Store, done: Run) -> pl.DataFrame:
    """Labels of each company of a run, and of names that are none of its companies."""
    # A model may learn what was known when the list became final, and nothing later.
    moment = known_from(done.event) or end_of_day(store.newest_session())
    lists = truth.official_at(store.as_of(moment), done.event)
    moved = moves(
        done,
        store.as_of(end_of_day(store.newest_session())).derived_migrations(done.event.id),
        lists.securities,
    )
    own = labels(done, lists).with_columns(seen=pl.lit(True))
    return pl.concat(
        [
            own.join(
                moved.filter("seen").select("company_id", "moved"), on="company_id", how="left"
            ),
            unmatched(done, lists),
            moved.filter(~pl.col("seen")),
        ],
        how="diagonal",
    ).with_columns(pl.col("added", "deleted").fill_null(False))


def _now(done: Run) -> pl.DataFrame:
    """Break-points of the moment: `name`, `now_usd`."""
    return pl.DataFrame(
        [(b.name, b.cap_usd) for b in done.breakpoints],
        schema={"name": pl.String, "now_usd": pl.Float64},
        orient="row",
    )
