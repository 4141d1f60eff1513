from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from recon.errors import InputError
from recon.master.shares import PROVENANCES, repair

START = date(2024, 1, 1)
FILLERS = 40


def day(i: int) -> date:
    """The i-th weekday from START."""
    return START + timedelta(days=7 * (i // 5) + i % 5)


def market(
    counts: list[float | None],
    *,
    splits: dict[int, float] | None = None,
    shown: bool = True,
    fillers: list[list[float]] | None = None,
    name: str = "X Corp Common Stock",
    price: float = 60.0,
    symbol: str = "X",
) -> pl.DataFrame:
    """Quotes of line X with these reported counts (None: cap 0), beside calm lines.

    `splits` are price splits by session; not `shown` ones do not appear in netchange.
    """
    rows = []
    for i, count in enumerate(counts):
        restated = price
        if splits and i in splits:
            price = price / splits[i]
            restated = price if shown else restated
        rows.append((day(i), symbol, name, price, price - restated, (count or 0.0) * price))
    for k in range(FILLERS):
        series = fillers[k] if fillers and k < len(fillers) else [1e7 + k] * len(counts)
        rows += [
            (day(i), f"F{k}", "F Inc. Common Stock", 20.0, 0.0, n * 20.0)
            for i, n in enumerate(series)
        ]
    return pl.DataFrame(
        rows,
        schema=["session", "symbol", "name", "close", "netchange", "market_cap"],
        orient="row",
    ).with_columns(pl.lit("nyse").alias("exchange"))


def answer(frame: pl.DataFrame, i: int, symbol: str = "X", **options: str) -> dict[str, object]:
    """Repaired row of one line for the i-th session."""
    return repair(frame, [day(i)], **options).row(
        by_predicate=pl.col("symbol") == symbol, named=True
    )


def shares(frame: pl.DataFrame, *sessions: int) -> list[float]:
    rows = repair(frame, [day(i) for i in sessions]).filter(pl.col("symbol") == "X")
    return rows.sort("session")["shares"].to_list()


def test_an_undisturbed_count_is_reported():
    row = answer(market([5e7] * 30), 29)
    assert row["provenance"] == "reported"
    assert row["shares"] == pytest.approx(5e7)
    assert row["shares_reported"] == row["shares"]
    assert row["note"] == ""
    assert row["log_shares_dispersion"] < 0.01


def test_a_count_that_lags_a_split_is_carried_to_the_new_share():
    frame = market([5e7] * 33 + [5e8] * 7, splits={30: 10.0})
    assert shares(frame, 29, 30, 32, 33) == pytest.approx([5e7, 5e8, 5e8, 5e8])
    row = answer(frame, 32)
    assert (row["provenance"], row["note"]) == ("repaired:split", "trial:lag")
    assert answer(frame, 33)["provenance"] == "reported"


def test_a_count_that_lags_a_reverse_split_is_carried():
    frame = market([5e7] * 40, splits={30: 0.1})
    assert shares(frame, 29, 39) == pytest.approx([5e7, 5e6])


def test_a_count_that_leads_a_split_waits_for_the_price():
    frame = market([5e7] * 25 + [2e8] * 15, splits={30: 4.0})
    assert shares(frame, 24, 25, 29, 30, 39) == pytest.approx([5e7, 5e7, 5e7, 2e8, 2e8])
    assert answer(frame, 29)["provenance"] == "repaired:glitch"
    assert answer(frame, 30)["provenance"] == "reported"


def test_an_inexact_lead_that_was_believed_is_not_split_again():
    led = 5e7 * 2.04  # MCHP 2021-09-07: the split and an update in one move
    frame = market([5e7] * 25 + [led] * 15, splits={35: 2.0})
    assert shares(frame, 34, 36) == pytest.approx([led, led])


def test_a_split_applied_twice_is_undone():
    frame = market([5e7] * 30 + [2e10] + [1e9] * 5, splits={30: 20.0})  # AMZN 2022-06-06
    assert shares(frame, 29, 30, 31) == pytest.approx([5e7, 1e9, 1e9])


def test_a_replayed_split_is_held_back_for_months_without_a_price():
    frame = market([8.5e7] * 80 + [8.5e7 * 8] * 40 + [8.51e7] * 5)  # IDXX from 2021-09-09
    assert shares(frame, 80, 119, 120) == pytest.approx([8.5e7, 8.5e7, 8.51e7])
    row = answer(frame, 119)
    assert (row["provenance"], row["note"]) == ("repaired:glitch", "trial:mechanical")
    assert 0.1 < row["log_shares_dispersion"] < 1.0


def test_a_split_that_the_quotes_do_not_show_is_believed_when_price_and_count_agree():
    frame = market([5e7] * 31 + [2e8] * 9, splits={30: 4.0}, shown=False)  # ANET 2024-12-04
    assert shares(frame, 29, 31, 39) == pytest.approx([5e7, 2e8, 2e8])
    early = market([1e8] * 30 + [5e6] * 10, splits={31: 0.05}, shown=False)  # APRE 2023-02-13
    assert shares(early, 30, 31) == pytest.approx([1e8, 5e6])


def test_a_merger_is_believed_at_once_and_doubted_for_a_while():
    frame = market([5e7] * 30 + [8.7e7] * 40)
    assert shares(frame, 29, 30, 69) == pytest.approx([5e7, 8.7e7, 8.7e7])
    first, later = answer(frame, 30), answer(frame, 69)
    assert first["provenance"] == "reported"
    assert first["log_shares_dispersion"] > 3 * later["log_shares_dispersion"] > 0


def test_a_near_integer_rise_waits_a_week():
    frame = market([5e7] * 30 + [9.95e7] * 20)  # NVO 2023-09-15: a split that leads, inexactly
    assert shares(frame, 30, 33, 40) == pytest.approx([5e7, 5e7, 9.95e7])


def test_a_huge_company_does_not_treble_overnight():
    frame = market([2.1e9] * 30 + [6.4e9] * 10 + [2.1e9] * 5)  # V 2023-05-24
    assert shares(frame, 39, 41) == pytest.approx([2.1e9, 2.1e9])


def test_in_a_bulk_session_nothing_is_believed_at_once():
    off = [[1e7 + k] * 30 + [(1e7 + k) * 1.73] * 30 for k in range(30)]
    frame = market([5e7] * 30 + [8.7e7] * 30, fillers=off)
    assert shares(frame, 30, 43, 50) == pytest.approx([5e7, 5e7, 8.7e7])
    assert answer(frame, 30)["note"] == "trial:bulk"


def test_the_first_count_of_a_line_gives_way_to_one_that_outlasts_it():
    frame = market([1.79e7] * 2 + [3 * 1.79e7] * 28)  # ENOV 2022-04-05
    assert shares(frame, 1, 5, 20) == pytest.approx([1.79e7, 1.79e7, 3 * 1.79e7])


def test_a_drop_that_returns_within_a_quarter_is_not_believed():
    frame = market([2.06e8] * 60 + [2.3e7] * 50 + [2.07e8] * 3)  # NTAP 2024-03-04
    assert shares(frame, 60, 109, 111) == pytest.approx([2.06e8, 2.06e8, 2.07e8])
    assert answer(frame, 109)["note"] == "trial:drop"


def test_a_drop_that_stays_is_believed_in_the_end():
    frame = market([8e7] * 60 + [4.6e7] * 90)  # BSIG 2021-12-16: a tender offer
    assert shares(frame, 100, 149) == pytest.approx([8e7, 4.6e7])


UP_C = "Rocket Companies Inc. Class A Common Stock"


@pytest.mark.parametrize(
    ("name", "units"),
    [
        (UP_C, True),
        ("Rocket Companies Inc. Common Stock", False),
        ("Empire State Realty Trust Inc. Class A Common Stock", False),
        ("FAST Acquisition Corp. Class A Common Stock", False),
        ("Landcadia Holdings IV Inc. Class A Common Stock", False),
        ("Agora Inc. American Depositary Shares", False),
    ],
)
def test_all_units_are_carried_where_the_name_says_one_class_of_several(name, units):
    frame = market([1.98e9] * 60 + [1.36e8] * 90, name=name, price=20.0)
    row = answer(frame, 149)
    assert row["shares"] == pytest.approx(1.98e9 if units else 1.36e8)
    assert row["provenance"] == ("carried:units" if units else "reported")
    assert row["shares_units"] == pytest.approx(1.98e9)
    assert row["shares_reported"] == pytest.approx(1.36e8)
    assert row["note"] == ("" if units else "units:unproven")


def test_the_callers_verdict_on_units_takes_precedence():
    frame = market([1.98e9] * 60 + [1.36e8] * 90, name=UP_C)
    verdict = frame.with_columns(has_units=pl.lit(False))
    assert answer(verdict, 149)["provenance"] == "reported"
    assert answer(frame.drop("name"), 149)["provenance"] == "reported"


def test_units_end_when_the_series_shows_them_again_and_return_with_the_relapse():
    counts = [1.4e9] * 60 + [4e8] * 90 + [1.41e9] * 30 + [4.1e8] * 90
    frame = market(counts, name=UP_C)
    assert shares(frame, 140, 150, 175, 269) == pytest.approx([1.4e9, 1.41e9, 1.41e9, 1.41e9])
    assert answer(frame, 175)["provenance"] == "reported"


def test_units_follow_a_split():
    counts = [1e9] * 60 + [3e8] * 90 + [6e8] * 20
    frame = market(counts, splits={150: 2.0}, name=UP_C)
    assert shares(frame, 149, 160) == pytest.approx([1e9, 2e9])


def test_a_level_that_rose_in_a_bulk_session_is_no_evidence_of_units():
    off = [[1e7 + k] * 60 + [(1e7 + k) * 1.73] * 190 for k in range(30)]
    counts = [1.15e8] * 60 + [2.53e8] * 60 + [1.2e8] * 130  # ENFN 2023-06-14
    frame = market(counts, fillers=off, name=UP_C)
    row = answer(frame, 249)
    assert row["shares"] == pytest.approx(1.2e8)
    assert row["provenance"] == "reported"


def test_a_missing_cap_is_carried_across_a_split_and_ages():
    frame = market([5e7] * 30 + [None] * 20, splits={40: 2.0})
    assert shares(frame, 39, 49) == pytest.approx([5e7, 1e8])
    row = answer(frame, 49)
    assert row["provenance"] == "carried"
    assert row["note"] == f"age:{(day(49) - day(29)).days}"
    assert row["shares_reported"] is None
    assert row["log_shares_dispersion"] > 0


def test_a_count_is_not_carried_for_ever_and_not_invented():
    frame = market([5e7] * 30 + [None] * 300)
    row = answer(frame, 320)
    assert (row["provenance"], row["shares"]) == ("missing", None)
    assert row["log_shares_dispersion"] is None
    never = answer(market([None] * 30), 29)
    assert (never["provenance"], never["shares"]) == ("missing", None)


def test_another_security_under_the_symbol_inherits_nothing():
    frame = market([7.1e7] * 60 + [3.6e7] * 20)
    first = (pl.col("symbol") == "X") & (pl.col("session") == day(60))
    frame = frame.with_columns(netchange=pl.when(first).then("close").otherwise("netchange"))
    frame = frame.with_columns(
        close=pl.when(pl.col("symbol") == "X", pl.col("session") >= day(60))
        .then(pl.col("close") / 7)
        .otherwise("close"),
        market_cap=pl.when(pl.col("symbol") == "X", pl.col("session") >= day(60))
        .then(pl.col("market_cap") / 7)
        .otherwise("market_cap"),
        netchange=pl.when(first).then(pl.col("netchange") / 7).otherwise("netchange"),
    )
    assert shares(frame, 60) == pytest.approx([3.6e7])


def test_a_line_away_for_months_starts_anew():
    frame = market([5e7] * 30 + [5e7] * 60 + [9e8] * 5)
    away = (pl.col("symbol") == "X") & pl.col("session").is_between(day(30), day(89))
    assert shares(frame.filter(~away), 90) == pytest.approx([9e8])


def test_a_security_id_keeps_the_past_through_a_rename():
    old = market([5e7] * 60, symbol="FB")
    new = market([5e7] * 60 + [8 * 5e7] * 30, symbol="META")
    frame = pl.concat([old, new.filter(pl.col("session") > day(59))]).with_columns(
        security_id=pl.col("symbol").replace({"FB": "S1", "META": "S1"})
    )
    by_id = answer(frame, 89, "META", key="security_id")
    by_symbol = answer(frame, 89, "META")
    assert by_id["shares"] == pytest.approx(5e7)
    assert by_symbol["shares"] == pytest.approx(4e8)


def test_month_ends_are_memory_enough_for_units():
    frame = market([1.98e9] * 120 + [1.36e8] * 260, name=UP_C)
    sampled = pl.col("session").is_in([day(i) for i in range(0, 300, 21)])
    frame = frame.filter(sampled | (pl.col("session") >= day(300)))
    assert answer(frame, 379)["shares"] == pytest.approx(1.98e9)


def test_answers_do_not_depend_on_later_sessions():
    rng = np.random.default_rng(7)
    counts = (5e7 * rng.choice([1, 1, 1, 1, 2, 0.3, 1.8], size=120)).tolist()
    frame = market(counts, splits={40: 2.0, 90: 0.1}, name=UP_C)
    wanted = [10, 39, 40, 41, 77, 90, 95]
    together = repair(frame, [day(i) for i in wanted])
    for i in wanted:
        alone = repair(frame.filter(pl.col("session") <= day(i)), [day(i)])
        both = together.filter(pl.col("session") == day(i))
        assert both.sort("symbol").equals(alone.sort("symbol"))


def test_every_quote_of_a_wanted_session_has_one_row():
    frame = market([5e7] * 10)
    rows = repair(frame, [day(3), day(9), date(2030, 1, 1)])
    assert rows.height == 2 * (FILLERS + 1)
    assert rows.select("session", "symbol", "exchange").is_unique().all()
    assert set(rows["provenance"]) <= set(PROVENANCES)


def test_no_wanted_session_gives_an_empty_frame_with_columns():
    rows = repair(market([5e7] * 3), [])
    assert rows.height == 0
    assert {"shares", "provenance", "log_shares_dispersion"} <= set(rows.columns)


def test_absent_columns_are_named():
    with pytest.raises(InputError, match="market_cap"):
        repair(market([5e7] * 3).drop("market_cap"), [day(1)])
