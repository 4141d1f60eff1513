"""The models that travel with the program fit it, and none speaks of an event that it has seen."""

import pytest

from recon.calendar import end_of_day, event
from recon.forecast.card import fitting, read_card
from recon.forecast.features import FEATURES
from recon.forecast.model import load
from recon.resources import models_directory
from recon.store import Hindsight

CARDS = sorted(models_directory().glob("recon-*.json"))


def test_there_is_one_for_each_event_and_hindsight() -> None:
    names = {read_card(path).name for path in CARDS}
    assert names == {
        f"recon-{year}-06-{hindsight}"
        for year in range(2021, 2026)
        for hindsight in ("strict", "slow-facts")
    }


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_it_fits_this_program_and_its_card(path) -> None:
    _, card = load(path.with_suffix(".skops"))
    assert card.features == FEATURES
    assert card.events[-1] in card.name
    assert {score["event"] for score in card.scores} <= set(card.events)


@pytest.mark.parametrize("hindsight", ["strict", "slow-facts"])
@pytest.mark.parametrize("year", range(2022, 2027))
def test_what_speaks_of_an_event_has_not_seen_it(year: int, hindsight: Hindsight) -> None:
    path = fitting(models_directory(), end_of_day(event(f"{year}-06").rank_day), hindsight)
    assert path is not None
    card = read_card(path)
    assert card.events[-1] == f"{year - 1}-06"
    assert f"{year}-06" not in card.events
