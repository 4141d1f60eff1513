"""Where every company was and goes, and how sure that is.

The rules say what would happen if the session were rank day. The outlook of the forecast says
how likely each side is. Where there is none (no model, IPO events) a normal of the distance to
the line stands in for it, documented here, and the calls are the rules' own. Two things are surer
than either: what has left the exchange, and what is official (`recon.publish.follow`).
"""

import math
from typing import Final

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish import ipo_chances
from recon.publish.follow import follow
from recon.ruling import BEFORE

STAND_IN: Final = "stand-in-1"
"""Name of the probability used where no model is."""
BASE_SIGMA: Final = 0.08
"""Stand-in: log-cap uncertainty on rank day itself, from share counts that lag."""
DAILY_SIGMA: Final = 0.035
"""Stand-in: log-cap volatility per square root of a session to rank day, of a small company."""
UNKNOWN_PASS: Final = 0.8
"""Stand-in: chance that a company passes the tests that public data leave open."""


def sides(run: Run, outlook: Outlook | None = None) -> pl.DataFrame:
    """Before and after of every company, with the lines that decide and the chances.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    outlook : Outlook, optional
        Of the same run.

    Returns
    -------
    pl.DataFrame
        The run's companies with `before`, `after` (of the rules; R1000, R2000 or null),
        `called` (the same of the calls), `cut_name`, `cut_cap` (USD; the line of the Russell
        3000), `size_line`, `size_cap` (the line between the Russell 1000 and 2000 for a company
        of its past), `p_in` and `p_large` (fractions: in the Russell 3000, and in the Russell
        1000, after the event), `model_in` and `model_large` (the same before anything official).
    """
    return follow(_settled(_foreseen(_lines(run), run, outlook)), run)


def _settled(placed: pl.DataFrame) -> pl.DataFrame:
    """Leave who left the exchange on its side: it is not added, and on no list of deletions."""
    left = pl.col("left_on").is_not_null()
    return placed.with_columns(
        p_in=pl.when(left).then(pl.col("member").cast(pl.Float64)).otherwise("p_in"),
        p_large=pl.when(left).then(pl.col("was_r1000").cast(pl.Float64)).otherwise("p_large"),
        called=pl.when(left).then("before").otherwise("called"),
    )


def _foreseen(placed: pl.DataFrame, run: Run, outlook: Outlook | None) -> pl.DataFrame:
    """Add the chances and the calls of the outlook, or of the stand-in."""
    if outlook is None:
        return _stand_in(placed, run).with_columns(called="after")
    said = outlook.companies.select("company_id", "p_in", "p_large", "called_in", "called_large")
    return placed.join(said, on="company_id", how="left", maintain_order="left").with_columns(
        called=pl.when("called_large").then(pl.lit("R1000")).when("called_in").then(pl.lit("R2000"))
    )


def _lines(run: Run) -> pl.DataFrame:
    """Before and after by the rules, and the lines that decide."""
    caps = {b.name: b.cap_usd for b in run.breakpoints}
    ranks = run.rulebook.ranks
    # With fewer companies than a line's rank, everybody is above it; without a company above
    # the band, nobody moves up.
    cut = caps.get(f"rank_{ranks.russell_3000}", 0.0)
    middle, low = (caps.get(f"{name}_{ranks.russell_1000}", 0.0) for name in ("rank", "band_low"))
    high = caps.get(f"band_high_{ranks.russell_1000}", math.inf if middle else 0.0)
    size_line = (
        pl.when(pl.col("was_r1000"))
        .then(pl.lit(f"band_low_{ranks.russell_1000}"))
        .when(pl.col("was_r2000"))
        .then(pl.lit(f"band_high_{ranks.russell_1000}"))
        .otherwise(pl.lit(f"rank_{ranks.russell_1000}"))
    )
    size_cap = (
        pl.when(pl.col("was_r1000"))
        .then(low)
        .when(pl.col("was_r2000"))
        .then(high)
        .otherwise(middle)
    )
    return run.companies.with_columns(
        before=BEFORE,
        after="to_size",
        cut_name=pl.lit(f"rank_{ranks.russell_3000}"),
        cut_cap=pl.lit(cut),
        size_line=size_line,
        size_cap=size_cap,
    )


def _stand_in(placed: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Chances from the distance to the lines alone."""
    sigma = BASE_SIGMA + DAILY_SIGMA * math.sqrt(run.sessions_to_rank_day)
    open_tests = pl.col("verdict") == "unknown"
    chance = (
        pl.when(~pl.col("eligible"))
        .then(0.0)
        .when(open_tests & ~pl.col("member"))
        .then(UNKNOWN_PASS)
        .otherwise(1.0)
    )
    if run.carried is not None:
        chance = ipo_chances.passes()
    unsized = pl.lit(0.0) if run.carried is None else ipo_chances.unsized()
    stays = pl.col("stays")
    log_cap = placed["total_cap_usd"].log()
    return placed.with_columns(
        p_in=pl.when(stays)
        .then(1.0)
        .otherwise(_above(log_cap, placed["cut_cap"], sigma) * chance + unsized),
        p_large=pl.when(stays)
        .then(pl.col("was_r1000").cast(pl.Float64))
        .otherwise(_above(log_cap, placed["size_cap"], sigma) * chance),
    )


def _above(log_cap: pl.Series, line_cap: pl.Series, sigma: float) -> pl.Series:
    """Chance that a cap ends above a line; 0 where the cap is not known."""
    # Needed for the stand-in alone, and a tenth of a second to bring in.
    from scipy.special import ndtr  # type: ignore[import-untyped]  # noqa: PLC0415

    distance = ((log_cap - line_cap.log()) / sigma).fill_null(-math.inf)
    return pl.Series(ndtr(distance.to_numpy()))
