"""Stand-in chances of IPO additions, and what is left open, on frames made by hand."""

import polars as pl
import pytest
from small_run import small_run

from recon.master.offerings import FORMER_SPAC, NOTHING, OFFERED
from recon.publish.ipo_chances import (
    NO_OFFERING,
    ONE_CLASS,
    SEVERAL_CLASSES,
    UNSIZED,
    passes,
    unsized,
)
from recon.publish.left_open import left_open


def chances(**company: object) -> tuple[float, float]:
    plain = {
        "name": "New Inc. Common Stock",
        "offering": OFFERED,
        "verdict": "unknown",
        "total_cap_usd": 1e9,
    }
    kinds = {"total_cap_usd": pl.Float64, "name": pl.String}
    frame = pl.DataFrame([plain | company], schema_overrides=kinds)
    return tuple(frame.select(a=passes(), b=unsized()).row(0))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        ({}, (ONE_CLASS, 0.0)),
        ({"name": "New Inc. Class A Common Stock"}, (SEVERAL_CLASSES, 0.0)),
        ({"name": "New Inc. Series B Common Stock"}, (SEVERAL_CLASSES, 0.0)),
        ({"name": None}, (ONE_CLASS, 0.0)),
        ({"total_cap_usd": None}, (ONE_CLASS, UNSIZED)),
        ({"offering": NOTHING}, (NO_OFFERING, 0.0)),
        ({"offering": NOTHING, "total_cap_usd": None}, (NO_OFFERING, NO_OFFERING)),
        ({"offering": FORMER_SPAC}, (NO_OFFERING, 0.0)),
        ({"verdict": "fail"}, (0.0, 0.0)),
        ({"verdict": "fail", "total_cap_usd": None}, (0.0, 0.0)),
    ],
)
def test_chances_by_kind(company: dict[str, object], expected: tuple[float, float]) -> None:
    assert chances(**company) == pytest.approx(expected)


def test_what_is_left_open_fails_nothing_and_is_not_too_small() -> None:
    run = small_run()
    asked = {
        "name:F": ("offering", "unknown", "no_offering_on_record"),
        "name:J": ("offering", "unknown", "no_offering_on_record"),
        "name:M": ("offering", "pass", "offered_in_window"),
        "name:L": ("offering", "unknown", "spac_lock_up_unknown"),
        "name:C": ("offering", "unknown", "no_offering_on_record"),
    }
    own = pl.DataFrame(
        [(company, *answer) for company, answer in asked.items()],
        schema=["company_id", "rule", "verdict", "reason"],
        orient="row",
    )
    verdicts = pl.concat([run.verdicts.select(own.columns), own])
    found = left_open(small_run(verdicts=verdicts))
    # J is below the line, L is of an excluded structure, C is a member.
    assert list(found.iter_rows()) == [("FFF", "no_offering_on_record"), ("MMM", "cap_unknown")]
