"""The parts of a distance's change: they add up, and each is what it says."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_panel import SESSIONS, calm, quotes
from small_run import small_run

from recon.assign import BreakPoint
from recon.monitor.attribution import PARTS, attribution
from recon.monitor.exposures import styled
from recon.monitor.panel import Panel, panel
from recon.pipeline import Run

FIRST, LAST = 260, 390
LINE = "rank_8"
SYMBOLS = ("AAA", "BBB/A", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "JJJ", "KKK", "LLL")


def moved(day: date, closes: np.ndarray, shares: np.ndarray, line: float) -> Run:
    """The small run on another day, with other closes, counts and another line."""
    run = small_run()
    figures = pl.DataFrame(
        {
            "symbol": SYMBOLS,
            "close": closes,
            "price_usd": closes,
            "shares": shares,
            "total_cap_usd": closes * shares,
        }
    )
    return replace(
        run,
        session=day,
        as_of=day,
        lines=run.lines.update(figures.select("symbol", "close", "shares"), on="symbol"),
        companies=run.companies.with_columns(sector=pl.lit("Finance")).update(
            figures.drop("close"), on="symbol"
        ),
        breakpoints=[BreakPoint(LINE, 8, line, 99.0)],
    )


def market(changes: np.ndarray) -> tuple[pl.DataFrame, np.ndarray]:
    frame = quotes(changes).with_columns(
        security_id=pl.col("line").replace_strict(
            {i: f"{s}:2021-01-29" for i, s in enumerate(SYMBOLS)}, return_dtype=pl.String
        )
    )
    return frame, frame["close"].to_numpy().reshape(changes.shape)


def found(
    earlier: Run, run: Run, prices: Panel, wanted: pl.DataFrame | None = None
) -> pl.DataFrame:
    if wanted is None:
        wanted = run.companies.filter(pl.col("symbol").is_in(SYMBOLS)).select(
            "company_id", breakpoint=pl.lit(LINE)
        )
    entries = styled(run, earlier, prices, wanted["company_id"]).of(wanted["company_id"])
    return attribution(run, earlier, prices, wanted, entries)


def two_runs(
    changes: np.ndarray, counts: tuple[np.ndarray, np.ndarray], lines: tuple[float, float]
) -> tuple[Run, Run, Panel]:
    frame, closes = market(changes)
    earlier = moved(SESSIONS[FIRST], closes[FIRST], counts[0], lines[0])
    run = moved(SESSIONS[LAST], closes[LAST], counts[1], lines[1])
    return earlier, run, panel(frame, SESSIONS[FIRST])


SAME = np.full(len(SYMBOLS), 1e7)
NOTHING = pytest.approx(0, abs=1e-9)


def of(frame: pl.DataFrame, company: str) -> dict[str, float]:
    return frame.row(by_predicate=pl.col("company_id") == f"name:{company}", named=True)


@settings(max_examples=25)
@given(
    st.integers(0, 10_000),
    st.floats(0.001, 0.6),
    st.lists(st.floats(0.01, 100), min_size=12, max_size=12),
    st.floats(0.05, 20),
    st.sampled_from([1, 2, 10, 0.1]),
)
def test_the_parts_add_up_to_the_whole(seed, sigma, issued, line, ratio):
    changes = calm(LAST + 10, len(SYMBOLS), seed=seed, sigma=sigma)
    counts = (SAME, SAME * np.array(issued))
    earlier, run, prices = two_runs(changes, counts, (1e8, 1e8 * line))
    split = replace(prices, split=prices.split.copy())
    split.split[300, 4] += np.log(ratio)
    frame = found(earlier, run, split)
    whole = frame.drop_nulls("distance_change")
    assert whole.height == len(SYMBOLS)
    total = whole.select(pl.sum_horizontal(PARTS)).to_series()
    np.testing.assert_allclose(total, whole["distance_change"], atol=1e-9)
    now = run.companies.filter(pl.col("symbol") == "EEE")["total_cap_usd"][0]
    then = earlier.companies.filter(pl.col("symbol") == "EEE")["total_cap_usd"][0]
    assert of(frame, "E")["distance_change"] == pytest.approx(np.log(now / then / line), abs=1e-9)


class TestEachPart:
    def test_an_offering_is_share_count_and_nothing_else_moves(self):
        still = np.zeros((LAST + 10, len(SYMBOLS)))
        counts = (SAME, np.where(np.array(SYMBOLS) == "EEE", 1.3e7, 1e7))
        frame = found(*two_runs(still, counts, (1e8, 1e8)))
        row = of(frame, "E")
        assert row["share_count"] == pytest.approx(np.log(1.3))
        assert [row[part] for part in PARTS if part != "share_count"] == [NOTHING] * 8
        assert of(frame, "F")["distance_change"] == NOTHING

    def test_a_line_that_rises_is_line_moved(self):
        still = np.zeros((LAST + 10, len(SYMBOLS)))
        row = of(found(*two_runs(still, (SAME, SAME), (1e8, 1.5e8))), "E")
        assert row["line_moved"] == pytest.approx(-np.log(1.5))
        assert row["distance_change"] == pytest.approx(-np.log(1.5))

    def test_a_split_is_nothing_at_all(self):
        frame, closes = market(calm(LAST + 10, len(SYMBOLS)))
        late = (pl.col("session") >= SESSIONS[320]) & pl.col("security_id").str.starts_with("EEE")
        split = frame.with_columns(
            pl.when(late).then(pl.col(c) / 2).otherwise(c).alias(c) for c in ("close", "netchange")
        )
        closes = split["close"].to_numpy().reshape(closes.shape)
        counts = np.where(np.array(SYMBOLS) == "EEE", 2e7, 1e7)
        earlier = moved(SESSIONS[FIRST], closes[FIRST], SAME, 1e8)
        run = moved(SESSIONS[LAST], closes[LAST], counts, 1e8)
        row = of(found(earlier, run, panel(split, SESSIONS[FIRST])), "E")
        assert row["share_count"] == pytest.approx(0, abs=1e-9)
        assert row["price_break"] == pytest.approx(0, abs=1e-9)

    def test_what_everybody_does_is_the_market(self):
        changes = calm(LAST + 10, 1, sigma=0.02) * np.ones(len(SYMBOLS))
        row = of(found(*two_runs(changes, (SAME, SAME), (1e8, 1e8))), "E")
        whole = changes[FIRST + 1 : LAST + 1, 0].sum()
        assert row["market"] == pytest.approx(whole, rel=0.01)
        assert row["own"] == pytest.approx(0, abs=0.02 * abs(whole))

    def test_what_one_does_alone_is_its_own(self):
        changes = calm(LAST + 10, len(SYMBOLS), sigma=0.001)
        changes[350, SYMBOLS.index("FFF")] += 0.3
        row = of(found(*two_runs(changes, (SAME, SAME), (1e8, 1e8))), "F")
        assert row["own"] == pytest.approx(0.3, abs=0.08)

    def test_a_spin_off_is_a_price_break_and_named(self):
        """The source restates the close before; the price falls, the change of the day does not."""
        frame, closes = market(calm(LAST + 10, len(SYMBOLS)))
        late = (pl.col("session") >= SESSIONS[320]) & pl.col("security_id").str.starts_with("EEE")
        spun = frame.with_columns(
            pl.when(late).then(pl.col(c) / 1.377).otherwise(c).alias(c)
            for c in ("close", "netchange")
        )
        closes = spun["close"].to_numpy().reshape(closes.shape)
        earlier = moved(SESSIONS[FIRST], closes[FIRST], SAME, 1e8)
        run = moved(SESSIONS[LAST], closes[LAST], SAME, 1e8)
        row = of(found(earlier, run, panel(spun, SESSIONS[FIRST])), "E")
        assert row["price_break"] == pytest.approx(-np.log(1.377), abs=1e-9)
        assert row["share_count"] == pytest.approx(0, abs=1e-9)
        assert row["attribution_reasons"] == ["large_price_break"]


class TestWhatIsUnknown:
    def test_who_was_not_listed_before_has_no_parts_but_a_distance(self):
        earlier, run, prices = two_runs(calm(LAST + 10, 12), (SAME, SAME), (1e8, 1e8))
        unborn = replace(earlier, lines=earlier.lines.filter(pl.col("symbol") != "EEE"))
        row = of(found(unborn, run, prices), "E")
        assert [row[part] for part in ("distance_change", *PARTS)] == [None] * 10
        assert row["distance"] is not None
        assert row["attribution_reasons"] == ["not_listed_before"]

    def test_a_line_that_is_not_there_is_said(self):
        earlier, run, prices = two_runs(calm(LAST + 10, 12), (SAME, SAME), (1e8, 1e8))
        wanted = pl.DataFrame({"company_id": ["name:E", "name:F"], "breakpoint": [None, "rank_9"]})
        frame = found(earlier, run, prices, wanted)
        assert frame["attribution_reasons"].to_list() == [["no_line"], ["no_line"]]
        assert frame["distance_change"].null_count() == 2
        other = replace(earlier, breakpoints=[])
        assert of(found(other, run, prices), "E")["attribution_reasons"] == ["no_line_before"]

    def test_a_cap_that_is_not_there_is_said(self):
        earlier, run, prices = two_runs(calm(LAST + 10, 12), (SAME, SAME), (1e8, 1e8))
        none = earlier.companies.with_columns(total_cap_usd=pl.lit(None, pl.Float64))
        row = of(found(replace(earlier, companies=none), run, prices), "E")
        assert row["attribution_reasons"] == ["no_cap_before"]
        counted = earlier.companies.with_columns(cap_provenance=pl.lit("carried"))
        row = of(found(replace(earlier, companies=counted), run, prices), "E")
        assert row["attribution_reasons"] == ["counted_otherwise_before"]
        assert row["share_count"] is not None
