"""The simulation collapses to the rules, and spreads out as it should."""

import time

import numpy as np
import polars as pl
import pytest
from small_market import make_field

from recon.assign import assign, break_points, in_microcap, rank_and_percent, size_index
from recon.forecast.factors import Factors
from recon.forecast.field import Field
from recon.forecast.simulate import Setting, seed_of, simulate
from recon.rulebook import Rulebook


def factors(n: int, sigma: float = 0.03) -> Factors:
    return Factors(
        market_sigma=0.01,
        market_excess=3.0,
        sector_sigma=np.full(1, 0.004, np.float32),
        sector=np.zeros(n, np.int64),
        beta=np.ones(n, np.float32),
        own_sigma=np.full(n, sigma, np.float32),
        own_excess=8.0,
    )


def test_on_rank_day_it_is_the_rules(market: Field, rulebook: Rulebook) -> None:
    outcome = simulate(market, factors(4500), rulebook, Setting(doubt=False))
    ruled = assign(market.companies, rulebook)
    both = outcome.companies.join(ruled, on="company_id", maintain_order="left")
    assert both["p_r1000"].to_list() == (ruled["to_size"] == "R1000").fill_null(False).to_list()
    assert both["p_r2000"].to_list() == (ruled["to_size"] == "R2000").fill_null(False).to_list()
    assert both["p_micro"].to_list() == ruled["to_micro"].to_list()
    expected = {b.name: b.cap_usd for b in break_points(market.array("total_cap_usd"), rulebook)}
    middle = outcome.breakpoints.filter(pl.col("quantile") == 0.5)
    assert dict(middle.select("name", "cap_usd").iter_rows()) == expected


def test_unseen_members_hold_ranks(rulebook: Rulebook) -> None:
    seen = make_field()
    field = Field(seen.companies, 2, 5)
    outcome = simulate(field, factors(4500), rulebook, Setting(doubt=False))
    ruled = assign(seen.companies, rulebook, unseen_large=2, unseen_small=5)
    assert outcome.companies["p_r3000"].sum() == ruled["to_size"].is_not_null().sum() == 2993


def test_doubt_about_counts_spreads_rank_day_near_the_line(rulebook: Rulebook) -> None:
    outcome = simulate(
        make_field(doubt=0.1), factors(4500), rulebook, Setting(paths=300, doubt=True, seed=1)
    )
    chance = outcome.companies["p_r3000"].to_numpy()
    assert 0.2 < chance[2985:3015].mean() < 0.8
    assert chance[:2000].min() == 1
    assert chance[4200:].max() < 0.01


def test_chances_fall_with_size_and_spread_with_time(market: Field, rulebook: Rulebook) -> None:
    near, far = (
        simulate(market, factors(4500), rulebook, Setting(paths=300, sessions=s, seed=2))
        for s in (5, 60)
    )
    for outcome in (near, far):
        p = outcome.companies["p_r3000"].to_numpy()
        assert np.diff([p[i : i + 300].mean() for i in range(1500, 4500, 300)]).max() < 0.01
        total = outcome.companies["p_r1000"] + outcome.companies["p_r2000"]
        np.testing.assert_allclose(total, p, atol=1e-9)
        assert p.sum() == pytest.approx(3000, abs=3)

    def unsure(frame: pl.DataFrame) -> int:
        return int(frame["p_r3000"].is_between(0.05, 0.95).sum())

    assert unsure(far.companies) > 1.5 * unsure(near.companies)
    widths = [
        (o.breakpoints.filter(pl.col("name") == "rank_1000")["cap_usd"].log().max() or 0)
        - (o.breakpoints.filter(pl.col("name") == "rank_1000")["cap_usd"].log().min() or 0)
        for o in (near, far)
    ]
    assert widths[1] > 2 * widths[0]


def test_it_repeats_and_depends_on_the_seed(market: Field, rulebook: Rulebook) -> None:
    first, again, other = (
        simulate(market, factors(4500), rulebook, Setting(paths=30, sessions=10, seed=s))
        for s in (seed_of("a"), seed_of("a"), seed_of("b"))
    )
    assert first.companies.equals(again.companies)
    assert not first.companies.equals(other.companies)


def test_who_is_not_admitted_is_measured_but_takes_no_rank(rulebook: Rulebook) -> None:
    market = make_field()
    out = market.companies.with_columns(admitted=pl.col("company_id") != "c00010")
    outcome = simulate(Field(out, 0, 0), factors(4500), rulebook, Setting(doubt=False))
    one = outcome.companies.row(10, named=True)
    assert one["p_r1000"] == 1  # if it were admitted
    others = outcome.companies.filter(pl.col("company_id") != "c00010")
    assert others["p_r3000"].sum() == 3000


def test_admission_by_chance_moves_the_line(market: Field, rulebook: Rulebook) -> None:
    sure, half = (
        simulate(
            market, factors(4500), rulebook, Setting(paths=50, doubt=False), np.full(4500, chance)
        ).breakpoints.filter((pl.col("name") == "rank_3000") & (pl.col("quantile") == 0.5))
        for chance in (1.0, 0.8)
    )
    assert half["cap_usd"][0] < sure["cap_usd"][0]


def test_vanishing_and_offers(rulebook: Rulebook) -> None:
    frame = make_field().companies.with_columns(pinned=pl.col("company_id") == "c00500")
    setting = Setting(paths=400, sessions=40, hazard=0.0005, seed=4)
    alive = simulate(Field(frame, 0, 0), factors(4500), rulebook, setting).companies["p_alive"]
    assert alive.mean() == pytest.approx((1 - 0.0005) ** 40, abs=0.005)
    assert alive[500] == pytest.approx((1 - 1 / 80) ** 40, abs=0.1)


def test_who_vanishes_leaves_a_place_that_a_newcomer_takes(rulebook: Rulebook) -> None:
    none, some = (
        simulate(
            make_field(),
            factors(4500),
            rulebook,
            Setting(paths=100, sessions=60, hazard=hazard, doubt=False, seed=6),
        )
        for hazard in (0.0, 0.002)
    )
    assert none.breakpoints.equals(some.breakpoints)
    kept = some.companies["p_r3000"].sum() / none.companies["p_r3000"].sum()
    assert kept == pytest.approx((1 - 0.002) ** 60, abs=0.01)


def test_the_price_rule_is_tested_on_every_path(rulebook: Rulebook) -> None:
    frame = make_field().companies.with_columns(
        price_usd=pl.when(pl.col("company_id") == "c03500").then(0.5).otherwise("price_usd"),
        mean_price_usd=pl.when(pl.col("company_id") == "c02000").then(0.2).otherwise(0.9),
    )
    frame = frame.with_columns(
        price_usd=pl.when(pl.col("company_id").is_in(["c02000", "c01999"]))
        .then(1.0)
        .otherwise("price_usd"),
        total_cap_usd=pl.when(pl.col("company_id") == "c03500")
        .then(1e10)
        .otherwise("total_cap_usd"),
    ).sort("total_cap_usd", descending=True)
    setting = Setting(paths=400, sessions=20, seed=5)
    found = simulate(Field(frame, 0, 0), factors(4500), rulebook, setting).companies
    chance = dict(found.select("company_id", "p_r3000").iter_rows())
    assert chance["c03500"] < 0.05
    assert 0.3 < chance["c02000"] < 0.7


def test_a_market_smaller_than_its_lines(rulebook: Rulebook) -> None:
    outcome = simulate(
        make_field(200), factors(200), rulebook, Setting(paths=20, sessions=10, seed=1)
    )
    assert outcome.companies["p_r3000"].head(150).min() == 1
    assert outcome.breakpoints.is_empty()


def test_a_thousand_paths_are_ranked_and_banded_within_a_second(
    market: Field, rulebook: Rulebook
) -> None:
    rng = np.random.default_rng(0)
    base = market.array("total_cap_usd").astype(np.float32)
    flags = [market.flags(c) for c in ("was_r1000", "was_r2000", "was_micro")]
    chunks = [base * np.exp(rng.normal(0, 0.15, (125, 4500))).astype(np.float32) for _ in range(8)]
    start = time.process_time()
    for caps in chunks:
        rank, percent = rank_and_percent(caps, base=4000)
        size_index(rank, percent, flags[0], flags[1], rulebook)
        in_microcap(rank, percent, flags[2], flags[0] | flags[1], rulebook)
    assert time.process_time() - start < 1.0
