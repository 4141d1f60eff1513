"""Water poured into legs: properties, and cases reckoned by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.orders.sizing import Pool, level, poured, split

SIZES = st.floats(1.0, 1e6)


def pool(weight: list[float], cap: list[float], sector: list[str] | None = None) -> Pool:
    n = len(weight)
    return Pool(
        np.array(weight),
        np.array(cap),
        np.array(sector or [str(i) for i in range(n)]),
        np.ones(n),
    )


def test_what_a_full_name_leaves_goes_to_the_others() -> None:
    dollars, by_sector = poured(pool([1, 1, 2], [10, 100, 100]), 90, math.inf)
    assert dollars == pytest.approx([10, 80 / 3, 160 / 3])
    assert not by_sector.any()


def test_a_sector_is_held_and_says_so() -> None:
    dollars, by_sector = poured(pool([1, 1, 1], [100, 100, 100], ["a", "a", "b"]), 70, 40)
    assert dollars == pytest.approx([20, 20, 30])
    assert by_sector.tolist() == [True, True, False]


def test_names_that_get_too_little_leave_their_share() -> None:
    shares, _ = split(pool([1, 10, 10], [100, 100, 100]), 84, math.inf, 5)
    assert shares.tolist() == [0, 42, 42]


def test_an_empty_leg_is_empty() -> None:
    shares, by_sector = split(pool([], []), 100, 10, 1)
    assert len(shares) == len(by_sector) == 0


@given(
    st.lists(st.tuples(SIZES, SIZES, st.sampled_from("abc")), min_size=1, max_size=30),
    st.floats(1.0, 1e7),
    st.floats(1.0, 1e7),
)
def test_bounds_hold_and_nothing_is_left_that_could_be_spent(
    names: list[tuple[float, float, str]], budget: float, sector_cap: float
) -> None:
    weight, cap, sector = (list(part) for part in zip(*names, strict=True))
    one = pool(weight, cap, sector)
    dollars, _ = poured(one, budget, sector_cap)
    near = 1e-6 * (budget + sum(cap))
    assert (dollars <= one.cap + near).all()
    assert dollars.sum() <= budget + near
    sums = {s: dollars[one.sector == s].sum() for s in set(sector)}
    assert max(sums.values()) <= sector_cap + near
    room = sum(min(sector_cap, one.cap[one.sector == s].sum()) for s in set(sector))
    assert dollars.sum() == pytest.approx(min(budget, room), rel=1e-6)
    free = (dollars < one.cap - near) & np.array([sums[s] < sector_cap - near for s in sector])
    if free.any():  # names that nothing holds have dollars by their weights
        ratio = dollars[free] / one.weight[free]
        assert ratio == pytest.approx(np.full(len(ratio), ratio[0]), rel=1e-6)


def test_the_level_is_infinite_where_all_fit() -> None:
    assert level(np.array([1.0]), np.array([5.0]), 5.0) == math.inf
