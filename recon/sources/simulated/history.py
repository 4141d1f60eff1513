"""The true membership history: who was eligible, how large, and in which index, by event."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recon.calendar import Event, events
from recon.sources.simulated.market import Market
from recon.sources.simulated.oracle import (
    RANKS,
    Caps,
    Flags,
    Members,
    Ranking,
    add_ipos,
    reconstitute,
)

_ELIGIBLE = ("operating", "bank", "reit", "up_c")
_MIN_CAP, _MIN_CLOSE, _MIN_ADDTV = 3e7, 1.0, 130_000.0
_TWO_YEARS, _THIRTY_DAYS = 504, 21


@dataclass(frozen=True, slots=True)
class Standing:
    """The truth of one event; arrays are over companies, `line_fits` over lines."""

    event: Event
    eligible: Flags
    cap: Caps
    price: Caps
    rank: NDArray[np.int64]
    percentile: Caps
    before: Members
    after: Members
    line_fits: Flags
    vehicle: NDArray[np.int64]
    cap_at: dict[int, float]
    band: tuple[float, float] | None
    ranked_at: int
    effective_at: int


@dataclass(frozen=True, slots=True)
class History:
    """Membership in time: `states` are (day after whose close it holds, members, lines)."""

    states: list[tuple[date, Members, Flags]]
    standings: list[Standing]

    def at(self, day: date) -> tuple[Members, Flags]:
        """Give members and eligible lines after the close of a day."""
        state = [s for s in self.states if s[0] <= day][-1]
        return state[1], state[2]


def run_history(rng: np.random.Generator, market: Market) -> History:
    """Apply the rules at every event whose rank day lies in the window.

    The first membership comes from the same rules on caps moved by chance, twice, so that
    some members already stand inside the bands on the side where they came from.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    market : Market
        From `draw_market`.

    Returns
    -------
    History
        An event that takes effect after the window has a standing but no state.
    """
    facts, sessions = _Facts(market), market.sessions
    none = np.zeros(market.companies.height, dtype=np.bool_)
    members = Members(none, none, none)
    cap, _, vehicle = facts.caps(0)
    settled = facts.eligible(0, cap, vehicle, members) & ~market.companies["recent"].to_numpy()
    ranking = None
    for deviation in (0.45, 0.2):
        moved = cap * np.exp(rng.normal(0, deviation, len(cap)))
        ranking = reconstitute(moved, settled, members)
        members = ranking.members
    assert ranking is not None  # noqa: S101
    last: tuple[Ranking, int] = (ranking, 0)
    states = [(sessions[0], members, facts.fitting_lines(0, vehicle))]
    standings = []
    for event in _events(sessions):
        standing = facts.stand(event, members, last)
        standings.append(standing)
        if event.effective is None or event.effective > sessions[-1]:
            continue
        members = standing.after
        states.append((event.effective, members, standing.line_fits))
        if event.kind == "recon":
            ranking = Ranking(
                members, standing.rank, standing.percentile, standing.cap_at, (0.0, 0.0)
            )
            last = (ranking, standing.ranked_at)
    return History(states, standings)


def _events(sessions: list[date]) -> list[Event]:
    found = events(sessions[0].year, min(sessions[-1].year + 1, 2030), kinds=("recon", "ipo"))
    within = [e for e in found if sessions[0] <= e.rank_day <= sessions[-1]]
    return sorted(within, key=lambda e: e.effective or e.rank_day)


@dataclass(frozen=True, slots=True)
class _Facts:
    market: Market

    def alive(self, at: int) -> Flags:
        born, gone = (
            self.market.companies["born"].to_numpy(),
            self.market.companies["gone"].to_numpy(),
        )
        alive: Flags = (born <= at) & (at < gone)
        return alive

    def caps(self, at: int) -> tuple[Caps, Caps, NDArray[np.int64]]:
        """Total cap (USD), price and line of the pricing vehicle: all shares × its close.

        The vehicle is the common class with the highest two-year volume (methodology §3.1).
        """
        first = max(0, at - _TWO_YEARS)
        vehicle = np.arange(self.market.companies.height)
        second = np.flatnonzero((self.market.lines["share_type"] == "additional_class").to_numpy())
        owner = self.market.lines["company"].to_numpy()[second]
        volume = self.market.paths.volume[:, first : at + 1]
        busier = volume[second].sum(axis=1) > volume[owner].sum(axis=1)
        vehicle[owner[busier]] = second[busier]
        price = self.market.paths.close[vehicle, at]
        return self.market.paths.shares[:, at] * price, price, vehicle

    def eligible(self, at: int, cap: Caps, vehicle: NDArray[np.int64], members: Members) -> Flags:
        """Structure, nationality, listing, $30m and $1 (methodology §2.2, §2.3)."""
        structure = self.market.companies["structure"].is_in(_ELIGIBLE).to_numpy()
        american = (self.market.companies["nationality"] == "United States").to_numpy()
        close = self.market.paths.close[vehicle, max(0, at - _THIRTY_DAYS) : at + 1]
        priced = (close[:, -1] >= _MIN_CLOSE) | (
            members.r3000 & (close[:, :-1].mean(axis=1) >= _MIN_CLOSE if at else False)
        )
        found: Flags = structure & american & self.alive(at) & (cap >= _MIN_CAP) & priced
        return found

    def fitting_lines(self, at: int, vehicle: NDArray[np.int64]) -> Flags:
        """Pricing vehicles, and other classes that trade enough (methodology §2.2)."""
        owner = self.market.lines["company"].to_numpy()
        common = self.market.lines["share_type"].is_in(["common", "additional_class"]).to_numpy()
        part = slice(max(0, at - _TWO_YEARS), at + 1)
        usd = (self.market.paths.close[:, part] * self.market.paths.volume[:, part]).mean(axis=1)
        fits: Flags = common & ((usd > _MIN_ADDTV) | (vehicle[owner] == np.arange(len(owner))))
        return fits

    def stand(self, event: Event, before: Members, last: tuple[Ranking, int]) -> Standing:
        at = self.market.place(event.rank_day)
        effective_at = self.market.place(event.effective or event.rank_day)
        cap, price, vehicle = self.caps(at)
        eligible = self.eligible(at, cap, vehicle, before)
        present = self.alive(effective_at)
        before = Members(*(flags & present for flags in before))
        rank = np.zeros(len(cap), dtype=np.int64)
        percentile = np.full(len(cap), np.nan)
        band = None
        if event.kind == "recon":
            ranking = reconstitute(cap, eligible, before)
            after, rank, percentile = ranking.members, ranking.rank, ranking.percentile
            cap_at, band = ranking.cap_at, ranking.band
        else:
            growth = self.market_return(last, at)
            cap_at = {place: value * growth for place, value in last[0].cap_at.items()}
            fresh = eligible & self.listed_within(event)
            after = add_ipos(cap, fresh, before, cap_at)
        after = Members(*(flags & present for flags in after))
        fits = self.fitting_lines(at, vehicle)
        return Standing(
            event, eligible, cap, price, rank, percentile, before, after, fits, vehicle, cap_at,
            band, at, effective_at,
        )  # fmt: skip

    def listed_within(self, event: Event) -> Flags:
        born = self.market.companies["born"].to_numpy()
        first, final = event.ipo_window or (event.rank_day, event.rank_day)
        low = self.market.place(first) if first >= self.market.sessions[0] else 1
        fresh: Flags = (born >= max(low, 1)) & (born <= self.market.place(final))
        return fresh

    def market_return(self, last: tuple[Ranking, int], at: int) -> float:
        """One plus the Russell 3000E's return since the last rank day."""
        ranking, since = last
        held = (ranking.rank > 0) & (ranking.rank <= RANKS[3]) & self.alive(at)
        paths, rows = self.market.paths, np.flatnonzero(held)
        cap = paths.shares[rows, since] * paths.close[rows, since]
        days = slice(since + 1, at + 1)
        growth = (paths.close[rows, days] / paths.previous[rows, days]).prod(axis=1)
        return float((cap * growth).sum() / cap.sum())
