"""The contract of orders with whoever takes them: rows, days, and the book as a whole."""

from datetime import date
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from recon.orders.profile import Doubt, Kind

SCHEMA_VERSION: Final = "1.0"
ORDER_TYPE: Final = "MOC"
"""Market on close: index funds trade there, and every close of this program is one."""

State = Literal["order", "blocked"]
Leg = Literal["long", "short"]
Side = Literal["BUY", "SELL", "SHORT", "COVER"]
"""`SHORT` and `COVER` open and close a sold position; a holder's desk reads `SHORT` as `SELL`."""
Grade = Literal["high", "medium", "low"]
Pace = Literal["now", "soon", "can wait"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Order(_Strict):
    """One line that the profile looks at: an order, or why there is none.

    Money is in USD, shares in shares; what says `percent` is percent, all other shares of
    something are fractions.
    """

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    run_id: str = Field(description="of the candidate list")
    profile: str = Field(description="name and digest of the profile")
    event: str
    as_of: date
    symbol: str = Field(description="as the exchange writes it")
    exchange: str
    company: str
    company_id: str
    security_id: str | None
    sector: str | None
    state: State
    kind: Kind = Field(description="enters or leaves the Russell 3000, moves up or down in it")
    from_index: str | None = Field(description="size index before; null from outside")
    to_index: str | None = Field(description="size index after; null to outside")
    leg: Leg | None = Field(description="the side on which index funds must trade")
    side: Side | None = Field(description="of the entry")
    target_shares: int = Field(ge=0, description="to be held once entered; 0 where blocked")
    target_usd: float = Field(ge=0, description="target_shares at price_usd")
    percent_of_book: float = Field(ge=0)
    bound_by: str | None = Field(
        description="name, volume, demand or sector: the limit that bounds the size; balance: the "
        "other leg's size; budget: the leg's dollars"
    )
    blocked_by: list[str] = Field(description="limits that stop it, as codes")
    doubts: list[Doubt] = Field(description="figures behind it that are not certain")
    call: bool
    probability: float = Field(ge=0, le=1)
    confidence: Grade = Field(description="by the profile's bounds of the probability")
    pace: Pace | None = Field(description="the urgency in words")
    urgency: float | None = Field(
        description="sessions that it needs at the limit of participation, over those left"
    )
    entry_first: date | None
    entry_last: date | None
    entry_sessions: int = Field(ge=0)
    exit_last: date | None
    price_usd: float | None = Field(description="close of priced_on")
    priced_on: date
    median_volume_usd: float | None = Field(description="a session's, as in the list's demand")
    participation_percent: float | None = Field(description="busiest session over the median")
    demand_usd: float | None = Field(description="what index funds must trade, bought positive")
    demand_days: float | None = Field(description="days of median volume")
    percent_of_demand: float | None
    beta: float | None = Field(description="on the hedge's index")
    hedge_usd: float | None = Field(description="of the hedge's index, bought positive")
    daily_volatility_percent: float | None
    stop_percent: float | None = Field(description="distance of the stop from price_usd")
    stop_price_usd: float | None
    loss_at_stop_usd: float | None
    abnormal_volume: float | None = Field(description="last five sessions over the usual, a ratio")
    roll_spread: float | None = Field(description="effective spread, fraction (Roll 1984)")
    return_since_rank_day: float | None = Field(description="log; null before rank day")
    rank: int | None
    total_cap_usd: float | None
    breakpoint: str | None
    distance: float | None = Field(description="log of the cap over the line's")


class Slice(_Strict):
    """What is to be traded in one line on one day."""

    date: date
    symbol: str
    side: Side
    quantity: int = Field(gt=0, description="shares")
    order_type: Literal["MOC"]
    purpose: Literal["entry", "exit"]


class LegBook(_Strict):
    """One side of the book."""

    budget_usd: float
    filled_usd: float
    names: int
    beta_usd: float = Field(description="dollars of the hedge's index that it moves like")
    largest_percent_of_book: float
    largest_sector: str | None
    largest_sector_percent_of_book: float


class Book(_Strict):
    """The orders as a whole, and the calendar that they stand in."""

    run_id: str
    profile: str
    event: str
    as_of: date
    data_cutoff: date = Field(description="session of the list's closes")
    priced_on: date
    status: str = Field(description="of the candidate list")
    simulated: bool
    phase: str
    next_date: str = Field(description="name of the event's next date")
    next_day: date
    sessions_to_next: int
    entry_sessions: list[date]
    exit_sessions: list[date]
    sessions_left: int = Field(description="to enter in")
    long: LegBook
    short: LegBook
    gross_usd: float
    net_usd: float = Field(description="bought less sold")
    beta_usd: float = Field(description="net, in dollars of the hedge's index")
    hedge_instrument: str | None
    hedge_usd: float = Field(description="of the hedge's index, bought positive")
    hedge_ratio: float | None = Field(description="hedge over gross, fraction")
    daily_volatility_usd: float = Field(description="of the basket with its hedge")
    stop_loss_usd: float = Field(description="loss of the basket at which it is given up")
    loss_at_name_stops_usd: float = Field(description="if every name stops at its price")
    blocked: dict[str, int] = Field(description="names that each limit stops; a name may have many")


class Document(_Strict):
    """Everything in one JSON document."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    book: Book
    orders: list[Order]
    schedule: list[Slice]


def _kind(annotation: Any) -> pl.DataType:
    """Type of a column, from the type that the contract gives a field."""
    plain = {
        str: pl.String(),
        float: pl.Float64(),
        int: pl.Int64(),
        bool: pl.Boolean(),
        date: pl.Date(),
        list[str]: pl.List(pl.String),
        list[Doubt]: pl.List(pl.String),
    }
    if annotation in plain:
        return plain[annotation]
    if get_origin(annotation) is Literal:
        return pl.String()
    inner = [one for one in get_args(annotation) if one is not type(None)]
    if get_origin(annotation) not in {Union, UnionType} or len(inner) != 1:
        raise TypeError(f"no column holds {annotation}")
    return _kind(inner[0])


def columns(model: type[BaseModel]) -> dict[str, pl.DataType]:
    """Columns and types of a frame whose rows are of a model of this module."""
    return {name: _kind(field.annotation) for name, field in model.model_fields.items()}
