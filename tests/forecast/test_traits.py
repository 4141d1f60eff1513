"""What the forecast may know of the past of a line."""

from datetime import date

import polars as pl
from small_run import small_run

from recon.forecast.traits import once_members


def test_the_events_own_list_is_its_outcome_and_no_past() -> None:
    lists = pl.DataFrame(
        {
            "event": ["2022-06", "2024-06"],
            "index": ["R3000"] * 2,
            "action": ["delete"] * 2,
            "ticker": ["FFF", "III"],
        }
    )
    found = once_members(lists, small_run(as_of=date(2024, 6, 28)))
    assert found["security_id"].to_list() == ["FFF:2021-01-29"]
