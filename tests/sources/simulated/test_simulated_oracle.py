"""The oracle against the owner's worked example (methodology §3.3) and the rules' properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.sources.simulated.oracle import Members, add_ipos, reconstitute

# Methodology §3.3: percentiles of ranks 996 … 1,003, the index before, the index after.
WORKED = (
    (85.54, "R2000", "R1000"),
    (86.69, "R1000", "R1000"),
    (87.79, "R2000", "R2000"),
    (88.89, "R2000", "R2000"),
    (89.99, "R2000", "R2000"),
    (91.08, "R1000", "R1000"),
    (92.15, "R2000", "R2000"),
    (93.20, "R1000", "R2000"),
)
# The example's total leaves room for 45 larger companies, not for 995: ranks are scaled.
AHEAD, BEHIND = 45, 60
SCALED = (AHEAD + 5, AHEAD + 40, AHEAD + 60, AHEAD + len(WORKED) + BEHIND)


def nobody(count: int) -> Members:
    flags = np.zeros(count, dtype=np.bool_)
    return Members(flags, flags.copy(), flags.copy())


def members(r1000: list[bool], r2000: list[bool]) -> Members:
    return Members(np.array(r1000), np.array(r2000), np.zeros(len(r1000), dtype=np.bool_))


def worked_example() -> tuple[np.ndarray, Members]:
    total = 182_500.0
    cumulative = np.array([row[0] for row in WORKED]) * total / 100
    caps = np.diff(cumulative).round(6)
    first = caps[0] * 1.02
    ahead = np.linspace(1.2, 0.8, AHEAD)
    ahead *= (cumulative[0] - first) / ahead.sum()
    behind = np.linspace(1.2, 0.8, BEHIND)
    behind *= (total - cumulative[-1]) / behind.sum()
    cap = np.concatenate([ahead, [first], caps, behind])
    was = ["R1000"] * AHEAD + [row[1] for row in WORKED] + ["R2000"] * BEHIND
    return cap, members([w == "R1000" for w in was], [w == "R2000" for w in was])


def test_worked_example_of_the_owner():
    cap, before = worked_example()
    assert (np.diff(cap) <= 0).all()
    found = reconstitute(cap, np.ones(len(cap), dtype=np.bool_), before, SCALED)
    shown = slice(AHEAD, AHEAD + len(WORKED))
    assert found.percentile[shown].round(2).tolist() == [row[0] for row in WORKED]
    assert found.band == pytest.approx((87.49, 92.49))
    after = np.where(found.members.r1000, "R1000", "R2000")[shown].tolist()
    assert after == [row[2] for row in WORKED]


def test_newcomers_are_placed_by_rank_alone():
    cap, before = worked_example()
    newcomer = AHEAD + 2  # Rank 998: inside the band, above the break-point.
    r2000 = before.r2000.copy()
    r2000[newcomer] = False
    found = reconstitute(
        cap, np.ones(len(cap), dtype=np.bool_), before._replace(r2000=r2000), SCALED
    )
    assert found.members.r1000[newcomer]


def test_a_member_of_the_microcap_alone_is_a_newcomer():
    cap, before = worked_example()
    place = AHEAD + 2
    r2000, rmicro = before.r2000.copy(), before.rmicro.copy()
    r2000[place], rmicro[place] = False, True
    found = reconstitute(
        cap, np.ones(len(cap), dtype=np.bool_), Members(before.r1000, r2000, rmicro), SCALED
    )
    assert found.members.r1000[place]


def test_the_lower_end_is_a_hard_cut():
    cap = np.arange(200, 0, -1).astype(float)
    eligible = np.ones(200, dtype=np.bool_)
    before = members([False] * 200, [True] * 200)
    found = reconstitute(cap, eligible, before, (20, 40, 60, 80))
    assert np.flatnonzero(found.members.r3000).tolist() == list(range(60))
    assert np.flatnonzero(found.members.rmicro)[-1] == 79


@pytest.mark.parametrize(("held", "first"), [(True, 98), (False, 101)])
def test_the_band_at_the_second_rank_is_half_a_point(held, first):
    """A company is 0.4 points here: the band reaches one rank to either side of the 100th."""
    cap = 1 + np.arange(250, 0, -1) * 1e-6
    everyone = np.ones(250, dtype=np.bool_)
    before = Members(~everyone, everyone, np.full(250, held))
    found = reconstitute(cap, everyone, before, (40, 100, 150, 250))
    assert np.flatnonzero(found.members.rmicro)[0] == first
    assert found.members.rmicro[first:].all()


def test_ineligible_companies_hold_no_rank():
    cap = np.arange(100, 0, -1).astype(float)
    eligible = np.arange(100) != 0
    found = reconstitute(cap, eligible, nobody(100), (10, 20, 30, 40))
    assert found.rank[0] == 0
    assert found.rank[1] == 1
    assert np.isnan(found.percentile[0])
    assert not any(flags[0] for flags in found.members)


def test_a_market_smaller_than_the_ranks_takes_everyone():
    cap = np.array([5.0, 4.0, 3.0])
    found = reconstitute(cap, np.ones(3, dtype=np.bool_), nobody(3))
    assert found.members.r1000.all()
    assert found.cap_at == {1000: 3.0, 2000: 3.0, 3000: 3.0, 4000: 3.0}


@given(seed=st.integers(0, 10_000))
def test_running_twice_changes_nothing_and_order_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    cap = np.exp(rng.normal(0, 2, 300))
    eligible = rng.random(300) < 0.9
    index = rng.integers(0, 4, 300)
    before = Members(index == 1, index == 2, rng.random(300) < 0.3)
    ranks = (50, 100, 150, 200)
    once = reconstitute(cap, eligible, before, ranks).members
    twice = reconstitute(cap, eligible, once, ranks).members
    mixed = rng.permutation(300)
    shuffled = reconstitute(
        cap[mixed], eligible[mixed], Members(*(flags[mixed] for flags in before)), ranks
    ).members
    for name in ("r1000", "r2000", "rmicro"):
        assert (getattr(once, name) == getattr(twice, name)).all()
        assert (getattr(once, name)[mixed] == getattr(shuffled, name)).all()
    assert not (once.r1000 & once.r2000).any()


def test_ipos_are_placed_by_the_adjusted_break_points():
    cap = np.array([50.0, 15.0, 8.0, 4.0, 1.0, 50.0])
    listed = np.array([True, True, True, True, True, False])
    after = add_ipos(cap, listed, nobody(6), {1000: 20.0, 2000: 10.0, 3000: 5.0, 4000: 2.0})
    assert after.r1000.tolist() == [True, False, False, False, False, False]
    assert after.r2000.tolist() == [False, True, True, False, False, False]
    assert after.rmicro.tolist() == [False, False, True, True, False, False]
