"""Volume against its own history, the move since rank day, and when a name came near its line."""

import numpy as np
import polars as pl
import pytest
from small_panel import BEGIN, SESSIONS, calm, made, quotes
from small_run import small_run

from recon.calendar import event
from recon.monitor.crowding import RECENT, since_rank_day, volumes
from recon.monitor.nearness import EXPECTED_MOVE, expected_move, line_path, near_since
from recon.monitor.panel import panel

ONE = np.array([0])


def test_volume_is_held_against_its_own_past():
    frame = quotes(np.zeros((100, 2))).with_columns(
        volume=pl.when((pl.col("session") >= SESSIONS[100 - RECENT]) & (pl.col("line") == 0))
        .then(5000)
        .otherwise(1000 + pl.col("session").dt.day())
    )
    found = volumes(panel(frame, BEGIN), np.array([0, 1]), np.array([2e8, np.nan]))
    assert found["abnormal_volume"].to_list() == pytest.approx([4.9, 1.0], abs=0.05)
    assert found["abnormal_volume_z"][0] > 20
    assert abs(found["abnormal_volume_z"][1]) < 3
    month = (5 * 5000 + 16 * 1016) / 21 * 20
    assert found["turnover"].to_list() == [pytest.approx(month / 2e8, rel=0.01), None]


def test_a_short_history_has_no_abnormal_volume():
    found = volumes(made(calm(10, 1)), np.array([0, -1]), np.array([1e8, 1e8]))
    assert found["abnormal_volume"].to_list() == [None, None]
    assert found["abnormal_volume_z"].to_list() == [None, None]


def test_the_move_since_rank_day_is_adjusted_and_null_before():
    target = event("2023-06")
    begin = SESSIONS.index(target.rank_day)
    changes = calm(begin + 20, 2)
    late = since_rank_day(made(changes), np.array([0, -1]), target)
    assert late.to_list() == [pytest.approx(changes[begin + 1 :, 0].sum()), None]
    on_the_day = since_rank_day(made(changes[: begin + 1]), ONE, target)
    assert on_the_day.to_list() == [0.0]
    before = since_rank_day(made(changes[:begin]), ONE, target)
    assert before.to_list() == [None]


class TestNear:
    def near(self, changes: list[float], below: float = 1.0, cap: float = 0.0, line: float = 0.0):
        prices = made(np.array(changes)[:, None])
        lines = np.full((len(changes), 1), line)
        found = near_since(prices, ONE, lines, np.array([cap]), np.array([below]), np.array([0.1]))
        return int(found[0])

    def test_it_is_the_first_session_of_the_last_stretch(self):
        assert self.near([0, 0.3, -0.3, 0, 0.25, 0.05, 0]) == 4

    def test_a_name_beyond_its_line_is_near(self):
        assert self.near([0, 0, 0.3, 0], cap=0.5) == 0
        assert self.near([0, 0.39, 0.2, 0.2], cap=0.5) == 1

    def test_a_name_from_above_is_near_when_it_has_fallen_far_enough(self):
        assert self.near([0, 0, -0.3, 0], below=-1) == 2

    def test_a_name_that_is_far_now_is_near_since_after_the_end(self):
        assert self.near([0, 0, 0, 0], cap=-0.5) == 4

    def test_what_is_not_known_is_minus_one(self):
        assert self.near([0, 0], cap=float("nan")) == -1
        assert self.near([0, 0], line=float("nan")) == -1
        assert self.near([0, 0], below=float("nan")) == -1

    def test_the_line_follows_the_field(self):
        changes = np.zeros((5, 4))
        changes[3] = 0.2
        caps = np.log([4e8, 3e8, 2e8, 1e8])
        path = line_path(made(changes), np.arange(4), caps, 2e8)
        np.testing.assert_allclose(path, np.log(2e8) + np.array([-0.2, -0.2, -0.2, 0, 0]))

    def test_the_line_is_at_the_same_share_of_those_listed(self):
        frame = quotes(np.zeros((5, 4))).filter(
            (pl.col("line") >= 2) | (pl.col("session") >= SESSIONS[3])
        )
        caps = np.log([4e8, 3e8, 2e8, 1e8])
        path = line_path(panel(frame, BEGIN), np.arange(4), caps, 3e8)
        np.testing.assert_allclose(np.exp(path), [2e8, 2e8, 2e8, 3e8, 3e8])


def test_a_move_is_expected_at_the_lowest_line_only():
    frame = pl.DataFrame(
        {
            "action": ["add", "delete", "add", "delete"],
            "breakpoint": ["rank_8", "rank_8", "band_high_4", None],
        }
    ).select(expected_move(small_run()))
    assert frame.to_series().to_list() == [EXPECTED_MOVE, -EXPECTED_MOVE, None, None]
