"""What a day's change is taken to have been."""

import numpy as np
import polars as pl
import pytest
from small_panel import BEGIN, SESSIONS, calm, made, quotes

from recon.errors import NoDataError
from recon.forecast.factors import LIMIT
from recon.monitor.panel import panel


def at(session: int, line: str = "s000") -> pl.Expr:
    return (pl.col("session") == SESSIONS[session]) & (pl.col("security_id") == line)


def test_changes_closes_and_dollars_are_those_of_the_quotes_in_any_order():
    changes = calm(6, 3)
    frame = quotes(changes)
    shuffled = panel(frame.sample(fraction=1, shuffle=True, seed=1), BEGIN)
    np.testing.assert_allclose(shuffled.change, changes, atol=1e-12)
    assert shuffled.sessions == SESSIONS[:6]
    assert shuffled.securities == ["s000", "s001", "s002"]
    np.testing.assert_allclose(shuffled.dollars, 1000 * np.exp(shuffled.log_close))
    assert shuffled.row(SESSIONS[2]) == 2
    assert shuffled.row(BEGIN.replace(year=2022)) == -1
    assert shuffled.columns(["s002", None, "other"]).tolist() == [2, -1, -1]


def test_a_split_that_the_source_restates_is_no_change():
    changes = calm(30, 6)
    split = pl.col("session") >= SESSIONS[15]
    frame = quotes(changes).with_columns(
        pl.when(split & (pl.col("security_id") == "s000")).then(pl.col(c) / 4).otherwise(c).alias(c)
        for c in ("close", "netchange")
    )
    found = panel(frame, BEGIN)
    np.testing.assert_allclose(found.change, changes, atol=1e-9)
    assert found.split[15, 0] == pytest.approx(np.log(4))
    assert np.count_nonzero(found.split) == 1


@pytest.mark.parametrize("lag", [0, 3])
def test_a_split_that_the_source_takes_for_a_change_is_found_by_the_cap(lag):
    """As ANET 2024-12-04; the count follows the price within three sessions."""
    changes = calm(30, 6)
    changes[15, 0] -= np.log(4)
    frame = quotes(changes).with_columns(
        market_cap=pl.when((pl.col("session") >= SESSIONS[15 + lag]) & at_line())
        .then(pl.col("market_cap") * 4)
        .otherwise("market_cap")
    )
    found = panel(frame, BEGIN)
    assert found.change[15, 0] == 0
    assert found.split[15, 0] == pytest.approx(np.log(4), abs=0.1)


def at_line(line: str = "s000") -> pl.Expr:
    return pl.col("security_id") == line


def test_a_large_move_that_the_cap_bears_out_is_believed_whole():
    changes = calm(30, 6)
    changes[15, 0] = 1.2
    found = made(changes)
    assert found.change[15, 0] == pytest.approx(1.2)
    assert not found.split.any()


def test_a_large_move_is_cut_while_the_cap_has_not_had_time_to_say():
    changes = calm(30, 6)
    changes[28, 0] = 1.2
    assert made(changes).change[28, 0] == pytest.approx(LIMIT)


def test_a_large_move_that_the_closes_deny_is_cut():
    frame = quotes(calm(30, 6)).with_columns(
        netchange=pl.when(at(15)).then(0.8 * pl.col("close")).otherwise("netchange")
    )
    assert panel(frame, BEGIN).change[15, 0] == pytest.approx(LIMIT)


def test_under_a_new_symbol_the_closes_say_what_the_net_change_does_not():
    changes = calm(30, 6)
    changes[15, 0] = -0.18
    frame = quotes(changes).with_columns(
        netchange=pl.when(at(15)).then(pl.col("close")).otherwise("netchange")
    )
    assert panel(frame, BEGIN).change[15, 0] == pytest.approx(-0.18)


def test_the_first_session_of_a_line_has_no_change():
    frame = quotes(calm(30, 6)).filter(~at_line() | (pl.col("session") >= SESSIONS[10]))
    frame = frame.with_columns(
        netchange=pl.when(at(10)).then(pl.col("close")).otherwise("netchange")
    )
    found = panel(frame, BEGIN)
    assert np.isnan(found.change[:11, 0]).all()
    assert np.isfinite(found.change[11:, 0]).all()


def test_without_quotes_there_is_no_panel():
    with pytest.raises(NoDataError, match="quoted"):
        panel(quotes(calm(3, 2)).clear(), BEGIN)
