"""The truth: it adds up, obeys the rules, and is what the files say."""

from datetime import date

import numpy as np
import polars as pl
import pytest

EVENT = "2024-06"


@pytest.fixture(scope="module")
def standings(written):
    return written.companies.filter(event=EVENT)


@pytest.fixture(scope="module")
def rank_day_quotes(written):
    daily = pl.scan_parquet(written.folder / "market/screener_daily.parquet")
    return daily.filter(session=date(2024, 4, 30)).collect()


@pytest.fixture(scope="module")
def lists(written):
    return pl.read_csv(written.folder / "membership/announced_changes.csv", try_parse_dates=True)


def test_events_of_the_window(written):
    assert written.events["event"].to_list() == ["ipo:2024-03", "2024-06"]
    june = written.events.row(1, named=True)
    assert june["rank_day"] == date(2024, 4, 30)
    assert june["effective"] == date(2024, 6, 28)
    assert 3.5e9 <= june["cap_1000_usd"] <= 6e9
    assert 1e8 <= june["cap_3000_usd"] <= 2e8
    assert june["band_high"] - june["band_low"] == pytest.approx(5)


def test_cap_is_shares_times_price(standings):
    made = standings["total_shares"] * standings["price_usd"]
    assert made.to_numpy() == pytest.approx(standings["total_cap_usd"].to_numpy())


def test_the_screener_shows_the_true_cap_where_it_has_no_trap(written, standings, rank_day_quotes):
    single = written.event_lines.filter(event=EVENT, role="pricing_vehicle").filter(
        ~pl.col("symbol").str.contains("/")
    )
    joined = single.join(standings, on="cik").join(rank_day_quotes, on=["symbol", "exchange"])
    assert joined.height == single.height
    plain = joined.filter(pl.col("structure") != "up_c", pl.col("market_cap") > 0)
    exact = (plain["market_cap"] / plain["total_cap_usd"] - 1).abs() < 1e-6
    assert exact.mean() > 0.998  # The rest split within two sessions of rank day.
    up_c = joined.filter(pl.col("structure") == "up_c", pl.col("market_cap") > 0)
    factor = up_c["total_cap_usd"] / up_c["market_cap"]
    assert ((factor > 1.6) | ((factor - 1).abs() < 1e-6)).all()


def test_only_what_the_rules_allow_is_eligible(standings):
    eligible = standings.filter("eligible")
    assert set(eligible["nationality"]) == {"United States"}
    assert set(eligible["structure"]) == {"operating", "bank", "reit", "up_c"}
    assert eligible["total_cap_usd"].min() >= 3e7
    cheap = eligible.filter(pl.col("price_usd") < 1)
    assert cheap["index_before"].null_count() == 0
    assert standings.filter(~pl.col("eligible"))["rank"].null_count() == (
        standings.height - eligible.height
    )


def test_ranks_follow_the_cap(standings):
    ranked = standings.filter(pl.col("rank").is_not_null()).sort("rank")
    assert ranked["rank"].to_list() == list(range(1, ranked.height + 1))
    assert ranked["total_cap_usd"].is_sorted(descending=True)
    assert ranked.height > 3900


def test_the_bands_decide_between_the_large_and_the_small_index(written, standings):
    """The rule once more, straight from the frame: methodology §3.3, steps 3 to 5."""
    june = written.events.filter(event=EVENT).row(0, named=True)
    pct, rank = pl.col("percentile"), pl.col("rank")
    large = (
        pl.when(index_before="R1000")
        .then(pct <= june["band_high"])
        .when(index_before="R2000")
        .then(pct < june["band_low"])
        .otherwise(rank <= 1000)
    )
    expected = pl.when(rank <= 3000).then(
        pl.when(large).then(pl.lit("R1000")).otherwise(pl.lit("R2000"))
    )
    said = standings.with_columns(expected=expected)
    # A company that left the exchange between rank day and the effective day is in no index.
    differs = said.filter(~pl.col("expected").eq_missing(pl.col("index_after")))
    gone = written.lines.filter(pl.col("last_session") < date(2024, 7, 1))["cik"]
    assert differs["index_after"].null_count() == differs.height
    assert set(differs["cik"]) <= set(gone)
    banded = said.filter((rank <= 1000) != (pl.col("index_after") == "R1000"), rank <= 3000)
    assert banded.height > 20


@pytest.mark.parametrize("index", ["R1000", "R2000"])
def test_additions_less_deletions_is_the_change_in_count(written, standings, index):
    changes = written.changes.filter(event=EVENT, index=index)
    added = set(changes.filter(action="add")["cik"])
    deleted = set(changes.filter(action="delete")["cik"])
    before = set(standings.filter(index_before=index)["cik"])
    after = set(standings.filter(index_after=index)["cik"])
    assert before | added == after | deleted
    assert len(added) - len(deleted) == len(after) - len(before)
    assert added
    assert deleted


def test_migrations_come_in_pairs(written):
    moves = written.changes.filter(pl.col("from_index").is_not_null(), event=EVENT)
    added = moves.filter(action="add")
    assert added.height > 0
    assert (added["index"] == added["to_index"]).all()
    deleted = moves.filter(action="delete")
    assert (deleted["index"] == deleted["from_index"]).all()
    assert sorted(added["line"]) == sorted(deleted["line"])
    whole = written.changes.filter(event=EVENT, index="R3000")
    assert set(whole["line"]).isdisjoint(moves["line"])


def test_official_lists_are_the_truth(written, lists):
    dotted = pl.col("symbol").str.replace("/", ".", literal=True)
    true = written.changes.filter(index="R3000").select(
        recon=pl.col("event").str.strip_prefix("ipo:"), action="action", ticker=dotted
    )
    said = lists.select("recon", "action", "ticker")
    assert set(said.rows()) == set(true.rows())
    dates = dict(lists.select("recon", "list_date").unique().rows())
    assert dates == {"2024-06": date(2024, 6, 28), "2024-03": date(2024, 3, 18)}
    assert set(lists.filter(recon="2024-03")["action"]) == {"add"}


def test_the_membership_list_is_the_truth(written, standings):
    shown = pl.read_parquet(written.folder / "membership/membership.parquet").filter(
        pl.col("asof") == date(2024, 6, 28), pl.col("kind").str.starts_with("official")
    )
    by_index = {
        index: set(shown.filter(index=index)["ticker"]) for index in ("R1000", "R2000", "R3000")
    }
    assert by_index["R1000"] | by_index["R2000"] == by_index["R3000"]
    assert not by_index["R1000"] & by_index["R2000"]
    lines = written.lines.filter(
        pl.col("first_session") <= date(2024, 6, 28),
        pl.col("last_session").is_null() | (pl.col("last_session") >= date(2024, 6, 28)),
    ).with_columns(ticker=pl.col("symbol").str.replace("/", ".", literal=True))
    ciks = dict(lines.select("ticker", "cik").rows())
    for index in ("R1000", "R2000"):
        assert {ciks[ticker] for ticker in by_index[index]} == set(
            standings.filter(index_after=index)["cik"]
        )


def test_leavers_are_not_replaced(written):
    shown = pl.read_parquet(written.folder / "membership/membership.parquet").filter(
        pl.col("kind").str.starts_with("etf"), pl.col("index") == "R1000"
    )
    months = [date(2024, 3, 28), date(2024, 4, 30), date(2024, 5, 31)]
    sets = [set(shown.filter(asof=day)["ticker"]) for day in months]
    renamed = written.lines.filter(pl.len().over("line") > 1)["symbol"].str.replace("/", "")
    assert sets[1] - set(renamed) <= sets[0]
    assert sets[2] - set(renamed) <= sets[1]
    assert len(sets[2]) < len(sets[0])


def test_iwm_keeps_some_deleted_names_for_a_while(written, lists):
    shown = pl.read_parquet(written.folder / "membership/membership.parquet").filter(
        pl.col("asof") == date(2024, 6, 28), index="R2000", kind="etf_ishares_tickers"
    )
    deleted = set(lists.filter(recon=EVENT, action="delete")["ticker"])
    kept = deleted & set(shown["ticker"])
    assert 0 < len(kept) < len(deleted) / 2
    assert "still held" in shown["note"][0]


def test_holdings_hold_listed_lines_only(written):
    shown = pl.read_parquet(written.folder / "membership/membership.parquet").filter(
        asof=date(2024, 3, 28), kind="etf_ishares"
    )
    daily = pl.scan_parquet(written.folder / "market/screener_daily.parquet")
    traded = daily.filter(session=date(2024, 3, 28)).collect()
    bare = set(traded["symbol"].str.replace("/", "", literal=True))
    assert len(set(shown["ticker"]) - bare) <= 20  # Lines that drop out of the screener.
    assert set(shown["index"]) == {"R1000", "R2000", "RMICRO"}
    assert (shown["shares"] * shown["price"] - shown["market_value"]).abs().max() < 0.02


def test_ipo_additions_priced_within_the_window(written):
    added = written.changes.filter(event="ipo:2024-03", index="R3000")
    assert added.height > 0
    starts = written.lines.filter(pl.col("line").is_in(added["line"].implode()))["first_session"]
    assert starts.min() > date(2024, 1, 2)
    assert starts.max() <= date(2024, 1, 31)


def test_company_shares_count_unlisted_units(written, standings, rank_day_quotes):
    """A screen that trusts the screener understates some Up-Cs, by the factor of their units."""
    assert standings.filter(structure="up_c", eligible=True).height > 5
    lines = written.event_lines.filter(event=EVENT)
    up_c = standings.filter(structure="up_c").join(lines, on="cik")
    shown = up_c.join(rank_day_quotes, on=["symbol", "exchange"])
    ratio = (shown["total_cap_usd"] / shown["market_cap"]).to_numpy()
    assert np.nanmax(ratio) > 1.6
