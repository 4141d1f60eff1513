"""Who of the companies large enough was let in, by kind."""

import sys
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.admission import admission
from recon.forecast.presumed import PRESUMED

FAR = 1.0
"""Log distance from the line at which size is beyond doubt."""


def companies(event: str, hindsight: str, *rows: dict[str, float]) -> pl.DataFrame:
    """Companies outside the index, far above the line but for what a row says."""
    plain = {"distance_3000": FAR, "ruled_eligible": 1.0, "added": 0.0, "once_member": 0.0}
    made = frame(event, 0, n=500).filter(pl.col("member") == 0).head(len(rows))
    given = [plain | row for row in rows]
    columns = {
        name: [row.get(name, 0.0) for row in given] for name in {k for r in given for k in r}
    }
    return made.with_columns(
        pl.Series(name, values).cast(made.schema[name]) for name, values in columns.items()
    ).with_columns(
        hindsight=pl.lit(hindsight),
        sigma=pl.lit(0.0),
        p_priced=pl.lit(1.0),
        events_since_listed=pl.lit(3.0),
        class_letter=pl.lit(0.0),
        was_micro=pl.lit(0.0),
        refused_ipo=pl.lit(0.0),
        fails_structure=pl.lit(0.0),
        fails_share_type=pl.lit(0.0),
    )


def test_the_large_ones_are_counted_by_kind_event_and_hindsight() -> None:
    known, added = {"once_member": 1.0}, {"added": 1.0}
    frames = pl.concat(
        [
            companies("2021-06", "strict", known | added, known, added, {"distance_3000": -FAR}),
            companies("2022-06", "strict", known | added, {"distance_3000": 0.0} | added),
            companies("2021-06", "slow-facts", {}),
        ]
    )
    found = admission(frames).drop("lead")
    assert found.rows() == [
        ("strict", "known", PRESUMED["known"], "2021-06", 2, 1),
        ("strict", "known", PRESUMED["known"], "2022-06", 1, 1),
        ("strict", "other", PRESUMED["other"], "2021-06", 1, 1),
        ("slow-facts", "other", PRESUMED["other"], "2021-06", 1, 0),
    ]


@pytest.mark.parametrize("other", [{"member": 1.0}, {"seen": False}])
def test_members_and_names_that_are_no_company_are_left_aside(other: dict[str, object]) -> None:
    rows = companies("2021-06", "strict", {}, {})
    assert admission(rows)["n"].sum() == 2
    assert admission(rows.with_columns(**{k: pl.lit(v) for k, v in other.items()})).is_empty()
