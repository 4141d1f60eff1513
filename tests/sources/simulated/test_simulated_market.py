"""What is drawn: proportions, paths, splits, renames, reused symbols."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from recon.sources.simulated.kinds import starting_caps
from recon.sources.simulated.names import new_stems, stems, symbols
from recon.sources.simulated.screener import listings, quotes


def test_starting_caps_run_through_the_published_figures():
    caps = starting_caps(4400)
    assert (np.diff(caps) < 0).all()
    assert 4e9 <= caps[999] <= 5e9
    assert 1.2e8 <= caps[2999] <= 1.6e8
    assert (caps > 3e7).sum() == pytest.approx(4100, abs=150)


def test_names_and_symbols_are_distinct():
    rng = np.random.default_rng(1)
    first, later = stems(rng, 9000), new_stems(rng, 800)
    assert len({*first, *later}) == 9800
    drawn = symbols(rng, np.where(np.arange(6000) < 1900, 3, 4))
    assert len(set(drawn)) == 6000
    assert {symbol[0] for symbol in drawn} == {"Q", "X", "Z"}


def test_every_structure_and_share_type_is_there(long_market):
    assert set(long_market.companies["structure"]) == {
        "operating", "bank", "reit", "up_c", "foreign", "foreign_adr", "closed_end_fund", "bdc",
        "spac", "limited_partnership", "royalty_trust",
    }  # fmt: skip
    assert set(long_market.lines["share_type"]) == {
        "common", "additional_class", "adr", "unit", "warrant", "right", "preferred", "note",
    }  # fmt: skip


def test_a_symbol_belongs_to_one_line_at_a_time(long_market):
    periods = long_market.periods.sort("symbol", "since")
    overlap = periods.filter(pl.col("since") < pl.col("until").shift(1).over("symbol"))
    assert overlap.is_empty()
    assert (periods["since"] < periods["until"]).all()


def test_some_lines_are_renamed_and_some_symbols_come_back(long_market):
    periods = long_market.periods
    renamed = periods.filter(pl.len().over("line") > 1)
    assert renamed["line"].n_unique() >= 5
    assert renamed["company"].n_unique() == renamed["line"].n_unique()
    back = periods.filter(pl.col("company").n_unique().over("symbol") > 1)
    assert back["symbol"].n_unique() >= 2


def test_the_count_follows_a_split_and_the_price_falls_by_it(long_market):
    paths = long_market.paths
    splits = paths.splits.filter(pl.col("session") < len(long_market.sessions) - 4)
    company, session, factor, lag = (
        splits[name].to_numpy() for name in ("company", "session", "factor", "lag")
    )
    assert (factor > 1).any()
    assert (factor < 1).any()
    assert set(lag) == {0, 1, 2}
    # A company's first line has its number. The close before, adjusted, is the close / factor.
    before = paths.close[company, session - 1]
    assert paths.previous[company, session] == pytest.approx(before / factor)
    assert paths.reported[company, session + lag] == pytest.approx(
        paths.shares[company, session + lag]
    )
    late = lag > 0
    ratio = paths.reported[company, session] / paths.shares[company, session]
    assert ratio[late] == pytest.approx(1 / factor[late], rel=1e-4)
    assert ratio[~late] == pytest.approx(np.ones((~late).sum()))


def test_without_a_split_the_previous_close_is_yesterdays(long_market):
    paths = long_market.paths
    whole = np.ones(long_market.lines.height, dtype=np.bool_)
    whole[np.isin(long_market.lines["company"].to_numpy(), paths.splits["company"])] = False
    assert (paths.previous[whole, 1:] == paths.close[whole, :-1]).all()


def test_tails_are_fat(long_market):
    operating = (long_market.companies["structure"] == "operating").to_numpy()
    rows = np.flatnonzero(operating & (long_market.companies["gone"] == 752).to_numpy())
    assert len(long_market.sessions) == 752
    paths = long_market.paths
    moves = np.log(paths.close[rows] / paths.previous[rows])
    z = (moves - moves.mean(axis=1, keepdims=True)) / moves.std(axis=1, keepdims=True)
    assert float((z**4).mean()) > 4.5


def test_a_bought_company_is_pinned_at_the_end(long_market):
    companies = long_market.companies
    bought = companies.filter(
        pl.col("ending") == "merger", pl.col("gone") > 100, pl.col("born") == 0
    )
    assert bought.height > 5
    row, gone = bought["company"].to_numpy(), bought["gone"].to_numpy()
    drift = long_market.paths.close[row, gone - 1] / long_market.paths.close[row, gone - 30] - 1
    assert np.median(np.abs(drift)) < 0.01


def test_listed_classes_of_a_company_carry_the_same_count(long_market):
    quiet = np.ones(len(long_market.sessions), dtype=np.bool_)
    quiet[100:200] = False
    shown = quotes(np.random.default_rng(3), long_market, quiet)
    day = long_market.sessions[50]
    second = long_market.lines.filter(
        pl.col("share_type") == "additional_class", ~pl.col("symbol").str.contains("/")
    )
    pairs = second.join(long_market.lines.filter(share_type="common"), on="company")
    counts = shown.filter(session=day).select("symbol", n=pl.col("market_cap") / pl.col("close"))
    both = pairs.join(counts, on="symbol").join(
        counts, left_on="symbol_right", right_on="symbol", suffix="_first"
    )
    assert both.height >= 2
    assert (both["n"] / both["n_first"]).to_numpy() == pytest.approx(np.ones(both.height))


def test_traps_spare_quiet_sessions(long_market):
    quiet = np.ones(len(long_market.sessions), dtype=np.bool_)
    quiet[300:320] = False
    shown = quotes(np.random.default_rng(3), long_market, quiet)
    sessions = set(shown["session"])
    missing = set(long_market.sessions) - sessions
    assert len(missing) == 2
    assert missing <= set(long_market.sessions[300:320])


def test_caps_are_null_or_zero_by_type(long_market):
    quiet = np.ones(len(long_market.sessions), dtype=np.bool_)
    quiet[300:320] = False
    shown = quotes(np.random.default_rng(3), long_market, quiet)
    marked = shown.filter(pl.col("symbol").str.contains(r"[/^]"))
    assert marked.height > 0
    assert marked["market_cap"].null_count() == marked.height
    spacs = long_market.lines.filter(share_type="unit")["symbol"].implode()
    units = shown.filter(pl.col("symbol").is_in(spacs))
    later = units.filter(pl.col("session") >= date(2023, 7, 3))
    assert (later["market_cap"] == 0).all()
    assert (units.filter(session=date(2023, 6, 20))["market_cap"] > 0).any()


def test_an_ipo_has_no_cap_on_its_first_sessions(long_market):
    quiet = np.ones(len(long_market.sessions), dtype=np.bool_)
    quiet[300:320] = False
    shown = quotes(np.random.default_rng(3), long_market, quiet)
    born = long_market.lines.filter(
        pl.col("born") > 0, ~pl.col("symbol").str.contains("/"), share_type="common"
    )
    fresh = long_market.periods.join(born.select("line"), on="line")
    days = pl.Series(long_market.sessions)
    starts = fresh.select("symbol", session=days.gather(fresh["since"]))
    rows = shown.join(starts, on=["symbol", "session"])
    assert rows.height > 20
    assert (rows["market_cap"] == 0).all()
    assert (rows["netchange"] == rows["close"]).any()


def test_listings_cover_each_symbol_without_overlap(long_market):
    listed = listings(np.random.default_rng(3), long_market)
    ordered = listed.sort("symbol", "first_seen")
    end = pl.col("last_seen").shift(1).over("symbol")
    assert ordered.filter(pl.col("first_seen") <= end).is_empty()
    assert set(listed["symbol"]) == set(long_market.periods["symbol"])
    assert listed.filter(pl.col("sector") == "", ~pl.col("symbol").str.contains(r"[/^]")).height > 0
