"""The companies of the simulated market: structure, nationality, size, first and last session."""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recon.sources.simulated.kinds import (
    BANKS,
    BLANK_CHECKS,
    EXCHANGES,
    INDUSTRIES,
    KINDS,
    LENDERS,
    OIL,
    PIPELINES,
    PLACES,
    REITS,
    TRUSTS,
    Kind,
    starting_caps,
)
from recon.sources.simulated.names import stems, symbols

SESSIONS_A_YEAR = 252
_STATES = np.array(["CA", "NY", "TX", "MA", "IL", "FL", "PA", "NJ", "OH", "GA", "WA", "CO"])
_STRUCTURES = ("operating", "bank", "reit", "up_c")
_HOME = np.array(["DE", "NV", "MD", "DE", "DE"])


def draw_companies(rng: np.random.Generator, companies: int, days: list[date]) -> pl.DataFrame:
    """Draw every company that is listed at some time of the window.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    companies : int
        US operating companies at the start; the other kinds scale with it.
    days : list of date
        Sessions of the window.

    Returns
    -------
    DataFrame
        One row a company: `company` (0 …), `cik`, `structure`, `nationality` (what the
        home-country test gives), `country` (headquarters, screener's wording), `place` and
        `incorporation` (EDGAR place codes), `industry` (row of `INDUSTRIES`), `exchange`,
        `cap` (USD, total, on its first session), `price` (USD), `beta`, `daily_sd`, `units`
        (all units per listed share, above 1 for Up-Cs), `born` and `gone` (first session and
        the one after the last, counted in the window), `ending`, `recent` (listed in the half
        year before the window), `ipo_year`, `name`, `symbol`.
    """
    frame = pl.concat([_draw_kind(rng, kind, companies, len(days)) for kind in KINDS])
    count = frame.height
    stem = stems(rng, count)
    short = (frame["exchange"] != "nasdaq").to_numpy() & (rng.random(count) < 0.5)
    room = np.cumsum(short) <= 1900
    years = np.array([day.year for day in days])[frame["born"].to_numpy()]
    before = (days[0].year - 2 - rng.integers(0, 35, count)).astype(str)
    known = np.where(rng.random(count) < 0.45, "", before)
    fresh = (frame["born"] > 0).to_numpy() | frame["recent"].to_numpy()
    return frame.with_columns(
        company=pl.int_range(count, dtype=pl.Int32),
        cik=pl.format("{}", 9_000_000 + pl.int_range(count)).str.zfill(10),
        ipo_year=pl.Series(np.where(fresh, years.astype(str), known)),
        name=pl.concat_str(pl.Series(stem), "words", separator=" "),
        symbol=pl.Series(symbols(rng, np.where(short & room, 3, 4))),
    ).drop("words")


def _draw_kind(rng: np.random.Generator, kind: Kind, companies: int, sessions: int) -> pl.DataFrame:
    years = sessions / SESSIONS_A_YEAR
    start = round(companies * kind.start)
    count = start + round(companies * kind.births * years)
    old = np.arange(count) < start
    born = np.where(old, 0, rng.integers(min(3, sessions - 1), sessions, count))
    cap = np.exp(rng.normal(kind.log_cap, kind.log_sd, count))
    if kind.name == "operating":
        cap[:start] = rng.permutation(starting_caps(start)) * np.exp(rng.normal(0, 0.05, start))
    # Large companies are bought less often.
    deaths = kind.deaths * np.where(cap > 1e10, 0.4, 1.0)
    life = (rng.exponential(SESSIONS_A_YEAR / deaths, count)).astype(np.int64)
    gone = np.minimum(born + life + np.where(old, 1, 30), sessions)
    ending = _endings(rng, kind, cap, gone < sessions)
    structure = np.full(count, kind.name)
    units = np.ones(count)
    if kind.name == "operating":
        structure = rng.choice(_STRUCTURES, count, p=(0.85, 0.09, 0.045, 0.015))
        structure[(structure == "up_c") & (cap < 3e8)] = "operating"
        units[structure == "up_c"] = rng.uniform(1.7, 5.0, int((structure == "up_c").sum()))
    industry = _industries(rng, structure)
    words = np.array(
        [rng.choice(kind.words or INDUSTRIES[row][5]) for row in industry], dtype=object
    )
    daily_sd = np.clip(0.031 - 0.0022 * np.log(cap / 1e8), 0.009, 0.036)
    return pl.DataFrame(
        {
            "structure": structure,
            **_nationality(rng, kind, count),
            "industry": industry,
            "exchange": rng.choice(EXCHANGES, count, p=kind.exchanges),
            "cap": cap,
            "price": _prices(rng, kind, cap),
            "beta": kind.beta * rng.uniform(0.6, 1.4, count),
            "daily_sd": np.full(count, kind.daily_sd) if kind.daily_sd else daily_sd,
            "units": units,
            "born": born,
            "gone": gone,
            "ending": ending,
            "recent": old & (rng.random(count) < 0.02),
            "words": pl.Series(words, dtype=pl.String),
        }
    )


def _endings(
    rng: np.random.Generator, kind: Kind, cap: NDArray[np.float64], dies: NDArray[np.bool_]
) -> NDArray[np.str_]:
    """Say how a company leaves: bought at a fixed price, failed, or wound up."""
    if kind.name not in ("operating", "foreign", "foreign_adr"):
        return np.where(dies, "wound_up", "")
    fails = (cap < 1e9) & (rng.random(len(cap)) < 0.5)
    return np.where(dies, np.where(fails, "failure", "merger"), "")


def _industries(rng: np.random.Generator, structure: NDArray[np.str_]) -> NDArray[np.int64]:
    chance = np.array([row[4] for row in INDUSTRIES], dtype=float)
    industry = rng.choice(len(INDUSTRIES), len(structure), p=chance / chance.sum())
    for name, row in (
        ("bank", BANKS),
        ("reit", REITS),
        ("closed_end_fund", TRUSTS),
        ("bdc", LENDERS),
        ("royalty_trust", OIL),
        ("spac", BLANK_CHECKS),
        ("limited_partnership", PIPELINES),
    ):
        industry[structure == name] = row
    return industry


def _nationality(rng: np.random.Generator, kind: Kind, count: int) -> dict[str, NDArray[np.str_]]:
    """Draw countries, and what the home-country test makes of them (methodology §2.1).

    A US company may be incorporated in a benefit-driven country (Bermuda, Cayman Islands) or
    even have its seat in one, then the most liquid exchange decides; or be incorporated in
    Ireland, then the United States is its seat and holds its assets.
    """
    if not kind.name.startswith("foreign"):
        draw = rng.random(count)
        state = rng.choice(_STATES, count)
        paper = np.select(
            [draw < 0.010, draw < 0.025, draw < 0.035, draw < 0.05],
            ["D0", "D0", "E9", "L2"],
            rng.choice(_HOME, count),
        )
        return {
            "nationality": np.full(count, "United States"),
            "country": np.where(draw < 0.010, "Bermuda", "United States"),
            "place": np.where(draw < 0.010, "D0", state),
            "incorporation": paper,
        }
    chance = np.array([row[2] for row in PLACES], dtype=float)
    where = rng.choice(len(PLACES), count, p=chance / chance.sum())
    country = np.array([row[0] for row in PLACES])[where]
    place = np.array([row[1] for row in PLACES])[where]
    shell = np.isin(country, ["China", "Hong Kong", "Singapore"]) & (rng.random(count) < 0.8)
    american_paper = rng.random(count) < 0.03
    return {
        "nationality": country,
        "country": country,
        "place": place,
        "incorporation": np.where(american_paper, "DE", np.where(shell, "E9", place)),
    }


def _prices(rng: np.random.Generator, kind: Kind, cap: NDArray[np.float64]) -> NDArray[np.float64]:
    level = {
        "closed_end_fund": 12.0,
        "bdc": 15.0,
        "spac": 10.1,
        "limited_partnership": 25.0,
        "royalty_trust": 8.0,
    }.get(kind.name)
    if level is not None:
        return level * np.exp(rng.normal(0, 0.002 if kind.name == "spac" else 0.35, len(cap)))
    return np.clip(14 * (cap / 1e9) ** 0.22 * np.exp(rng.normal(0, 0.75, len(cap))), 0.4, 2500)
