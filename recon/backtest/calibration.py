"""Whether chances are what they say: reliability by bin, with two intervals.

The **binomial** interval takes every row for a fact of its own. Rows are not: companies of one
event err together, because a rule or a count that is misread is misread for all of them, and six
leads ask about the same company six times. The **clustered** interval draws events, and within
them companies with all their leads, so it knows both; of few events it is itself only roughly
known, and rather too narrow.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import binom  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]

BINS: Final = 10
"""Of equal width."""
LEAST: Final = 0.005
"""Chances below are left out: thousands of names that nobody asks about."""
DRAWS: Final = 1000
"""Of the bootstrap."""
SEED: Final = 20240628
"""Of the bootstrap: the same answers give the same intervals."""
TAILS: Final = (0.025, 0.975)
"""Of a 95 % interval."""


def calibration(answered: pl.DataFrame) -> pl.DataFrame:
    """Reliability by bin, pooled over the rows given.

    Parameters
    ----------
    answered : pl.DataFrame
        `chance` (fraction), `outcome` (bool).

    Returns
    -------
    pl.DataFrame
        `bin`, `n`, `mean_chance`, `rate`, `low`, `high` (binomial 95 % interval of the rate that
        the mean chance would give), `inside` (bool). The expected calibration error is the mean
        of |rate − mean_chance| weighted by `n`: see `calibration_error`.
    """
    rows = binned(answered)
    place = rows["bin"].to_numpy()
    n, chances, changed = (
        np.bincount(place, weights, BINS)
        for weights in (None, rows["chance"].to_numpy(), rows["outcome"].to_numpy())
    )
    held = np.flatnonzero(n)
    bins = pl.DataFrame(
        {
            "bin": held,
            "n": n[held],
            "mean_chance": chances[held] / n[held],
            "rate": changed[held] / n[held],
        },
        schema={"bin": pl.Int64, "n": pl.Int64, "mean_chance": pl.Float64, "rate": pl.Float64},
    )
    count, mean = bins["n"].to_numpy(), bins["mean_chance"].to_numpy()
    low, high = (binom.ppf(tail, count, mean) / count for tail in TAILS)
    return bins.with_columns(low=pl.Series(low), high=pl.Series(high)).with_columns(
        inside=pl.col("rate").is_between("low", "high")
    )


def clustered(answered: pl.DataFrame, *, draws: int = DRAWS) -> pl.DataFrame:
    """Reliability by bin with the clustered interval beside the binomial one.

    Parameters
    ----------
    answered : pl.DataFrame
        `event`, `company_id`, `chance`, `outcome`; of one hindsight, or the same company is
        asked twice.
    draws : int
        Of the bootstrap.

    Returns
    -------
    pl.DataFrame
        As from `calibration`, with `events`, `companies` (how many of either stand in the bin),
        `low_clustered`, `high_clustered` and `inside_clustered`. All intervals are around the
        mean chance: where the rate would fall if the chances were right.
    """
    bins, keys = calibration(answered), ["event", "company_id"]
    rows = binned(answered)
    names = rows.select(keys).unique(maintain_order=True).with_row_index("place")
    placed = rows.join(names, on=keys, maintain_order="left")
    flat = placed["place"].cast(pl.Int64).to_numpy() * BINS + placed["bin"].to_numpy()
    n, gap = (
        np.bincount(flat, weights, names.height * BINS).reshape(-1, BINS)
        for weights in (None, placed.select(pl.col("outcome") - pl.col("chance")).to_series())
    )
    weights = _weights(names["event"].rank("dense").to_numpy() - 1, draws)
    drawn, total = weights @ gap, weights @ n
    own = bins["bin"].to_numpy()
    observed = (bins["rate"] - bins["mean_chance"]).to_numpy()
    with np.errstate(invalid="ignore"):
        spread = (drawn / np.where(total > 0, total, np.nan))[:, own] - observed
    low, high = (np.nanquantile(spread, tail, axis=0) for tail in TAILS)
    held = rows.group_by("bin").agg(
        events=pl.col("event").n_unique(), companies=pl.struct(keys).n_unique()
    )
    return (
        bins.join(held, on="bin", maintain_order="left")
        .with_columns(
            low_clustered=(pl.col("mean_chance") + pl.Series(low)).clip(0, 1),
            high_clustered=(pl.col("mean_chance") + pl.Series(high)).clip(0, 1),
        )
        .with_columns(inside_clustered=pl.col("rate").is_between("low_clustered", "high_clustered"))
    )


def calibration_error(bins: pl.DataFrame) -> float:
    """Expected calibration error of `calibration`'s bins."""
    gap = (bins["rate"] - bins["mean_chance"]).abs() * bins["n"]
    return float(gap.sum() / max(int(bins["n"].sum()), 1))


def binned(answered: pl.DataFrame) -> pl.DataFrame:
    """Rows whose chance is looked at, with their `bin`."""
    return answered.filter(pl.col("chance") >= LEAST).with_columns(
        bin=(pl.col("chance") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64)
    )


def _weights(event: npt.NDArray[np.int64], draws: int) -> Floats:
    """How often each company is drawn: events with repetition, within each the companies.

    Within an event a company's number is Poisson's, the limit of drawing many with repetition.
    """
    rng = np.random.default_rng(SEED)
    count = int(event.max()) + 1 if len(event) else 0
    times = rng.multinomial(count, np.full(count, 1 / count), size=draws) if count else None
    if times is None:
        return np.zeros((draws, 0))
    return rng.poisson(times[:, event]).astype(np.float64)
