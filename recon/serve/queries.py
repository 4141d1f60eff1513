"""What may be asked of a list: filters, order, page; anything else is refused."""

from datetime import date
from typing import Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from recon.calendar.event import Kind
from recon.calendar.events import FIRST_YEAR, LAST_YEAR
from recon.publish.candidate import Index
from recon.publish.changes import MOVED
from recon.serve.models import Action

LARGEST: Final = 1000
"""Rows of a page at most: a few hundred kilobytes."""
LONGEST: Final = 100
"""Characters of a text that is looked for."""

CandidateColumn = Literal[
    "probability",
    "symbol",
    "company",
    "rank",
    "total_cap_usd",
    "distance",
    "usd_to_trade",
    "days_of_volume",
]
DemandColumn = Literal[
    "probability",
    "symbol",
    "company",
    "usd_to_trade",
    "days_of_volume",
    "expected_usd",
    "expected_days",
]


class Query(BaseModel):
    """Parameters of a request; this one takes none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListQuery(Query):
    """Which rows of a list, and which page of them."""

    index: Index | None = Field(None, description="only this index")
    action: Action | None = Field(None, description="only this action")
    call: bool | None = Field(None, description="only what is called, or only what is not")
    min_probability: float | None = Field(
        None, ge=0, le=1, allow_inf_nan=False, description="a fraction"
    )
    q: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST,
        description="only lines whose symbol or company has this text, in any case",
    )
    descending: bool = Field(False, description="largest first; rows without the figure last")
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(100, ge=1, le=LARGEST, description="rows of a page")
    list: str | None = Field(
        None,
        max_length=300,
        description="name of the list that the page is wanted of; 409 if another one is served",
    )

    def chosen(self) -> pl.Expr:
        """Rows that fit, of a frame with the columns named here."""
        fits = pl.lit(True)
        for name in ("index", "action", "call"):
            value = getattr(self, name)
            if value is not None:
                fits &= pl.col(name) == value
        if self.min_probability is not None:
            fits &= pl.col("probability") >= self.min_probability
        if self.q is not None:
            text = self.q.strip().upper()
            fits &= pl.any_horizontal(
                pl.col(name).str.to_uppercase().str.contains(text, literal=True)
                for name in ("symbol", "company")
            )
        return fits


class CandidateQuery(ListQuery):
    """Parts of a candidate list."""

    sort: CandidateColumn | None = Field(None, description="by default the order of the list")


class DemandQuery(ListQuery):
    """Parts of the demand behind a list."""

    sort: DemandColumn | None = Field(None, description="by default the order of the list")


class EventQuery(Query):
    """Which events."""

    first: int = Field(FIRST_YEAR, ge=FIRST_YEAR, le=LAST_YEAR, alias="from")
    last: int = Field(LAST_YEAR, ge=FIRST_YEAR, le=LAST_YEAR, alias="to")
    kind: Kind | None = None


class ArchiveQuery(Query):
    """Which archived runs."""

    event: str | None = Field(None, max_length=LONGEST, description="as `/events` names it")
    as_of: date | None = None


class DiffQuery(Query):
    """Which two lists."""

    before: str = Field(max_length=300, description="name of an archived run")
    after: str | None = Field(
        None, max_length=300, description="name of an archived run; by default the list served"
    )
    threshold: float = Field(
        MOVED, ge=0, le=1, allow_inf_nan=False, description="least move of a probability named"
    )
