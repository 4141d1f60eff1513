from datetime import date, datetime

import polars as pl

from recon.master.own_facts import answers

LINES = pl.DataFrame(
    {
        "symbol": ["AAA", "AAA/B", "TRKA", "TRKB", "META"],
        "security_id": ["AAA:1", "AAA/B:1", "TRKA:1", "TRKB:1", "FB:1"],
        "company_id": ["cik:0000000001", "cik:0000000001", "cik:2/A", "cik:2/B", "name:META"],
        "cik": ["0000000001", "0000000001", "0000000002", "0000000002", None],
    }
)
SECURITIES = pl.DataFrame(
    [
        ("AAA", date(2021, 1, 29), None, "AAA:1"),
        ("AAA/B", date(2021, 1, 29), None, "AAA/B:1"),
        ("FB", date(2021, 1, 29), date(2022, 6, 9), "FB:1"),
        ("META", date(2021, 6, 30), date(2022, 1, 31), "METV:1"),
        ("META", date(2022, 6, 9), None, "FB:1"),
    ],
    schema={"symbol": pl.String, "first": pl.Date, "gone": pl.Date, "security_id": pl.String},
    orient="row",
).with_columns(life=pl.format("{}:{}", "symbol", "first"))


def found(*said: tuple[str, str, str, str]) -> list[tuple[str, str, str]]:
    facts = pl.DataFrame(
        [(c, f, v, c, datetime.fromisoformat(f"{day}T22:00")) for c, f, v, day in said],
        schema=["company", "fact", "value", "origin", "known_at"],
        orient="row",
    )
    return answers(facts, LINES, SECURITIES).select("company_id", "rule", "verdict").rows()


def test_an_answer_by_cik_is_for_every_company_of_it():
    assert found(("0000000002", "ubti", "fail", "2024-01-02")) == [
        ("cik:2/A", "ubti", "fail"),
        ("cik:2/B", "ubti", "fail"),
    ]


def test_an_answer_by_any_line_of_a_company_is_for_the_company():
    assert found(("AAA.B", "ubti", "pass", "2024-01-02")) == [("cik:0000000001", "ubti", "pass")]


def test_the_newest_answer_counts_whatever_it_names_the_company_by():
    older = ("AAA", "ubti", "pass", "2024-01-02")
    newer = ("0000000001", "ubti", "fail", "2024-02-02")
    other = ("AAA", "voting_rights", "pass", "2024-01-02")
    assert found(newer, older, other) == [
        ("cik:0000000001", "ubti", "fail"),
        ("cik:0000000001", "voting_rights", "pass"),
    ]


def test_a_symbol_is_that_of_the_day_on_which_it_was_said():
    assert found(("FB", "ubti", "pass", "2022-01-03")) == [("name:META", "ubti", "pass")]
    assert found(("META", "ubti", "pass", "2023-01-03")) == [("name:META", "ubti", "pass")]
    assert found(("META", "ubti", "pass", "2022-01-03")) == []


def test_what_is_not_listed_has_no_answer():
    assert (
        found(("ZZZ", "ubti", "pass", "2024-01-02"), ("0000000009", "ubti", "fail", "2024-01-02"))
        == []
    )
    assert answers(
        pl.DataFrame(
            schema={
                "company": pl.String,
                "fact": pl.String,
                "value": pl.String,
                "origin": pl.String,
                "known_at": pl.Datetime("us"),
            }
        ),
        LINES,
        SECURITIES,
    ).is_empty()
