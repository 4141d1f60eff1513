import json
import math

import polars as pl
import pytest
from small_run import small_run

from recon.errors import UnknownSymbolError
from recon.pipeline import Run
from recon.publish.explain import explain, explain_all
from recon.publish.explanation import Explanation


@pytest.fixture(scope="module")
def run() -> Run:
    return small_run()


@pytest.mark.parametrize("text", ["BBB/A", "BBB.A", "bbb-a", " bbba ", "BBBA"])
def test_any_spelling_finds_the_line(run: Run, text: str) -> None:
    found = explain(run, text)
    assert (found.symbol, found.company_id) == ("BBB/A", "name:B")
    assert found.result == "stays in R1000"


def test_an_additional_class_is_priced_by_its_own_shares(run: Run) -> None:
    vehicle, other = explain(run, "BBB/A"), explain(run, "BBB/B")
    assert other.company_id == vehicle.company_id
    assert other.total_cap_usd == vehicle.total_cap_usd == 8e10
    ratios = [
        a.price_usd / b.price_usd
        for a, b in zip(other.levels, vehicle.levels, strict=True)
        if a.price_usd and b.price_usd
    ]
    assert ratios == pytest.approx([40 / 50] * len(run.breakpoints))
    assert [line.role for line in other.lines] == ["pricing_vehicle", "additional_class", None]


@pytest.mark.parametrize("text", ["BBB^C", "BBB$C", "BBB-PC", "BBB.PRC", "BBB.PR.C"])
def test_a_preferred_says_what_it_is_and_shows_the_company(run: Run, text: str) -> None:
    found = explain(run, text)
    assert found.symbol == "BBB^C"
    assert not found.is_candidate
    assert "BBB^C is a preferred" in str(found.remark)
    assert found.priced_symbol == "BBB/A"
    assert found.rank == 2


def test_a_warrant_without_a_company_says_what_it_is(run: Run) -> None:
    found = explain(run, "NNN.WS")
    assert "is a warrant" in str(found.remark)
    assert found.result == "no line of this company can be in an index"
    assert found.checks == ()


def test_a_former_symbol_leads_to_todays(run: Run) -> None:
    found = explain(run, "OLDC")
    assert found.symbol == "CCC"
    assert found.remark == "OLDC trades as CCC since 2022-06-09"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GONE", "not listed since 2023-03-01"),
        ("BBBX", "BBB/"),
        ("NAME:C", "perhaps CCC"),
        ("ZZZZZZ", "a symbol of the NYSE"),
        ("BBB^Z", "no line"),
        ("", "no line"),
    ],
)
def test_what_is_not_listed_is_named_with_what_is_close(run: Run, text: str, said: str) -> None:
    with pytest.raises(UnknownSymbolError, match=said):
        explain(run, text)


def test_a_member_without_quotes_is_named_as_such() -> None:
    absent = pl.DataFrame({"ticker": ["VZ"], "total_cap_usd": [1.0]})
    with pytest.raises(UnknownSymbolError, match="without a line in the market data"):
        explain(small_run(absent=absent), "VZ")


def test_levels_give_the_price_at_which_the_cap_is_on_the_line(run: Run) -> None:
    found = explain(run, "GGG")
    caps = {one.name: one.cap_usd for one in run.breakpoints}
    for level in found.levels:
        assert level.cap_usd == caps[level.name]
        assert level.price_usd == pytest.approx(caps[level.name] / 1e8)
        assert level.distance == pytest.approx(math.log(1e9 / level.cap_usd))
        assert level.move == pytest.approx(level.cap_usd / 1e9 - 1)
    assert [one.rank for one in found.levels] == sorted(one.rank for one in found.levels)


@pytest.mark.parametrize(
    ("symbol", "meanings"),
    [
        (
            "DDD",
            {
                "band_low_4": "below it moves down to the Russell 2000",
                "rank_8": "below it leaves the Russell 3000",
            },
        ),
        (
            "GGG",
            {
                "band_high_4": "at or above it moves up to the Russell 1000",
                "rank_8": "below it leaves the Russell 3000",
            },
        ),
        (
            "JJJ",
            {
                "rank_4": "at or above it enters the Russell 1000",
                "rank_8": "at or above it enters the Russell 3000",
            },
        ),
        ("LLL", {}),
    ],
)
def test_only_the_lines_that_matter_to_its_past_have_a_meaning(
    run: Run, symbol: str, meanings: dict[str, str]
) -> None:
    found = explain(run, symbol)
    assert {one.name: one.meaning for one in found.levels if one.meaning} == meanings


@pytest.mark.parametrize(
    ("symbol", "result", "change"),
    [
        ("CCC", "moves from R2000 to R1000", "band high 4 at $60.00 a share (+0.0 %)"),
        ("FFF", "enters R2000", "free_float, voting_rights found to fail keeps it out"),
        ("III", "leaves R2000 and the Russell 3000", "rank 8 at $9.00 a share (+12.5 %)"),
        ("JJJ", "stays outside the Russell 3000", "rank 8 at $9.00 a share (+28.6 %)"),
        ("KKK", "leaves R2000 and the Russell 3000", "a close of at least $1.00 on rank day"),
        ("LLL", "stays outside the Russell 3000", "structure: another structure than bdc"),
        ("MMM", "stays outside the Russell 3000", "a share count"),
    ],
)
def test_the_result_and_what_would_change_it(
    run: Run, symbol: str, result: str, change: str
) -> None:
    found = explain(run, symbol)
    assert found.result == result
    assert any(change in one for one in found.changes), found.changes


def test_size_of_a_failing_company_is_weighed_too(run: Run) -> None:
    assert "its size would be enough for rank 8" in explain(run, "LLL").changes
    assert "its size would be not enough for rank 8" in explain(run, "KKK").changes


def test_every_rule_speaks_with_its_figures(run: Run) -> None:
    found = explain(run, "KKK")
    by_rule = {one.rule: one for one in found.checks}
    assert set(by_rule) == set(run.verdicts["rule"])
    assert all(one.figures for one in found.checks)
    assert by_rule["minimum_price"].verdict == "fail"
    assert "close $0.5000, minimum $1.00" in by_rule["minimum_price"].figures
    assert "total cap $500.0m" in by_rule["minimum_total_cap"].figures


def test_the_cap_says_where_it_comes_from(run: Run) -> None:
    assert explain(run, "CCC").cap == (
        "$60.00bn = 1,000,000,000 shares × $60.00 (CCC); count reported"
    )
    repaired = run.lines.with_columns(
        provenance=pl.lit("repaired:split"),
        note=pl.lit("trial:lag"),
        shares_reported=pl.col("shares") / 20,
    )
    said = explain(small_run(lines=repaired), "CCC").cap
    assert said is not None
    assert said.endswith("count repaired:split, the screener implies 50,000,000, trial:lag")


def test_membership_names_its_list_and_age(run: Run) -> None:
    assert explain(run, "BBB/B").membership == (
        "BBB/A, BBB/B in R1000 by etf_ishares of 2024-03-28, 33 days old (R1000.csv)"
    )
    assert explain(run, "JJJ").membership == (
        "on none of the lists used (R1000 of 2024-03-28, R2000 of 2024-03-28)"
    )


def test_chances_are_those_of_the_list(run: Run) -> None:
    chances = {one.index: one for one in explain(run, "CCC").chances}
    assert chances["R1000"].rules_call
    assert (chances["R1000"].from_index, chances["R1000"].to_index) == ("R2000", "R1000")
    assert not chances["R3000"].rules_call


def test_an_explanation_survives_json(run: Run) -> None:
    for symbol in run.lines["symbol"]:
        found = explain(run, symbol)
        text = found.model_dump_json()
        assert "NaN" not in text
        assert Explanation.model_validate(json.loads(text), strict=False) == found


def test_many_at_once_are_explained_as_one_by_one(run: Run) -> None:
    companies = [*run.companies["company_id"], "nobody"]
    found = explain_all(run, companies)
    assert set(found) == set(run.companies["company_id"])
    for company, one in found.items():
        vehicle = run.companies.filter(company_id=company)["symbol"][0]
        assert one == explain(run, vehicle)
