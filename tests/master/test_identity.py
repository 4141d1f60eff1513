"""Which company a line belongs to."""

from datetime import date

import polars as pl
import pytest

from recon.master.identity import ciks_of_lines, companies_of_lines

DAY = date(2024, 4, 30)
PAIRS = {"ticker": pl.String, "cik": pl.String, "name": pl.String, "session": pl.Date}
LINES = {"symbol": pl.String, "name": pl.String, "cik": pl.String, "security_type": pl.String}


def pairs(*rows):
    full = [row if len(row) == 4 else (*row, DAY) for row in rows]
    return pl.DataFrame(full, schema=PAIRS, orient="row")


def former(*rows):
    return pl.DataFrame(rows, schema={"cik": pl.String, "name": pl.String}, orient="row")


def lines(*rows):
    return pl.DataFrame(rows, schema={"symbol": pl.String, "name": pl.String}, orient="row")


def ciks(listed, known, names=()):
    return dict(ciks_of_lines(listed, known, former(*names)).iter_rows())


def owned(*rows):
    """`company_id` by symbol; rows of symbol, name, CIK and perhaps a type."""
    full = [row if len(row) == 4 else (*row, "common") for row in rows]
    frame = companies_of_lines(pl.DataFrame(full, schema=LINES, orient="row"))
    return dict(frame.select("symbol", "company_id").iter_rows())


class TestCiks:
    def test_a_ticker_under_a_fitting_name(self):
        found = ciks(
            lines(("AAPL", "Apple Inc. Common Stock")), pairs(("AAPL", "0000320193", "Apple Inc."))
        )
        assert found == {"AAPL": "0000320193"}

    @pytest.mark.parametrize("ticker", ["BRK-B", "BRK.B", "BRKB"])
    def test_spellings_of_edgar(self, ticker):
        found = ciks(
            lines(("BRK/B", "Berkshire Hathaway Inc.")),
            pairs((ticker, "0001067983", "BERKSHIRE HATHAWAY INC")),
        )
        assert found == {"BRK/B": "0001067983"}

    def test_a_preferred_of_edgar_gives_no_common_its_cik(self):
        """BHR-PB is a preferred of Braemar Hotels; BHRB is Burke & Herbert."""
        known = pairs(("BHR-PB", "0001574085", "Braemar Hotels & Resorts Inc."))
        assert ciks(lines(("BHRB", "Burke & Herbert Financial Services Corp.")), known) == {}
        assert ciks(lines(("BHR^B", "Braemar Hotels & Resorts Inc.")), known) == {}

    def test_names_that_contradict_refuse_the_cik(self):
        """A ticker that another company has taken over in the meantime."""
        found = ciks(
            lines(("META", "Roundhill Ball Metaverse ETF")),
            pairs(("META", "0001326801", "Meta Platforms, Inc.")),
        )
        assert found == {}

    def test_a_former_name_fits_too(self):
        found = ciks(
            lines(("FB", "Facebook, Inc. Class A Common Stock")),
            pairs(("FB", "0001326801", "Meta Platforms, Inc.")),
            [("0001326801", "Facebook Inc"), ("0001326801", None)],
        )
        assert found == {"FB": "0001326801"}

    def test_a_former_name_of_another_company_does_not_help(self):
        found = ciks(
            lines(("FB", "Facebook, Inc.")),
            pairs(("FB", "0000000001", "Some Fund")),
            [("0001326801", "Facebook Inc")],
        )
        assert found == {}

    def test_without_a_name_the_ticker_is_believed(self):
        known = pairs(("AAA", "0000000001", None))
        assert ciks(lines(("AAA", "Aaa Inc.")), known) == {"AAA": "0000000001"}
        known = pairs(("AAA", "0000000001", "Aaa Inc."))
        assert ciks(lines(("AAA", None)), known) == {"AAA": "0000000001"}

    def test_the_newest_fact_that_fits(self):
        known = pairs(
            ("AAA", "0000000001", "Aaa Inc.", date(2022, 1, 3)),
            ("AAA", "0000000002", "Aaa Holdings", date(2024, 1, 3)),
            ("AAA", "0000000003", "Zzz Corp", date(2024, 4, 1)),
        )
        assert ciks(lines(("AAA", "Aaa Inc.")), known) == {"AAA": "0000000002"}

    def test_nothing_known(self):
        assert ciks(lines(("AAA", "Aaa Inc.")), pairs()) == {}
        assert ciks(lines(), pairs(("AAA", "0000000001", "Aaa Inc."))) == {}


class TestCompanies:
    def test_two_classes_of_one_cik_are_one_company(self):
        found = owned(
            ("GOOG", "Alphabet Inc. Class C Capital Stock", "0001652044"),
            ("GOOGL", "Alphabet Inc. Class A Common Stock", "0001652044"),
        )
        assert set(found.values()) == {"cik:0001652044"}

    def test_a_class_without_a_cik_joins_by_name(self):
        found = owned(
            ("GOOG", "Alphabet Inc. Class C Capital Stock", None),
            ("GOOGL", "Alphabet Inc. Class A Common Stock", "0001652044"),
        )
        assert set(found.values()) == {"cik:0001652044"}

    def test_without_any_cik_the_name_is_the_company(self):
        found = owned(
            ("GOOG", "Alphabet Inc. Class C Capital Stock", None),
            ("GOOGL", "Alphabet Inc. Class A Common Stock", None),
            ("AAPL", "Apple Inc. Common Stock", None),
        )
        assert found["GOOG"] == found["GOOGL"] != found["AAPL"]

    def test_a_name_that_two_ciks_bear_decides_nothing(self):
        found = owned(
            ("AAA", "First Bancorp Common Stock", "0000000001"),
            ("BBB", "First Bancorp Common Stock", "0000000002"),
            ("CCC", "First Bancorp Common Stock", None),
        )
        assert len(set(found.values())) == 3

    def test_a_line_without_name_and_cik_is_a_company_of_its_own(self):
        found = owned(("AAA", None, None), ("BBB", None, None))
        assert len(set(found.values())) == 2
        assert None not in found.values()

    def test_tracking_stocks_are_companies_of_their_own(self):
        cik = "0001560385"
        found = owned(
            ("LSXMA", "Liberty Media Corporation - Series A Liberty SiriusXM Common Stock", cik,
             "tracking_stock"),
            ("LSXMK", "Liberty Media Corporation - Series C Liberty SiriusXM Common Stock", cik,
             "tracking_stock"),
            ("FWONA", "Liberty Media Corporation - Series A Liberty Formula One Common Stock", cik,
             "tracking_stock"),
        )  # fmt: skip
        assert found["LSXMA"] == found["LSXMK"] != found["FWONA"]
        assert all(company.startswith(f"cik:{cik}") for company in found.values())

    def test_the_company_does_not_depend_on_the_order_of_lines(self):
        rows = [
            ("GOOG", "Alphabet Inc. Class C Capital Stock", None),
            ("GOOGL", "Alphabet Inc. Class A Common Stock", "0001652044"),
            ("AAPL", "Apple Inc. Common Stock", None),
        ]
        assert owned(*rows) == owned(*reversed(rows))
