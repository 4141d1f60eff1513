from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from recon.master.share_splits import is_mechanical, nearest_ratio, price_breaks, simple_ratios

DAYS = [date(2024, 1, 1) + timedelta(days=i) for i in range(8)]
BREAK = DAYS[4]


def quotes(
    closes: list[float | None], restated: dict[int, float] | None = None, calm: bool = True
) -> pl.DataFrame:
    """One line `X` beside ten whose previous close is restated exactly (or not, if not calm)."""
    rows = []
    for name in [f"F{i}" for i in range(10)]:
        for day in DAYS:
            moved = 0.0 if calm or day != BREAK else 0.4
            rows.append((day, name, 10.0, moved))
    before = None
    for i, (day, close) in enumerate(zip(DAYS, closes, strict=True)):
        if close is None:
            continue
        previous = (restated or {}).get(i, before if before is not None else close)
        rows.append((day, "X", close, close - previous))
        before = close
    return pl.DataFrame(
        rows, schema=["session", "symbol", "close", "netchange"], orient="row"
    ).with_columns(pl.lit("nyse").alias("exchange"))


def found(frame: pl.DataFrame) -> list[tuple[date, float | None, bool]]:
    return price_breaks(frame).filter(pl.col("symbol") == "X").drop("symbol").rows()


@pytest.mark.parametrize(
    ("before", "factor", "restated"),
    [
        (110.29, 1.5, 73.5267),  # PCAR 2023-02-08
        (2447.0, 20.0, 122.35),  # AMZN 2022-06-06
        (3.68, 1 / 3, 11.04),  # NYCB 2024-07-12
        (0.5125, 0.05, 10.25),  # CDTX 2024-04-24, restated in cents
        (43.31, 1.25, 34.648),  # CENTA 2024-02-09
    ],
)
def test_a_split_restates_the_previous_close_by_a_simple_ratio(before, factor, restated):
    after = restated * 1.02
    frame = quotes([before] * 4 + [after] * 4, {4: restated})
    ((session, measured, renewed),) = found(frame)
    assert session == BREAK
    assert measured == pytest.approx(factor)
    assert not renewed


@pytest.mark.parametrize(
    ("before", "restated"),
    [
        (111.51, 56.4098),  # DELL 2021-11-02, VMware handed out
        (57.83, 41.2367),  # EXC 2022-02-02, Constellation handed out
        (30.3, 22.0401),  # FLEX 2024-01-03: 0.004 USD off 11:8
        (10.0, 9.6),  # a dividend
    ],
)
def test_spin_offs_and_dividends_are_no_splits(before, restated):
    assert found(quotes([before] * 4 + [restated] * 4, {4: restated})) == []


def test_a_fall_without_a_restated_close_is_no_split():
    assert found(quotes([100.0] * 4 + [50.0] * 4)) == []


def test_first_rows_are_not_compared():
    assert found(quotes([None] * 4 + [30.0] * 4, {4: 0.0})) == []


@pytest.mark.parametrize("restated", [0.0, -3.0])
def test_a_previous_close_that_is_not_positive_at_another_price_is_another_security(restated):
    assert found(quotes([9.49] * 4 + [30.73] * 4, {4: restated})) == [(BREAK, None, True)]
    assert found(quotes([9.49] * 4 + [9.5] * 4, {4: restated})) == []


def test_a_contradicting_previous_close_is_another_security():
    frame = quotes([151.8] * 4 + [8.3] * 4, {4: 7.0})  # BHVN 2022-10-04
    assert found(frame) == [(BREAK, None, True)]


def test_sessions_that_are_not_comparable_show_large_usual_splits_only():
    reverse = quotes([0.7] * 4 + [7.01] * 4, {4: 7.09}, calm=False)  # JSPR 2024-01-04
    assert [row[1] for row in found(reverse)] == [pytest.approx(0.1)]
    news = quotes([3.92] * 4 + [24.8] * 4, {4: 12.48}, calm=False)  # KALA 2022-12-29
    assert found(news) == []


def test_comparability_is_judged_by_exchange():
    restless = quotes([50.0] * 8, calm=False).with_columns(exchange=pl.lit("nasdaq"))
    restless = restless.filter(pl.col("symbol") != "X").with_columns(
        symbol=pl.lit("N") + pl.col("symbol")
    )
    split = quotes([40.0] * 4 + [20.0] * 4, {4: 20.0})
    assert [row[1] for row in found(pl.concat([split, restless]))] == [2.0]


def test_a_split_behind_a_missing_row_is_seen():
    frame = quotes([0.155, 0.155, 0.155, None, 5.4, 5.4, 5.4, 5.4], {4: 5.425})
    assert [row[1] for row in found(frame)] == [pytest.approx(1 / 35)]


def test_mechanical_moves_are_exact_products_of_split_factors():
    moves = np.log(np.array([20.0, 1 / 20, 4.5, 288.0, 1.5, 2.0029, 1.0, 1.1, 9.98]))
    expected = [True, True, True, True, True, False, False, False, False]
    assert is_mechanical(moves).tolist() == expected
    assert not is_mechanical(np.array([np.nan])).any()


def test_nearest_ratio_measures_in_proportion():
    ratios = simple_ratios()
    measured = nearest_ratio(np.array([0.02, 1.9999, 1000.0, 1e-6]), ratios)
    assert measured.tolist() == [0.02, 2.0, 100.0, 0.001]
    assert (np.diff(ratios) > 0).all()
