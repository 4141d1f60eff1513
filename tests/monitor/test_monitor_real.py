"""Signals on the real data: figures that are known, and that nothing absurd goes unnamed."""

from datetime import date
from time import process_time

import numpy as np
import polars as pl
import pytest

from recon.calendar import end_of_day, event, previous_event
from recon.monitor import signals
from recon.monitor.attribution import PARTS
from recon.pipeline import run
from recon.publish.candidates import candidates
from recon.store import Store

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("monitor_real")]
DAY = date(2024, 5, 17)


@pytest.fixture(scope="module")
def found(real_store: Store) -> tuple[pl.DataFrame, float]:
    """Signals of 2024-06 between rank day and the preliminary list, and the CPU seconds taken."""
    before = previous_event(event("2024-06"))
    earlier = run(real_store, before.id, before.rank_day)
    now = run(real_store, "2024-06", DAY)
    known, listed = real_store.as_of(end_of_day(DAY)), candidates(now)
    begin = process_time()
    return signals(now, known, listed, earlier=earlier), process_time() - begin


def of(frame: pl.DataFrame, symbol: str, line: str) -> dict:
    return frame.filter(pl.col("symbol") == symbol, pl.col("breakpoint") == line).row(0, named=True)


def test_a_thousand_candidates_take_seconds(found):
    frame, seconds = found
    assert frame.height > 1000
    assert seconds < 10  # of both cores together; about 3 s by the clock on a quiet machine


def test_the_parts_add_up(found):
    whole = found[0].drop_nulls("distance_change")
    assert whole.height > 0.8 * found[0].height
    total = whole.select(pl.sum_horizontal(PARTS)).to_series()
    np.testing.assert_allclose(total, whole["distance_change"], atol=1e-9)


def test_the_market_rose_by_a_fifth(found):
    """Russell 3000, 2023-04-28 to 2024-04-30: about +20 %, log 0.19."""
    assert found[0]["market"].median() == pytest.approx(0.19, abs=0.03)
    assert found[0]["size"].median() < 0


def test_names_that_are_known(found):
    smci = of(found[0], "SMCI", "band_high_1000")
    assert smci["own"] == pytest.approx(1.8, abs=0.2)
    assert smci["share_count"] == pytest.approx(0.06, abs=0.03)
    # Some 14.5 million shares more in the year, half of them for bitcoin: 11.5 to 17.5 million.
    assert 0.1 < of(found[0], "MSTR", "band_high_1000")["share_count"] < 0.5


def test_what_is_large_is_named(found):
    for part, code in (("price_break", 0.1), ("share_count", 0.4)):
        large = found[0].filter(pl.col(part).abs() > code)
        named = large["reasons"].list.contains(f"attribution:large_{part}")
        assert named.all()
        assert large.height < 0.15 * found[0].height
