"""Simulation from the run's session to rank day, through the ranking and the bands of `assign`.

Caps move by a market and a sector factor and each company's own part, with fat tails; companies
vanish at the rate of the past, and each leaves its place to a newcomer of its size: at least as
many large ones come to market as go, and a line among survivors alone would lie too low. Counts
that are in doubt are drawn anew. On every path the field is ranked and banded by the functions of
`recon.assign`, the one place where membership is computed. With nothing left to move and no doubt
about counts the result is that of the rules.

There is no drift: nobody knows which way caps go.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.assign import R1000, R2000, in_microcap, rank_and_percent, shifted, size_index
from recon.forecast.factors import Factors
from recon.forecast.field import Field
from recon.rulebook import Rulebook

Floats = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]

PATHS: Final = 1000
CHUNK: Final = 125
"""Paths held in memory at once."""
QUANTILES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Of each break-point's cap."""
PINNED_SESSIONS: Final = 80.0
"""Sessions that a company under an offer is listed for, on average, from its announcement on;
four months are common for a cash offer."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a simulation is run.

    Attributes
    ----------
    paths : int
        Number of paths.
    sessions : int
        Sessions from the run's to rank day.
    hazard : float
        Chance a session that a company vanishes, a fraction.
    doubt : bool
        Whether doubt about share counts enters; without it rank day gives the rules' answer.
    seed : int
        As from `seed_of`.
    """

    paths: int = PATHS
    sessions: int = 0
    hazard: float = 0.0
    doubt: bool = True
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the paths show.

    Attributes
    ----------
    companies : pl.DataFrame
        `company_id`; given that the company is admitted: `p_r1000`, `p_r2000`, `p_r3000`,
        `p_micro`, `p_out` (= 1 − `p_r3000`); `p_priced` (the price rule holds on rank day);
        `p_alive` (still listed on rank day); `sigma` (of the log cap up to rank day, count doubt
        included); fractions.
    breakpoints : pl.DataFrame
        `name`, `quantile` (fraction), `cap_usd`, as `recon.assign.BreakPoint` names them.
    """

    companies: pl.DataFrame
    breakpoints: pl.DataFrame


@dataclass(slots=True)
class _Tally:
    """Sums over paths."""

    admitted: Floats
    hits: dict[str, Floats]
    lines: dict[str, list[Floats]] = field(default_factory=dict)


def seed_of(run_id: str) -> int:
    """Seed that belongs to a run, the same on every machine."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:8], "big")


def simulate(
    ranking: Field,
    factors: Factors,
    rulebook: Rulebook,
    setting: Setting,
    admission: Floats | None = None,
) -> Outcome:
    """Simulate the caps of rank day and place every company on every path.

    Parameters
    ----------
    ranking : Field
        As from `recon.forecast.field.field_of`.
    factors : Factors
        One row per company of the field.
    rulebook : Rulebook
        In force at the event.
    setting : Setting
        How many paths, and how far.
    admission : array (n,), optional
        Chance that a company passes what no price decides; drawn once a path. Default: what
        the rules say, 1 or 0.
    """
    admit = ranking.flags("admitted").astype(np.float64) if admission is None else admission
    n = len(admit)
    names = ("p_r1000", "p_r2000", "p_r3000", "p_micro", "p_priced", "alive")
    tally = _Tally(np.zeros(n), {name: np.zeros(n) for name in names})
    fixed = setting.sessions == 0 and not setting.doubt and bool(np.isin(admit, (0, 1)).all())
    paths = 1 if fixed else setting.paths
    for moved, counted, alive, drawn in _draws(ranking, factors, setting, admit, paths):
        _place(ranking, rulebook, (moved, counted, alive, drawn), tally)
    own = ranking.companies.select("company_id")
    doubt = ranking.array("doubt") * setting.doubt
    chances = {name: tally.hits[name] / np.maximum(tally.admitted, 1) for name in names[:5]}
    return Outcome(
        own.with_columns(
            **{name: pl.Series(values) for name, values in chances.items()},
            p_out=pl.Series(1 - chances["p_r3000"]),
            p_alive=pl.Series(tally.hits["alive"] / paths),
            sigma=pl.Series(np.sqrt(factors.sigma() ** 2 * setting.sessions + doubt**2)),
        ),
        _quantiles(tally.lines),
    )


def _draws(
    ranking: Field, factors: Factors, setting: Setting, admit: Floats, paths: int
) -> Iterator[tuple[Floats, Floats, Bools, Bools]]:
    """Log moves of prices, log errors of counts, who is listed and who is admitted; by chunk."""
    rng = np.random.default_rng(setting.seed)
    horizon = float(np.sqrt(setting.sessions))
    n, sectors = len(admit), len(factors.sector_sigma)
    doubt = (ranking.array("doubt") * setting.doubt).astype(np.float32)
    hazard = np.full(n, setting.hazard)
    hazard[ranking.flags("pinned")] = max(setting.hazard, 1 / PINNED_SESSIONS)
    survival = (1 - hazard) ** setting.sessions
    market_scale = np.float32(factors.market_sigma * horizon)
    sector_scale = (factors.sector_sigma * horizon).astype(np.float32)
    own_scale = (factors.own_sigma * horizon).astype(np.float32)
    for start in range(0, paths, CHUNK):
        size = min(CHUNK, paths - start)
        if setting.sessions:
            market = market_scale * _student(rng, (size, 1), factors.market_excess, setting)
            sector = sector_scale * rng.standard_normal((size, sectors), np.float32)
            own = own_scale * _student(rng, (size, n), factors.own_excess, setting)
            moved = factors.beta * market + sector[:, factors.sector] + own
        else:
            moved = np.zeros((size, n), np.float32)
        counted = (
            doubt * rng.standard_normal((size, n), np.float32)
            if doubt.any()
            else np.zeros((1, n), np.float32)
        )
        alive = rng.random((size, n), np.float32) < survival
        drawn = rng.random((size, n), np.float32) < admit
        yield moved, counted, alive, drawn


def _student(
    rng: np.random.Generator, shape: tuple[int, ...], excess: float, setting: Setting
) -> Floats:
    """Unit-variance Student t whose kurtosis is that of a sum of daily changes.

    Excess kurtosis of independent changes falls with their number; volatility that comes in
    spells slows that down, to about the square root.
    """
    degrees = 4 + 6 / (excess / np.sqrt(max(setting.sessions, 1)))
    normal = rng.standard_normal(shape, np.float32)
    chi = rng.standard_gamma(degrees / 2, shape, np.float32)
    return np.asarray(normal * np.sqrt(np.float32(degrees / 2 - 1) / np.maximum(chi, 1e-6)))


def _place(
    ranking: Field,
    rulebook: Rulebook,
    draws: tuple[Floats, Floats, Bools, Bools],
    tally: _Tally,
) -> None:
    """Rank and band one chunk of paths and add up."""
    moved, counted, alive, drawn = draws
    priced = _priced(ranking, rulebook, moved)
    base = ranking.array("total_cap_usd")
    # Doubles where nothing moves, so that rank day gives the rules' answer to the last digit.
    caps: Floats = np.broadcast_to(base, moved.shape)
    if moved.any() or counted.any():
        caps = base.astype(np.float32) * np.exp(moved + counted)
    passes = priced & (caps >= rulebook.eligibility.min_total_cap_usd)
    inside = passes & drawn
    ranked = np.where(inside, caps, caps.dtype.type(0))
    rank, percent = rank_and_percent(ranked, base=rulebook.ranks.russell_3000e)
    rank = shifted(
        rank, rulebook, unseen_large=ranking.unseen_large, unseen_small=ranking.unseen_small
    )
    was_large, was_small, was_micro = (
        ranking.flags(c) for c in ("was_r1000", "was_r2000", "was_micro")
    )
    placed = size_index(rank, percent, was_large, was_small, rulebook)
    micro = in_microcap(rank, percent, was_micro, was_large | was_small, rulebook)
    lines = _lines(ranked, rank, percent, rulebook)
    for name, values in lines.items():
        tally.lines.setdefault(name, []).append(values[:, 0])
    ranks = rulebook.ranks
    # Who was not admitted on a path is compared with its lines: what if it had been?
    in_3000 = passes & (caps >= lines[f"rank_{ranks.russell_3000}"])
    large = in_3000 & (caps >= lines[f"rank_{ranks.russell_1000}"])
    low = in_3000 & ~large
    tally.admitted += len(moved)
    tally.hits["p_r1000"] += (alive & np.where(inside, placed == R1000, large)).sum(axis=0)
    tally.hits["p_r2000"] += (alive & np.where(inside, placed == R2000, low)).sum(axis=0)
    tally.hits["p_r3000"] += (alive & np.where(inside, placed > 0, in_3000)).sum(axis=0)
    tally.hits["p_micro"] += (alive & inside & micro).sum(axis=0)
    tally.hits["p_priced"] += np.broadcast_to(priced, passes.shape).sum(axis=0)
    tally.hits["alive"] += alive.sum(axis=0)


def _priced(ranking: Field, rulebook: Rulebook, moved: Floats) -> Bools:
    """Whether the price rule holds on rank day; a member's mean over the look-back suffices."""
    minimum = rulebook.eligibility.min_price_usd
    price = ranking.array("price_usd").astype(np.float32)
    before = ranking.array("mean_price_usd").astype(np.float32)
    member = ranking.flags("was_r1000") | ranking.flags("was_r2000")
    factor = np.exp(moved)
    # The mean of the look-back holds what is past of it and, of the way to rank day, half.
    mean = np.where(np.isfinite(before), before, price)
    late = mean if not moved.any() else np.sqrt(np.maximum(mean * price, 0)) * np.sqrt(factor)
    unpriced = ~np.isfinite(price)
    return np.asarray(
        unpriced | (price * factor >= minimum) | (member & (late >= minimum)), dtype=np.bool_
    )


def _lines(
    caps: Floats, rank: npt.NDArray[np.int64], percent: Floats, rulebook: Rulebook
) -> dict[str, Floats]:
    """Cap of each line on each path, as `recon.assign.break_points` defines them.

    Returns
    -------
    dict of str to array (paths, 1)
        A line beyond the last company is 0: everybody is above it. A band edge that nobody is
        above is infinite.
    """
    ranks, bands = rulebook.ranks, rulebook.bands
    counted = caps > 0

    def smallest(within: Bools) -> Floats:
        return np.asarray(np.where(within & counted, caps, np.inf).min(axis=-1, keepdims=True))

    found: dict[str, Floats] = {}
    banded = {
        ranks.russell_1000: bands.russell_1000_percent,
        ranks.microcap_high: bands.microcap_percent,
    }
    for line in (ranks.russell_1000, ranks.microcap_high, ranks.russell_3000, ranks.russell_3000e):
        full = (rank * counted).max(axis=-1, keepdims=True) >= line
        found[f"rank_{line}"] = np.where(full, smallest(rank <= line), 0)
        if line in banded:
            middle = np.where((rank <= line) & counted, percent, -np.inf).max(-1, keepdims=True)
            found[f"band_high_{line}"] = np.where(
                full, smallest(percent < middle - banded[line]), np.inf
            )
            found[f"band_low_{line}"] = np.where(
                full, smallest(percent <= middle + banded[line]), 0
            )
    return found


def _quantiles(lines: dict[str, list[Floats]]) -> pl.DataFrame:
    frames = []
    for name, parts in lines.items():
        caps = np.concatenate(parts)
        caps = caps[np.isfinite(caps) & (caps > 0)]
        if not caps.size:
            continue
        frames.append(
            pl.DataFrame(
                {
                    "name": [name] * len(QUANTILES),
                    "quantile": list(QUANTILES),
                    "cap_usd": np.quantile(caps.astype(np.float64), QUANTILES),
                }
            )
        )
    schema = {"name": pl.String, "quantile": pl.Float64, "cap_usd": pl.Float64}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)
