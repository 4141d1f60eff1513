"""The values of the methodology that are in force at one event, as a frozen model.

Percent is percent (2.5), points are percentage points, caps are USD. Why a value is what it
is, and whether the owner's text leaves it open, stands in `Rulebook.provenance`.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0)]
Names = tuple[str, ...]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Eligibility(_Section):
    """Listing, price, size and float (methodology §2.2).

    Attributes
    ----------
    exchanges : tuple of str
        Codes of the store: `amex` is NYSE American.
    min_price_usd : float
        Least close on rank day.
    min_price_lookback_days : int
        A member below it stays if its mean daily close over this time is not; counted in
        `min_price_lookback_unit`.
    min_total_cap_usd : float
        Least total cap of the company; at exactly this, `min_total_cap_inclusive` decides.
    min_float_percent : float
        Least float; exactly this passes.
    """

    exchanges: Names
    min_price_usd: Dollars
    min_price_lookback_days: Count
    min_price_lookback_unit: Literal["calendar", "session"]
    min_total_cap_usd: Dollars
    min_total_cap_inclusive: bool
    min_float_percent: Percent


class Voting(_Section):
    """Least share of all votes with unrestricted holders; 0 before the rule (§2.2)."""

    min_percent: Percent
    applies_to_members: bool
    nationalities: Literal["developed", "all"]


class Cdi(_Section):
    """Share of the float held as CHESS interests from which it is restricted (§2.2)."""

    new_member_percent: Percent
    member_percent: Percent


class Ranks(_Section):
    """Lines of the ranking by total cap (methodology §3.2): the last rank above each line.

    `microcap_high` is the line above the Microcap, whose members rank from the next company
    on to `microcap_low`.
    """

    top_50: Count
    top_200: Count
    top_500: Count
    russell_1000: Count
    microcap_high: Count
    russell_3000: Count
    russell_3000e: Count

    @property
    def microcap_low(self) -> int:
        """The last rank of the Microcap."""
        return self.russell_3000e

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        lines = [getattr(self, name) for name in type(self).model_fields]
        if any(above >= below for above, below in pairwise(lines)):
            raise ValueError("lines must rise from top_50 to russell_3000e")
        return self


class Bands(_Section):
    """Half widths of the bands in percentage points of cumulative cap (methodology §3.3)."""

    top_200_percent: Percent
    top_500_percent: Percent
    russell_1000_percent: Percent
    microcap_percent: Percent
    unbanded: tuple[Count, ...]
    percent_base: Literal["russell_3000e"]
    banded_members: Literal["russell_3000"]
    edge_inside: bool


class TotalCap(_Section):
    """What a company's total cap counts (methodology §3.1)."""

    up_c_units: bool
    operating_partnership_units: bool
    unlisted_classes: bool
    float_adjusted: bool
    tie_break: Literal["company_id"]


class PricingVehicle(_Section):
    """Which class prices the company (methodology §3.1)."""

    volume_years: Count
    volume_tolerance_percent: Percent
    min_trading_days: Count


class AdditionalClass(_Section):
    """What a further class must meet on its own (methodology §2.2 and §3.1).

    `min_total_cap_usd` and `min_addtv_usd` (average daily dollar trading volume) must be
    exceeded; `min_float_percent` must be reached. `aggregated` pairs a class with the one
    that it is counted in.
    """

    tested_separately: bool
    min_total_cap_usd: Dollars
    min_float_percent: Percent
    min_addtv_usd: Dollars
    aggregated: tuple[tuple[str, str], ...]


class Nationality(_Section):
    """Home country (methodology §2.1); codes are ISO 3166-1 alpha-2."""

    benefit_driven_countries: Names
    benefit_driven_codes: Names
    no_domestic_exchange_countries: Names
    no_domestic_exchange_codes: Names
    us_territories: Names
    us_territory_codes: Names
    liquidity_years: Count
    report_years: Count
    primary_margin_points: Percent
    primary_margin_inclusive: bool
    primary_share_percent: Percent
    several_headquarters: Literal["most_liquid", "principal_executive_office"]
    china_n_shares_excluded: bool


class Review(_Section):
    """What the review of this leg looks at again (methodology §1.3)."""

    nationality_retested: bool
    ubti_screened: bool
    voting_members_retested: bool
    float_buffer_points: Percent
    low_float_buffer_points: Percent
    low_float_percent: Percent
    ranking_shares_buffer_percent: Percent
    index_shares_buffer_percent: Percent
    style_scope: Literal["all", "new_and_moved"]


class Ipo(_Section):
    """Additions between reconstitutions (methodology §1.4)."""

    min_price_usd: Dollars
    grace_months: Count
    size_floor: Literal["smallest_russell_3000e"]
    size_floor_from: Literal["most_recent_reconstitution", "latest_june_reconstitution"]
    standalone_months: tuple[Annotated[int, Field(ge=1, le=12)], ...]
    spac_lock_up_must_expire: bool
    fast_entry: bool
    fast_entry_session: Count
    fast_entry_rank: Count


class Provenance(_Section):
    """Where one value of the rulebook comes from.

    Attributes
    ----------
    key : str
        `section.name`.
    value : object
        As in the model.
    source : str
        Document and section (methodology §0), or the name of the user's file.
    effective, published : date or None
        In force from; could be known from. None for a user's value.
    leg : str or None
        Set if the value holds for this leg only.
    open_choice : str or None
        What the owner's text leaves open, and what is held.
    note : str or None
        Anything else to know, such as a figure that stands in for another year's.
    user : bool
        The value is the user's own.
    """

    key: str
    value: object
    source: str
    effective: date | None
    published: date | None
    leg: str | None
    open_choice: str | None
    note: str | None
    user: bool


class Values(_Section):
    """All values of the methodology."""

    eligibility: Eligibility
    voting: Voting
    cdi: Cdi
    structures_excluded: Names
    share_types_excluded: Names
    ranks: Ranks
    bands: Bands
    total_cap: TotalCap
    pricing_vehicle: PricingVehicle
    additional_class: AdditionalClass
    nationality: Nationality
    review: Review
    ipo: Ipo


class Rulebook(Values):
    """The values in force at one event, as known on one day.

    Attributes
    ----------
    version : str
        Edition of the data and a hash of the values, `M70-1a2b3c4d`; `M70+user-1a2b3c4d`
        where the user's file sets any. Equal values give equal versions.
    event : str
        Event id.
    known_on : date
        Day up to which publications were taken into account.
    provenance : tuple of Provenance
        One for every value.
    """

    version: str
    event: str
    known_on: date
    provenance: tuple[Provenance, ...]

    def source_of(self, key: str) -> Provenance:
        """Say where one value comes from.

        Parameters
        ----------
        key : str
            `section.name`, such as `eligibility.min_price_usd`.

        Raises
        ------
        KeyError
            If there is no such value.
        """
        for found in self.provenance:
            if found.key == key:
                return found
        raise KeyError(key)

    def open_choices(self) -> tuple[Provenance, ...]:
        """List the values where the owner's text leaves a choice open."""
        return tuple(found for found in self.provenance if found.open_choice is not None)
