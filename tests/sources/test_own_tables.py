from datetime import date, datetime
from pathlib import Path

import pytest

from recon.contracts import OWN_FACTS
from recon.errors import RefusedFileError
from recon.screen import IPO_RULES
from recon.sources import files, recognise
from recon.sources.base import Seen

COUNTS = "symbol,as_of,shares,known_at,source"
FACTS = "company,fact,value,known_at,source"


def read(folder: Path, *lines: str, source: str):
    path = folder / "own.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = recognise(path)
    assert found is not None
    assert found.name == source
    (chunk,) = found.read(path, Seen())
    return chunk


def test_a_vendors_count_is_known_at_the_end_of_its_day(tmp_path):
    line = "brk.b,2025-01-28,2156590000,2025-02-05,vendor X"
    chunk = read(tmp_path, COUNTS, line, source="vendor_counts")
    assert chunk.rows.rows() == [
        (
            "BRK.B",
            date(2025, 1, 28),
            "vendor_counts",
            "stated",
            2156590000.0,
            "vendor X",
            datetime.fromisoformat("2025-02-06T04:59:59.999999"),
        )
    ]


@pytest.mark.parametrize(
    ("header", "line", "company"),
    [
        ("cik,as_of,shares,known_at,source", "1652044,2025-01-28,1e9,2025-02-05,x", "0001652044"),
        (
            "source,symbol,cik,as_of,known_at,shares",
            "x,GOOG,0001652044,2025-01-28,2025-02-05,1e9",
            "0001652044",
        ),
        ("Symbol,CIK,As_of,Shares,Known_at,Source", "GOOG,,2025-01-28,1e9,2025-02-05,x", "GOOG"),
        ("\ufeff" + COUNTS, "GOOG,2025-01-28,1e9,2025-02-05,x", "GOOG"),
    ],
)
def test_the_company_is_the_cik_or_else_the_symbol(tmp_path, header, line, company):
    chunk = read(tmp_path, header, line, source="vendor_counts")
    assert chunk.rows["company"].to_list() == [company]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("GOOG,2025-01-28,-5,2025-02-05,x", "shares|min"),
        ("GOOG,2025-01-28,0,2025-02-05,x", "shares|min"),
        ("GOOG,2025-01-28,nan,2025-02-05,x", "shares|nan"),
        ("GOOG,2025-01-28,inf,2025-02-05,x", "shares|inf"),
        ('GOOG,2025-01-28,"1,000,000",2025-02-05,x', "shares|nullability"),
        ("GOOG,28.01.2025,1000000,2025-02-05,x", "as_of|nullability"),
        ("GOOG,2025-02-30,1000000,2025-03-05,x", "as_of|nullability"),
        ("GOOG,2025-01-28,1000000,,x", "known_at|nullability"),
        ("GOOG,2025-01-28,1000000,2025-01-20,x", "counted_before_known"),
        (",2025-01-28,1000000,2025-02-05,x", "company|nullability"),
        ("GOOG,2025-01-28,1000000,2025-02-05,", "origin|nullability"),
    ],
)
def test_a_broken_count_is_set_aside_with_its_rule(tmp_path, line, rule):
    good = "AAPL,2025-01-28,1000000,2025-02-05,x"
    chunk = read(tmp_path, COUNTS, line, good, source="vendor_counts")
    assert chunk.rows["company"].to_list() == ["AAPL"]
    assert chunk.rejected["rule"].to_list() == [rule]


def test_a_correction_is_another_statement_and_a_repetition_is_none(tmp_path):
    line = "GOOG,2025-01-28,1000000,2025-02-05,x"
    corrected = "GOOG,2025-01-28,1100000,2025-02-20,x"
    chunk = read(tmp_path, COUNTS, line, line, corrected, source="vendor_counts")
    assert chunk.rows["shares"].to_list() == [1000000.0, 1100000.0]
    assert (chunk.rejected.height, chunk.skipped) == (0, 1)


def test_two_counts_of_one_statement_are_both_set_aside(tmp_path):
    lines = [f"GOOG,2025-01-28,{n},2025-02-05,x" for n in (1000000, 2000000)]
    chunk = read(tmp_path, COUNTS, *lines, source="vendor_counts")
    assert chunk.rows.is_empty()
    assert chunk.rejected["rule"].to_list() == ["primary_key", "primary_key"]


def test_a_users_answer_is_known_at_the_end_of_its_day(tmp_path):
    lines = [
        "1652044,voting_rights,pass,2025-03-01,proxy statement 2025",
        "rkt,Free_Float,FAIL,2025-04-10,Form 4",
    ]
    chunk = read(tmp_path, FACTS, *lines, source="own_facts")
    assert chunk.rows.rows() == [
        (
            "0001652044",
            "voting_rights",
            "pass",
            "proxy statement 2025",
            datetime.fromisoformat("2025-03-02T04:59:59.999999"),
        ),
        (
            "RKT",
            "free_float",
            "fail",
            "Form 4",
            datetime.fromisoformat("2025-04-11T03:59:59.999999"),
        ),
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("RKT,weather,pass,2025-04-10,x", "fact"),
        ("RKT,minimum_price,pass,2025-04-10,x", "fact"),
        ("RKT,ubti,perhaps,2025-04-10,x", "value"),
        ("RKT,ubti,,2025-04-10,x", "value"),
        (",ubti,pass,2025-04-10,x", "company"),
        ("RKT,ubti,pass,tomorrow,x", "known_at"),
        ("RKT,ubti,pass,2025-04-10,", "origin"),
    ],
)
def test_a_broken_answer_is_set_aside_with_its_rule(tmp_path, line, column):
    chunk = read(tmp_path, FACTS, line, "AAPL,ubti,pass,2025-04-10,x", source="own_facts")
    assert chunk.rows["company"].to_list() == ["AAPL"]
    (rule,) = chunk.rejected["rule"]
    assert rule.startswith(f"{column}|")


def test_answers_are_to_rules_of_the_screen_that_are_no_figures():
    assert set(OWN_FACTS) == set(IPO_RULES) - {"minimum_price", "minimum_total_cap"}


@pytest.mark.parametrize("header", ["symbol,as_of,shares", "company,fact,value,known_at", "a,b"])
def test_other_tables_are_not_recognised(tmp_path, header):
    path = tmp_path / "own.csv"
    path.write_text(header + "\n")
    assert recognise(path) is None


def test_a_damaged_table_is_refused(tmp_path):
    with pytest.raises(RefusedFileError, match="as many cells"):
        read(tmp_path, COUNTS, "GOOG,2025-01-28,1,2025-02-05,x,y,z", source="vendor_counts")


def test_a_table_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 10)
    with pytest.raises(RefusedFileError, match="at most 10 bytes"):
        read(tmp_path, COUNTS, source="vendor_counts")


SPREADS = "symbol,session,quoted_spread_bps,known_at,source"
VOLATILITIES = "symbol,session,days,implied_volatility_percent,known_at,source"
SHORTS = "symbol,settled,shares_short,known_at,source"


@pytest.mark.parametrize(
    ("header", "line", "source", "row"),
    [
        (
            SPREADS,
            "brk.b,2025-02-05,1.25,2025-02-05,x",
            "own_quoted_spread",
            ("BRK.B", date(2025, 2, 5), 1.25),
        ),
        (
            VOLATILITIES,
            "GOOG,2025-02-05,30,31.5,2025-02-05,x",
            "own_implied_volatility",
            ("GOOG", date(2025, 2, 5), 30, 31.5),
        ),
        (
            "source,known_at,shares_short,settled,symbol",
            "x,2025-02-05,61200000,2025-01-31,GOOG",
            "own_short_interest",
            ("GOOG", date(2025, 1, 31), 61200000.0),
        ),
    ],
)
def test_a_figure_of_trading_is_known_at_the_end_of_its_day(tmp_path, header, line, source, row):
    chunk = read(tmp_path, header, line, source=source)
    known_at = datetime.fromisoformat("2025-02-06T04:59:59.999999")
    assert chunk.rows.rows() == [(*row, "x", known_at)]


@pytest.mark.parametrize(
    ("header", "line", "source", "rule"),
    [
        (SPREADS, "GOOG,2025-02-05,-1,2025-02-05,x", "own_quoted_spread", "quoted_spread_bps|min"),
        (SPREADS, "GOOG,2025-02-09,1,2025-02-05,x", "own_quoted_spread", "measured_before_known"),
        (
            VOLATILITIES,
            "GOOG,2025-02-05,thirty,31.5,2025-02-05,x",
            "own_implied_volatility",
            "days|nullability",
        ),
        (
            VOLATILITIES,
            "GOOG,2025-02-05,30,nan,2025-02-05,x",
            "own_implied_volatility",
            "implied_volatility_percent|nan",
        ),
        (SHORTS, "GOOG,2025-02-09,5,2025-02-05,x", "own_short_interest", "settled_before_known"),
        (SHORTS, ",2025-01-31,5,2025-02-05,x", "own_short_interest", "symbol|nullability"),
    ],
)
def test_a_broken_figure_of_trading_is_set_aside_with_its_rule(
    tmp_path, header, line, source, rule
):
    chunk = read(tmp_path, header, line, source=source)
    assert chunk.rows.is_empty()
    assert chunk.rejected["rule"].to_list() == [rule]
