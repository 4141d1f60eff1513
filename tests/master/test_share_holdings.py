from datetime import date

import numpy as np
import polars as pl
import pytest

from recon.master.share_holdings import MAX_AGE_DAYS, MIN_KNOWN, fill_from_holdings

ASOF = date(2021, 6, 29)
SESSION = date(2022, 5, 6)
SCALE = 2.7e-4


def known(lines: int = 300) -> pl.DataFrame:
    return pl.DataFrame(
        {"line": [f"K{i}" for i in range(lines)], "shares": [1e7 * (i + 1) for i in range(lines)]}
    )


def holdings(extra: list[tuple[str, float, float]], lines: int = 300, asof: date = ASOF):
    """A fund that holds SCALE of every known company's float, and the extra lines."""
    rng = np.random.default_rng(3)
    floats = np.where(rng.random(lines) < 0.6, 1.0, rng.uniform(0.3, 1.0, lines))
    rows = [(f"K{i}", SCALE * 1e7 * (i + 1) * floats[i], 20.0) for i in range(lines)]
    return pl.DataFrame(
        [(asof, "R3000", *row) for row in rows + extra],
        schema=["asof", "index", "line", "shares", "price"],
        orient="row",
    )


def wanted(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [(SESSION, *row) for row in rows],
        schema={"session": pl.Date, "line": pl.String, "company": pl.String, "close": pl.Float64},
        orient="row",
    )


def test_a_company_that_is_not_quoted_takes_the_funds_price_and_says_so():
    filled = fill_from_holdings(
        wanted(("VZ", "VZ", None)), holdings([("VZ", SCALE * 4.14e9, 55.84)]), known()
    ).row(0, named=True)
    assert filled["shares"] == pytest.approx(4.14e9)
    assert filled["close"] == 55.84
    assert filled["provenance"] == "filled:holdings"
    assert filled["note"] == "holdings:2021-06-29;price:2021-06-29"


def test_a_quoted_line_keeps_its_close_and_is_less_in_doubt():
    held = holdings([("CRDB", SCALE * 3e7, 9.0), ("VZ", SCALE * 4e9, 56.0)])
    rows = fill_from_holdings(wanted(("CRDB", "C", 7.67), ("VZ", "V", None)), held, known())
    quoted, absent = rows.rows(named=True)
    assert (quoted["close"], quoted["note"]) == (7.67, "holdings:2021-06-29")
    assert quoted["log_shares_dispersion"] < absent["log_shares_dispersion"]


def test_lines_of_one_company_each_carry_the_sum():
    held = holdings([("BFA", SCALE * 4.5e7, 60.0), ("BFB", SCALE * 1.8e8, 64.0)])
    rows = fill_from_holdings(wanted(("BFA", "BF", 60.67), ("BFB", "BF", 64.62)), held, known())
    assert rows["shares"].to_list() == pytest.approx([2.25e8, 2.25e8])


def test_the_newest_snapshot_wins_and_later_or_stale_ones_are_not_used():
    old = holdings([("VZ", SCALE * 4e9, 50.0)], asof=date(2021, 1, 26))
    new = holdings([("VZ", SCALE * 4.2e9, 55.0)])
    later = holdings([("VZ", SCALE * 9e9, 99.0)], asof=date(2022, 5, 9))
    rows = fill_from_holdings(wanted(("VZ", "VZ", None)), pl.concat([old, new, later]), known())
    assert rows["shares"].to_list() == pytest.approx([4.2e9])
    stale = SESSION.replace(year=2022 - MAX_AGE_DAYS // 365 - 1)
    gone = holdings([("VZ", SCALE * 4e9, 50.0)], asof=stale)
    assert fill_from_holdings(wanted(("VZ", "VZ", None)), gone, known()).is_empty()


def test_a_line_at_a_very_different_price_is_left_out():
    held = holdings([("GE", SCALE * 1e9, 13.0)])
    assert fill_from_holdings(wanted(("GE", "GE", 104.0)), held, known()).is_empty()


def test_a_snapshot_with_few_known_companies_gives_no_scale():
    few = MIN_KNOWN - 1
    held = holdings([("VZ", SCALE * 4e9, 55.0)], lines=few)
    assert fill_from_holdings(wanted(("VZ", "VZ", None)), held, known(few)).is_empty()
