"""What the page is gathered from: dates, nearness, the record, the charts' figures."""

import dataclasses
from datetime import date

import polars as pl
import pytest
from small_desk import desk_run
from small_page import model_cards, small_page

from recon.calendar import event
from recon.publish.page.drawing import ticks
from recon.publish.page.facts import members, title
from recon.publish.page.gather import _milestones
from recon.publish.page.near import BESIDE, near
from recon.publish.page.past_charts import hits, reliability
from recon.publish.page.record import record
from recon.publish.page.run_charts import demand, ranking
from recon.publish.page.told import BETWEEN, told


def test_dates_before_and_after_the_moment() -> None:
    found = {one.name: one.days for one in _milestones(event("2024-06"), date(2024, 5, 25))}
    assert found == {
        "rank day": -25,
        "preliminary list": -1,
        "lock-down": 16,
        "effective": 34,
    }


def test_an_event_without_an_effective_day_has_none() -> None:
    found = {one.name: one for one in _milestones(event("shadow:2025-11"), date(2025, 9, 30))}
    assert found["effective"].day is None
    assert found["effective"].days is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2024-06", "Russell reconstitution, June 2024"),
        ("2026-11", "Russell reconstitution, November 2026"),
        ("ipo:2025-09", "Russell IPO additions, September 2025"),
        ("shadow:2025-11", "Russell parallel run, November 2025"),
    ],
)
def test_an_event_has_a_name(name: str, said: str) -> None:
    assert title(desk_run(event=event(name))) == said


def test_near_is_who_the_line_decides_about() -> None:
    page = small_page()
    rows = page.rows
    caps = {one.name: one.cap_usd for one in page.run.breakpoints}
    found = near(page.run, rows)
    large = found.filter(line="rank_4")
    assert not large.is_empty()
    assert (large["total_cap_usd"] <= caps["band_high_4"] * BESIDE).all()
    assert (large["total_cap_usd"] >= caps["band_low_4"] / BESIDE).all()
    for one in found.iter_rows(named=True):
        index = "R1000" if one["line"] == "rank_4" else "R3000"
        row = rows.filter(index=index, symbol=one["symbol"]).row(0, named=True)
        add = row["action"] == "add"
        assert one["chance"] == (row["probability"] if add else 1 - row["probability"])
        assert (one["before"] == index) == (not add)


def test_the_record_is_of_the_nearest_lead_tested() -> None:
    cards = model_cards()
    assert record("recon-2023-06-strict", cards, 0).lead == 0
    assert record("recon-2023-06-strict", cards, 9).lead == 0
    assert record("recon-2023-06-strict", cards, 10).lead == 20  # the harder of two as near
    assert record("recon-2023-06-strict", cards, 500).lead == 20
    found = record("recon-2023-06-slow-facts", cards, 0)
    assert found.model == "recon-2023-06-slow-facts"
    assert found.scores["hindsight"].unique().sort().to_list() == ["slow-facts", "strict"]


def test_without_scores_there_is_no_record() -> None:
    assert record("x", (), 0) is None
    assert record("x", model_cards(scores=[]), 0) is None


def test_a_record_without_bins_still_shows_its_scores() -> None:
    found = record("recon-2023-06-strict", model_cards(bins=[]), 0)
    assert found.bins.is_empty()
    assert found.scores.height == 8


def test_equal_texts_of_the_reasons_stand_once() -> None:
    page = small_page()
    found = told(page.reasons)
    assert len(found["texts"]) == len(set(found["texts"]))
    first = found["names"][0]
    cells = found["texts"][first["checks"][0]].split(BETWEEN)
    check = next(iter(page.reasons.values())).checks[0]
    assert cells[:2] == [check.rule.replace("_", " "), check.verdict]


def test_a_place_in_a_carried_ranking_has_no_percent() -> None:
    page = small_page()
    company, one = next((key, one) for key, one in page.reasons.items() if one.rank)
    found = told({company: one.model_copy(update={"percent": None})})
    assert f"rank{BETWEEN}{one.rank}" in found["texts"]


def test_members_are_said_with_their_age() -> None:
    found = {one.name: one.said for one in members(desk_run())}
    assert found == {
        "R1000": "list of 2024-03-28, 33 days old",
        "R2000": "list of 2024-03-28, 33 days old",
        "RMICRO": "none",
    }


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([7e7, 2.7e8], 7e7, 2.7e8), ([1.5e9, 1.1e10], 1.5e9, 1.1e10), ([0.01, 90_000.0], 1, 10)],
)
def test_ticks_are_few_and_round(values: list[float], low: float, high: float) -> None:
    found = [one for one in ticks(pl.Series(values)) if min(values) <= one <= max(values)]
    assert 2 <= len(found) <= 8
    assert any(low <= one <= high for one in found)
    assert ticks(pl.Series([], dtype=pl.Float64)) == []


def test_charts_take_the_pages_colours_and_say_what_they_show() -> None:
    page = small_page()
    drawn = [*ranking(page), *demand(page), *reliability(page.record)]
    drawn += hits(page.record, "strict")
    assert len(drawn) >= 7
    for one in drawn:
        assert "var(--" in one.svg
        assert "style=" not in one.svg
        assert len(one.said) > 30
    right = page.record.scores.filter(hindsight="strict", action="add")["model_hits"].to_list()
    said = hits(page.record, "strict")[0].said
    assert all(f"{n} right" in said for n in right)


def test_a_panel_is_of_its_line_whoever_is_near_it() -> None:
    page = small_page()
    new = page.near.filter(line="rank_4").with_columns(before=pl.lit("none"))
    (panel,) = ranking(dataclasses.replace(page, near=new))
    assert "to be in the Russell 1000 after the event" in panel.said
    assert "chance of Russell 1000 after" in panel.svg


def test_a_mark_of_a_chart_says_which_company_it_is() -> None:
    page = small_page()
    drawn = "".join(one.svg for one in ranking(page))
    for symbol in page.near["symbol"]:
        assert f'aria-label="{symbol}: ' in drawn
