"""Who of the companies large enough was let in, by kind."""

import sys
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.admission import admission
from recon.forecast.presumed import PRESUMED


def test_companies_outside_that_are_large_enough_are_counted_by_kind_and_event() -> None:
    frames = pl.concat([frame(event, 0, n=500) for event in ("2021-06", "2022-06")])
    found = admission(frames)
    assert set(found["kind"]) <= set(PRESUMED)
    assert (found["presumed"] == found["kind"].replace_strict(PRESUMED)).all()
    assert (found["admitted"] <= found["n"]).all()
    # Far above the line nobody is too small.
    large = frames.filter((pl.col("member") == 0) & (pl.col("distance_3000") > 0.5))
    assert found["n"].sum() >= large.height
    assert found["n"].sum() < frames.filter(pl.col("member") == 0).height


def test_members_and_names_that_are_no_company_are_left_aside() -> None:
    rows = frame("2021-06", 0, n=200)
    assert admission(rows.with_columns(member=pl.lit(1.0))).is_empty()
    assert admission(rows.with_columns(seen=pl.lit(False))).is_empty()
