"""Shapes of the answers about the list that is served, for OpenAPI.

The tests read every answer with them. Answers are rendered from frames, once for many readers, and
not through these models.
"""

from datetime import date
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from recon.publish.candidate import Index

Action = Literal["add", "delete"]
Hindsight = Literal["strict", "slow-facts"]
T = TypeVar("T")


class Part(BaseModel):
    """A part of an answer: nothing in it but what is named here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Health(Part):
    """Whether there is a list to read, and whether it is of the newest data.

    `making` says that a new list is being made; readers keep the old one until then. `error` says
    why the last attempt gave none.
    """

    ready: bool
    list: str | None
    run_id: str | None
    generation: int | None
    making: bool
    error: str | None


class MemberList(Part):
    """A list of members before the event; `age_days` in calendar days at `as_of`."""

    index: str
    asof: date
    kind: str
    age_days: int


class Count(Part):
    """Rows and calls of one index and action."""

    index: Index
    action: Action
    rows: int
    calls: int


class Head(Part):
    """Of which event and moment the list is, and from which data.

    `sessions_old` counts NYSE sessions from `as_of` to `today`; `data_cutoff` is the session of
    the closes used; `words` says the same and more as every verb does.
    """

    list: str = Field(description="name under which `recon watchlist` archives the same list")
    run_id: str
    event: str
    kind: Literal["recon", "ipo", "shadow"]
    leg: Literal["june", "november"] | None
    status: Literal["forecast", "preliminary", "updated", "final"]
    as_of: date
    data_cutoff: date
    rank_day: date
    preliminary: date | None
    effective: date | None
    sessions_to_rank_day: int
    hindsight: Hindsight
    simulated: bool
    rulebook_version: str
    model_version: str
    generation: int = Field(description="of the store")
    today: date
    sessions_old: int
    members_before: tuple[MemberList, ...]
    microcap_before: MemberList | None
    members_not_quoted: int
    eligible_companies: int
    counts: tuple[Count, ...]
    words: tuple[str, ...]


class Quantile(Part):
    """A quantile of the simulated cap of a line on rank day; USD."""

    quantile: float = Field(ge=0, le=1)
    cap_usd: float


class BreakPointLine(Part):
    """A line of the ranking: its cap now in USD, cumulative cap in percent of the Russell 3000E.

    `on_rank_day` is empty where no model spoke.
    """

    name: str
    rank: int
    cap_usd: float
    percent: float
    on_rank_day: tuple[Quantile, ...]


class BreakPoints(Part):
    """Lines of the ranking, by rank."""

    list: str
    run_id: str
    session: date
    items: tuple[BreakPointLine, ...]


class Fund(Part):
    """Assets that track an index, and what they would buy; USD.

    `float_cap_usd` before the event, `estimated` the share of it that rests on estimated float,
    `oldest` and `newest` the days that the assets are of.
    """

    index: str
    members: int
    without_float: int
    float_cap_usd: float | None
    estimated: float | None
    assets_usd: float | None
    vehicles: str | None
    oldest: date | None
    newest: date | None
    bought_called_usd: float | None
    bought_expected_usd: float | None


class Funds(Part):
    """Funds by index."""

    list: str
    run_id: str
    items: tuple[Fund, ...]


class DemandRow(Part):
    """What index funds must trade for one candidate, as in `recon.demand.build.Demand.rows`.

    Dollars and shares are positive where bought. They are netted over all indexes: rows of one
    line show the same trade and must not be added up.
    """

    symbol: str
    company: str
    index: Index
    action: Action
    company_id: str
    probability: float
    call: bool
    weight_before: float | None
    weight_after: float | None
    shares_to_trade: float | None
    usd_to_trade: float | None
    days_of_volume: float | None
    days_of_mean_volume: float | None
    expected_weight_after: float | None
    expected_shares: float | None
    expected_usd: float | None
    expected_days: float | None
    float_shares: float | None
    float_provenance: str | None
    price_usd: float | None
    median_volume_usd: float | None
    mean_volume_usd: float | None
    volume_sessions: int | None
    volume_window: str | None
    not_counted: tuple[str, ...] | None
    no_demand: str | None


class Page(Part, Generic[T]):
    """A part of a list. `next` leads to the following part of the same list, null on the last.

    `total` counts the rows that fit the query, on all pages.
    """

    list: str
    run_id: str
    total: int
    page: int
    pages: int
    size: int
    next: str | None
    items: tuple[T, ...]
