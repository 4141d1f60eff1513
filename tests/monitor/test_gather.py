"""Everything gathered, on the simulated market: complete, point in time, and with its reasons."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from monitored import DAY, EARLIER, look
from polars.testing import assert_frame_equal
from simulated_market import RANKS

from recon.calendar import end_of_day
from recon.errors import InputError
from recon.monitor import SIGNALS, funds_now, signals
from recon.monitor.attribution import PARTS
from recon.pipeline import run
from recon.publish.candidates import candidates
from recon.store import Store

pytestmark = pytest.mark.xdist_group("monitor")
FUTURE = [
    "UPDATE quote SET close = close * 3, netchange = close * 2.1, volume = volume * 50, "
    "market_cap = market_cap * 9 WHERE known_at {} $moment",
    "UPDATE fund_snapshot SET shares_outstanding = shares_outstanding "
    '+ 1e6 * day("asof") WHERE known_at {} $moment',
    "UPDATE membership SET weight = weight / 3, market_value = market_value * 5 "
    "WHERE known_at {} $moment",
]
LATE = """
INSERT INTO fund_snapshot SELECT "asof", fund, 5 * shares_outstanding,
    $moment + INTERVAL 1 MICROSECOND, batch_id FROM fund_snapshot WHERE known_at <= $moment
"""


def test_every_candidate_has_one_row_with_all_signals(seen):
    found = seen.signals
    assert found.schema == SIGNALS
    key = ["company_id", "security_id", "index", "action", "breakpoint"]
    assert_frame_equal(found.select(key), seen.candidates.select(key))
    assert found["day"].unique().to_list() == [DAY]
    assert found["since"].unique().to_list() == [EARLIER]
    supplied = [c for c in SIGNALS if not c.startswith(("quoted", "implied", "shares_s", "short"))]
    empty = {c for c in supplied if found[c].null_count() == found.height}
    assert empty == {"days_to_cover"}


def test_the_parts_add_up_on_every_row(seen):
    whole = seen.signals.drop_nulls("distance_change")
    assert whole.height > 100
    total = whole.select(pl.sum_horizontal(PARTS)).to_series()
    np.testing.assert_allclose(total, whole["distance_change"], atol=1e-9)
    listed = seen.candidates.select("company_id", "breakpoint", there="distance").unique()
    both = whole.join(listed, on=["company_id", "breakpoint"])
    np.testing.assert_allclose(both["distance"], both["there"], atol=1e-9)


def test_every_null_has_its_reason(seen):
    for row in seen.signals.rows(named=True):
        said = {reason.partition(":")[0] for reason in row["reasons"]}
        for signal in (
            "near_since", "move_spent", "amihud", "roll_spread", "quoted_spread_bps",
            "implied_volatility_percent", "shares_short", "fund_flow_usd", "turnover",
            "return_since_rank_day", "abnormal_volume",
        ):  # fmt: skip
            if row[signal] is None:
                # What was not near its line has spent nothing of its move.
                because = "near_since" if "near_since" in said else "move_spent"
                assert (because if signal == "move_spent" else signal) in said, (signal, row)
        assert (row["distance_change"] is not None) or "attribution" in said


def test_flows_come_of_the_files_known_by_then(seen, market):
    """IWB and IWV have files; no company of this market is in the Russell 2000."""
    held = seen.signals.filter(pl.col("fund_flow_usd") != 0)
    assert held.height > 50
    assert all("fund_flow_usd:IWM:no_files" in reasons for reasons in seen.signals["reasons"])
    with Store(market) as store:
        heads = store.as_of(end_of_day(DAY)).fund_snapshots()
    # A file of a day is known at the next session's open.
    assert heads["asof"].max() < DAY


def test_a_flow_is_held_against_what_is_traded(seen, market):
    with Store(market) as store:
        funds = funds_now(seen.run, store.as_of(end_of_day(DAY)))
    assert funds["fund"].to_list() == ["IWB", "IWM", "IWV"]
    assert funds["reason"].to_list() == [None, "no_files", None]
    for row in funds.filter(pl.col("fund") != "IWM").rows(named=True):
        assert row["holdings_volume_usd"] > 1e9
        expected = 100 * row["flow_usd"] / row["holdings_volume_usd"] / row["sessions"]
        assert row["flow_volume_percent"] == pytest.approx(expected)
    lines = seen.signals.unique("security_id").drop_nulls("fund_flow_percent")
    expected = 100 * lines["fund_flow_usd"] / lines["median_dollar_volume_usd"]  # one session
    np.testing.assert_allclose(lines["fund_flow_percent"], expected)
    total = funds.drop_nulls("flow_usd")["flow_usd"].sum()
    assert 0 < lines["fund_flow_usd"].sum() <= 1.001 * total


class TestNoPeeking:
    def test_another_future_changes_nothing(self, seen, changed):
        store = changed(*(one.format(">") for one in FUTURE), LATE)
        other = look(store)
        assert_frame_equal(other.signals, seen.signals, rel_tol=1e-9)

    @pytest.mark.parametrize("which", range(len(FUTURE)))
    def test_the_same_known_in_time_is_seen(self, which, seen, changed):
        store = changed(FUTURE[which].format("<="))
        with pytest.raises(AssertionError):
            assert_frame_equal(look(store).signals, seen.signals, rel_tol=1e-9)

    def test_own_figures_known_later_change_nothing(self, seen, told):
        symbol = seen.candidates["symbol"][0]
        after = DAY + timedelta(days=1)
        found = look(told(*own(symbol, known=after)), earlier=False).signals
        for figure in ("quoted_spread_bps", "implied_volatility_percent", "shares_short"):
            assert found[figure].null_count() == found.height

    def test_a_later_moment_is_refused(self, seen, market):
        with Store(market) as store:
            known = store.as_of(end_of_day(DAY + timedelta(days=1)))
            with pytest.raises(InputError, match="own moment"):
                signals(seen.run, known, seen.candidates)

    def test_a_run_that_is_not_earlier_is_refused(self, seen, market):
        with Store(market) as store:
            known = store.as_of(end_of_day(DAY))
            with pytest.raises(InputError, match="not earlier"):
                signals(seen.run, known, seen.candidates, earlier=seen.run)


def test_a_candidate_of_another_run_is_refused(seen, market):
    other = seen.candidates.with_columns(company_id=pl.lit("cik:0009999999"))
    with Store(market) as store, pytest.raises(InputError, match="cik:0009999999"):
        signals(seen.run, store.as_of(end_of_day(DAY)), other)


def own(symbol: str, known=DAY, session=DAY, settled=EARLIER + timedelta(days=60)):
    """A user's three tables about one line."""
    return (
        f"symbol,session,quoted_spread_bps,known_at,source\n{symbol},{session},12.5,{known},x\n",
        "symbol,session,days,implied_volatility_percent,known_at,source\n"
        f"{symbol},{session},30,44,{known},x\n{symbol},{session},91,55,{known},x\n",
        f"symbol,settled,shares_short,known_at,source\n{symbol},{settled},1000000,{known},x\n",
    )


def of(frame: pl.DataFrame, symbol: str) -> dict:
    return frame.filter(pl.col("symbol") == symbol).row(0, named=True)


class TestOwnFigures:
    def test_they_are_read_for_the_line_named_and_for_no_other(self, seen, told):
        symbol, other = seen.candidates["symbol"].unique(maintain_order=True)[:2]
        found = look(told(*own(symbol)), earlier=False)
        row = of(found.signals, symbol)
        assert (row["quoted_spread_bps"], row["quoted_spread_on"]) == (12.5, DAY)
        assert (row["implied_volatility_percent"], row["implied_volatility_days"]) == (44.0, 30)
        assert row["shares_short"] == 1e6
        count = found.run.lines.filter(pl.col("symbol") == symbol).row(0, named=True)
        assert row["short_percent"] == pytest.approx(1e8 / count["shares"])
        known = row["days_to_cover"] * row["mean_dollar_volume_usd"] / 1e6
        assert 0.5 < known / count["close"] < 2  # close of the run's session, rank day
        assert not any("not_supplied" in reason for reason in row["reasons"])
        assert "quoted_spread_bps:not_supplied" in of(found.signals, other)["reasons"]
        assert all(
            reasons[0] == "attribution:no_earlier_run" for reasons in found.signals["reasons"]
        )
        assert found.signals["distance_change"].null_count() == found.signals.height

    def test_old_ones_are_not_used_and_say_so(self, seen, told):
        symbol = seen.candidates["symbol"][0]
        old = DAY - timedelta(days=11)
        tables = own(symbol, session=old, settled=DAY - timedelta(days=46))
        row = of(look(told(*tables), earlier=False).signals, symbol)
        for figure in ("quoted_spread_bps", "implied_volatility_percent", "shares_short"):
            assert row[figure] is None
            assert f"{figure}:stale" in row["reasons"]
        assert (row["short_percent"], row["days_to_cover"]) == (None, None)

    def test_the_newest_day_counts_and_of_it_the_last_correction(self, seen, told):
        symbol = seen.candidates["symbol"][0]
        header = "symbol,session,quoted_spread_bps,known_at,source\n"
        before, day = DAY - timedelta(days=4), DAY - timedelta(days=3)
        rows = (
            f"{symbol},{day},7,{day},x\n{symbol},{day},6,{DAY},x\n"
            f"{symbol},{before},9,{before},x\n{symbol},{before},8,{DAY},x\n"
        )
        row = of(look(told(header + rows), earlier=False).signals, symbol)
        assert (row["quoted_spread_bps"], row["quoted_spread_on"]) == (6.0, day)


def test_an_expected_move_of_the_desks_own_is_used(seen, market, tmp_path):
    listed = seen.candidates.with_columns(expected_move=pl.lit(0.5))
    with Store(market) as store:
        found = signals(seen.run, store.as_of(end_of_day(DAY)), listed)
    known = found.drop_nulls("move_since_near")
    np.testing.assert_allclose(known["move_spent"], known["move_since_near"] / 0.5)
    assert not any("move_spent:no_expected_move" in reasons for reasons in found["reasons"])


def test_before_rank_day_nothing_has_happened_since(market, tmp_path):
    day = DAY - timedelta(days=20)
    (tmp_path / "ranks.toml").write_text(RANKS)
    with Store(market) as store:
        early = run(store, "2024-06", day, rulebook_override=tmp_path / "ranks.toml")
        found = signals(early, store.as_of(end_of_day(day)), candidates(early))
    assert found["return_since_rank_day"].null_count() == found.height
    assert all("return_since_rank_day:rank_day_ahead" in r for r in found["reasons"])


def test_without_candidates_there_are_no_rows(seen, market):
    nobody = seen.candidates.clear()
    with Store(market) as store:
        found = signals(seen.run, store.as_of(end_of_day(DAY)), nobody)
    assert found.is_empty()
    assert found.schema == SIGNALS
