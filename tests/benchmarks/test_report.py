"""What the benchmarks say, without timing anything."""

from typing import Any

import polars as pl
import pytest
from small_run import small_run

from benchmarks.pandas_ruling import ruling
from benchmarks.report import rows


def one(name: str, side: str, bar: str, median: float) -> dict[str, Any]:
    stats = {"median": median, "min": median, "max": median, "rounds": 3}
    return {"group": name, "extra_info": {"side": side, "bar": bar}, "stats": stats}


@pytest.mark.parametrize(
    ("bar", "own", "other", "ratio", "met"),
    [
        ("<= 5 x", 4.0, 1.0, "4.00 x", "yes"),
        ("<= 5 x", 6.0, 1.0, "6.00 x", "no"),
        (">= 5 x", 1.0, 6.0, "6.00 x", "yes"),
        (">= 5 x", 2.0, 6.0, "3.00 x", "no"),
        (">= 5 x", 2.0, None, "", "not measured"),
        ("<= 3 s", 2.9, None, "", "yes"),
        ("<= 3 s", 3.1, None, "", "no"),
        ("", 3.1, None, "", ""),
    ],
)
def test_a_bar_holds_or_not(
    bar: str, own: float, other: float | None, ratio: str, met: str
) -> None:
    measured = [one("work", "recon", bar, own)]
    if other is not None:
        measured.append(one("work", "beside", bar, other))
    (row,) = rows({"benchmarks": measured})
    assert (row["ratio"], row["met"]) == (ratio, met)


def test_pandas_places_a_small_market_as_the_pipe_does() -> None:
    run = small_run()
    window = pl.DataFrame(
        {
            "session": [run.session] * run.lines.height,
            "security_id": run.lines["security_id"],
            "close": run.lines["close"],
            "volume": [1000] * run.lines.height,
        }
    )
    derived = ("role", "addtv_usd", "days_traded", "mean_price_usd", "line_eligible")
    lines = run.lines.drop(derived, strict=False)
    for name in ("volume", "passed_over"):
        if name not in lines.columns:
            lines = lines.with_columns(pl.lit(None).alias(name))
    found = ruling(lines.to_pandas(), window.to_pandas(), run.absent.to_pandas(), run.rulebook)
    own = run.companies.sort("company_id")
    other = found.companies.sort_index()
    assert own["company_id"].to_list() == other.index.to_list()
    assert own["to_size"].to_list() == [None if v != v else v for v in other["to_size"]]
    assert own["eligible"].to_list() == other["eligible"].to_list()
