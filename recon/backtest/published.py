"""Break-points and totals of a run beside those that FTSE Russell published (methodology §4)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from recon.pipeline import Run

Name = Literal["rank_1000", "rank_3000", "russell_3000_total"]

COMPARED = {
    "event": pl.String,
    "figure": pl.String,
    "ours_usd": pl.Float64,
    "published_usd": pl.Float64,
    "rounding_usd": pl.Float64,
    "difference": pl.Float64,
    "beyond_rounding": pl.Float64,
    "source": pl.String,
}


class Published(BaseModel):
    """One printed figure.

    Attributes
    ----------
    event : str
        Event id.
    name : str
        `rank_1000` (total cap of that company, before bands), `rank_3000` (the smallest member)
        or `russell_3000_total`.
    usd : float
        As printed.
    rounding : float
        Unit of the printed figure, USD: it stands for anything half a unit to each side.
    source : str
        Document (methodology §0).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    name: Name
    usd: float
    rounding: float
    source: str


@cache
def published() -> tuple[Published, ...]:
    """All figures of `published.toml`."""
    content = tomllib.loads(Path(__file__).with_name("published.toml").read_text(encoding="utf-8"))
    return tuple(Published.model_validate(row) for row in content["figure"])


def ours(run: Run) -> dict[Name, float]:
    """Give the same figures of a run, USD; one that the run does not have is left out.

    The total is that of the new Russell 3000: every company that ends in Russell 1000 or Russell
    2000, and members that no quote sizes but a fund's holdings do.
    """
    ranks = run.rulebook.ranks
    lines = {b.name: b.cap_usd for b in run.breakpoints}
    names: dict[str, Name] = {
        f"rank_{ranks.russell_1000}": "rank_1000",
        f"rank_{ranks.russell_3000}": "rank_3000",
    }
    found = {name: lines[line] for line, name in names.items() if line in lines}
    cut = found.get("rank_3000", 0.0)
    inside = run.companies.filter(pl.col("to_size").is_not_null())
    unquoted = run.absent.filter(pl.col("total_cap_usd") >= cut)
    caps = pl.concat([frame.select("total_cap_usd") for frame in (inside, unquoted)])
    return {**found, "russell_3000_total": float(caps.select(pl.sum("total_cap_usd")).item())}


def beyond_rounding(own: float, printed: float, rounding: float) -> float:
    """Give the signed distance from the nearest value that the printed figure can stand for.

    Returns
    -------
    float
        Fraction of the printed figure; 0 inside its rounding.
    """
    apart = own - printed
    outside = max(abs(apart) - rounding / 2, 0.0)
    return (outside if apart > 0 else -outside) / printed


def compare(run: Run) -> pl.DataFrame:
    """Hold the figures of a run beside the published ones.

    Returns
    -------
    pl.DataFrame
        Columns of `COMPARED`, one row a figure of the run; what was not published is null.
        `difference` and `beyond_rounding` are fractions of the published figure.
    """
    printed = {one.name: one for one in published() if one.event == run.event.id}
    rows = []
    for name, own in ours(run).items():
        one = printed.get(name)
        rows.append(
            {
                "event": run.event.id,
                "figure": name,
                "ours_usd": own,
                "published_usd": one.usd if one else None,
                "rounding_usd": one.rounding if one else None,
                "difference": own / one.usd - 1 if one else None,
                "beyond_rounding": beyond_rounding(own, one.usd, one.rounding) if one else None,
                "source": one.source if one else None,
            }
        )
    return pl.DataFrame(rows, schema=COMPARED)
