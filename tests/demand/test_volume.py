from datetime import date

import polars as pl
from small_known import LAST, SmallKnown, holdings, securities
from small_run import small_lines

from recon.demand.volume import volumes


def test_dollars_are_close_by_volume_over_the_last_sessions() -> None:
    lines = small_lines().filter(pl.col("symbol") == "CCC")
    found = volumes(SmallKnown(holdings({}), volume=5_000), securities(), lines, sessions=21)
    assert found.rows(named=True) == [
        {
            "symbol": "CCC",
            "median_volume_usd": 300_000.0,
            "mean_volume_usd": 300_000.0,
            "volume_sessions": 21,
            "volume_window": f"median dollars of 21 sessions to {LAST}",
        }
    ]


def test_a_short_history_says_how_short() -> None:
    lines = small_lines().filter(pl.col("symbol") == "CCC")
    known = SmallKnown(holdings({}), first=date(2024, 4, 24))
    assert volumes(known, securities(), lines)["volume_sessions"].to_list() == [5]
