"""What the quotes say of each idea at the moment: price, volatility, beta, and what is doubtful.

After rank day a list keeps that day's closes, since the ranking does; orders take the newest
close that is known. Betas and volatilities are those of the forecast (`recon.forecast.factors`):
its market is the plain mean of companies, so a beta on an index of members is the company's over
that of the index, which holds as far as the two move together by the market.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.forecast.factors import Factors, fit_factors, log_returns
from recon.master.window import SESSIONS_A_YEAR, last_sessions
from recon.monitor.crowding import since_rank_day, volumes
from recon.monitor.liquidity import liquidity
from recon.monitor.panel import panel
from recon.pipeline import Run
from recon.store import AsOf

Floats = npt.NDArray[np.float64]
MEMBERS: Final = {
    "R1000": pl.col("was_r1000"),
    "R2000": pl.col("was_r2000"),
    "R3000": pl.col("was_r1000") | pl.col("was_r2000"),
}
"""Who is in each index that a basket may be hedged with."""
LEAST_BETA: Final = 0.1
"""An index of members whose beta is less has no quotes to tell it by."""


@dataclass(frozen=True, slots=True)
class Market:
    """What is the same for all ideas.

    Attributes
    ----------
    day : date
        The newest session known: of all prices.
    sigma : float
        Daily volatility of the market factor (log).
    sectors : list of float
        Daily volatility of each sector beyond the market (log), by the number in `sector_number`.
    index_beta : float
        Beta of the hedge's index on the market factor.
    """

    day: date
    sigma: float
    sectors: list[float]
    index_beta: float


def priced(ideas: pl.DataFrame, run: Run, known: AsOf, index: str) -> tuple[pl.DataFrame, Market]:
    """Add what the quotes say.

    Parameters
    ----------
    ideas : pl.DataFrame
        As from `recon.orders.ideas.ideas`.
    run : Run
        Of the list.
    known : AsOf
        The store at the run's moment.
    index : {"R1000", "R2000", "R3000"}
        The hedge's.

    Returns
    -------
    pl.DataFrame
        `ideas` with `sector`, `sector_number`, `price_usd` (USD, null where the line has no
        close in the newest session), `beta` (on the hedge's index), `own_sigma`, `sigma` (daily,
        log), `log_shares_dispersion`, `abnormal_volume`, `roll_spread`, `return_since_rank_day`,
        `doubts` (list of `recon.orders.profile.Doubt`).
    Market
    """
    day = max(session for session in known.sessions() if session <= run.as_of)
    wanted = pl.col("eligible").fill_null(False) | pl.col("member")
    mine = pl.col("company_id").is_in(ideas["company_id"].implode())
    field = run.companies.filter(wanted | mine)
    securities = pl.concat([field["security_id"], ideas["security_id"]]).drop_nulls().unique()
    lines = run.lines.filter(pl.col("security_id").is_in(securities.implode()))
    quotes = last_sessions(known, day, run.securities, lines, sessions=SESSIONS_A_YEAR)
    caps = field["total_cap_usd"].fill_null(np.nan).to_numpy()
    with np.errstate(divide="ignore"):
        log_caps = np.log(np.where(caps > 0, caps, np.nan)).astype(np.float32)
    factors = fit_factors(
        log_returns(quotes), field["security_id"].to_list(), field["sector"].to_list(), log_caps
    )
    index_beta = _index_beta(field, factors, index)
    companies = field.select(
        "company_id",
        "sector",
        "cap_provenance",
        "note",
        "flags",
        "log_shares_dispersion",
        sector_number=pl.Series(factors.sector),
        beta=pl.Series(factors.beta.astype(np.float64) / index_beta),
        own_sigma=pl.Series(factors.own_sigma.astype(np.float64)),
        sigma=pl.Series(factors.sigma().astype(np.float64)),
    )
    close = quotes.filter((pl.col("session") == day) & (pl.col("close") > 0)).select(
        "security_id", price_usd="close"
    )
    known_of = ideas.join(companies, on="company_id", how="left", maintain_order="left").join(
        close, on="security_id", how="left", maintain_order="left"
    )
    prices = panel(quotes, day - timedelta(days=31))
    columns = prices.columns(ideas["security_id"].to_list())
    own_caps = ideas["total_cap_usd"].fill_null(np.nan).to_numpy()
    told = pl.concat(
        [
            known_of,
            volumes(prices, columns, own_caps).select("abnormal_volume"),
            liquidity(prices, columns).select("roll_spread"),
            since_rank_day(prices, columns, run.event).to_frame("return_since_rank_day"),
        ],
        how="horizontal",
    )
    market = Market(day, factors.market_sigma, factors.sector_sigma.tolist(), index_beta)
    return told.with_columns(doubts=_doubts()).drop("cap_provenance", "note", "flags"), market


def _index_beta(field: pl.DataFrame, factors: Factors, index: str) -> float:
    """Beta of an index on the market factor: its members', weighted by total cap."""
    worth = pl.when(MEMBERS[index] & (pl.col("total_cap_usd") > 0)).then("total_cap_usd")
    weight = field.select(worth.fill_null(0.0)).to_series().to_numpy()
    total = float(weight.sum())
    return max(float(weight @ factors.beta) / total, LEAST_BETA) if total > 0 else 1.0


def _doubts() -> pl.Expr:
    """Codes of what is not certain behind an order."""
    holds = {
        "float_estimated": pl.col("float_provenance") == "estimated",
        "assets_incomplete": pl.col("not_counted").list.len() > 0,
        "cap_is_a_bound": pl.col("cap_provenance") == "filled:holdings",
        "count_repaired": pl.col("cap_provenance").str.starts_with("repaired"),
        "units_unproven": pl.col("note").str.contains("units:unproven", literal=True),
    }
    found = [pl.when(said).then(pl.lit(code)) for code, said in holds.items()]
    flags = pl.col("flags").fill_null([])
    return pl.concat_list(pl.concat_list(found).list.drop_nulls(), flags)
