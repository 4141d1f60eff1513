"""Price effects that others measured, beside ours, and why they need not agree."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from recon.backtest.tally import EVENTS, POOLED

COMPARED: Final = {
    "what": pl.String,
    "period": pl.String,
    "confidence": pl.String,
    "reference": pl.Float64,
    "reference_n": pl.Int64,
    "basket": pl.String,
    "n": pl.Int64,
    "raw": pl.Float64,
    "adjusted": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "within": pl.Boolean,
    "differs": pl.String,
}
"""Columns of the comparison; returns as fractions. `reference_n` and `n` count names,
`low` and `high` bound the 95 % interval of our adjusted mean (over the means of events where
there are two or more), `within` says whether it holds the reference."""


class Reference(BaseModel):
    """One figure of the literature.

    Attributes
    ----------
    what, period : str
        What was measured, and when.
    value : float
        Return, fraction.
    group, action, window : str
        Our figure that is nearest to it (`recon.backtest.tally`).
    event : str or None
        Our event, where the figure is of one.
    n : int or None
        Names behind it, where stated.
    confidence : {"primary", "secondary"}
        Read in the paper, or quoted by another document.
    differs : str
        Where and why ours differs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    period: str
    value: float
    group: str
    action: Literal["add", "delete"]
    window: str
    confidence: Literal["primary", "secondary"]
    differs: str
    event: str | None = None
    n: int | None = None


@cache
def references() -> tuple[Reference, ...]:
    """All figures of `literature.toml`."""
    content = tomllib.loads(Path(__file__).with_name("literature.toml").read_text(encoding="utf-8"))
    return tuple(Reference.model_validate(row) for row in content["reference"])


def beside(figures: pl.DataFrame) -> pl.DataFrame:
    """Hold our figures beside the literature's.

    Parameters
    ----------
    figures : pl.DataFrame
        As from `recon.backtest.tally.figures`.

    Returns
    -------
    pl.DataFrame
        Columns of `COMPARED`: a row a reference and basket; a reference whose event was not
        studied is left out.
    """
    printed = pl.DataFrame([one.model_dump() for one in references()], infer_schema_length=None)
    keys = ["group", "action", "window", "event"]
    wanted = (
        printed.rename({"value": "reference", "n": "reference_n"})
        .with_row_index("place")
        .with_columns(event=pl.col("event").fill_null(POOLED))
    )
    means = figures.pivot("measure", index=[*keys, "basket"], values="mean").drop("net")
    bounds = figures.filter(pl.col("measure") == "adjusted").select(
        *keys, "basket", "n", "low", "high"
    )
    over = bounds.filter((pl.col("event") == EVENTS) & pl.col("low").is_not_null()).select(
        *keys[:-1], "basket", event_low="low", event_high="high", event=pl.lit(POOLED)
    )
    joined = (
        wanted.join(means, on=keys)
        .join(bounds, on=[*keys, "basket"])
        .join(over, on=[*keys, "basket"], how="left")
        .with_columns(low=pl.coalesce("event_low", "low"), high=pl.coalesce("event_high", "high"))
        .with_columns(within=pl.col("reference").is_between("low", "high"))
        .sort("place", "basket")
    )
    return joined.select(pl.col(name).cast(kind) for name, kind in COMPARED.items())
