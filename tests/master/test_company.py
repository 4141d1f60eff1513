"""One row per company: its pricing vehicle and its total cap."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.master.company import companies, pricing_vehicles

SCHEMA = {
    "symbol": pl.String,
    "security_id": pl.String,
    "company_id": pl.String,
    "name": pl.String,
    "security_type": pl.String,
    "close": pl.Float64,
    "shares": pl.Float64,
    "volume": pl.Int64,
    "provenance": pl.String,
    "size": pl.String,
    "micro": pl.Boolean,
    "passed_over": pl.String,
    "refusals": pl.Int64,
}
PLAIN = {
    "company_id": "c",
    "security_type": "common",
    "close": 10.0,
    "shares": 1e8,
    "volume": 1000,
    "provenance": "reported",
    "micro": False,
}


def lines(**by_symbol):
    """Lines by symbol, each a dict of what differs from a plain one."""
    rows = [
        PLAIN | {"symbol": s, "security_id": f"{s}:x", "name": s} | different
        for s, different in by_symbol.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def volumes(**traded):
    return pl.DataFrame(
        {
            "security_id": pl.Series([f"{s}:x" for s in traded], dtype=pl.String),
            "two_year_volume": pl.Series(list(traded.values()), dtype=pl.Float64),
            "days_traded": pl.Series([500] * len(traded), dtype=pl.UInt32),
        }
    )


def roles(listed, traded=None):
    marked = pricing_vehicles(listed, volumes(**(traded or {})), tolerance_percent=20.0)
    return dict(marked.select("symbol", "role").iter_rows())


def collapsed(listed, traded=None):
    marked = pricing_vehicles(listed, volumes(**(traded or {})), tolerance_percent=20.0)
    return companies(marked)


class TestPricingVehicle:
    def test_the_only_line_prices_its_company(self):
        assert roles(lines(AAA={})) == {"AAA": "pricing_vehicle"}

    def test_the_class_with_the_highest_volume(self):
        found = roles(lines(AAA={}, BBB={}), {"AAA": 1e6, "BBB": 5e6})
        assert found == {"AAA": "additional_class", "BBB": "pricing_vehicle"}

    def test_of_volumes_within_a_fifth_the_class_with_most_shares(self):
        listed = lines(AAA={"shares": 2e8}, BBB={})
        assert roles(listed, {"AAA": 4.1e6, "BBB": 5e6})["AAA"] == "pricing_vehicle"
        assert roles(listed, {"AAA": 3.9e6, "BBB": 5e6})["BBB"] == "pricing_vehicle"

    def test_of_one_count_the_higher_volume(self):
        found = roles(lines(AAA={}, BBB={}), {"AAA": 4.9e6, "BBB": 5e6})
        assert found["BBB"] == "pricing_vehicle"

    def test_without_a_history_the_volume_of_the_day(self):
        assert roles(lines(AAA={"volume": 10}, BBB={}))["BBB"] == "pricing_vehicle"

    @pytest.mark.parametrize("other", ["preferred", "warrant", "unit", "right", "note"])
    def test_what_is_no_equity_has_no_role(self, other):
        listed = lines(AAA={}, ZZZ={"security_type": other, "shares": 9e9})
        assert roles(listed, {"AAA": 1.0, "ZZZ": 9e9}) == {"AAA": "pricing_vehicle", "ZZZ": None}
        assert collapsed(listed)["total_cap_usd"].to_list() == [1e9]

    @pytest.mark.parametrize("kind", ["adr", "lp", "closed_end_fund", "spac"])
    def test_what_the_rules_exclude_is_shown_with_a_verdict(self, kind):
        assert roles(lines(AAA={"security_type": kind})) == {"AAA": "pricing_vehicle"}

    def test_a_company_of_warrants_alone_is_none(self):
        listed = lines(AAW={"security_type": "warrant"})
        assert roles(listed) == {"AAW": None}
        assert collapsed(listed).is_empty()


class TestCompanies:
    def test_lines_are_never_summed(self):
        """Each line carries the company's total count times its own price (data README)."""
        listed = lines(
            GOOG={"close": 164.64, "shares": 12.43e9}, GOOGL={"close": 162.78, "shares": 12.43e9}
        )
        found = collapsed(listed, {"GOOG": 9e9, "GOOGL": 12e9})
        assert found.height == 1
        row = found.row(0, named=True)
        assert row["symbol"] == "GOOGL"
        assert row["total_cap_usd"] == pytest.approx(12.43e9 * 162.78)
        assert row["price_usd"] == 162.78
        assert row["classes"] == 2

    def test_a_sibling_stands_in_for_a_missing_count(self):
        listed = lines(AAA={"shares": None}, BBB={"close": 20.0})
        row = collapsed(listed, {"AAA": 9e9, "BBB": 1.0}).row(0, named=True)
        assert row["symbol"] == "AAA"
        assert row["total_cap_usd"] == 2e9
        assert row["cap_provenance"] == "sibling:BBB"

    @pytest.mark.parametrize("shares", [None, 0.0])
    def test_without_any_count_there_is_no_cap(self, shares):
        row = collapsed(lines(AAA={"shares": shares})).row(0, named=True)
        assert row["total_cap_usd"] is None
        assert row["cap_provenance"] == "missing"

    def test_without_a_close_there_is_no_cap(self):
        assert collapsed(lines(AAA={"close": None}))["total_cap_usd"].to_list() == [None]

    def test_a_note_of_the_parent_stands_in_for_nobody(self):
        listed = lines(AAA={"shares": None}, AAN={"security_type": "note", "close": 25.0})
        assert collapsed(listed)["total_cap_usd"].to_list() == [None]

    def test_a_company_was_a_member_if_one_of_its_lines_was(self):
        found = collapsed(
            lines(
                AAA={},
                AAB={"size": "R1000"},
                BBB={"company_id": "d", "size": "R2000", "micro": True},
                CCC={"company_id": "e", "micro": True},
                DDD={"company_id": "f"},
            ),
            {"AAA": 9e9},
        ).select("company_id", "was_r1000", "was_r2000", "was_micro", "member")
        assert found.rows() == [
            ("c", True, False, False, True),
            ("d", False, True, True, True),
            ("e", False, False, True, False),
            ("f", False, False, False, False),
        ]

    def test_a_company_in_both_lists_was_in_the_larger_index(self):
        row = collapsed(lines(AAA={"size": "R2000"}, AAB={"size": "R1000"})).row(0, named=True)
        assert row["was_r1000"]
        assert not row["was_r2000"]

    def test_evidence_about_one_line_is_about_the_company(self):
        row = collapsed(lines(AAA={}, AAB={"passed_over": "2023-06"})).row(0, named=True)
        assert row["passed_over"] == "2023-06"


LINE = st.fixed_dictionaries(
    {
        "company_id": st.sampled_from("cde"),
        "security_type": st.sampled_from(["common", "reit", "adr", "warrant", "preferred"]),
        "close": st.none() | st.floats(0.01, 1e4),
        "shares": st.none() | st.sampled_from([0.0, 1e6, 1e8]),
        "volume": st.none() | st.integers(0, 10**6),
        "size": st.sampled_from([None, "R1000", "R2000"]),
    }
)


@given(rows=st.lists(LINE, min_size=1, max_size=8), seed=st.integers(0, 100))
def test_every_company_is_priced_once_whatever_the_order_of_lines(rows, seed):
    listed = lines(**{f"S{i}": row for i, row in enumerate(rows)})
    marked = pricing_vehicles(listed, volumes(), tolerance_percent=20.0)
    assert marked.height == listed.height
    vehicles = marked.filter(role="pricing_vehicle")
    assert vehicles["company_id"].is_unique().all()
    equity = marked.filter(pl.col("security_type").is_in(["common", "reit"]))
    assert equity["role"].null_count() == 0
    assert set(equity["company_id"]) <= set(vehicles["company_id"])
    found = companies(marked)
    assert found["company_id"].to_list() == sorted(vehicles["company_id"])
    assert (found["total_cap_usd"] > 0).fill_null(True).all()
    shuffled = listed.sample(fraction=1.0, shuffle=True, seed=seed)
    again = collapsed(shuffled)
    assert again.select(found.columns).equals(found)


def test_a_class_of_a_member_that_hardly_traded_prices_nothing():
    young = lines(NEW={"company_id": "c", "size": "R1000"}, OLD={"company_id": "c"})
    traded = pl.DataFrame(
        {
            "security_id": ["NEW:x", "OLD:x"],
            "two_year_volume": [9e9, 1e6],
            "days_traded": pl.Series([20, 500], dtype=pl.UInt32),
        }
    )
    for needed, vehicle in ((0, "NEW"), (100, "OLD")):
        marked = pricing_vehicles(young, traded, tolerance_percent=20.0, min_trading_days=needed)
        assert marked.filter(role="pricing_vehicle")["symbol"].to_list() == [vehicle]
