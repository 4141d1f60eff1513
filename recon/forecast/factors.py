"""How caps move together and apart: a market and a sector factor, and each company's own part.

Everything is estimated from the sessions up to the moment. The source's own adjusted change,
`close / (close - netchange)`, is used, so that splits do not matter; moves beyond `LIMIT` are
cut to it, because most of them are glitches, first rows and reverse splits that the source took
for a change of price.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[np.float32]

LIMIT: Final = 0.4
"""Largest daily log change that is believed."""
HALF_LIFE: Final = 63.0
"""Sessions after which a past day counts half in a variance."""
PRIOR_SESSIONS: Final = 20.0
"""Weight, in sessions, of what companies of the same size and sector show."""
BETA_PRIOR: Final = 60.0
"""Weight, in sessions, of a beta of one."""
FLOOR: Final = 0.004
"""Least daily volatility: a price under an offer still moves."""
FIRST_ROW: Final = 0.05
"""On a line's first row the change is often the whole close: a previous close below this share
of the close is no price."""


@dataclass(frozen=True, slots=True)
class Returns:
    """Daily log changes.

    Attributes
    ----------
    securities : list of str
        `security_id` of each column.
    values : array (sessions, securities)
        Log change, NaN where the line did not trade or the change is not usable; oldest first.
    """

    securities: list[str]
    values: Array


@dataclass(frozen=True, slots=True)
class Factors:
    """Daily volatilities of all parts of a company's move.

    Attributes
    ----------
    market_sigma : float
        Of the market factor, per square root of a session (log).
    market_excess : float
        Excess kurtosis of the market's daily changes.
    sector_sigma : array (sectors,)
        Of each sector beyond the market.
    sector : array of int (n,)
        Sector of each company.
    beta : array (n,)
        On the market.
    own_sigma : array (n,)
        Of the company's own part.
    own_excess : float
        Excess kurtosis of the standardised own part, all companies pooled.
    """

    market_sigma: float
    market_excess: float
    sector_sigma: Array
    sector: npt.NDArray[np.int64]
    beta: Array
    own_sigma: Array
    own_excess: float

    def sigma(self) -> Array:
        """Whole daily volatility of each company."""
        sector = self.sector_sigma[self.sector]
        whole = (self.beta * self.market_sigma) ** 2 + sector**2 + self.own_sigma**2
        return np.asarray(np.sqrt(whole))


def log_change() -> pl.Expr:
    """Daily log change as the source adjusts it, not cut; null where it says nothing.

    Of `close` and `netchange` (USD). A restated previous close below `FIRST_ROW` of the close is
    no price.
    """
    before = pl.col("close") - pl.col("netchange")
    usable = (pl.col("close") > 0) & (before > pl.col("close") * FIRST_ROW)
    return pl.when(usable).then((pl.col("close") / before).log())


def log_returns(quotes: pl.DataFrame, sessions: int = 252) -> Returns:
    """Daily log changes of the last sessions.

    Parameters
    ----------
    quotes : pl.DataFrame
        `session`, `security_id`, `close`, `netchange` (USD; null where unknown), up to the
        moment; one row per session and security.
    sessions : int
        Sessions used, the newest.
    """
    days = quotes["session"].unique().sort().tail(sessions)
    late = quotes.filter(pl.col("session").is_in(days.implode()))
    plain = late.filter(log_change().is_not_null()).select(
        row=pl.col("session").rank("dense") - 1,
        security_id="security_id",
        change=log_change().clip(-LIMIT, LIMIT).cast(pl.Float32),
    )
    securities = plain["security_id"].unique().sort()
    position = pl.DataFrame({"security_id": securities}).with_row_index("column")
    placed = plain.join(position, on="security_id")
    height = 0 if placed.is_empty() else int(placed["row"].max()) + 1  # type: ignore[arg-type]
    values = np.full((height, len(securities)), np.nan, np.float32)
    values[placed["row"].to_numpy(), placed["column"].to_numpy()] = placed["change"].to_numpy()
    return Returns(securities.to_list(), values)


def fit_factors(
    returns: Returns, securities: list[str | None], sectors: list[str | None], log_caps: Array
) -> Factors:
    """Estimate the factors and each company's exposure.

    Parameters
    ----------
    returns : Returns
        As from `log_returns`.
    securities : list of str or None
        Pricing vehicle of each company; None or unknown ones get what their size shows.
    sectors : list of str or None
        Sector of each company.
    log_caps : array (n,)
        Log of the total cap in USD; NaN where not known.

    Notes
    -----
    The market factor is the plain mean over companies: what moves the line at rank 3,000 are
    small companies. Variances are exponentially weighted with `HALF_LIFE` and drawn toward the
    mean of companies of the same size; betas are drawn toward one.
    """
    names = sorted({s or "" for s in sectors})
    sector = np.array([names.index(s or "") for s in sectors], dtype=np.int64)
    n, days = len(securities), returns.values.shape[0]
    column = {name: i for i, name in enumerate(returns.securities)}
    place = np.array([column.get(s, -1) if s is not None else -1 for s in securities])
    changes = np.full((days, n), np.nan, np.float32)
    changes[:, place >= 0] = returns.values[:, place[place >= 0]]
    if days < 2 or not n:
        return _unknown(n, sector, len(names))
    weight = 0.5 ** (np.arange(days - 1, -1, -1, dtype=np.float32) / HALF_LIFE)
    market = _mean(changes, axis=1)
    known = np.isfinite(changes)
    w = weight[:, None] * known
    filled = np.where(known, changes, 0)
    market_square = (w * (market**2)[:, None]).sum(axis=0)
    covariance = (w * filled * market[:, None]).sum(axis=0)
    prior = BETA_PRIOR * float((weight * market**2).sum() / weight.sum())
    beta = np.clip((covariance + prior) / np.maximum(market_square + prior, 1e-12), 0, 3)
    rest = np.where(known, changes - beta * market[:, None], np.nan)
    by_sector = np.zeros((days, len(names)), np.float32)
    for i in range(len(names)):
        by_sector[:, i] = _mean(rest[:, sector == i], axis=1)
    own = np.where(known, rest - by_sector[:, sector], 0)
    seen = w.sum(axis=0)
    variance = (w * own**2).sum(axis=0) / np.maximum(seen, 1e-9)
    typical = _typical(variance, seen, log_caps)
    shrunk = (seen * variance + PRIOR_SESSIONS * typical) / (seen + PRIOR_SESSIONS)
    own_sigma = np.maximum(np.sqrt(shrunk), FLOOR)
    standard = (own / own_sigma)[known]
    return Factors(
        market_sigma=float(np.sqrt((weight * market**2).sum() / weight.sum())),
        market_excess=_excess(market / max(float(market.std()), 1e-9)),
        sector_sigma=np.sqrt((weight[:, None] * by_sector**2).sum(axis=0) / weight.sum()),
        sector=sector,
        beta=beta.astype(np.float32),
        own_sigma=own_sigma.astype(np.float32),
        own_excess=_excess(standard),
    )


def _mean(values: Array, axis: int) -> Array:
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=axis)
    return np.asarray(total / np.maximum(known.sum(axis=axis), 1), dtype=np.float32)


def _typical(variance: Array, seen: Array, log_caps: Array) -> Array:
    """Variance that companies of a size show: log variance on log cap, by least squares."""
    good = (seen > 10) & (variance > FLOOR**2) & np.isfinite(log_caps)
    if good.sum() < 30:
        level = float(np.median(variance[seen > 0])) if (seen > 0).any() else 0.03**2
        return np.full(variance.shape, max(level, FLOOR**2), np.float32)
    # A mean of variances, not of their logs: half of the squared residual is added back.
    slope, start = np.polyfit(log_caps[good], np.log(variance[good]), 1)
    spread = np.var(np.log(variance[good]) - slope * log_caps[good] - start)
    middle = np.median(log_caps[good])
    at = np.where(np.isfinite(log_caps), log_caps, middle)
    return np.asarray(np.exp(start + slope * at + spread / 2), dtype=np.float32)


def _excess(standard: Array) -> float:
    if standard.size < 4:
        return 3.0
    square = float(np.mean(standard**2))
    return float(np.clip(np.mean(standard**4) / max(square**2, 1e-12) - 3, 0.5, 30))


def _unknown(n: int, sector: npt.NDArray[np.int64], sectors: int) -> Factors:
    """Factors where no history is there: volatilities common for small companies."""
    return Factors(
        market_sigma=0.013,
        market_excess=3.0,
        sector_sigma=np.full(max(sectors, 1), 0.006, np.float32),
        sector=sector,
        beta=np.ones(n, np.float32),
        own_sigma=np.full(n, 0.03, np.float32),
        own_excess=8.0,
    )
