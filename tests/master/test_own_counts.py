"""Own counts in place of the screener's: precedence, splits, and where they do not fit."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from recon.contracts import CONTRACTS
from recon.master.own_counts import with_own_counts

SESSION = date(2024, 6, 28)
SPLIT = date(2024, 6, 12)
DEFAULT = ("vendor_counts", "companyfacts", "screener")
CIK = "0000000001"

# symbol, company, type, close, volume, shares, provenance
_LINES: tuple[tuple[str, str, str, float, int, float | None, str], ...] = (
    ("AAA", f"cik:{CIK}", "common", 50.0, 900, 1e8, "reported"),
    ("AAA/B", f"cik:{CIK}", "additional_class", 40.0, 100, 1e8, "reported"),
    ("AAA^C", f"cik:{CIK}", "preferred", 25.0, 10, None, "missing"),
    ("BIG/A", "cik:0000000002", "common", 600_000.0, 1, 1.5e6, "reported"),
    ("BIG/B", "cik:0000000002", "additional_class", 400.0, 500, 2.1e9, "reported"),
    ("NEW", "cik:0000000003", "common", 20.0, 50, None, "missing"),
    ("HELD", "cik:0000000004", "common", 30.0, 50, 2e8, "filled:holdings"),
    ("UPC", "cik:0000000005", "common", 10.0, 50, 9e8, "carried:units"),
    ("FAR", "cik:0000000006", "adr", 15.0, 50, 1e8, "reported"),
    ("TRKA", "cik:0000000007/GROUP A", "tracking_stock", 15.0, 50, 1e8, "reported"),
)


def lines() -> pl.DataFrame:
    schema = ["symbol", "company_id", "security_type", "close", "volume", "shares", "provenance"]
    return pl.DataFrame(_LINES, schema=schema, orient="row").with_columns(
        session=pl.lit(SESSION),
        security_id=pl.format("{}:2021-01-29", "symbol"),
        note=pl.lit(None, pl.String),
        log_shares_dispersion=pl.lit(0.0),
    )


def securities() -> pl.DataFrame:
    """Lives of the symbols, of one that AAA bore before, and of one that NEW's symbol had."""
    begin = date(2021, 1, 29)
    symbols = [symbol for symbol, *_ in _LINES]
    rows = [(s, begin if s != "NEW" else date(2024, 6, 20), None, s) for s in symbols]
    rows = [*rows, ("OLDA", begin, date(2024, 6, 3), "AAA"), ("NEW", begin, date(2023, 5, 1), "X")]
    return pl.DataFrame(
        [
            {
                "life": f"{symbol}:{first}",
                "symbol": symbol,
                "first": first,
                "gone": gone,
                "security_id": f"{owner}:2021-01-29",
            }
            for symbol, first, gone, owner in rows
        ],
        schema_overrides={"gone": pl.Date},
    )


def quotes(split: float | None = None) -> pl.DataFrame:
    """AAA, splitting on `SPLIT` by a factor, beside twenty that stand still."""
    days = [date(2024, 6, 3) + timedelta(days=n) for n in range(26)]
    rows: list[tuple[date, str, float, float]] = []
    for day in (d for d in days if d.weekday() < 5):
        rows += [(day, f"S{n}:2021-01-29", 10.0, 0.0) for n in range(20)]
        price = 50.0 * (split or 1.0) if day < SPLIT else 50.0
        rows.append((day, "AAA:2021-01-29", price, 0.0))
    return pl.DataFrame(
        rows, schema=["session", "security_id", "close", "netchange"], orient="row"
    ).with_columns(exchange=pl.lit("nyse"))


def counted(
    shares: float,
    company: str = CIK,
    by: str = "companyfacts",
    as_of: str = "2024-06-05",
    known: str = "2024-06-07",
    measure: str | None = None,
) -> dict[str, Any]:
    return {
        "company": company,
        "as_of": date.fromisoformat(as_of),
        "counted_by": by,
        "measure": measure or ("cover" if by == "companyfacts" else "stated"),
        "shares": shares,
        "origin": "10-Q 1",
        "known_at": datetime.fromisoformat(f"{known}T22:00:00"),
    }


def outcome(*counts: dict[str, Any], order: tuple[str, ...] = DEFAULT, split: float | None = None):
    columns = CONTRACTS["share_count"].columns()
    schema = {name: column.dtype for name, column in columns.items()}
    found = with_own_counts(
        lines(), pl.DataFrame(list(counts), schema=schema), securities(), quotes(split), order
    )
    assert found["symbol"].to_list() == lines()["symbol"].to_list()
    return {row["symbol"]: row for row in found.iter_rows(named=True)}


def changed(*counts: dict[str, Any], **options: Any) -> dict[str, tuple[float, str]]:
    before = {row["symbol"]: row for row in lines().iter_rows(named=True)}
    return {
        symbol: (row["shares"], row["provenance"])
        for symbol, row in outcome(*counts, **options).items()
        if (row["shares"], row["provenance"])
        != (before[symbol]["shares"], before[symbol]["provenance"])
    }


def test_a_count_by_cik_is_for_all_shares_of_the_company_and_says_where_it_is_from():
    found = outcome(counted(1.2e8))
    assert changed(counted(1.2e8)) == {
        "AAA": (1.2e8, "companyfacts"),
        "AAA/B": (1.2e8, "companyfacts"),
    }
    assert found["AAA"]["note"] == "as_of:2024-06-05;known:2024-06-07;source:10-Q 1"
    assert 0 < found["AAA"]["log_shares_dispersion"] < 0.1


def test_nothing_changes_without_counts():
    assert changed() == {}
    assert changed(counted(1.2e8, company="0000009999")) == {}


@pytest.mark.parametrize(
    ("order", "taken"),
    [
        (DEFAULT, (1.1e8, "vendor")),
        (("companyfacts", "vendor_counts", "screener"), (1.2e8, "companyfacts")),
        (("companyfacts", "screener"), (1.2e8, "companyfacts")),
        (("companyfacts",), (1.2e8, "companyfacts")),
        (("screener", "vendor_counts", "companyfacts"), None),
        (("screener",), None),
        ((), None),
    ],
)
def test_the_first_counter_in_the_order_is_taken(order, taken):
    counts = (counted(1.1e8, by="vendor_counts"), counted(1.2e8))
    assert changed(*counts, order=order).get("AAA") == taken


def test_behind_the_screener_a_count_stands_only_where_it_has_none():
    order = ("screener", "vendor_counts")
    counts = [counted(3e8, company=s, by="vendor_counts") for s in ("AAA", "HELD", "NEW")]
    assert changed(*counts, order=order) == {"HELD": (3e8, "vendor"), "NEW": (3e8, "vendor")}


@pytest.mark.parametrize("factor", [4.0, 1.5, 0.1])
@pytest.mark.parametrize("by", ["companyfacts", "vendor_counts"])
def test_a_split_after_the_count_was_known_is_applied(factor, by):
    before = counted(1.2e8 / factor, by=by)
    row = outcome(before, split=factor)["AAA"]
    assert row["shares"] == pytest.approx(1.2e8)
    assert row["note"].endswith(f";split:{factor}")


def test_a_split_before_the_count_is_not_applied_again():
    after = counted(1.2e8, as_of="2024-06-14", known="2024-06-18")
    row = outcome(after, split=4.0)["AAA"]
    assert row["shares"] == 1.2e8
    assert "split" not in row["note"]


@pytest.mark.parametrize("stated", [1.2e8, 3e7])
@pytest.mark.parametrize("measure", ["cover", "balance_sheet"])
def test_a_count_stated_after_a_split_may_be_restated_or_not(stated, measure):
    count = counted(stated, as_of="2024-06-05", known="2024-06-20", measure=measure)
    assert outcome(count, split=4.0)["AAA"]["shares"] == pytest.approx(1.2e8)


def test_a_split_of_another_company_is_not_applied():
    count = counted(2e9, company="BIG/B", by="vendor_counts")
    assert changed(count, split=4.0) == {"BIG/B": (2e9, "vendor")}


def test_lines_priced_far_apart_are_no_shares_of_one_kind():
    second = "0000000002"
    assert changed(counted(2e9, company=second)) == {"BIG/B": (2e9, "companyfacts")}
    both = [counted(n, company=s, by="vendor_counts") for s, n in (("BIG.A", 1.4e6), ("BIGB", 2e9))]
    assert changed(*both) == {"BIG/A": (1.4e6, "vendor"), "BIG/B": (2e9, "vendor")}


def test_of_two_lines_counted_each_keeps_its_own():
    both = [
        counted(n, company=s, by="vendor_counts") for s, n in (("AAA", 1.1e8), ("AAA/B", 1.3e8))
    ]
    assert changed(*both) == {"AAA": (1.1e8, "vendor"), "AAA/B": (1.3e8, "vendor")}


def test_a_symbol_is_that_of_its_day():
    renamed = counted(1.1e8, company="OLDA", by="vendor_counts", as_of="2024-05-31")
    assert changed(renamed)["AAA"] == (1.1e8, "vendor")
    too_late = counted(1.1e8, company="OLDA", by="vendor_counts", as_of="2024-06-20")
    assert changed(too_late) == {}


def test_a_count_from_before_the_listing_is_for_who_bears_the_symbol_now():
    offering = counted(7e7, company="NEW", by="vendor_counts", as_of="2024-04-01")
    assert changed(offering) == {"NEW": (7e7, "vendor")}


@pytest.mark.parametrize("shares", [9e5, 1.1e10])
def test_a_filing_a_hundredfold_off_is_not_believed_and_a_vendor_is(shares):
    assert changed(counted(shares)) == {}
    assert changed(counted(shares, by="vendor_counts"))["AAA"] == (shares, "vendor")


def test_a_filing_knows_no_partnership_units():
    fifth = "0000000005"
    assert changed(counted(3e8, company=fifth)) == {}
    assert changed(counted(9.5e8, company=fifth)) == {"UPC": (9.5e8, "companyfacts")}
    assert changed(counted(3e8, company=fifth, by="vendor_counts")) == {"UPC": (3e8, "vendor")}


def test_a_filing_does_not_count_receipts_or_tracking_stocks():
    assert changed(counted(3e8, company="0000000006"), counted(3e8, company="0000000007")) == {}
    assert changed(counted(3e8, company="FAR", by="vendor_counts")) == {"FAR": (3e8, "vendor")}
