"""Since when a company is near its line, and how much of the move to expect it has made since."""

from typing import Final

import numpy as np
import polars as pl

from recon.master.window import SESSIONS_A_YEAR
from recon.monitor.liquidity import LEAST
from recon.monitor.panel import Floats, Ints, Panel, over_sessions, taken
from recon.pipeline import Run

NEAR_SESSIONS: Final = 21
"""A company is near its line when a month's move of its own, one standard deviation, reaches it."""
EXPECTED_MOVE: Final = float(np.log(1.031))
"""Log price effect, rank day to effective day, of an addition at rank 3,000: +3.1 % for direct
additions to the Russell 2000 in the 2010s (field.md, Price effect). Nobody publishes deletions
since 2005; from 1990 to 2005 they were the additions' with the sign turned (+4.7 %, -4.6 %), and
so they are here. At rank 1,000 what is published since 2015 is not significant: null."""


def expected_move(run: Run) -> pl.Expr:
    """Log move to expect of each candidate, of `action` and `breakpoint`; null where none is known.

    See `EXPECTED_MOVE`. A desk that has measured its own gives that instead.
    """
    size = pl.when(pl.col("action") == "add").then(EXPECTED_MOVE).otherwise(-EXPECTED_MOVE)
    at_line = pl.col("breakpoint") == f"rank_{run.rulebook.ranks.russell_3000}"
    return pl.when(at_line).then(size)


def nearness(
    run: Run,
    prices: Panel,
    candidates: pl.DataFrame,
    columns: Ints,
    caps: Floats,
    own: Floats,
) -> pl.DataFrame:
    """Since when each candidate is near its line, and what its company did of its own since.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    prices : Panel
        Quotes up to the moment.
    candidates : pl.DataFrame
        `index`, `action`, `from_index`, `breakpoint`, and `expected_move` (log; null: unknown).
    columns : array of int (n,)
        Column of each candidate's pricing vehicle; -1 for none.
    caps : array (n,)
        Total cap of its company, USD; NaN where not known.
    own : array (sessions, n)
        Running sums of the company's own changes, as from `recon.monitor.exposures.style_parts`.

    Returns
    -------
    pl.DataFrame
        `near_since` (first session of the unbroken stretch in which the company was near its line
        or beyond, counted to the run's session; see `near_since`), `move_since_near` (log,
        beyond the styles, from the close of that session to the newest), `move_since_near_z`
        (in standard deviations of such a move in so many sessions, by the year to the run's
        session), `expected_move`, `move_spent` (the move over the one expected: 1 is all of it,
        negative the wrong way), and `near_reason`. A name that keeps rising stays a candidate, so
        that among candidates the move is large for that reason too: read the z.
    """
    end = prices.row(run.session) + 1
    begin = max(0, end - SESSIONS_A_YEAR)
    year = prices.rows(begin, end)
    ranked = run.companies.filter(pl.col("eligible") & (pl.col("total_cap_usd") > 0))
    field = year.columns(ranked["security_id"].to_list())
    log_caps = ranked["total_cap_usd"].log().to_numpy()
    paths = {
        b.name: line_path(year, field, log_caps, b.cap_usd)
        for b in run.breakpoints
        if b.name in candidates["breakpoint"]
    }
    place = {name: i for i, name in enumerate(paths, start=1)}
    known = np.column_stack([np.full(len(year.sessions), np.nan), *paths.values()])
    lines = known[:, [place.get(name, 0) for name in candidates["breakpoint"]]]
    changes = taken(year.change, columns)
    sigma = over_sessions(np.nanstd, changes, least=LEAST)
    usual = np.nanmedian(sigma) if np.isfinite(sigma).any() else np.nan
    reach = np.sqrt(NEAR_SESSIONS) * np.where(np.isfinite(sigma), sigma, usual)
    side = candidates.select(_from_below()).to_series().fill_null(np.nan).to_numpy()
    since = near_since(year, columns, lines, np.log(caps), side, reach)
    is_near = (since >= 0) & (since < len(year.sessions))
    at = np.where(is_near, since + begin, 0)
    moved = np.where(is_near, own[-1] - own[at, np.arange(len(at))], np.nan)
    # Sessions before a line was listed have no change and would make it look calm.
    daily = np.where(np.isfinite(changes[1:]), np.diff(own[begin:end], axis=0), np.nan)
    spread = over_sessions(np.nanstd, daily, least=LEAST) * np.sqrt(
        np.maximum(len(own) - 1 - at, 1)
    )
    score = np.divide(moved, spread, out=np.full(moved.shape, np.nan), where=spread > 0)
    days = pl.Series(prices.sessions, dtype=pl.Date).gather(at)
    reason = (
        pl.when(pl.col("since") < 0)
        .then(pl.lit("unknown"))
        .when(pl.col("since") >= len(year.sessions))
        .then(pl.lit("far_from_the_line"))
        .when(pl.col("since") == 0)
        .then(pl.lit("whole_window"))
    )
    return (
        candidates.select("expected_move")
        .with_columns(
            near_since=pl.when(pl.Series(is_near)).then(days),
            move_since_near=pl.Series(moved).fill_nan(None),
            move_since_near_z=pl.Series(score).fill_nan(None),
            since=pl.Series(since),
        )
        .with_columns(
            move_spent=pl.col("move_since_near") / pl.col("expected_move"), near_reason=reason
        )
        .drop("since")
    )


def _from_below() -> pl.Expr:
    """1 for a candidate that must rise to its line, -1 for one that must fall.

    Between the size indexes, who is added to the smaller one falls to it. Which edge of the
    Microcap a company crosses is not in the list: null.
    """
    add = pl.col("action") == "add"
    migrates = pl.col("from_index").is_not_null() & (pl.col("index") == "R2000")
    return pl.when(pl.col("index") != "RMICRO").then(
        pl.when(add != migrates).then(1.0).otherwise(-1.0)
    )


def near_since(
    prices: Panel, columns: Ints, log_lines: Floats, log_caps: Floats, below: Floats, near: Floats
) -> Ints:
    """Row in which each company came near its line, or to the far side of it, and stayed.

    Parameters
    ----------
    prices : Panel
        Quotes, the last row being the session of the caps.
    columns : array of int (n,)
        Column of each company's pricing vehicle; -1 for none.
    log_lines : array (sessions, n)
        Log cap of each company's line, NaN where not known.
    log_caps : array (n,)
        Log cap in the last row.
    below : array (n,)
        1 for a company that comes from below (an addition), -1 for one from above, NaN where that
        is not known.
    near : array (n,)
        Log distance that counts as near.

    Returns
    -------
    array of int (n,)
        First row of the unbroken stretch, up to the last row, in which the company was no
        farther than `near` on the side from which it comes; the row after the last if it is
        farther now, -1 where nothing is known. Caps of past sessions follow the price: the count
        is today's.
    """
    change = taken(prices.change, columns)
    quoted = np.isfinite(taken(prices.log_close, columns))
    path = np.cumsum(np.where(np.isfinite(change), change, 0.0), axis=0)
    distance = log_caps + path - path[-1] - log_lines
    # A session without a quote breaks no stretch, and begins none.
    away = quoted & ~(below * distance >= -near)
    begins = np.where(away.any(axis=0), len(away) - np.argmax(away[::-1], axis=0), 0)
    first_quote = np.argmax(quoted, axis=0)
    known = (
        quoted.any(axis=0) & np.isfinite(log_caps) & np.isfinite(log_lines[-1]) & np.isfinite(below)
    )
    return np.where(known, np.maximum(begins, first_quote), -1)


def line_path(prices: Panel, columns: Ints, log_caps: Floats, line_cap: float) -> Floats:
    """Log cap of a line in past sessions, as today's field and counts would have had it.

    Parameters
    ----------
    prices : Panel
        Quotes, the last row being the session of the caps.
    columns : array of int (n,)
        Pricing vehicles of all companies that are ranked; -1 for none.
    log_caps : array (n,)
        Their log caps in the last row.
    line_cap : float
        Cap of the line in the last row, USD.

    Returns
    -------
    array (sessions,)
        The cap at the same share of the field: of those quoted by then as many are above the
        line as are today. The last row is the line itself.
    """
    change = taken(prices.change, columns)
    moves = np.where(np.isfinite(change), change, 0.0)
    path = np.cumsum(moves, axis=0)
    listed = np.logical_or.accumulate(np.isfinite(taken(prices.log_close, columns)), axis=0)
    caps = np.sort(np.where(listed, log_caps + path - path[-1], -np.inf), axis=1)[:, ::-1]
    above = int((log_caps >= np.log(line_cap) - 1e-9).sum())
    place = np.rint(listed.sum(axis=1) * above / max(int(listed[-1].sum()), 1)).astype(np.int64)
    found = caps[np.arange(len(caps)), np.clip(place - 1, 0, caps.shape[1] - 1)]
    return np.asarray(found - found[-1] + np.log(line_cap))
