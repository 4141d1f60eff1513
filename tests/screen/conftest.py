"""A company that passes what public data can answer, to be varied one fact at a time."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from recon.calendar import event
from recon.rulebook import Rulebook, load

COMPANY: dict[str, tuple[Any, pl.DataType]] = {
    "company_id": ("cik:1", pl.String()),
    "symbol": ("AAA", pl.String()),
    "exchange": ("nyse", pl.String()),
    "security_type": ("common", pl.String()),
    "structure": ("corporation", pl.String()),
    "price_usd": (25.0, pl.Float64()),
    "mean_price_usd": (25.0, pl.Float64()),
    "total_cap_usd": (2e9, pl.Float64()),
    "incorporation": ("US", pl.String()),
    "headquarters": ("US", pl.String()),
    "domestic_filer": (True, pl.Boolean()),
    "passed_over": (None, pl.String()),
    "member": (False, pl.Boolean()),
}

Make = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """In force in June 2024."""
    return load(event("2024-06"))


@pytest.fixture(scope="session")
def make() -> Make:
    """Frames of companies: each argument a dict of what differs from the plain one."""

    def companies(*differing: dict[str, Any]) -> pl.DataFrame:
        rows = [
            {name: value for name, (value, _) in COMPANY.items()}
            | {"company_id": f"cik:{i + 1}"}
            | different
            for i, different in enumerate(differing)
        ]
        return pl.DataFrame(rows, schema={name: dtype for name, (_, dtype) in COMPANY.items()})

    return companies
