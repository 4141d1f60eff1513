"""What the lists and past events say of a company."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from small_run import small_run

from recon.forecast.standing import once_members


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


@pytest.mark.parametrize(
    ("passed_over", "member", "once"),
    [
        (None, False, True),
        ("2023-06", False, False),
        ("2023-06", True, True),  # let in since
        ("2019-06", False, True),  # before the data: its size then is a guess
        ("ipo:2023-09", False, True),  # no reconstitution
    ],
)
def test_who_was_left_out_in_spite_of_its_size_passes_no_more(
    passed_over: str | None, member: bool, once: bool
) -> None:
    lists = pl.DataFrame(
        {"event": ["2022-06"], "index": ["R3000"], "action": ["delete"], "ticker": ["FFF"]}
    )
    run = small_run(as_of=date(2024, 6, 28))
    mine = pl.col("symbol") == "FFF"
    companies = run.companies.with_columns(
        passed_over=pl.when(mine).then(pl.lit(passed_over, pl.String)),
        member=pl.when(mine).then(pl.lit(member)).otherwise("member"),
    )
    found = once_members(lists, replace(run, companies=companies))
    assert (found.height == 1) is once
