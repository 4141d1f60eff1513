"""A simulated market, generated from a seed in the file formats of the real data.

It is written as files and goes through the same ingest as any other data; because it is made,
the truth behind it is known, and most tests hold the pipe against that. Names are invented,
every symbol begins with Q, X or Z, CIKs begin with 0009, `source` columns say
`simulated seed=…`, and `SIMULATED.json` marks the folder.
"""

import json
from datetime import date
from pathlib import Path

import numpy as np

from recon.calendar import sessions as nyse_sessions
from recon.errors import InputError
from recon.sources.simulated.book import Book, fund_shares
from recon.sources.simulated.history import History, run_history
from recon.sources.simulated.market import draw_market
from recon.sources.simulated.membership import write_membership
from recon.sources.simulated.reference import write_reference
from recon.sources.simulated.screener import write_screener
from recon.sources.simulated.truth import SimulatedTruth, gather

__all__ = ["GENERATOR_VERSION", "MARKER", "SimulatedTruth", "is_simulated", "simulate"]

GENERATOR_VERSION = 4
"""Raised whenever the same seed would give other files."""
MARKER = "SIMULATED.json"
"""File that marks a folder as simulated."""
_MIN_SESSIONS = 30


def simulate(
    folder: Path,
    seed: int = 7,
    first: date = date(2022, 5, 2),
    last: date = date(2025, 4, 30),
    companies: int = 4400,
) -> SimulatedTruth:
    """Write a simulated market and its true history.

    The same arguments give the same bytes. Events whose rank day lies in the window are
    simulated; lists are written for those published by its end, the truth of the others is
    known all the same.

    Parameters
    ----------
    folder : Path
        Where to write: the layout of the real data, plus `truth/` and `SIMULATED.json`.
        Created when absent; files of an earlier run are overwritten.
    seed : int
        Source of all chance.
    first, last : date
        The window; at least 30 sessions.
    companies : int
        US operating companies at the start; lines are about 1.4 times as many. The ranks of
        the rulebook stand, so below about 4,100 the Russell 3000E is not full.

    Returns
    -------
    SimulatedTruth

    Raises
    ------
    InputError
        If the window is too short, or `companies` is not between 100 and 6,000.
    """
    days = nyse_sessions(first, last)
    if len(days) < _MIN_SESSIONS:
        raise InputError(
            "The window is too short to simulate",
            field="sessions",
            value=len(days),
            expected=f"at least {_MIN_SESSIONS}",
        )
    if not 100 <= companies <= 6000:
        raise InputError(
            "This many companies cannot be simulated",
            field="companies",
            value=companies,
            expected="100 to 6,000",
        )
    origin = f"simulated seed={seed}"
    chance = [np.random.default_rng([seed, part]) for part in (4, 5, 6)]
    market = draw_market(seed, days, companies)
    history = run_history(chance[0], market)
    folder.mkdir(parents=True, exist_ok=True)
    rows = write_screener(chance[1], folder, market, _quiet(days, history))
    book = Book(
        market,
        history,
        origin,
        free_float=chance[2].uniform(0.55, 1.0, market.companies.height),
        fund_shares=fund_shares(chance[2], len(days)),
    )
    write_membership(folder, book)
    write_reference(folder, market, origin)
    truth = gather(folder, seed, book)
    truth.write()
    marker = {
        "simulated": True,
        "seed": seed,
        "generator_version": GENERATOR_VERSION,
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "companies": companies,
        "lines": market.lines.height,
        "rows": rows,
    }
    (folder / MARKER).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")
    return truth


def is_simulated(folder: Path) -> bool:
    """Say whether a folder was written by `simulate`.

    Parameters
    ----------
    folder : Path
        Any path.

    Returns
    -------
    bool
    """
    return (folder / MARKER).is_file()


def _quiet(days: list[date], history: History) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Sessions without traps: rank days and their neighbours, and the ends of the window."""
    quiet = np.zeros(len(days), dtype=np.bool_)
    quiet[:3] = quiet[-6:] = True
    for standing in history.standings:
        quiet[max(0, standing.ranked_at - 3) : standing.ranked_at + 4] = True
    return quiet
