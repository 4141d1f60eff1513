"""Creations and redemptions between files, and what a file that does not say leaves unknown."""

from datetime import date

import polars as pl
import pytest

from recon.monitor.flow_lines import flows_by_line
from recon.monitor.flows import fund_flows, present

DAYS = [date(2024, 5, 9), date(2024, 5, 10), date(2024, 5, 13)]


def holdings(index: str = "R2000", days: list[date] = DAYS, origin: str = "file") -> pl.DataFrame:
    """Two lines and two percent of cash: a fund worth 1,000 million."""
    return pl.DataFrame(
        {
            "asof": [day for day in days for _ in range(2)],
            "index": index,
            "ticker": ["AAA", "BBB"] * len(days),
            "weight": [58.0, 40.0] * len(days),
            "market_value": [5.8e8, 4e8] * len(days),
            "origin": origin,
        }
    )


def heads(shares: list[float | None], fund: str = "IWM", days: list[date] = DAYS) -> pl.DataFrame:
    return pl.DataFrame(
        {"asof": days, "fund": fund, "shares_outstanding": shares},
        schema_overrides={"shares_outstanding": pl.Float64},
    )


def of(flows: pl.DataFrame, fund: str = "IWM") -> list[dict]:
    return flows.filter(pl.col("fund") == fund).to_dicts()


def test_a_creation_is_the_change_of_shares_at_the_net_asset_value():
    first, second, third = of(fund_flows(holdings(), heads([5e6, 5.1e6, 5.0e6])))
    assert (first["flow_usd"], first["reason"]) == (None, "first_file")
    assert second["nav_usd"] == pytest.approx(1e9 / 5.1e6)
    assert second["flow_usd"] == pytest.approx(1e5 * 1e9 / 5.1e6)
    assert second["flow_percent"] == pytest.approx(2.0)
    assert second["previous"] == DAYS[0]
    assert third["flow_usd"] == pytest.approx(-1e5 * 1e9 / 5e6)
    assert third["reason"] is None


@pytest.mark.parametrize("middle", [None, "no head at all"])
def test_a_file_that_does_not_say_is_passed_over(middle):
    told = heads([5e6, None, 5.2e6])
    if middle is not None:
        told = told.filter(pl.col("asof") != DAYS[1])
    _, second, third = of(fund_flows(holdings(), told))
    assert (second["flow_usd"], second["reason"]) == (None, "file_does_not_say")
    assert (third["previous"], third["flow_shares"]) == (DAYS[0], pytest.approx(2e5))
    # Thursday to Monday.
    assert third["sessions"] == 2


def test_shares_without_holdings_have_no_value():
    found = of(fund_flows(holdings(days=DAYS[:2]), heads([5e6, 5.1e6, 5.2e6])))
    assert (found[2]["flow_shares"], found[2]["flow_usd"]) == (pytest.approx(1e5), None)
    assert found[2]["reason"] == "no_value"


def test_funds_are_apart_and_one_without_files_says_so():
    flows = fund_flows(
        pl.concat([holdings(), holdings("R1000")]),
        pl.concat([heads([5e6, 5.1e6, 5.2e6]), heads([1e6, 1e6, 9e5], "IWB")]),
    )
    assert of(flows, "IWB")[2]["flow_shares"] == pytest.approx(-1e5)
    assert of(flows, "IWV") == [
        {**dict.fromkeys(flows.columns), "fund": "IWV", "reason": "no_files"}
    ]


def test_the_fuller_of_two_files_of_a_day_is_valued():
    half = holdings(origin="a sample").with_columns(pl.col("weight", "market_value") * 0.5)
    both = fund_flows(pl.concat([holdings(), half]), heads([5e6, 5.1e6, 5.2e6]))
    assert both.equals(fund_flows(holdings(), heads([5e6, 5.1e6, 5.2e6])))


def test_a_flow_is_present_for_ten_days():
    flows = fund_flows(holdings(), heads([5e6, 5.1e6, None]))
    fresh = of(present(flows, date(2024, 5, 20)))
    assert (fresh[0]["asof"], fresh[0]["flow_shares"]) == (DAYS[1], pytest.approx(1e5))
    (old,) = of(present(flows, date(2024, 5, 21)))
    assert (old["flow_usd"], old["reason"]) == (None, "stale")


def test_a_flow_goes_into_lines_by_their_weights():
    securities = pl.DataFrame(
        {
            "life": ["AAA:2021-01-29"],
            "symbol": ["AAA"],
            "security_id": ["AAA:2021-01-29"],
            "first": [date(2021, 1, 29)],
            "gone": [None],
        },
        schema_overrides={"gone": pl.Date},
    )
    flows = present(fund_flows(holdings(), heads([5e6, 5.1e6, 5.0e6])), DAYS[2])
    (row,) = flows_by_line(flows, holdings(), securities).to_dicts()
    assert (row["security_id"], row["fund"]) == ("AAA:2021-01-29", "IWM")
    assert row["line_flow_usd"] == pytest.approx(-1e5 * 200 * 0.58)
    assert row["line_flow_usd_a_session"] == row["line_flow_usd"]
