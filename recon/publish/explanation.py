"""What `recon explain` says of one company, as data."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Part):
    """One listed line; USD per share, shares of the whole company.

    `provenance` says where `shares` come from, `shares_reported` is market cap over close as
    the screener shows it, `member_of` the index before the event.
    """

    symbol: str
    exchange: str
    name: str | None
    role: Literal["pricing_vehicle", "additional_class"] | None
    security_type: str | None
    type_reason: str | None
    structure: str | None
    structure_reason: str | None
    price_usd: float | None
    shares: float | None
    shares_reported: float | None
    provenance: str | None
    note: str | None
    member_of: str | None
    eligible: bool
    flags: tuple[str, ...] = ()


class Check(_Part):
    """One rule's answer, with the figures that it looked at."""

    rule: str
    verdict: Literal["pass", "fail", "unknown"]
    reason: str
    figures: str


class Level(_Part):
    """One line of the ranking, seen from the company.

    `distance` is the log of the company's cap over the line's, `move` the fraction by which
    its cap and price would have to change to be at the line, `price_usd` the price per share
    of `Explanation.priced_symbol` that this gives if all other companies stay where they are.
    `meaning` is null where crossing alone changes nothing.
    """

    name: str
    rank: int
    cap_usd: float
    distance: float | None
    move: float | None
    price_usd: float | None
    meaning: str | None


class Chance(_Part):
    """Chance of one change of index."""

    index: str
    action: Literal["add", "delete"]
    from_index: str | None
    to_index: str | None
    probability: float
    call: bool
    rules_call: bool


class Explanation(_Part):
    """Everything that decides about one company at one moment.

    `cap` says in words how the total cap comes about, `membership` where membership before
    comes from, `changes` what would have to change for another outcome, `result` the outcome,
    `moved` what moved the chance to change the side of the Russell 3000, the strongest first.
    """

    run_id: str
    event: str
    as_of: date
    data_cutoff: date
    rank_day: date
    hindsight: str
    rulebook_version: str
    simulated: bool
    asked: str
    symbol: str
    remark: str | None
    company_id: str
    cik: str | None
    company: str | None
    is_candidate: bool
    lines: tuple[Line, ...]
    checks: tuple[Check, ...] = ()
    verdict: str | None = None
    eligible: bool = False
    total_cap_usd: float | None = None
    priced_symbol: str | None = None
    price_usd: float | None = None
    cap: str | None = None
    rank: int | None = None
    percent: float | None = None
    before: str | None = None
    membership: str | None = None
    after: str | None = None
    result: str
    levels: tuple[Level, ...] = ()
    changes: tuple[str, ...] = ()
    chances: tuple[Chance, ...] = ()
    model_version: str | None = None
    moved: tuple[str, ...] = ()
