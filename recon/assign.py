"""Ranking, break-points and bands: from eligible companies and their caps to membership.

This is the one place where membership is computed (methodology §3.2–§3.3). The arithmetic
works on the last axis of numpy arrays, so that one rank day and a thousand simulated ones
run through the same code; `assign` wraps it for a frame of companies.

Every company is compared on its **total** cap. Members of the Russell 3000 change size index
only outside the band around the break-point; everyone else is placed by rank alone, and rank
3,000 is a hard cut both ways.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.rulebook import Rulebook

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NONE: Final = 0
R1000: Final = 1
R2000: Final = 2
SIZE_INDEX: Final = {NONE: None, R1000: "R1000", R2000: "R2000"}


@dataclass(frozen=True, slots=True)
class BreakPoint:
    """One line in the ranking.

    Attributes
    ----------
    name : str
        `rank_1000`, `band_low_1000` (the smallest cap still inside, where a member of the
        larger index stays), `band_high_1000`, `rank_3000`, …
    rank : int
        Rank of the company that marks the line.
    cap_usd : float
        Its total cap.
    percent : float
        Cumulative cap down to the line, percent of the Russell 3000E.
    """

    name: str
    rank: int
    cap_usd: float
    percent: float


def rank_and_percent(caps: Floats, *, base: int) -> tuple[Ints, Floats]:
    """Rank by cap and cumulative share of the cap of the first `base` companies.

    Parameters
    ----------
    caps : array (..., n)
        Total caps in USD; the last axis runs over companies. Equal caps rank in the order
        given, so callers sort by a stable key first (no tie-break is published,
        methodology §3.1).
    base : int
        Number of companies over which the percentage is taken (Russell 3000E, 4,000).

    Returns
    -------
    rank : array (..., n)
        1 for the largest.
    percent : array (..., n)
        100 × Σ cap of this company and all larger ones / Σ cap of the first `base`; above
        100 beyond it (methodology §3.3 step 1); NaN where there is no cap at all.
    """
    order = np.argsort(-caps, axis=-1, kind="stable")
    ordered = np.take_along_axis(caps, order, axis=-1)
    cumulative = np.cumsum(ordered, axis=-1)
    total = cumulative[..., min(base, caps.shape[-1]) - 1, None]
    rank = np.empty(caps.shape, dtype=np.int64)
    percent = np.empty(caps.shape, dtype=np.float64)
    np.put_along_axis(
        rank,
        order,
        np.broadcast_to(np.arange(1, caps.shape[-1] + 1, dtype=np.int64), caps.shape),
        axis=-1,
    )
    np.put_along_axis(
        percent, order, 100.0 * cumulative / np.where(total > 0, total, np.nan), axis=-1
    )
    return rank, percent


def percent_at(percent: Floats, rank: Ints, line: int) -> Floats:
    """Cumulative percent of the last company within rank `line`.

    Returns
    -------
    array (..., 1)
        Ready to be compared with `percent`.
    """
    within = np.where(rank <= line, percent, -np.inf).max(axis=-1, keepdims=True)
    return np.asarray(within)


def size_index(
    rank: Ints, percent: Floats, was_r1000: Bools, was_r2000: Bools, rulebook: Rulebook
) -> Ints:
    """Russell 1000 or Russell 2000 after the reconstitution, or neither.

    A member of the Russell 1000 stays while its percent is at most the break-point's plus the
    band, a member of the Russell 2000 while it is at least the break-point's minus the band;
    whether equality is inside is the rulebook's choice, as the text is silent. Everybody else goes
    by rank (methodology §3.3).

    Returns
    -------
    array (..., n)
        `NONE`, `R1000` or `R2000`.
    """
    ranks, width = rulebook.ranks, rulebook.bands.russell_1000_percent
    line = percent_at(percent, rank, ranks.russell_1000)
    inside = rulebook.bands.edge_inside
    stays = percent <= line + width if inside else percent < line + width
    rises = percent < line - width if inside else percent <= line - width
    large = np.where(was_r1000, stays, np.where(was_r2000, rises, rank <= ranks.russell_1000))
    placed = np.where(large, R1000, R2000)
    return np.where(rank <= ranks.russell_3000, placed, NONE)


def in_microcap(
    rank: Ints, percent: Floats, was_micro: Bools, was_r3000: Bools, rulebook: Rulebook
) -> Bools:
    """Whether a company belongs to the Russell Microcap (ranks 2,001–4,000, band at 2,000).

    Its upper edge is banded for members of the Russell 3000 only; a Microcap-only member goes
    by rank (methodology §3.3 steps 4 and 6).
    """
    ranks, width = rulebook.ranks, rulebook.bands.microcap_percent
    line = percent_at(percent, rank, ranks.microcap_high)
    inside = rulebook.bands.edge_inside
    stays = percent >= line - width if inside else percent > line - width
    falls = percent > line + width if inside else percent >= line + width
    banded = np.where(was_micro, stays, falls)
    small = np.where(was_r3000, banded, rank > ranks.microcap_high)
    return np.asarray(small & (rank <= ranks.russell_3000e))


def unseen_members(judged: pl.DataFrame, absent: pl.DataFrame) -> dict[str, int]:
    """Count the members whose cap is not known; each holds a rank.

    Parameters
    ----------
    judged : pl.DataFrame
        Companies with `member`, `was_r1000`, `was_r2000`, `total_cap_usd` and the screen's
        `verdict`; one that a rule excludes holds none.
    absent : pl.DataFrame
        Members that do not trade in the data: `size`, `total_cap_usd`.

    Returns
    -------
    dict of str to int
        `unseen_large` and `unseen_small`, as `assign` and `break_points` take them.
    """
    unsized = judged.filter(
        pl.col("member") & pl.col("total_cap_usd").is_null() & (pl.col("verdict") != "fail")
    )
    unheld = absent.filter(pl.col("total_cap_usd").is_null())
    return {
        name: unsized.filter(side).height + unheld.filter(pl.col("size") == index).height
        for name, side, index in (
            ("unseen_large", "was_r1000", "R1000"),
            ("unseen_small", "was_r2000", "R2000"),
        )
    }


def shifted(rank: Ints, rulebook: Rulebook, *, unseen_large: int, unseen_small: int) -> Ints:
    """Make room for members whose cap is not known.

    Each holds a rank: those of the Russell 1000 above its line, the others above rank 3,000.

    Returns
    -------
    array (..., n)
        Ranks as they would be with the unseen members among them.
    """
    lower = rank + unseen_large
    return np.where(lower > rulebook.ranks.russell_1000, lower + unseen_small, lower)


def break_points(
    caps: Floats, rulebook: Rulebook, *, unseen_large: int = 0, unseen_small: int = 0
) -> list[BreakPoint]:
    """Ranked lines and band edges of one ranking.

    Parameters
    ----------
    caps : array (n,)
        Total caps of all eligible companies, USD.
    unseen_large, unseen_small : int
        As for `assign`.

    Returns
    -------
    list of BreakPoint
        A line is the last company within it. `band_high_1000` is the smallest cap with a percent
        below the break-point's minus the band (a Russell 2000 member at or above it moves up);
        `band_low_1000` the smallest with a percent of at most the break-point's plus the band (a
        Russell 1000 member below it moves down). A line beyond the last company is left out.
    """
    if not caps.size:
        return []
    caps = np.sort(caps)[::-1]
    rank, percent = rank_and_percent(caps, base=rulebook.ranks.russell_3000e)
    rank = shifted(rank, rulebook, unseen_large=unseen_large, unseen_small=unseen_small)

    def at(name: str, position: int) -> BreakPoint:
        return BreakPoint(
            name, int(rank[position]), float(caps[position]), float(percent[position])
        )

    def last_within(line: int) -> int | None:
        position = int(np.searchsorted(rank, line, side="right")) - 1
        return position if position >= 0 and rank[-1] >= line else None

    lines = []
    banded = {
        rulebook.ranks.russell_1000: rulebook.bands.russell_1000_percent,
        rulebook.ranks.microcap_high: rulebook.bands.microcap_percent,
    }
    for line, width in banded.items():
        middle = last_within(line)
        if middle is None:
            continue
        high = int(np.searchsorted(percent, percent[middle] - width, side="left")) - 1
        low = int(np.searchsorted(percent, percent[middle] + width, side="right")) - 1
        lines += [at(f"band_high_{line}", high)] if high >= 0 else []
        lines += [at(f"rank_{line}", middle), at(f"band_low_{line}", low)]
    for line in (rulebook.ranks.russell_3000, rulebook.ranks.russell_3000e):
        position = last_within(line)
        lines += [at(f"rank_{line}", position)] if position is not None else []
    return lines


def assign(
    companies: pl.DataFrame, rulebook: Rulebook, *, unseen_large: int = 0, unseen_small: int = 0
) -> pl.DataFrame:
    """Membership after the reconstitution, as if the caps given were those of rank day.

    Parameters
    ----------
    companies : pl.DataFrame
        One row per eligible company: `company_id`, `total_cap_usd` (positive), and the
        membership before: `was_r1000`, `was_r2000`, `was_micro` (bool).
    unseen_large, unseen_small : int
        Members of the Russell 1000 and of the Russell 2000 whose cap is not known.

    Returns
    -------
    pl.DataFrame
        The same rows, largest first, with `rank` (Int64), `percent` (of Russell 3000E cap),
        `to_size` (`R1000`, `R2000` or null) and `to_micro` (bool).
    """
    ordered = companies.sort(["total_cap_usd", "company_id"], descending=[True, False])
    if ordered.is_empty():
        return ordered.with_columns(
            rank=pl.lit(0, pl.Int64),
            percent=pl.lit(0.0),
            to_size=pl.lit(None, pl.String),
            to_micro=pl.lit(False),
        )
    was_r1000, was_r2000, was_micro = (
        ordered[c].to_numpy() for c in ("was_r1000", "was_r2000", "was_micro")
    )
    rank, percent = rank_and_percent(
        ordered["total_cap_usd"].to_numpy(), base=rulebook.ranks.russell_3000e
    )
    rank = shifted(rank, rulebook, unseen_large=unseen_large, unseen_small=unseen_small)
    placed = size_index(rank, percent, was_r1000, was_r2000, rulebook)
    micro = in_microcap(rank, percent, was_micro, was_r1000 | was_r2000, rulebook)
    return ordered.with_columns(
        rank=pl.Series(rank),
        percent=pl.Series(percent),
        to_size=pl.Series(placed).replace_strict(SIZE_INDEX, return_dtype=pl.String),
        to_micro=pl.Series(micro),
    )
