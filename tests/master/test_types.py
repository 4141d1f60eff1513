"""Type and structure of listed lines: forms, issuers, neighbours, and what must not matter."""

import time

import polars as pl
import pytest

from recon.errors import InputError
from recon.master.type_evidence import listed_units
from recon.master.types import classify


def line(
    symbol: str, name: str | None, exchange: str = "nyse", **more: object
) -> dict[str, object]:
    return {"symbol": symbol, "exchange": exchange, "name": name, **more}


def frame(*lines: dict[str, object]) -> pl.DataFrame:
    return pl.from_dicts(list(lines), infer_schema_length=None)


def typed(*lines: dict[str, object]) -> list[tuple[str, str]]:
    return classify(frame(*lines)).select("security_type", "structure").rows()


@pytest.mark.parametrize(
    ("symbol", "name", "expected"),
    [
        ("XYZ", "Xyz Widgets Inc. Common Stock", ("common", "corporation")),
        ("XYZ", "Xyz Group Ltd. American Depositary Shares", ("adr", "corporation")),
        (
            "XYZ",
            "Xyz S.A. American Depositary Shares (each representing the right to receive 2 units)",
            ("adr", "corporation"),
        ),
        ("XYZW", "Xyz Inc. Warrants to purchase American Depositary Shares", ("warrant",) * 1),
        (
            "XYZ^A",
            "Xyz Bank Depositary Shares each representing a 1/1000th interest",
            ("preferred",),
        ),
        ("XYZ^B", "Xyz Corporation 6.5% Series B", ("preferred",)),
        ("XYZ^C", "Xyz Corporation 6.2% Notes due June 1 2059", ("note",)),
        ("XYZ^D", "Xyz Energy Inc. 6.9% Corporate Units", ("unit",)),
        ("XYZ", "Xyz ABS 3.50% Adjustable Corp Backed Tr Certs Xyz Cap I", ("note", "trust")),
        ("XYZ", "Xyz River Authority Common Stock", ("note",)),
        ("XYZ", "Xyz Authority Brands Inc. Common Stock", ("common", "corporation")),
        ("XYZ", "Xyz Income Fund Inc. 6% Series A Term Preferred Stock due 2026", ("preferred",)),
        ("XYZ", "Xyz Holding N.V. New York Registry Shares", ("common", "corporation")),
        ("XYZ", "Xyz Brookline Corp. Class A Subordinate Voting Shares", ("common", "corporation")),
        ("XYZ", "Xyz Midstream Partners L.P. Common Units", ("lp", "lp")),
        ("XYZ", "Xyz Energy LP 9% Series B Preferred Units", ("preferred", "lp")),
        ("XYZ", "Xyz Partners Inc. Class A Common Stock", ("common", "corporation")),
        ("XYZ", "Xyz Infrastructure LLC Class A Shares", ("llc", "llc")),
        ("XYZ", "Xyz Basin Royalty Trust Common Stock", ("royalty_trust", "royalty_trust")),
        ("XYZ", "Xyz Royalty Corp. Common Shares", ("common", "corporation")),
        ("XYZ", "Xyz Trust Bancorp Common Stock", ("common", "corporation")),
        ("XYZ", "Xyz Acquisition Corp. III Class A Ordinary Shares", ("spac", "spac")),
        ("XYZ", "Xyz Capital Corp VII Class A Common Stock", ("spac", "spac")),
        ("XYZ", "XYZ C.T.I. Ltd. Ordinary Shares", ("common", "corporation")),
        ("XYZ", "Xyz Private Credit BDC Inc. Common Stock", ("bdc", "bdc")),
        ("XYZ", "Xyz Municipal Income Fund", ("closed_end_fund", "closed_end_fund")),
        ("XYZ", "Xyz Preferred Income Fund Common Shares", ("closed_end_fund",) * 2),
        ("XYZ", "Xyz Gold ETF", ("etf", "etf")),
        ("XYZ", "Eton Xyz Pharmaceuticals Inc. Common Stock", ("common", "corporation")),
    ],
)
def test_name_alone_decides(symbol: str, name: str, expected: tuple[str, ...]) -> None:
    assert typed(line(symbol, name))[0][: len(expected)] == expected


def test_official_name_goes_before_the_screeners() -> None:
    stale = line("XYZ", "Xyz Acquisition Corp. Class A Common Stock")
    assert typed(stale | {"directory_name": "Xyz Robotics, Inc. Common Stock"}) == [
        ("common", "corporation")
    ]


def test_nothing_known_is_a_common_line_of_a_corporation() -> None:
    bare = pl.DataFrame(
        {"symbol": ["XYZ", "ABC"], "exchange": ["nyse"] * 2, "name": [None, ""]},
        schema={"symbol": pl.String, "exchange": pl.String, "name": pl.String},
    )
    found = classify(bare).select("security_type", "structure").rows()
    assert found == [("common", "corporation")] * 2


def test_preferred_of_a_reit_takes_the_structure_of_its_issuers_share() -> None:
    found = typed(
        line("XYZ", "Xyz Centers Inc. Common Stock", industry="Real Estate Investment Trusts"),
        line("XYZ^A", "Xyz Centers Inc. 6% Series A Cumulative Preferred Stock", industry=""),
        line("ABC^A", "Abc Bank 6% Series A Cumulative Preferred Stock", industry=""),
    )
    assert found == [("reit", "reit"), ("preferred", "reit"), ("preferred", "corporation")]


def test_unit_beside_the_share_reveals_a_blank_check() -> None:
    share = line("XYZ", "Xyz Health Technology Co. Ltd Ordinary Share", "nasdaq", industry="")
    unit = line("XYZU", "Xyz Health Technology Co. Ltd Unit", "nasdaq", industry="")
    assert typed(share) == [("common", "corporation")]
    assert typed(share, unit) == [("spac", "spac"), ("unit", "spac")]
    assert typed(share | {"unit_listed": True}) == [("spac", "spac")]


def test_units_of_an_operating_company_do_not_make_it_a_blank_check() -> None:
    share = line("XYZ", "Xyz Robots Inc. Common Stock", "nasdaq", industry="Industrial Machinery")
    unit = line("XYZU", "Xyz Robots Inc. 6% Tangible Equity Units", "nasdaq", industry="")
    assert typed(share, unit) == [("common", "corporation"), ("unit", "corporation")]


def test_most_traded_class_leads_and_without_volume_the_first_letter() -> None:
    a = line("XYZA", "Xyz Inc. Class A Common Stock")
    b = line("XYZB", "Xyz Inc. Class B Common Stock")
    assert [t for t, _ in typed(a, b)] == ["common", "additional_class"]
    assert [t for t, _ in typed(a | {"volume": 5}, b | {"volume": 900})] == [
        "additional_class",
        "common",
    ]
    assert [t for t, _ in typed(line("XY/A", "Xyz Inc."), line("XY/B", "Xyz Inc."))] == [
        "common",
        "additional_class",
    ]


def test_two_companies_of_one_name_are_no_classes_of_each_other() -> None:
    one = line("FBX", "First Xyz Bancorp Common Stock")
    other = line("FBYZ", "First Xyz Bancorp. New Common Stock")
    assert [t for t, _ in typed(one, other)] == ["common", "common"]
    assert [t for t, _ in typed(one, other | {"symbol": "FBXB"})] == ["common", "additional_class"]


def test_units_of_a_partnership_do_not_make_another_company_a_blank_check() -> None:
    berry = line("XB", "Xberry Limited Common Stock", industry="")
    partners = line("XBU", "Xbrook Partners L.P. Limited Partnership Units", industry="")
    assert typed(berry, partners) == [("common", "corporation"), ("lp", "lp")]


def test_series_are_tracking_stocks_only_where_there_are_several_groups() -> None:
    music = line("XYZA", "Xyz Media Corporation Series A Xyz Music Common Stock")
    racing = line("XYRA", "Xyz Media Corporation Series A Xyz Racing Common Stock")
    assert typed(music, racing) == [("tracking_stock", "corporation")] * 2
    assert typed(music) == [("common", "corporation")]


EDGAR_FUND = {"sic": "", "entity_type": "other", "filer_name": "XYZ", "filer_category": None}
EDGAR_BDC = {
    "sic": "",
    "entity_type": "operating",
    "filer_name": "XYZ",
    "filer_category": "Accelerated filer",
}


def test_edgar_tells_bdc_and_fund_from_operating_companies_of_like_name() -> None:
    name = line("XYZ", "Xyz Corporation Common Stock", industry="Textiles", was_member=None)
    assert typed(name | EDGAR_BDC) == [("bdc", "bdc")]
    assert typed(name | EDGAR_FUND) == [("closed_end_fund", "closed_end_fund")]
    assert typed(name | EDGAR_BDC | {"sic": "2200"}) == [("common", "corporation")]


def test_bank_without_an_edgar_code_is_a_bank() -> None:
    bank = line("XYZ", "Bank Xyz Common Stock", industry="Major Banks", country="United States")
    assert typed(bank | EDGAR_FUND) == [("common", "corporation")]


def test_lender_in_a_fund_industry_unless_it_was_an_index_member() -> None:
    lender = line("XYZ", "Xyz Capital Corporation Common Stock", industry="Investment Managers")
    assert typed(lender) == [("bdc", "bdc")]
    assert typed(lender | {"was_member": True}) == [("common", "corporation")]
    assert typed(lender | {"industry": "Major Banks"}) == [("common", "corporation")]


def test_llc_in_a_stale_name_yields_to_edgar_but_not_to_a_later_rename() -> None:
    stale = line("XYZ", "Xyz Lumber L.L.C. Common Stock", sic="5030", entity_type="operating")
    assert typed(stale | {"filer_name": "XYZ LUMBER CO"}) == [("common", "corporation")]
    assert typed(stale | {"filer_name": "Aviation Ltd"}) == [("llc", "llc")]


def test_order_of_rows_and_other_columns_do_not_matter() -> None:
    lines = frame(
        line("XYZ", "Xyz Inc. Class A Common Stock", close=1.0),
        line("XYZB", "Xyz Inc. Class B Common Stock", close=2.0),
        line("XYZ^A", "Xyz Inc. 5% Preferred Stock", close=3.0),
    )
    found = classify(lines)
    assert found.columns == [
        *lines.columns,
        "security_type",
        "structure",
        "type_reason",
        "structure_reason",
    ]
    assert found.select(lines.columns).equals(lines)
    assert classify(lines.reverse()).reverse().equals(found)


def test_missing_column_is_refused() -> None:
    with pytest.raises(InputError, match="symbol, exchange, name"):
        classify(pl.DataFrame({"symbol": ["XYZ"], "exchange": ["nyse"]}))


def test_listed_units_are_those_of_blank_checks() -> None:
    directory = pl.DataFrame(
        {
            "symbol": ["XYZ.U", "ABCDU", "PWR.U", "EPD", "XYZ"],
            "security_name": [
                "Xyz Corp Units, each consisting of one share and one warrant to purchase it",
                "Abcd Acquisition Corp. - Unit",
                "Power Co 6.00% Corporate Units",
                "Enterprise LP Common Units",
                "Xyz Corp Class A Common Stock",
            ],
        }
    )
    assert sorted(listed_units(directory)["symbol"]) == ["ABCD", "XYZ"]


def test_eight_thousand_lines_take_a_fraction_of_a_second() -> None:
    names = ["Common Stock", "Class A Ordinary Shares", "6% Series A Preferred Stock", "Warrant"]
    lines = pl.DataFrame(
        {
            "symbol": [f"S{i}" for i in range(8000)],
            "exchange": "nyse",
            "name": [f"Company Number {i} Holdings Inc. {names[i % 4]}" for i in range(8000)],
        }
    )
    classify(lines.head(10))
    taken = []
    for _ in range(3):
        begin = time.perf_counter()
        classify(lines)
        taken.append(time.perf_counter() - begin)
    assert min(taken) < 0.6
