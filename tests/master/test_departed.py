"""Who has left the exchange since rank day, from the lives known at the moment."""

from datetime import date

import polars as pl
import pytest

from recon.master.departed import company_departures, with_departures

NEWEST = date(2024, 5, 22)


def lives(*rows: tuple[str, date | None]) -> pl.DataFrame:
    schema = {"security_id": pl.String, "gone": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("own", "left_on"),
    [
        ([("A", date(2024, 5, 3))], date(2024, 5, 3)),
        ([("A", None)], None),
        ([("A", date(2024, 5, 3)), ("A", None)], None),  # renamed, and still there
        ([("A", date(2022, 5, 3)), ("A", date(2024, 5, 3))], date(2024, 5, 3)),
        ([("A", date(2024, 5, 17))], None),  # five days may be a hole of the source
        ([("A", date(2024, 5, 16))], date(2024, 5, 16)),
        ([], None),
    ],
)
def test_a_line_has_left_when_no_life_goes_on(
    own: list[tuple[str, date | None]], left_on: date | None
) -> None:
    lines = pl.DataFrame({"security_id": ["A"]})
    found = with_departures(lines, lives(*own, ("B", date(2024, 5, 2))), NEWEST)
    assert found["left_on"].to_list() == [left_on]


def test_a_company_has_left_with_its_last_line() -> None:
    lines = pl.DataFrame(
        [
            ("both", "pricing_vehicle", date(2024, 5, 3)),
            ("both", "additional_class", date(2024, 5, 6)),
            ("one", "pricing_vehicle", date(2024, 5, 3)),
            ("one", "additional_class", None),
            ("with warrants", "pricing_vehicle", date(2024, 5, 3)),
            ("with warrants", None, None),
        ],
        schema={"company_id": pl.String, "role": pl.String, "left_on": pl.Date},
        orient="row",
    )
    found = dict(company_departures(lines).iter_rows())
    assert found == {"both": date(2024, 5, 6), "with warrants": date(2024, 5, 3)}
