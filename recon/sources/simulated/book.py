"""The simulated indexes from day to day: which lines they hold, and what their funds hold."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recon.sources.simulated.history import History, Standing
from recon.sources.simulated.kinds import INDUSTRIES
from recon.sources.simulated.market import Market
from recon.sources.simulated.oracle import Flags, Members

FUNDS = {"R1000": "IWB", "R2000": "IWM", "RMICRO": "IWC", "R3000": "IWV"}
"""Index → the fund that holds it."""
_FUND_SHARES = {"IWB": 1.2e8, "IWM": 3.0e8, "IWC": 8e6, "IWV": 4.5e7}
_NAV = {"IWB": 300.0, "IWM": 200.0, "IWC": 120.0, "IWV": 310.0}
_CREATION_UNIT = 50_000
_VENUE = {
    "nasdaq": "NASDAQ",
    "nyse": "New York Stock Exchange Inc.",
    "amex": "Nyse Mkt Llc",
}
_SECOND_CLASS_FLOAT = 0.15
_KEPT_DAYS = 18


@dataclass(frozen=True, slots=True)
class Book:
    """All that the membership files are written from.

    Attributes
    ----------
    market : Market
        From `draw_market`.
    history : History
        From `run_history`.
    origin : str
        What `source` columns say.
    free_float : array
        Fraction of a company's shares that funds can buy.
    fund_shares : dict of str to array
        Shares outstanding of each fund, session by session.
    """

    market: Market
    history: History
    origin: str
    free_float: NDArray[np.float64]
    fund_shares: dict[str, NDArray[np.float64]]

    def symbols(self, at: int, held: Flags | None = None) -> pl.DataFrame:
        """Give the lines listed at a session.

        Parameters
        ----------
        at : int
            Session, counted in the window.
        held : array of bool, optional
            Lines to give; all by default.

        Returns
        -------
        DataFrame
            `line`, `company`, `symbol`, `name`, `exchange`, by symbol.
        """
        listed = self.market.periods.filter(pl.col("since") <= at, at < pl.col("until"))
        if held is not None:
            listed = listed.filter(pl.col("line").is_in(np.flatnonzero(held)))
        return listed.select("line", "company", "symbol", "name", "exchange")

    def holding(self, day: date, index: str) -> pl.DataFrame:
        """Give what an index's fund holds after a day's close.

        Parameters
        ----------
        day : date
            A session.
        index : str
            R1000, R2000, R3000 or RMICRO.

        Returns
        -------
        DataFrame
            `asof`, `index`, `symbol`, `fund_name`, `weight` (percent), `shares`, `price` and
            `market_value` (USD), `sector`, `venue`; the heaviest first.
        """
        at = self.market.place(day)
        members, fits = self.history.at(day)
        held = fits & flags_of(members, index)[self.market.lines["company"].to_numpy()]
        if index == "R2000":
            held = held | self.kept(day)
        frame = self.symbols(at, held)
        line, company = frame["line"].to_numpy(), frame["company"].to_numpy()
        second = (self.market.lines["share_type"] == "additional_class").to_numpy()[line]
        price = self.market.paths.close[line, at]
        floating = self.market.paths.shares[company, at] * self.free_float[company]
        floating *= np.where(second, _SECOND_CLASS_FLOAT, 1.0)
        assets = self.fund_shares[FUNDS[index]][at] * _NAV[FUNDS[index]]
        quantity = np.rint(floating * assets / (floating * price).sum())
        value = np.round(quantity * price, 2)
        sectors = np.array([row[3] for row in INDUSTRIES])
        return frame.select(
            "symbol",
            asof=pl.lit(day),
            index=pl.lit(index),
            fund_name=fund_name("name"),
            weight=pl.Series(np.round(100 * value / value.sum(), 2)),
            shares=pl.Series(quantity),
            price=pl.Series(price),
            market_value=pl.Series(value),
            sector=pl.Series(sectors[self.market.companies["industry"].to_numpy()[company]]),
            venue=pl.col("exchange").replace_strict(_VENUE),
        ).sort("market_value", "symbol", descending=[True, False])

    def kept(self, day: date) -> Flags:
        """Give the lines that IWM still holds although they were deleted.

        Parameters
        ----------
        day : date
            A session; the trap lasts for up to 18 days after a reconstitution.

        Returns
        -------
        array of bool
            Over lines.
        """
        kept = np.zeros(self.market.lines.height, dtype=np.bool_)
        owner = self.market.lines["company"].to_numpy()
        for standing in self.history.standings:
            effective = standing.event.effective
            if effective is not None and 0 <= (day - effective).days <= _KEPT_DAYS:
                deleted = np.flatnonzero(standing.before.r2000 & ~standing.after.r3000)
                kept |= np.isin(owner, deleted[::10]) & standing.line_fits
        return kept

    def changed(self, standing: Standing, index: str, action: str) -> pl.DataFrame:
        """Give the lines that an event adds to or deletes from an index.

        Parameters
        ----------
        standing : Standing
            The event.
        index : str
            R1000, R2000, R3000 or RMICRO.
        action : str
            `add` or `delete`.

        Returns
        -------
        DataFrame
            `line`, `company`, `symbol`, `name`, `exchange` on the effective day, or on the
            window's last if that comes first.
        """
        before, after = flags_of(standing.before, index), flags_of(standing.after, index)
        moved = after & ~before if action == "add" else before & ~after
        held = standing.line_fits & moved[self.market.lines["company"].to_numpy()]
        return self.symbols(standing.effective_at, held)


def flags_of(members: Members, index: str) -> Flags:
    """Give the companies of an index by its name."""
    flags: Flags = getattr(members, index.lower())
    return flags


def fund_name(column: str) -> pl.Expr:
    """Give the company's name as funds and lists write it: capitals, without the share type."""
    kind = r" (Class [AB])? ?(Common (Stock|Shares.*)|Ordinary Shares)$"
    bare = pl.col(column).str.replace(kind, " $1").str.strip_chars()
    return bare.str.replace_all(".", "", literal=True).str.to_uppercase().str.slice(0, 35)


def fund_shares(rng: np.random.Generator, sessions: int) -> dict[str, NDArray[np.float64]]:
    """Draw fund shares outstanding: creations and redemptions in units of 50,000.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    sessions : int
        Sessions of the window.

    Returns
    -------
    dict of str to array
        By fund; at least half of the start.
    """
    drawn = {}
    for fund, level in _FUND_SHARES.items():
        most = max(1, round(level / _CREATION_UNIT / 200))
        units = np.cumsum(rng.integers(-most, most + 1, sessions)) * _CREATION_UNIT
        drawn[fund] = np.maximum(level + units, level / 2).astype(np.float64)
    return drawn
