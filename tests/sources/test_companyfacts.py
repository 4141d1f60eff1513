from datetime import date, datetime
from pathlib import Path

import pytest
from sec_archives import BALANCE, archive, company_facts, count

from recon.sources import companyfacts, recognise
from recon.sources.base import Seen


def read(path: Path):
    source = recognise(path)
    assert source is not None
    assert source.name == "companyfacts"
    return list(source.read(path, Seen()))


def one(tmp_path: Path, *companies):
    (chunk,) = read(archive(tmp_path / "companyfacts.zip", *companies))
    return chunk


def test_a_cover_count_is_known_at_the_end_of_the_day_of_its_filing(tmp_path):
    chunk = one(tmp_path, company_facts(320193, count("2025-01-17", 15022073000, "2025-01-31")))
    assert chunk.table == "share_count"
    assert chunk.rows.rows(named=True) == [
        {
            "company": "0000320193",
            "as_of": date(2025, 1, 17),
            "counted_by": "companyfacts",
            "measure": "cover",
            "shares": 15022073000.0,
            "origin": "10-Q 0000320193-25-000008",
            "known_at": datetime.fromisoformat("2025-02-01T04:59:59.999999"),
        }
    ]


def test_only_share_counts_in_shares_are_taken(tmp_path):
    company = company_facts(320193, count("2024-12-28", 15 * 10**9, "2025-01-31"), fact=BALANCE)
    company["facts"]["us-gaap"]["CommonStockSharesIssued"] = company["facts"]["us-gaap"][BALANCE[1]]
    company["facts"]["us-gaap"][BALANCE[1]]["units"]["USD"] = [
        count("2024-12-28", 1e9, "2025-01-31")
    ]
    assert one(tmp_path, company).rows["measure"].to_list() == ["balance_sheet"]


def test_the_same_count_in_a_later_report_is_a_later_statement(tmp_path):
    first = count("2024-12-28", 15 * 10**9, "2025-01-31", accn="0000320193-25-000008")
    later = count("2024-12-28", 15 * 10**9, "2025-05-02", accn="0000320193-25-000057")
    chunk = one(tmp_path, company_facts(320193, first, later, fact=BALANCE))
    assert chunk.rows["origin"].to_list() == [
        "10-Q 0000320193-25-000008",
        "10-Q 0000320193-25-000057",
    ]


def test_two_values_of_one_report_are_one_rounded_or_neither(tmp_path):
    rounded = [count("2025-01-17", v, "2025-01-31") for v in (15022073000, 15022000000)]
    classes = [count("2025-01-20", v, "2025-02-05") for v in (5_800_000_000, 860_000_000)]
    chunk = one(tmp_path, company_facts(320193, *rounded), company_facts(1652044, *classes))
    assert chunk.rows.select("company", "shares").rows() == [("0000320193", 15022073000.0)]
    (rule,) = chunk.rejected["rule"]
    assert rule == "shares|ambiguous"
    assert "860000000" in chunk.rejected["row"][0]


@pytest.mark.parametrize("value", [0, 1, 100, 53_501])
def test_placeholders_and_thousands_are_skipped(tmp_path, value):
    chunk = one(tmp_path, company_facts(320193, count("2025-01-17", value, "2025-01-31")))
    assert (chunk.rows.height, chunk.rejected.height, chunk.skipped) == (0, 0, 1)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"end": "2034-01-17"}, "counted_before_known"),
        ({"end": "soon"}, "as_of|nullability"),
        ({"end": None}, "as_of|nullability"),
        ({"filed": ""}, "known_at|nullability"),
        ({"val": "many"}, "shares|nullability"),
        ({"val": None}, "shares|nullability"),
        ({"val": [1]}, "shares|nullability"),
        ({"val": {"a": 1}}, "shares|nullability"),
        ({"val": True}, "shares|nullability"),
        ({"val": 10**40}, "shares|max"),
        ({"accn": None}, "origin|nullability"),
    ],
)
def test_a_broken_count_is_set_aside_and_the_others_are_kept(tmp_path, broken, rule):
    good = count("2025-01-17", 15022073000, "2025-01-31")
    bad = count("2025-01-17", 15 * 10**9, "2025-01-31", accn="0000320193-25-000009") | broken
    chunk = one(tmp_path, company_facts(320193, bad, good))
    assert chunk.rows["shares"].to_list() == [15022073000.0]
    assert chunk.rejected["rule"].to_list() == [rule]


@pytest.mark.parametrize(
    "facts",
    [
        None,
        [],
        "facts",
        {},
        {"dei": None},
        {"dei": {"EntityCommonStockSharesOutstanding": 1}},
        {"dei": {"EntityCommonStockSharesOutstanding": {"units": {"shares": {"end": 1}}}}},
        {"dei": {"EntityCommonStockSharesOutstanding": {"units": {"shares": [1, None]}}}},
    ],
)
def test_a_company_without_counts_gives_none(tmp_path, facts):
    good = company_facts(320193, count("2025-01-17", 15022073000, "2025-01-31"))
    chunk = one(tmp_path, good, {"cik": 5, "entityName": "X", "facts": facts}, {"cik": 6})
    assert chunk.rows["company"].to_list() == ["0000320193"]
    assert chunk.rejected.is_empty()


def test_chunks_follow_each_other_without_loss(tmp_path, monkeypatch):
    monkeypatch.setattr(companyfacts, "CHUNK", 3)
    companies = [
        company_facts(n, *(count(f"2025-01-{d:02}", 10**8, "2025-01-31") for d in (1, 2)))
        for n in range(1, 6)
    ]
    chunks = read(archive(tmp_path / "companyfacts.zip", *companies))
    assert [chunk.rows.height for chunk in chunks] == [4, 4, 2]
