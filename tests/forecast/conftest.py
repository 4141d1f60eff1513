"""Fixtures of the forecast's tests."""

import pytest
from small_market import make_field

from recon.calendar import event
from recon.forecast.field import Field
from recon.rulebook import Rulebook, load


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load(event("2023-06"))


@pytest.fixture(scope="session")
def market() -> Field:
    return make_field()
