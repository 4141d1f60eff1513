"""How much of each style a company carried, and what is left of its moves: its own part.

Exposures are regression coefficients of the year up to the day asked for, drawn toward those of the
average company, and held from there on: nothing after that day is in them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from recon.forecast.factors import BETA_PRIOR, LIMIT
from recon.master.window import SESSIONS_A_YEAR
from recon.monitor.panel import Floats, Ints, Panel, taken
from recon.monitor.styles import STYLES, Styles, sector_codes, style_returns
from recon.pipeline import Run

PRIOR: Final = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
"""Exposures of the average company, by `STYLES`."""


def exposures(prices: Panel, styles: Styles, columns: Ints, sectors: Ints, until: int) -> Floats:
    """Exposures of lines, estimated from the year up to a row and nothing after it.

    Parameters
    ----------
    prices : Panel
        Quotes.
    styles : Styles
        Of the same panel.
    columns, sectors : array of int (n,)
        Column of each line in the panel (-1: none), and its sector (-1: unknown).
    until : int
        Last row used.

    Returns
    -------
    array (n, 5)
        By `STYLES`. Least squares, with `BETA_PRIOR` sessions' worth of weight on `PRIOR`: a
        line without a past has the exposures of the average company.
    """
    rows = slice(max(0, until + 1 - SESSIONS_A_YEAR), until + 1)
    change = np.clip(taken(prices.change[rows], columns), -LIMIT, LIMIT)
    known = np.isfinite(change)
    found = np.tile(PRIOR, (len(columns), 1))
    for sector in np.unique(sectors):
        mine = sectors == sector
        factor = styles.of(int(sector))[rows]
        seen = known[:, mine].astype(np.float64)
        rest = np.where(known[:, mine], change[:, mine] - (factor @ PRIOR)[:, None], 0.0)
        products = (factor[:, :, None] * factor[:, None, :]).reshape(len(factor), -1)
        squares = (products.T @ seen).T.reshape(-1, len(STYLES), len(STYLES))
        weight = BETA_PRIOR * (factor**2).mean(axis=0)
        # A factor that never moved leaves its exposure at the average.
        squares += np.diag(np.where(weight > 0, weight, 1.0))
        found[mine] += np.linalg.solve(squares, (factor.T @ rest).T[:, :, None])[:, :, 0]
    return found


@dataclass(frozen=True, slots=True)
class Styled:
    """What the styles and the companies themselves did, one entry for each company.

    Attributes
    ----------
    companies : list of str
        `company_id`.
    securities : list of str
        `security_id` of the pricing vehicle.
    columns : array of int (n,)
        Column of the pricing vehicle in the panel; -1 for none.
    caps : array (n,)
        Total cap in USD at the run's session; NaN where not known.
    parts : array (5, sessions, n)
        Log return that each style explains, by `STYLES`, summed from the panel's first session.
    own : array (sessions, n)
        The rest of the believed changes, summed likewise. Sessions in which a line has no
        believed change count in neither.
    """

    companies: list[str]
    securities: list[str]
    columns: Ints
    caps: Floats
    parts: Floats
    own: Floats

    def of(self, companies: pl.Series) -> "Styled":
        """Entries of companies that are among them, in the order asked for."""
        place = {name: i for i, name in enumerate(self.companies)}
        at = np.array([place[name] for name in companies], dtype=np.int64)
        return Styled(
            [self.companies[i] for i in at],
            [self.securities[i] for i in at],
            self.columns[at],
            self.caps[at],
            self.parts[:, :, at],
            self.own[:, at],
        )


def styled(run: Run, base: Run, prices: Panel, companies: pl.Series) -> Styled:
    """Split the changes of companies of a run into styles and what is their own.

    Parameters
    ----------
    run : Run
        The run of the companies.
    base : Run
        The run whose ranked companies the factors are built of: an earlier one, up to whose
        session exposures are estimated, or the same; then they are of the year before the last.
    prices : Panel
        Quotes of both.
    companies : pl.Series
        `company_id`, with repeats.
    """
    formed = prices.row(base.session)
    ranked = base.companies.filter("eligible")
    styles = style_returns(prices, ranked, formed, large=base.rulebook.ranks.russell_1000)
    before = base.companies.select("security_id", sector_before="sector").unique("security_id")
    frame = (
        run.companies.filter(pl.col("company_id").is_in(companies.unique().implode()))
        .join(before, on="security_id", how="left", maintain_order="left")
        .with_columns(sector=pl.coalesce("sector", "sector_before"))
    )
    columns = prices.columns(frame["security_id"].to_list())
    sectors = sector_codes(frame["sector"])
    until = formed if base is not run else max(formed - SESSIONS_A_YEAR, 0)
    beta = exposures(prices, styles, columns, sectors, until)
    parts, own = style_parts(prices, styles, columns, sectors, beta)
    return Styled(
        frame["company_id"].to_list(),
        frame["security_id"].to_list(),
        columns,
        frame["total_cap_usd"].fill_null(np.nan).to_numpy(),
        parts,
        own,
    )


def style_parts(
    prices: Panel, styles: Styles, columns: Ints, sectors: Ints, beta: Floats
) -> tuple[Floats, Floats]:
    """Running sums of what the styles did to each line, and of the rest; see `Styled`."""
    change = taken(prices.change, columns)
    known = np.isfinite(change)
    parts = np.zeros((len(STYLES), *change.shape))
    for sector in np.unique(sectors):
        mine = sectors == sector
        factor = styles.of(int(sector))
        moved = factor.T[:, :, None] * beta[mine].T[:, None, :]
        parts[:, :, mine] = np.where(known[:, mine], moved, 0.0)
    own = np.where(known, change, 0.0) - parts.sum(axis=0)
    return np.cumsum(parts, axis=1), np.cumsum(own, axis=0)
