from datetime import date

import polars as pl
import pytest
from small_run import small_run

from recon.backtest.published import COMPARED, beyond_rounding, compare, ours, published
from recon.calendar import event


def test_every_published_figure_is_of_an_event_and_has_a_source() -> None:
    figures = published()
    assert len({(one.event, one.name) for one in figures}) == len(figures)
    for one in figures:
        assert event(one.event).kind == "recon"
        assert one.source
        assert 0 < one.rounding < one.usd


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (4.6e9, 0.0),
        (4.65e9, 0.0),
        (4.55e9, 0.0),
        (4.742e9, 0.02),
        (4.458e9, -0.02),
    ],
)
def test_only_what_lies_beyond_the_rounding_counts(own: float, expected: float) -> None:
    assert beyond_rounding(own, 4.6e9, 0.1e9) == pytest.approx(expected, abs=1e-9)


def test_our_figures_are_those_of_the_ranking() -> None:
    run = small_run()
    caps = {one.name: one.cap_usd for one in run.breakpoints}
    found = ours(run)
    assert found["rank_1000"] == caps["rank_4"]
    assert found["rank_3000"] == caps["rank_8"]
    inside = run.companies.filter(pl.col("to_size").is_not_null())["total_cap_usd"].sum()
    assert found["russell_3000_total"] == pytest.approx(inside)


def test_members_that_only_funds_size_count_when_they_are_large_enough() -> None:
    before = ours(small_run())
    cut = before["rank_3000"]
    absent = pl.DataFrame({"ticker": ["X", "Y", "Z"], "total_cap_usd": [cut * 2, cut / 2, None]})
    after = ours(small_run(absent=absent))
    assert after["russell_3000_total"] == pytest.approx(before["russell_3000_total"] + cut * 2)


def test_a_figure_is_compared_where_it_was_published() -> None:
    rows = compare(small_run())
    assert rows.schema == COMPARED
    assert rows["figure"].to_list() == ["rank_1000", "rank_3000", "russell_3000_total"]
    assert rows["published_usd"].to_list() == [4.6e9, 150.4e6, 53.0e12]
    of_2022 = compare(small_run(event=event("2022-06"), as_of=date(2022, 5, 6)))
    cut = of_2022.filter(pl.col("figure") == "rank_3000").row(0, named=True)
    assert cut["ours_usd"] is not None
    assert (cut["published_usd"], cut["beyond_rounding"], cut["source"]) == (None, None, None)
