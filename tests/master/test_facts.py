from datetime import date

import polars as pl

from recon.master.facts import SECTION_16_ABROAD, attach

NAMES = ("entity_type", "sic", "filer_category", "name")
PLACES = {"state_of_incorporation": "DE", "business_state_or_country": "X0"}


class Known:
    """What was known: a filer whose insiders began to report on 1 April 2026."""

    def __init__(self, form: str | None = None) -> None:
        self.form = form

    def places(self) -> pl.DataFrame:
        return pl.DataFrame({"code": ["DE", "X0"], "type": ["US", "FOREIGN"], "iso": ["US", "GB"]})

    def annual_forms(self) -> pl.DataFrame:
        rows = [] if self.form is None else [{"cik": "0000000001", "form": self.form}]
        return pl.DataFrame(rows, schema={"cik": pl.String, "form": pl.String})

    def filers(self, until: date | None = None) -> pl.DataFrame:
        reports = until is None or until >= date(2026, 4, 1)
        row = {"cik": "0000000001", "insider_transactions": reports, **PLACES}
        return pl.DataFrame([row | dict.fromkeys(NAMES, "x")])


def attached(known: Known) -> dict[str, object]:
    lines = pl.DataFrame({"symbol": ["AZN"], "cik": ["0000000001"], "country": ["United Kingdom"]})
    directory = pl.DataFrame(
        {"symbol": ["AZN"], "security_name": ["Ordinary"], "etf": [False], "last_changed": [None]}
    )
    return attach(lines, known, directory).row(0, named=True)  # type: ignore[arg-type]


def test_section_16_says_nothing_of_home_once_it_holds_for_companies_abroad():
    assert date(2026, 3, 18) == SECTION_16_ABROAD
    assert attached(Known())["domestic_filer"] is False


def test_the_annual_report_is_the_better_evidence():
    assert attached(Known("10-K"))["domestic_filer"] is True
    assert attached(Known("20-F"))["domestic_filer"] is False


def test_places_come_as_countries():
    found = attached(Known())
    assert (found["incorporation"], found["headquarters"]) == ("US", "GB")
