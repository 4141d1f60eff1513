"""Two simulated markets: a small one with an event in it as files, a long one as drawn."""

from datetime import date

import pytest

from recon.calendar import sessions
from recon.sources.simulated import SimulatedTruth, simulate
from recon.sources.simulated.market import Market, draw_market


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> SimulatedTruth:
    """Half a year around June 2024, large enough for all ranks, as files."""
    folder = tmp_path_factory.mktemp("simulated")
    return simulate(folder, seed=7, first=date(2024, 1, 2), last=date(2024, 7, 5), companies=4300)


@pytest.fixture(scope="session")
def long_market() -> Market:
    """Three years of a market too small for the ranks, with renames and reused symbols."""
    return draw_market(7, sessions(date(2022, 5, 2), date(2025, 4, 30)), 700)
