"""The values in force: by date, by leg, by publication, each with its source."""

from datetime import date, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recon.calendar import event, events
from recon.errors import RulebookError
from recon.rulebook import Rulebook, aliases, load
from recon.rulebook.entries import entries
from recon.rulebook.model import Values

EVENTS = events(2010, 2030)


def test_the_values_of_june_2025() -> None:
    rulebook = load(event("2025-06"))
    assert rulebook.eligibility.min_price_usd == 1.0
    assert rulebook.eligibility.min_price_lookback_days == 30
    assert rulebook.eligibility.min_total_cap_usd == 30e6
    assert rulebook.eligibility.min_float_percent == 5.0
    assert {"nasdaq", "nyse", "amex"} <= set(rulebook.eligibility.exchanges)
    assert rulebook.ranks.model_dump() == {
        "top_50": 50,
        "top_200": 200,
        "top_500": 500,
        "russell_1000": 1000,
        "microcap_high": 2000,
        "russell_3000": 3000,
        "russell_3000e": 4000,
    }
    assert rulebook.ranks.microcap_low == 4000
    bands = rulebook.bands
    assert (bands.russell_1000_percent, bands.top_200_percent, bands.top_500_percent) == (2.5,) * 3
    assert bands.microcap_percent == 0.5
    assert set(bands.unbanded) >= {3000, 4000}
    assert bands.percent_base == "russell_3000e"
    assert bands.edge_inside
    assert rulebook.pricing_vehicle.model_dump() == {
        "volume_years": 2,
        "volume_tolerance_percent": 20.0,
        "min_trading_days": 100,
    }
    assert {"bdc", "spac", "lp"} <= set(rulebook.structures_excluded)
    assert {"warrant", "right", "adr"} <= set(rulebook.share_types_excluded)


def test_home_country_lists() -> None:
    nationality = load(event("2025-06")).nationality
    benefit_driven = set(nationality.benefit_driven_countries)
    assert len(benefit_driven) == len(nationality.benefit_driven_countries) == 25
    assert {"Bermuda", "Cayman Islands", "Jersey", "Marshall Islands"} <= benefit_driven
    assert not benefit_driven & {"Ireland", "United Kingdom", "Netherlands", "Switzerland"}
    assert not benefit_driven & {"Luxembourg", "Singapore"}
    assert not benefit_driven & set(nationality.no_domestic_exchange_countries)
    # Bonaire, Saba and Sint Eustatius are one code; the Channel Islands are two others.
    assert len(set(nationality.benefit_driven_codes)) == 25 - 2 - 1
    assert "Puerto Rico" in nationality.us_territories
    assert len(nationality.us_territories) == len(nationality.us_territory_codes) == 3


@pytest.mark.parametrize(
    ("event_id", "on_rank_day", "at_the_end"),
    [
        ("2015-06", 140_000, 140_000),
        ("2019-06", 140_000, 140_000),
        ("2020-06", 140_000, 130_000),
        ("2021-06", 130_000, 130_000),
        ("2022-06", 130_000, 130_000),
        ("2023-06", 130_000, 110_000),
        ("2024-06", 110_000, 110_000),
        ("2025-06", 110_000, 140_000),
        ("2026-06", 140_000, 175_000),
        ("2026-11", 175_000, 175_000),
        ("2027-06", 175_000, 175_000),
    ],
)
def test_liquidity_of_additional_classes_by_year(
    event_id: str, on_rank_day: float, at_the_end: float
) -> None:
    found = event(event_id)
    assert load(found).additional_class.min_addtv_usd == on_rank_day
    later = load(found, as_of=date(2030, 12, 31))
    assert later.additional_class.min_addtv_usd == at_the_end


def test_a_figure_of_another_year_says_so() -> None:
    key = "additional_class.min_addtv_usd"
    assert "figure of 2020" in str(load(event("2022-06")).source_of(key).note)
    later = load(event("2026-06"), as_of=date(2026, 6, 1))
    assert later.source_of(key).note is None
    assert load(event("2015-06")).source_of(key).open_choice is not None


def test_what_the_second_leg_does_differently() -> None:
    june, november = load(event("2027-06")), load(event("2026-11"))
    differing = {
        name
        for name in type(june.review).model_fields
        if getattr(june.review, name) != getattr(november.review, name)
    }
    assert differing == {
        "float_buffer_points",
        "low_float_buffer_points",
        "index_shares_buffer_percent",
        "voting_members_retested",
        "style_scope",
    }
    assert november.review.float_buffer_points == 3.0
    assert november.review.ranking_shares_buffer_percent == 0.0
    assert (june.ranks, june.bands) == (november.ranks, november.bands)
    assert load(event("ipo:2027-03")).review == june.review


def test_voting_rights_were_brought_in_step_by_step() -> None:
    voting = {year: load(event(f"{year}-06")).voting for year in (2016, 2018, 2022, 2023, 2027)}
    assert [voting[y].min_percent for y in voting] == [0.0, 5.0, 5.0, 5.0, 5.0]
    assert [voting[y].applies_to_members for y in voting] == [False, False, False, True, True]
    assert [voting[y].nationalities for y in (2023, 2027)] == ["developed", "all"]


def test_what_is_published_after_rank_day_is_not_known_on_it() -> None:
    found = event("2026-06")
    assert not load(found).ipo.fast_entry
    assert not load(found, as_of=date(2026, 5, 30)).ipo.fast_entry
    assert load(found, as_of=date(2026, 5, 31)).ipo.fast_entry


@given(st.sampled_from(EVENTS), st.integers(-2000, 2000))
def test_nothing_from_after_the_moment_or_from_after_the_event(found, days) -> None:
    as_of = max(found.rank_day + timedelta(days=days), date(2010, 1, 1))
    rulebook = load(found, as_of=as_of)
    assert rulebook.known_on == as_of
    for value in rulebook.provenance:
        assert value.published <= as_of
        assert value.effective <= (found.effective or found.rank_day)
        assert value.leg in (None, found.leg)


def test_nothing_is_known_before_the_calendar_begins() -> None:
    with pytest.raises(RulebookError, match="as_of=2009-12-31"):
        load(event("2010-06"), as_of=date(2009, 12, 31))


def test_every_value_has_a_source_and_every_key_a_value() -> None:
    rulebook = load(event("2026-11"))
    keys = set()
    for name in Values.model_fields:
        section = getattr(rulebook, name)
        keys |= (
            {name} if isinstance(section, tuple) else {f"{name}.{k}" for k in section.model_dump()}
        )
    assert {value.key for value in rulebook.provenance} == keys == set(entries())
    assert all(value.source for value in rulebook.provenance)
    for value in rulebook.provenance:
        section, _, name = value.key.rpartition(".")
        assert getattr(getattr(rulebook, section) if section else rulebook, name) == value.value


def test_every_entry_fits_the_model_whenever_it_is_in_force() -> None:
    for found in EVENTS:
        for as_of in (found.rank_day, date(2030, 12, 31)):
            assert load(found, as_of=as_of).event == found.id


def test_no_two_entries_of_a_key_contend() -> None:
    for key, options in entries().items():
        places = [(entry.effective, entry.leg) for entry in options]
        assert len(places) == len(set(places)), key
        assert places == sorted(places, key=lambda place: place[0]), key


@pytest.mark.parametrize(
    "key",
    [
        "eligibility.min_price_lookback_unit",
        "eligibility.min_total_cap_inclusive",
        "bands.edge_inside",
        "nationality.primary_margin_inclusive",
        "total_cap.tie_break",
    ],
)
def test_open_choices_are_listed(key: str) -> None:
    choices = {choice.key: choice.open_choice for choice in load(event("2025-06")).open_choices()}
    assert "Held" in choices[key]


def test_a_value_that_the_text_settles_is_no_open_choice() -> None:
    rulebook = load(event("2025-06"))
    assert "bands.russell_1000_percent" not in {c.key for c in rulebook.open_choices()}
    with pytest.raises(KeyError):
        rulebook.source_of("bands.russell_5000_percent")


def test_equal_values_have_one_version_and_others_another() -> None:
    assert load(event("2021-06")).version == load(event("2022-06")).version
    assert load(event("2022-06")).version != load(event("2026-11")).version
    assert load(event("2025-06")).version.startswith("M70-")


def test_a_rulebook_is_frozen_hashable_and_closed() -> None:
    rulebook = load(event("2025-06"))
    assert hash(rulebook) == hash(load(event("2025-06")))
    with pytest.raises(ValidationError):
        rulebook.ranks.russell_1000 = 900
    with pytest.raises(ValidationError):
        Rulebook.model_validate({**rulebook.model_dump(), "mood": "good"})


def test_aliases_lead_to_events_that_exist() -> None:
    assert aliases()["2026-12"] == "2026-11"
    known = {found.id for found in EVENTS}
    assert set(aliases().values()) <= known
    assert not set(aliases()) & known


def test_loading_takes_milliseconds() -> None:
    found = event("2025-06")
    entries.cache_clear()
    began = perf_counter()
    load(found)
    assert perf_counter() - began < 0.2
