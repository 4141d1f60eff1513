"""The candidate list's contract with whoever consumes it (design, The candidate list)."""

from datetime import date
from typing import Any, Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Final = "1.0"

Index = Literal["R1000", "R2000", "R3000", "RMICRO"]


class Candidate(BaseModel):
    """One company × index × action × eligible line.

    Money is in USD, `shares_to_trade` in shares, probabilities are fractions, `distance` is the
    natural logarithm of the company's cap over the line's cap (positive above it).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    run_id: str = Field(
        description="event, as-of day, hindsight and a digest of what went in; begins with "
        "`simulated-` where the data is of the simulated market"
    )
    event: str
    leg: Literal["june", "november"] | None
    as_of: date
    data_cutoff: date
    rank_day: date
    effective_date: date | None
    rulebook_version: str
    model_version: str
    status: Literal["forecast", "preliminary", "updated", "final"]
    index: Index
    action: Literal["add", "delete"]
    from_index: Index | None
    to_index: Index | None
    company_id: str
    security_id: str | None
    cik: str | None
    symbol: str
    exchange: str
    company: str
    role: Literal["pricing_vehicle", "additional_class"]
    call: bool
    probability: float = Field(ge=0, le=1)
    model_probability: float | None = Field(ge=0, le=1)
    rules_call: bool
    rank: int | None
    total_cap_usd: float | None
    price_usd: float | None
    breakpoint: str | None
    breakpoint_cap_usd: float | None
    distance: float | None
    verdict_reasons: list[str]
    weight_before: float | None = None
    weight_after: float | None = None
    shares_to_trade: float | None = None
    usd_to_trade: float | None = None
    days_of_volume: float | None = None
    volume_window: str | None = None


FRAME_SCHEMA: dict[str, pl.DataType] = {
    "schema_version": pl.String(),
    "run_id": pl.String(),
    "event": pl.String(),
    "leg": pl.String(),
    "as_of": pl.Date(),
    "data_cutoff": pl.Date(),
    "rank_day": pl.Date(),
    "effective_date": pl.Date(),
    "rulebook_version": pl.String(),
    "model_version": pl.String(),
    "status": pl.String(),
    "index": pl.String(),
    "action": pl.String(),
    "from_index": pl.String(),
    "to_index": pl.String(),
    "company_id": pl.String(),
    "security_id": pl.String(),
    "cik": pl.String(),
    "symbol": pl.String(),
    "exchange": pl.String(),
    "company": pl.String(),
    "role": pl.String(),
    "call": pl.Boolean(),
    "probability": pl.Float64(),
    "model_probability": pl.Float64(),
    "rules_call": pl.Boolean(),
    "rank": pl.Int64(),
    "total_cap_usd": pl.Float64(),
    "price_usd": pl.Float64(),
    "breakpoint": pl.String(),
    "breakpoint_cap_usd": pl.Float64(),
    "distance": pl.Float64(),
    "verdict_reasons": pl.List(pl.String()),
    "weight_before": pl.Float64(),
    "weight_after": pl.Float64(),
    "shares_to_trade": pl.Float64(),
    "usd_to_trade": pl.Float64(),
    "days_of_volume": pl.Float64(),
    "volume_window": pl.String(),
}
"""Columns of the list as a frame, in order; the same names as `Candidate`."""


def json_schema() -> dict[str, Any]:
    """JSON Schema of one candidate, for consumers that check what they read."""
    return Candidate.model_json_schema()
