"""Quarterly IPO additions: the last reconstitution's ranking, carried to a later session.

Between reconstitutions nobody is ranked anew. A company that came to market is held against the
lines of the last ranking, each moved by the Russell 3000E's return since: it enters if it is
larger than the smallest company of the Russell 3000E, and goes where the lines put it. There are
no bands, nobody leaves, and members stay where they are (methodology §1.4; M68 §6.9).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from recon.assign import BreakPoint
from recon.calendar import Event, previous_event
from recon.forecast.growth import growth
from recon.master.window import last_sessions
from recon.rulebook import Rulebook
from recon.store import AsOf

SMALLEST = "smallest_3000e"
"""Name of the line that a company must lie above: the smallest of the Russell 3000E."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The ranking of a reconstitution at the prices of a later session.

    Attributes
    ----------
    event : str
        Id of the reconstitution.
    run_id : str
        Of the run that ranked it, as it was known on its own rank day.
    session : date
        Session whose closes it was ranked by.
    growth : float
        What one dollar in the Russell 3000E of that ranking became since.
    breakpoints : list of BreakPoint
        Its lines times `growth`, and `SMALLEST`; no band edges.
    ladder : pl.DataFrame
        `rank` and `cap_usd` of its Russell 3000E times `growth`, largest first.
    """

    event: str
    run_id: str
    session: date
    growth: float
    breakpoints: list[BreakPoint]
    ladder: pl.DataFrame


def yardstick(target: Event, rulebook: Rulebook) -> Event:
    """Give the reconstitution whose lines an IPO event uses (rulebook, `ipo.size_floor_from`)."""
    found = previous_event(target)
    while rulebook.ipo.size_floor_from == "latest_june_reconstitution" and found.leg != "june":
        found = previous_event(found)
    return found


def russell_3000e(companies: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Companies of a ranking that make up the Russell 3000E, largest first."""
    within = pl.col("eligible") & (pl.col("rank") <= rulebook.ranks.russell_3000e)
    return companies.filter(within).sort("rank")


def market_growth(
    members: pl.DataFrame, known: AsOf, securities: pl.DataFrame, first: date, last: date
) -> float:
    """What one dollar in the Russell 3000E became between two closes.

    Parameters
    ----------
    members : pl.DataFrame
        As from `russell_3000e`: `life`, `name`, `security_type`, `total_cap_usd` at `first`.
    known : AsOf
        What was known at the moment.
    securities : pl.DataFrame
        Lives with `security_id`, as known at the moment.
    first, last : date
        The sessions of the two closes.

    Returns
    -------
    float
        Weighted by total cap at `first`; the return plus one. A return of prices: only the
        dividends that the source restates are in it. Who stopped trading keeps the last price.
    """
    held = members.drop("security_id").join(securities.select("life", "security_id"), on="life")
    sessions = sum(first <= one <= last for one in known.sessions())
    quotes = last_sessions(known, last, securities, held, sessions=sessions)
    return basket_growth(growth(quotes), held)


def basket_growth(moves: pl.DataFrame, held: pl.DataFrame) -> float:
    """What one dollar in a basket became.

    Parameters
    ----------
    moves : pl.DataFrame
        As from `recon.forecast.growth.growth`: `security_id`, `growth` of each session.
    held : pl.DataFrame
        `security_id`, `total_cap_usd`: the weights at the start.
    """
    whole = moves.group_by("security_id").agg(pl.col("growth").product())
    found = held.join(whole, on="security_id", how="left").with_columns(
        pl.col("growth").fill_null(1.0)
    )
    cap = pl.col("total_cap_usd")
    value = found.select((cap * pl.col("growth")).sum() / cap.sum()).item()
    return float(value) if found.height else 1.0


def carry(
    of: Event,
    run_id: str,
    session: date,
    members: pl.DataFrame,
    breakpoints: list[BreakPoint],
    grown: float,
) -> Carried:
    """Move a ranking's lines by the market.

    Parameters
    ----------
    of, run_id, session
        As in `Carried`.
    members : pl.DataFrame
        As from `russell_3000e`: `rank`, `total_cap_usd`, largest first.
    breakpoints : list of BreakPoint
        Of the ranking; band edges are left out.
    grown : float
        As from `market_growth`.
    """
    companies = members.select("rank", cap_usd=pl.col("total_cap_usd") * grown)
    lines = [
        BreakPoint(one.name, one.rank, one.cap_usd * grown, one.percent)
        for one in breakpoints
        if one.name.startswith("rank_")
    ]
    if companies.height:
        last = companies.row(-1, named=True)
        lines.append(BreakPoint(SMALLEST, last["rank"], last["cap_usd"], 100.0))
    # A line may be marked by a member that is sized from fund holdings and is in no frame.
    marks = pl.DataFrame(
        {"rank": [one.rank for one in lines], "cap_usd": [one.cap_usd for one in lines]},
        schema=companies.schema,
    )
    ladder = pl.concat([companies, marks]).unique().sort("rank")
    return Carried(of.id, run_id, session, grown, lines, ladder)


def place(judged: pl.DataFrame, carried: Carried, rulebook: Rulebook) -> pl.DataFrame:
    """Where every company is after the event.

    Parameters
    ----------
    judged : pl.DataFrame
        Companies with `member`, `was_r1000`, `was_r2000`, `was_micro`, `eligible`,
        `total_cap_usd` (USD).
    carried : Carried
        The lines.
    rulebook : Rulebook
        In force at the event.

    Returns
    -------
    pl.DataFrame
        The same rows with `rank` (the place that the company would have taken in the ranking; null
        for members and whoever is not eligible), `percent` (null), `to_size`, `to_micro` and
        `stays` (true for members).
    """
    caps = {one.name: one.cap_usd for one in carried.breakpoints}
    ranks = rulebook.ranks
    # With fewer companies than a line's rank, everybody is above it.
    large, whole, micro = (
        caps.get(f"rank_{rank}", 0.0)
        for rank in (ranks.russell_1000, ranks.russell_3000, ranks.microcap_high)
    )
    cap = pl.col("total_cap_usd")
    asked = pl.col("eligible") & ~pl.col("member")
    enters = asked & (cap > caps.get(SMALLEST, 0.0))
    before = (
        pl.when(pl.col("was_r1000"))
        .then(pl.lit("R1000"))
        .when(pl.col("was_r2000"))
        .then(pl.lit("R2000"))
    )
    new = pl.when(cap >= large).then(pl.lit("R1000")).when(cap >= whole).then(pl.lit("R2000"))
    return (
        _ranked(judged, carried.ladder)
        .with_columns(
            rank=pl.when(asked).then("rank"),
            percent=pl.lit(None, pl.Float64),
            to_size=pl.when("member").then(before).when(enters).then(new),
            to_micro=pl.when(enters).then(cap < micro).otherwise("was_micro"),
            stays=pl.col("member"),
        )
        .sort("company_id")
    )


def _ranked(judged: pl.DataFrame, ladder: pl.DataFrame) -> pl.DataFrame:
    """Rank of the largest company of the ranking that is not larger."""
    rungs = ladder.sort("cap_usd", -pl.col("rank"))
    own = rungs["rank"].to_numpy()
    # Below all rungs it comes after the last.
    ranks = np.concatenate([[own.max(initial=0) + 1], own])
    caps = judged["total_cap_usd"].fill_null(0.0).to_numpy()
    found = ranks[np.searchsorted(rungs["cap_usd"].to_numpy(), caps, side="right")]
    known = pl.col("total_cap_usd").is_not_null()
    return judged.with_columns(rank=pl.when(known).then(pl.Series(found, dtype=pl.Int64)))
