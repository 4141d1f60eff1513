from datetime import UTC, date, datetime

import polars as pl

from recon.master.facts import SECTION_16_ABROAD, attach, current_directory
from recon.master.unseen import FOLLOWED

NAMES = ("entity_type", "sic", "filer_category", "name")
PLACES = {
    "state_of_incorporation": "DE",
    "business_state_or_country": "X0",
    "business_city": "LONDON",
}


class Known:
    """What was known: a filer whose insiders began to report on 1 April 2026."""

    def __init__(self, form: str | None = None, **shown: str | None) -> None:
        self.form = form
        self.shown = shown

    def places(self) -> pl.DataFrame:
        return pl.DataFrame({"code": ["DE", "X0"], "type": ["US", "FOREIGN"], "iso": ["US", "GB"]})

    def annual_forms(self) -> pl.DataFrame:
        rows = [] if self.form is None else [{"cik": "0000000001", "form": self.form}]
        return pl.DataFrame(rows, schema={"cik": pl.String, "form": pl.String})

    def filers(self, until: date | None = None) -> pl.DataFrame:
        reports = until is None or until >= date(2026, 4, 1)
        row = {"cik": "0000000001", "insider_transactions": reports, **PLACES}
        return pl.DataFrame(
            [row | dict.fromkeys(NAMES, "x") | self.shown],
            schema_overrides=dict.fromkeys(("filer_category", *PLACES), pl.String),
        )

    def cities_abroad(self) -> pl.DataFrame:
        rows = [("HAMILTON", "CA", 2), ("HAMILTON", "BM", 9), ("TOKYO", "JP", 5)]
        return pl.DataFrame(rows, schema=["city", "iso", "filers"], orient="row")


def attached(known: Known, country: str | None = "United Kingdom") -> dict[str, object]:
    lines = pl.DataFrame(
        {"symbol": ["AZN"], "cik": ["0000000001"], "country": [country]},
        schema_overrides={"country": pl.String},
    )
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


def test_entity_type_tells_who_files_domestic_reports_before_section_16_does():
    def files(entity: str, category: str | None) -> object:
        return attached(Known(entity_type=entity, filer_category=category))["domestic_filer"]

    assert files("operating", None) is True
    assert files("other", "Accelerated filer") is False
    assert attached(Known("10-K", entity_type="other"))["domestic_filer"] is True


def test_a_new_filer_is_not_yet_a_foreign_one():
    known = Known(entity_type="other", filer_category=None)
    known.filers = lambda until=None: Known.filers(known).with_columns(  # type: ignore[method-assign]
        insider_transactions=pl.lit(True)
    )
    assert attached(known)["domestic_filer"] is True


def test_an_address_without_a_place_code_lies_in_the_country_of_its_city():
    def offices(city: str | None, country: str | None = None) -> object:
        known = Known(business_state_or_country=None, business_city=city)
        return attached(known, country)["headquarters"]

    assert offices("Tokyo", "United States") == "JP"
    assert offices("HAMILTON") == "BM"
    assert offices("BRAMPTON", "Canada") == "CA"
    assert offices("BRAMPTON", "United States") == offices("BRAMPTON") == "ZZ"
    assert offices(None, "United States") == "US"


def test_a_directory_that_nobody_follows_any_more_says_nothing():
    class Directories:
        moment = datetime(2021, 5, 8, tzinfo=UTC)

        def directory(self) -> pl.DataFrame:
            newest = self.moment.date() - FOLLOWED
            rows = [
                ("old", "PBY", date(2015, 4, 27)),
                ("kept", "SE", date(2015, 4, 27)),
                ("kept", "AGNC", newest),
            ]
            return pl.DataFrame(rows, schema=["directory", "symbol", "last_changed"], orient="row")

    said = current_directory(Directories())  # type: ignore[arg-type]
    assert said["symbol"].to_list() == ["SE", "AGNC"]
