"""The desk's profile: a TOML file whose every value has a unit, a default and a reason.

The default travels with the package (`data/desk.toml`) and says why each value is what it is. A
user's file replaces single values of it; a name that is not in the default is refused.
"""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from recon.errors import ProfileError
from recon.files import checksum
from recon.toml import read_toml

Kind = Literal["join", "leave", "up", "down"]
Weighting = Literal["equal", "probability", "demand"]
Anchor = Literal["as_of", "rank_day", "preliminary", "lock_down"]
Deadline = Literal["preliminary", "lock_down", "effective"]
Doubt = Literal[
    "float_estimated",
    "assets_incomplete",
    "cap_is_a_bound",
    "count_repaired",
    "units_unproven",
    "pending_deal",
    "new_listing",
    "former_spac",
    "spun_off",
    "bankrupt",
]
"""Figures behind an order that are not certain; the last five are the flags of a line."""
LONGEST: Final = 60
"""Sessions over which an order may be staged: about as long as from rank day to the effective."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Universe(_Strict):
    """What may be traded at all."""

    kinds: tuple[Kind, ...] = Field(min_length=1, description="changes that are traded")
    calls_only: bool = Field(description="only what the list calls")
    additional_classes: bool = Field(description="further listed classes of a company too")


class Book(_Strict):
    """How much money, on which sides."""

    book_usd: float = Field(gt=0, le=1e13, description="both legs together when full, USD")
    legs: Literal["both", "long", "short"] = Field(description="sides that are traded")
    balance: Literal["dollars", "none"] = Field(description="whether the legs are made equal")


class Sizing(_Strict):
    """How a leg is split over its names."""

    weighting: Weighting = Field(description="what a name's share of its leg is proportional to")
    min_order_usd: float = Field(ge=0, description="smaller orders are left out, USD")


class Limits(_Strict):
    """What stops a name, and what bounds its size."""

    min_probability: float = Field(ge=0, le=1, description="of the change, fraction")
    min_price_usd: float = Field(ge=0, description="newest close, USD")
    min_cap_usd: float = Field(ge=0, description="total cap of the company, USD")
    max_count_dispersion: float = Field(ge=0, description="of the log share count")
    stopped_by: tuple[Doubt, ...] = Field(description="doubts that stop a name")
    min_volume_usd: float = Field(ge=0, description="median dollars of a session, USD")
    min_volume_sessions: int = Field(ge=1, description="sessions behind the median")
    max_abnormal_volume: float = Field(
        gt=0, description="mean dollars of the last five sessions over the usual, a ratio"
    )
    require_demand: bool = Field(description="whether a name needs a known demand")
    min_demand_days: float = Field(ge=0, description="funds' trade, days of median volume")
    max_demand_days: float = Field(gt=0, description="funds' trade, days of median volume")
    max_percent_of_demand: float = Field(gt=0, description="own order, percent of funds' trade")
    max_name_percent_of_book: float = Field(gt=0, le=100, description="a company, percent")
    max_sector_percent_of_book: float = Field(
        gt=0, le=100, description="a sector in one leg, percent"
    )


class Entry(_Strict):
    """When and how positions are opened."""

    first: Anchor = Field(description="entered from the session after this day on")
    last: Deadline = Field(description="entered by this day")
    sessions: int = Field(ge=1, le=LONGEST, description="staged over so many sessions")
    max_participation_percent: float = Field(
        gt=0, le=100, description="of the median dollars of a session, percent"
    )


class Exit(_Strict):
    """When positions are closed."""

    sessions: int = Field(ge=1, le=LONGEST, description="last sessions up to the effective day")


class Urgency(_Strict):
    """From which share of the sessions left an order is urgent."""

    now: float = Field(gt=0, le=1, description="fraction of the sessions left that it needs")
    soon: float = Field(gt=0, le=1, description="fraction of the sessions left that it needs")


class Confidence(_Strict):
    """Probabilities from which on a call is of high or medium confidence."""

    high: float = Field(ge=0, le=1, description="fraction")
    medium: float = Field(ge=0, le=1, description="fraction")


class Hedge(_Strict):
    """What the market's move is hedged with."""

    enabled: bool = Field(description="whether the basket is hedged")
    index: Literal["R1000", "R2000", "R3000"] = Field(description="whose members' beta is one")
    instrument: str = Field(min_length=1, description="name of it for the ticket")


class Stops(_Strict):
    """Where a name and the basket are given up."""

    name_daily_sigmas: float = Field(gt=0, description="daily volatilities of the name")
    name_min_percent: float = Field(gt=0, lt=100, description="least distance, percent of price")
    name_max_percent: float = Field(gt=0, lt=100, description="largest distance, percent of price")
    basket_daily_sigmas: float = Field(gt=0, description="daily volatilities of the hedged basket")
    basket_max_percent: float = Field(gt=0, le=100, description="largest loss, percent of gross")


class Profile(_Strict):
    """What a desk wants: see `data/desk.toml` for the default and its reasons."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$", description="of the profile")
    universe: Universe
    book: Book
    sizing: Sizing
    limits: Limits
    entry: Entry
    exit: Exit
    urgency: Urgency
    confidence: Confidence
    hedge: Hedge
    stops: Stops

    @model_validator(mode="after")
    def _ordered(self) -> "Profile":
        """Refuse values that contradict each other."""
        pairs = {
            "limits.min_demand_days": (self.limits.min_demand_days, self.limits.max_demand_days),
            "urgency.soon": (self.urgency.soon, self.urgency.now),
            "confidence.medium": (self.confidence.medium, self.confidence.high),
            "stops.name_min_percent": (self.stops.name_min_percent, self.stops.name_max_percent),
        }
        for name, (low, high) in pairs.items():
            if low > high:
                raise ValueError(f"{name} is {low}, above its upper bound {high}")
        if self.sizing.weighting == "demand" and not self.limits.require_demand:
            raise ValueError("sizing.weighting by demand needs limits.require_demand")
        return self

    @property
    def id(self) -> str:
        """Name and a digest of all values: two profiles with one id are the same."""
        digest = checksum(self.model_dump_json().encode())[:8]
        return f"{self.name}-{digest}"

    def leg_usd(self, leg: str) -> float:
        """Dollars that a leg may fill: half of the book, all of it where one leg is traded."""
        if self.book.legs == "both":
            return self.book.book_usd / 2
        return self.book.book_usd if self.book.legs == leg else 0.0


def default_text() -> str:
    """The default profile as shipped, with its comments."""
    return (files("recon.orders") / "data" / "desk.toml").read_text(encoding="utf-8")


def read_profile(path: Path | None = None) -> Profile:
    """Read a profile.

    Parameters
    ----------
    path : Path, optional
        The user's TOML; single values of the default. Without it the default.

    Raises
    ------
    ProfileError
        The file cannot be read, or a value of it does not exist or does not fit.
    """
    values = tomllib.loads(default_text())
    if path is not None:
        try:
            own = read_toml(path)
        except ValueError as error:
            raise ProfileError(
                f"the profile cannot be read: {error}",
                field="profile",
                value=path,
                expected="a TOML file like that of recon signals --show-profile",
            ) from error
        values = _over(values, own)
    try:
        return Profile.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ProfileError(
            "this value of the profile does not fit",
            field=".".join(str(part) for part in first["loc"]) or "profile",
            value=None if first["type"] == "value_error" else first["input"],
            expected=first["msg"]
            .removeprefix("Value error, ")
            .removeprefix("Input should be ")
            .replace("Extra inputs are not permitted", "a value that the default profile has"),
        ) from error


def _over(values: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Values with those of the user in their place; what is no value of the default stays in."""
    merged = dict(values)
    for key, value in own.items():
        known = values.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = {**known, **value}
        else:
            merged[key] = value
    return merged
