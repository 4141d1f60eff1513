"""The simulated market as the screener shows it, with a few of the real source's traps."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recon.sources.parquet import SIMULATED_STAMP
from recon.sources.simulated.kinds import INDUSTRIES
from recon.sources.simulated.market import Market
from recon.sources.simulated.prices import Matrix

_FILLS_CHANGED = date(2023, 7, 1)
"""The real screener filled caps of SPACs and funds before, those of notes and warrants since."""


def write_screener(
    rng: np.random.Generator, folder: Path, market: Market, quiet: NDArray[np.bool_]
) -> int:
    """Write `market/screener_daily.parquet` and `market/screener_listings.parquet`.

    Traps, none of them on a quiet session: a session that is missing, lines that drop out for
    days, counts off by a factor, a snapshot taken before the close. Always: caps null or 0 by
    type and year, Up-Cs that count the listed class only, counts that lag a split.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    folder : Path
        Folder of the simulated data.
    market : Market
        From `draw_market`.
    quiet : array of bool, shape (sessions,)
        Sessions to leave alone: rank days, their neighbours and the ends of the window.

    Returns
    -------
    int
        Rows of the daily file.
    """
    (folder / "market").mkdir(parents=True, exist_ok=True)
    rows = quotes(rng, market, quiet)
    rows.write_parquet(
        folder / "market" / "screener_daily.parquet", compression_level=1, metadata=SIMULATED_STAMP
    )
    listed = listings(rng, market)
    listed.write_parquet(folder / "market" / "screener_listings.parquet", metadata=SIMULATED_STAMP)
    return rows.height


def quotes(rng: np.random.Generator, market: Market, quiet: NDArray[np.bool_]) -> pl.DataFrame:
    """Give the rows of `screener_daily.parquet`; parameters as for `write_screener`.

    Returns
    -------
    DataFrame
        Columns and types of the real file, by symbol and session.
    """
    lines, periods, paths = market.lines, market.periods, market.paths
    count = len(market.sessions)
    loud = np.flatnonzero(~quiet)
    picked = rng.permutation(loud)
    early, off, missing = picked[0 : count // 300], picked[3 : 3 + count // 120], picked[-2:]
    close = paths.close.copy()
    close[:, early] *= np.exp(rng.normal(0, 0.004, (lines.height, len(early))))
    cents = np.where(close < 1, 1e4, 1e2)
    close = np.maximum(np.rint(close * cents) / cents, 1e-4)
    netchange = np.rint((close - paths.previous) * 1e4) / 1e4
    born = lines["born"].to_numpy()
    whole = np.flatnonzero((born > 0) & (rng.random(lines.height) < 0.5))
    netchange[whole, born[whole]] = close[whole, born[whole]]
    cap = np.rint(_counts(rng, market, off) * close * 100) / 100

    shown = np.ones((lines.height, count), dtype=np.bool_)
    if count > 200:
        shown[:, missing] = False
    drops = rng.choice(lines.height, lines.height // 400, replace=False)
    away = rng.choice(loud, len(drops))
    for behind in range(3):
        shown[drops, np.minimum(away + behind, count - 1)] = False
    shown[:, quiet] = True
    line = periods["line"].to_numpy()
    place = np.arange(count)
    within = (periods["since"].to_numpy()[:, None] <= place) & (
        place < periods["until"].to_numpy()[:, None]
    )
    period, session = np.nonzero(within & shown[line])
    at = line[period] * count + session
    where = pl.Series(period, dtype=pl.UInt32)
    return pl.DataFrame(
        {
            "session": pl.Series(market.sessions)[pl.Series(session, dtype=pl.UInt32)],
            "symbol": periods["symbol"][where],
            "exchange": periods["exchange"][where],
            "close": close.ravel()[at],
            "netchange": netchange.ravel()[at],
            "volume": paths.volume.ravel()[at],
            "market_cap": pl.Series(cap.ravel()[at], nan_to_null=True),
        }
    )


def _counts(rng: np.random.Generator, market: Market, off: NDArray[np.int64]) -> Matrix:
    """Share counts behind the printed caps: NaN where the cap is null."""
    companies, lines = market.companies, market.lines
    count = len(market.sessions)
    owner = lines["company"].to_numpy()
    reported = market.paths.reported.copy()
    up_c = np.flatnonzero((companies["structure"] == "up_c").to_numpy())
    half = up_c[rng.random(len(up_c)) < 0.5]
    units = companies["units"].to_numpy()[half, None]
    reported[half, count // 5 : count * 7 // 10] /= units
    counts: Matrix = reported[owner]
    for session in off:
        wrong = rng.choice(lines.height, lines.height // 100, replace=False)
        counts[wrong, session] *= rng.choice([0.1, 0.25, 0.5, 2.0, 4.0, 10.0, 40.0], len(wrong))

    since = int(np.searchsorted(np.array(market.sessions), np.datetime64(_FILLS_CHANGED)))
    share_type = lines["share_type"].to_numpy()
    structure = companies["structure"].to_numpy()[owner]
    blank = np.isin(share_type, ["warrant", "right", "preferred", "note"])
    counts[blank, :since] = 0.0
    emptied = (structure == "closed_end_fund") & (rng.random(lines.height) < 0.85)
    emptied |= (structure == "spac") & ~blank
    counts[emptied, since:] = 0.0
    born = lines["born"].to_numpy()
    delay = np.where(rng.random(lines.height) < 0.03, 120, rng.integers(2, 10, lines.height))
    fresh = np.arange(count)[None, :] < np.where(born > 0, born + delay, 0)[:, None]
    counts[fresh] = 0.0
    counts[lines["symbol"].str.contains(r"[/^]").to_numpy()] = np.nan
    return counts


def listings(rng: np.random.Generator, market: Market) -> pl.DataFrame:
    """Give the rows of `screener_listings.parquet`; parameters as for `write_screener`.

    Returns
    -------
    DataFrame
        Columns and types of the real file; sector and country are blank for some lines and
        flicker for others.
    """
    industry = pl.DataFrame(
        {
            "industry": pl.Series(range(len(INDUSTRIES)), dtype=pl.Int64),
            "sector_name": [row[0] for row in INDUSTRIES],
            "industry_name": [row[1] for row in INDUSTRIES],
        }
    )
    bare = pl.col("symbol").str.contains(r"[/^]")
    facts = market.periods.join(
        market.companies.select("company", "country", "ipo_year", "industry"), on="company"
    ).join(industry, on="industry")
    facts = facts.select(
        "symbol",
        "exchange",
        "name",
        "since",
        "until",
        country=pl.when(pl.Series(rng.random(facts.height) < 0.04))
        .then(pl.lit(""))
        .otherwise("country"),
        ipo_year=pl.when(bare).then(pl.lit("")).otherwise("ipo_year"),
        sector=pl.when(bare).then(pl.lit("")).otherwise("sector_name"),
        industry=pl.when(bare).then(pl.lit("")).otherwise("industry_name"),
    )
    length = facts["until"] - facts["since"]
    flickers = (length > 60).to_numpy() & (rng.random(facts.height) < 0.03)
    start = facts["since"].to_numpy() + rng.integers(5, 30, facts.height)
    marked = facts.with_columns(
        flickers=pl.Series(flickers), gap=pl.Series(start), back=pl.Series(start + 3)
    )
    steady = marked.filter(~pl.col("flickers"))
    odd = marked.filter("flickers")
    rows = pl.concat(
        [
            steady,
            odd.with_columns(until="gap"),
            odd.with_columns(since="gap", until="back", sector=pl.lit(""), industry=pl.lit("")),
            odd.with_columns(since="back"),
        ]
    )
    days = pl.Series(market.sessions)
    return rows.select(
        "symbol",
        "exchange",
        "name",
        "country",
        "ipo_year",
        "sector",
        "industry",
        first_seen=days[rows["since"]],
        last_seen=pl.when(pl.col("until") < len(days)).then(days[rows["until"] - 1]),
    ).sort("symbol", "exchange", "first_seen")
