"""The whole computation for one event at one moment, in one place.

A watchlist is this at today's moment; a backtest is this at past moments, scored.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from recon.additions import Carried, carry, market_growth, russell_3000e, yardstick
from recon.assign import BreakPoint
from recon.calendar import Event, end_of_day, event, events, next_event, sessions
from recon.errors import InputError, NoDataError
from recon.master.announced import EMPTY, Announced, Status, announced
from recon.master.build import Master, build
from recon.master.departed import with_departures
from recon.master.kept import kept
from recon.master.membership import Membership
from recon.master.own_facts import answers
from recon.rulebook import Rulebook, load
from recon.ruling import rule
from recon.settings import Settings
from recon.store import AsOf, Hindsight, Store


@dataclass(frozen=True, slots=True)
class Run:
    """One event seen from one moment.

    Attributes
    ----------
    event : Event
        What is predicted.
    as_of, session : date
        The moment's day, and the session whose closes are used (rank day at the latest).
    hindsight : str
        `strict` or `slow-facts`.
    simulated : bool
        Whether the store holds the simulated market.
    status : str
        `forecast` until the preliminary list is known.
    rulebook : Rulebook
        The rules in force.
    lines, companies, verdicts : pl.DataFrame
        The master's lines with `line_eligible` and `left_on` (first session without a line that
        left the exchange after rank day, else null); its companies with rank, percent, `to_size`,
        `to_micro`, `eligible`, `verdict`, `reasons`, `stays` (a member that its size, unknown or
        bounded from below only, does not move), `left_on` (where all its lines left; it stays on
        its side, as it goes by itself); each rule's answer.
    breakpoints : list of BreakPoint
        Of the ranking as if `session` were rank day.
    membership : Membership
        Members before the event, and the lists that they come from.
    securities : pl.DataFrame
        Lives of all symbols.
    absent : pl.DataFrame
        Members that do not trade in the data, sized from fund holdings where possible.
    answers : pl.DataFrame
        The user's own answers that replaced a rule's (`recon.master.own_facts.answers`).
    carried : Carried or None
        Of an IPO event: the last reconstitution's ranking, whose lines decide. Everybody but the
        companies that came to market stays as before, and `rank` is a place in that ranking.
    official : pl.DataFrame
        Names of the newest official Russell 3000 list of the event that is known, with the
        company that each means (`recon.master.announced.announced`); empty before it.
    run_id : str
        Event, day and hindsight, and a digest of what the result was computed from.
    """

    event: Event
    as_of: date
    session: date
    hindsight: Hindsight
    simulated: bool
    status: Status
    rulebook: Rulebook
    lines: pl.DataFrame
    companies: pl.DataFrame
    verdicts: pl.DataFrame
    breakpoints: list[BreakPoint]
    membership: Membership
    securities: pl.DataFrame
    absent: pl.DataFrame
    answers: pl.DataFrame = field(default_factory=pl.DataFrame)
    carried: Carried | None = None
    official: pl.DataFrame = field(default_factory=EMPTY.clone)
    run_id: str = field(init=False)

    @property
    def sessions_to_rank_day(self) -> int:
        """Sessions left until rank day; 0 on it and after."""
        if self.session >= self.event.rank_day:
            return 0
        return len(sessions(self.session, self.event.rank_day)) - 1

    @property
    def last_rank(self) -> int:
        """Rank of the last company of the Russell 3000."""
        return self.rulebook.ranks.russell_3000

    @property
    def cut_cap_usd(self) -> float | None:
        """Cap of that company; None where fewer are eligible."""
        name = f"rank_{self.last_rank}"
        return next((b.cap_usd for b in self.breakpoints if b.name == name), None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "run_id", self._digest())

    def _digest(self) -> str:
        digest = hashlib.sha256()
        said = ("total_cap_usd", "eligible", "was_r1000", "was_r2000", "was_micro", "to_size")
        companies = self.companies.select("company_id", *said).sort("company_id")
        digest.update(companies.write_csv().encode())
        digest.update(self.rulebook.version.encode())
        digest.update(self.carried.run_id.encode() if self.carried else b"")
        label = "simulated-" if self.simulated else ""
        name = self.event.id.replace(":", "-")
        return f"{label}{name}_{self.as_of}_{self.hindsight}_{digest.hexdigest()[:10]}"


def settle(store: Store, event_id: str | None, as_of: date | None) -> tuple[Event, date]:
    """Event and day that are meant, where one or both are left open.

    Parameters
    ----------
    store, event_id, as_of
        As for `run`.

    Raises
    ------
    NoDataError
        If the store holds no session and no day is given.
    InputError
        As from `asked_event`.
    """
    day = as_of or store.newest_session()
    return asked_event(event_id, day), day


def run(
    store: Store,
    event_id: str | None = None,
    as_of: date | None = None,
    *,
    hindsight: Hindsight = "strict",
    rulebook_override: Path | None = None,
    share_precedence: Sequence[str] | None = None,
    keep: bool = False,
) -> Run:
    """Compute one event at one moment.

    Parameters
    ----------
    store : Store
        Open store.
    event_id : str, optional
        Default: the next reconstitution not yet effective at `as_of`.
    as_of : date, optional
        End of this day in New York; default: the newest session in the store.
    hindsight : {"strict", "slow-facts"}
        Whether slow facts of later files may stand in (design, Time).
    rulebook_override : Path, optional
        The user's TOML.
    share_precedence : sequence of str, optional
        Who counts shares, the most trusted first; by default `Settings.share_precedence`.
    keep : bool
        Take the master from those kept in the store's folder if it is there, else put it there.

    Raises
    ------
    NoDataError
        If the store knows no session at the moment, or none of the ranking that an IPO event
        rests on.
    InputError
        If the event was effective before the moment.
    """
    target, day = settle(store, event_id, as_of)
    known = store.as_of(end_of_day(day), hindsight)
    usable = [s for s in known.sessions() if s <= target.rank_day]
    if not usable:
        raise NoDataError(
            "no session is known at this moment", field="as_of", value=day, expected="a later day"
        )
    rulebook = load(target, rulebook_override, as_of=day)
    # Ranks and bands are those of rank day, among the members of rank day: later lists lack who
    # has left since, and the event's own lists are its outcome.
    eve = min(day, target.rank_day)
    past = [
        e
        for e in events(2010, day.year, kinds=("recon", "ipo"))
        if e.effective is not None and e.effective <= eve
    ]
    announcements = _effective(known.announcements())
    own_list = pl.col("event") == target.id
    counters = Settings().share_precedence if share_precedence is None else share_precedence

    def make() -> Master:
        return build(
            known,
            known
            if day <= target.rank_day
            else store.as_of(end_of_day(target.rank_day), hindsight),
            usable[-1],
            eve,
            rulebook=rulebook,
            past=past,
            announcements=announcements.filter(~own_list),
            share_precedence=counters,
            ipo_window=target.ipo_window,
        )

    said = (store.state(), target.id, day, hindsight, rulebook.version, tuple(counters))
    master = kept(store.masters, said, make) if keep else make()
    carried = None
    if target.kind == "ipo":
        base = yardstick(target, rulebook)
        if known.sessions()[0] > base.rank_day:
            raise NoDataError(
                f"{target.id} needs the ranking of {base.id}",
                field="event",
                value=target.id,
                expected=f"sessions from {base.rank_day} on in the store",
            )
        ranked = run(
            store,
            base.id,
            min(day, base.rank_day),
            hindsight=hindsight,
            rulebook_override=rulebook_override,
            share_precedence=share_precedence,
            keep=keep,
        )
        members = russell_3000e(ranked.companies, ranked.rulebook)
        grown = market_growth(members, known, master.securities, ranked.session, master.session)
        carried = carry(base, ranked.run_id, ranked.session, members, ranked.breakpoints, grown)
    found = announced(announcements.filter(own_list), target, master)
    return _assemble(master, target, day, known, store.simulated, rulebook, found, carried)


def asked_event(event_id: str | None, day: date) -> Event:
    """Give the event that is asked for at the end of a day.

    Parameters
    ----------
    event_id : str or None
        None for the next reconstitution not yet effective.
    day : date
        Of the question.

    Raises
    ------
    UnknownEventError
        If nothing has this name.
    InputError
        If the event was effective before the day.
    """
    target = event(event_id) if event_id else next_event(day)
    if target.effective is not None and day > target.effective:
        raise InputError(
            f"{target.id} took effect before the moment asked for",
            field="as_of",
            value=day,
            expected=f"a day up to {target.effective}",
        )
    return target


def _effective(announcements: pl.DataFrame) -> pl.DataFrame:
    """Give each official change the day on which it takes effect."""
    days = {e: event(e).effective for e in announcements["event"].unique().to_list()}
    return announcements.with_columns(
        effective=pl.col("event").replace_strict(days, default=None, return_dtype=pl.Date)
    )


def _assemble(
    master: Master,
    target: Event,
    day: date,
    known: AsOf,
    simulated: bool,
    rulebook: Rulebook,
    found: Announced,
    carried: Carried | None,
) -> Run:
    own = answers(known.own_facts(), master.lines, master.securities)
    lines = with_departures(master.lines, master.securities, known.sessions()[-1])
    return Run(
        event=target,
        as_of=day,
        session=master.session,
        hindsight=known.hindsight,
        simulated=simulated,
        status=found.status,
        rulebook=rulebook,
        membership=master.membership,
        securities=master.securities,
        absent=master.absent,
        answers=own,
        carried=carried,
        official=found.names,
        **rule(lines, master.companies, master.absent, rulebook, own, carried)._asdict(),
    )
