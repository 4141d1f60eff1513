"""Prices, splits, share counts and volumes: sessions across, companies and lines down."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_DEAL = 40
_DECLINE = 120
_QUARTER = 63
_YEAR = 250
_DERIVED = {
    # share type: price level in USD (0: times the company's price), load on the company's
    # moves, own deviation a session
    "unit": (0.0, 1.0, 0.001),
    "warrant": (0.35, 0.0, 0.05),
    "right": (0.2, 0.0, 0.03),
    "preferred": (24.0, 0.05, 0.003),
    "note": (24.5, 0.0, 0.002),
}


@dataclass(frozen=True, slots=True)
class Paths:
    """What happens to companies and lines, session by session.

    Attributes
    ----------
    close : array, lines × sessions
        USD, unadjusted, as printed.
    previous : array, lines × sessions
        The close before, adjusted for a split of this session; the first column is the close
        before the window.
    volume : array, lines × sessions
        Shares.
    shares : array, companies × sessions
        All common shares of the company, listed and unlisted, units of an Up-C included.
    reported : array, companies × sessions
        The count in the screener, which follows a split by 0 to 2 sessions.
    splits : DataFrame
        `company`, `session` (index), `factor` (new shares per old one), `lag` (sessions).
    """

    close: Matrix
    previous: Matrix
    volume: NDArray[np.int64]
    shares: Matrix
    reported: Matrix
    splits: pl.DataFrame


def draw_paths(
    rng: np.random.Generator, companies: pl.DataFrame, lines: pl.DataFrame, sessions: int
) -> Paths:
    """Draw all paths.

    Log returns are market, sector and own moves, all Student t with four degrees of freedom,
    so that tails are fat; a company that is bought trades pinned under the deal's price for its
    last 40 sessions, one that fails slides for 120.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    companies, lines : DataFrame
        From `draw_companies` and `draw_lines`.
    sessions : int
        Sessions of the window.

    Returns
    -------
    Paths
    """
    # One session before the window comes first, so that every first row has a previous close.
    adjusted = _company_paths(rng, companies, sessions + 1)
    factor, splits = _splits(rng, companies, adjusted)
    issued = _issuance(rng, companies, sessions + 1)
    at_start = (companies["cap"] / companies["price"]).to_numpy()[:, None]
    shares = np.rint(at_start * issued * factor)
    reported = _lagged(shares, splits)
    owner = lines["company"].to_numpy()
    close = _line_paths(rng, companies, lines, adjusted, factor)
    step = np.ones_like(close)
    common = lines["share_type"].is_in(["common", "additional_class", "adr"]).to_numpy()
    step[common, 1:] = (factor[:, 1:] / factor[:, :-1])[owner[common]]
    cents = np.where(close < 1, 1e4, 1e2)
    close = np.maximum(np.rint(close * cents) / cents, 1e-4)
    previous = close[:, :-1] / step[:, 1:]
    return Paths(
        close=close[:, 1:],
        previous=previous,
        volume=_volumes(rng, lines, close[:, 1:], shares[owner, 1:]),
        shares=shares[:, 1:],
        reported=reported[:, 1:],
        splits=splits.with_columns(session=pl.col("session") - 1),
    )


def _heavy(rng: np.random.Generator, shape: tuple[int, ...]) -> Matrix:
    """Student t with four degrees of freedom, deviation 1, no single move beyond 9."""
    drawn: Matrix = rng.standard_normal(shape)
    drawn /= np.sqrt(rng.standard_gamma(2.0, shape, dtype=np.float32))
    return np.clip(drawn, -9, 9, out=drawn)


def _company_paths(rng: np.random.Generator, companies: pl.DataFrame, columns: int) -> Matrix:
    """Adjusted prices: the level before any split of the window."""
    industry = companies["industry"].to_numpy()
    sd = companies["daily_sd"].to_numpy()[:, None]
    beta = companies["beta"].to_numpy()[:, None]
    market = 0.0095 * _heavy(rng, (columns,))
    # The drift is set, not drawn, so that break-points stay near the published ones.
    market += -0.00012 - market.mean()
    sector = 0.006 * _heavy(rng, (int(industry.max()) + 1, columns))
    sector -= 0.7 * sector.mean(axis=1, keepdims=True)
    moves = _heavy(rng, (companies.height, columns))
    moves *= sd
    moves += beta * (market + sector[industry])
    born, gone = companies["born"].to_numpy(), companies["gone"].to_numpy()
    left = (gone + 1)[:, None] - np.arange(columns)
    ending = companies["ending"].to_numpy()[:, None]
    pinned = (ending == "merger") & (left < _DEAL)
    moves = np.where(pinned, moves * 0.03, moves)
    moves = np.where((ending == "merger") & (left == _DEAL), 0.28, moves)
    moves = np.where((ending == "failure") & (left < _DECLINE), moves - 0.013, moves)
    moves[:, 0] = 0.0
    paths = np.cumsum(moves, axis=1)
    paths -= np.take_along_axis(paths, (born + (born > 0))[:, None], axis=1)
    np.exp(paths, out=paths)
    paths *= companies["price"].to_numpy()[:, None]
    return paths


def _splits(
    rng: np.random.Generator, companies: pl.DataFrame, adjusted: Matrix
) -> tuple[Matrix, pl.DataFrame]:
    """Let companies split forward when dear and backward when cheap, once a year at most."""
    count, columns = adjusted.shape
    able = companies["structure"].is_in(["operating", "bank", "reit", "up_c", "foreign"]).to_numpy()
    factor = np.ones((count, columns))
    found = []
    rows = np.arange(count)
    for year in range(-(-columns // _YEAR)):
        day = year * _YEAR + rng.integers(10, _YEAR - 5, count)
        here = np.minimum(day, columns - 1)
        price = adjusted[rows, here - 1] / factor[rows, here - 1]
        alive = (here > companies["born"].to_numpy() + 12) & (here <= companies["gone"].to_numpy())
        draw = rng.random(count)
        chance = np.select([price < 1.2, price > 220, price > 70], [0.6, 0.35, 0.02], 0.0)
        splits = able & alive & (day < columns) & (draw < chance)
        forward = rng.choice([2.0, 3.0, 4.0, 5.0, 10.0], count, p=(0.4, 0.2, 0.15, 0.1, 0.15))
        forward = np.where(price > 220, forward, 2.0)
        times = np.where(price < 1.2, 1 / rng.choice([8.0, 10.0, 15.0, 20.0], count), forward)
        chosen = np.flatnonzero(splits)
        after = np.arange(columns)[None, :] >= here[chosen, None]
        factor[chosen] *= np.where(after, times[chosen, None], 1.0)
        found.append(
            pl.DataFrame(
                {
                    "company": chosen.astype(np.int32),
                    "session": here[chosen],
                    "factor": times[chosen],
                    "lag": rng.choice(3, len(chosen), p=(0.4, 0.4, 0.2)),
                }
            )
        )
    return factor, pl.concat(found)


def _issuance(rng: np.random.Generator, companies: pl.DataFrame, columns: int) -> Matrix:
    """Shares in issue against the start: a step a quarter, now and then an offering."""
    count = companies.height
    quarters = columns // _QUARTER + 2
    small = np.clip(np.log(2e10 / companies["cap"].to_numpy()) / 5, -0.3, 1)[:, None]
    step = 0.003 * small + 0.006 * rng.standard_normal((count, quarters))
    offering = rng.random((count, quarters)) < 0.03 * np.clip(small, 0, 1)
    step += offering * rng.uniform(0.06, 0.25, (count, quarters))
    still = companies["structure"].is_in(["spac", "royalty_trust"]).to_numpy()
    step[still] = 0.0
    level = np.exp(np.cumsum(step, axis=1) - step[:, :1])
    quarter = (np.arange(columns) + rng.integers(0, _QUARTER, count)[:, None]) // _QUARTER
    return np.take_along_axis(level, quarter, axis=1)


def _lagged(shares: Matrix, splits: pl.DataFrame) -> Matrix:
    reported = shares.copy()
    for behind in (1, 2):
        late = splits.filter(pl.col("lag") >= behind)
        row = late["company"].to_numpy()
        column = late["session"].to_numpy() + behind - 1
        inside = column < shares.shape[1]
        reported[row[inside], column[inside]] = np.rint(
            reported[row[inside], column[inside]] / late["factor"].to_numpy()[inside]
        )
    return reported


def _line_paths(
    rng: np.random.Generator,
    companies: pl.DataFrame,
    lines: pl.DataFrame,
    adjusted: Matrix,
    factor: Matrix,
) -> Matrix:
    owner = lines["company"].to_numpy()
    share_type = lines["share_type"]
    close: Matrix = (adjusted / factor)[owner]
    second = (share_type == "additional_class").to_numpy()
    apart = rng.normal(0, 0.03, (int(second.sum()), 1))
    close[second] *= np.exp(apart + rng.normal(0, 0.002, (int(second.sum()), close.shape[1])))
    for kind, (level, load, own) in _DERIVED.items():
        rows = (share_type == kind).to_numpy()
        walk = np.cumsum(own * rng.standard_normal((int(rows.sum()), close.shape[1])), axis=1)
        start = level * np.exp(rng.normal(0, 0.4 if level < 1 else 0.05, int(rows.sum())))
        base = companies["price"].to_numpy()[owner[rows]]
        moved = (adjusted[owner[rows]] / base[:, None]) ** load
        close[rows] = (start if level else base * 1.01)[:, None] * moved * np.exp(walk)
    return close


def _volumes(
    rng: np.random.Generator, lines: pl.DataFrame, close: Matrix, shares: Matrix
) -> NDArray[np.int64]:
    share = {"common": 0.006, "adr": 0.004, "additional_class": 0.0012}
    level = lines["share_type"].replace_strict(share, default=0.0).to_numpy()
    turnover = level * np.exp(rng.normal(0, 0.7, lines.height))
    typical = np.where(level[:, None] > 0, shares * turnover[:, None], 2e5 / np.maximum(close, 5))
    noise = rng.standard_normal(close.shape, dtype=np.float32) * np.float32(0.45)
    volume: NDArray[np.int64] = (typical * np.exp(noise)).astype(np.int64)
    return volume
