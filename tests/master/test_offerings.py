"""How companies came to market, on frames made by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from recon.master.offerings import (
    FORMER_SPAC,
    NOTHING,
    OFFERED,
    OFFERED_BEFORE,
    OUTSIDE,
    with_offerings,
)

WINDOW = (date(2025, 5, 1), date(2025, 7, 31))


def found(
    first: date,
    ipo_year: int | None = 2025,
    *,
    flags: tuple[str, ...] = (),
    recorded: int | None = None,
    former: str | None = None,
    older_class: date | None = None,
    window: tuple[date, date] = WINDOW,
) -> str:
    companies = pl.DataFrame(
        {
            "company_id": ["cik:1"],
            "symbol": ["NEW"],
            "cik": ["1"],
            "ipo_year": pl.Series([ipo_year], dtype=pl.Int16),
            "flags": pl.Series([list(flags)], dtype=pl.List(pl.String)),
        }
    )
    rows: list[dict[str, Any]] = [{"security_id": "NEW", "role": "pricing_vehicle", "first": first}]
    if older_class:
        rows.append({"security_id": "OLD", "role": "additional_class", "first": older_class})
    # A warrant of the company, listed long before, says nothing of its shares.
    rows.append({"security_id": "WS", "role": None, "first": date(2021, 1, 29)})
    lines = pl.DataFrame(rows).with_columns(company_id=pl.lit("cik:1"))
    names = {"cik": ["1"] if former else [], "name": [former] if former else []}
    whole = with_offerings(
        companies,
        lines.drop("first"),
        lines.select("security_id", "first"),
        pl.DataFrame({"symbol": ["NEW"], "ipo_year": pl.Series([recorded], dtype=pl.Int16)}),
        pl.DataFrame(names, schema={"cik": pl.String, "name": pl.String}),
        window=window,
    )
    return str(whole["offering"].item())


@pytest.mark.parametrize(
    ("first", "offering"),
    [
        (date(2025, 4, 30), OUTSIDE),
        (date(2025, 5, 1), OFFERED),
        (date(2025, 7, 31), OFFERED),
        (date(2025, 8, 1), OUTSIDE),
    ],
)
def test_both_ends_of_the_window_are_in_it(first: date, offering: str) -> None:
    assert found(first) == offering


def test_an_offering_must_be_on_record() -> None:
    day = date(2025, 6, 5)
    assert found(day, None) == NOTHING
    assert found(day, None, recorded=2025) == OFFERED
    assert found(day, 2023) == OFFERED_BEFORE


def test_a_window_over_the_turn_of_the_year_has_two_years() -> None:
    window = (date(2025, 11, 3), date(2026, 1, 30))
    assert found(date(2026, 1, 2), 2025, window=window) == OFFERED
    assert found(date(2026, 1, 2), 2024, window=window) == OFFERED_BEFORE


def test_a_further_class_of_an_old_company_is_no_offering() -> None:
    assert found(date(2025, 6, 5), older_class=date(2022, 1, 3)) == OUTSIDE


@pytest.mark.parametrize(
    "said", [{"flags": ("former_spac",)}, {"former": "Sandy Bridge Acquisition Corp. II"}]
)
def test_a_former_spac_is_known_by_a_flag_or_by_its_name_at_edgar(said: dict[str, Any]) -> None:
    assert found(date(2025, 6, 5), **said) == FORMER_SPAC
    assert found(date(2021, 6, 5), **said) == FORMER_SPAC


def test_another_former_name_says_nothing() -> None:
    assert found(date(2025, 6, 5), former="Sandy Bridge Holdings Inc.") == OFFERED
