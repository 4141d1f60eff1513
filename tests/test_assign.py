"""Ranks, break-points and bands: the owner's example, an independent oracle, the rules' properties.

The market of a test is small, so its rulebook is a copy with small ranks; the widths of the
bands are the owner's.
"""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recon.assign import (
    NONE,
    R1000,
    R2000,
    SIZE_INDEX,
    assign,
    break_points,
    in_microcap,
    rank_and_percent,
    size_index,
)
from recon.calendar import event
from recon.rulebook import Rulebook, load
from recon.sources.simulated.oracle import Members, reconstitute

PUBLISHED = load(event("2024-06"))
OWNER_TOTAL, OWNER_CAP, OWNER_CUMULATIVE = 182_500.0, 2_000.0, 164_226.0
OWNER = (
    ("company 996", 85.54, "R2000", "R1000"),
    ("company 997", 86.69, "R1000", "R1000"),
    ("company 998", 87.79, "R2000", "R2000"),
    ("company 999", 88.89, "R2000", "R2000"),
    ("company 1000", 89.99, "R2000", "R2000"),
    ("company 1001", 91.08, "R1000", "R1000"),
    ("company 1002", 92.15, "R2000", "R2000"),
    ("company 1003", 93.20, "R1000", "R2000"),
)
"""Methodology §3.3: percent of the Russell 3000E, index before, index after."""
AHEAD, BEHIND = 45, 60
"""Companies around the eight: the example's total has no room for 995 that are larger."""
BEFORE = (None, "R1000", "R2000", "RMICRO")


def scaled(*lines: int) -> Rulebook:
    """The published rulebook with other ranks: 1,000, 2,000, 3,000 and 4,000 in small."""
    names = ("russell_1000", "microcap_high", "russell_3000", "russell_3000e")
    ranks = PUBLISHED.ranks.model_copy(update=dict(zip(names, lines, strict=True)))
    return PUBLISHED.model_copy(update={"ranks": ranks})


SMALL = scaled(5, 10, 15, 20)


def market(caps, before, micro=None) -> pl.DataFrame:
    """Companies `0000`, `0001`, … with caps in USD and the index before, or None."""
    return pl.DataFrame(
        {
            "company_id": pl.Series([f"{i:04}" for i in range(len(caps))], dtype=pl.String),
            "total_cap_usd": pl.Series(caps, dtype=pl.Float64),
            "was_r1000": pl.Series([b == "R1000" for b in before], dtype=pl.Boolean),
            "was_r2000": pl.Series([b == "R2000" for b in before], dtype=pl.Boolean),
            "was_micro": pl.Series(
                [b == "RMICRO" for b in before] if micro is None else micro, dtype=pl.Boolean
            ),
        }
    )


@st.composite
def markets(draw, largest: int = 40) -> pl.DataFrame:
    """Markets of up to `largest` companies; few distinct caps, so that equal ones are common."""
    count = draw(st.integers(1, largest))
    cap = st.integers(1, 12) | st.integers(1, 100_000)
    caps = draw(st.lists(cap, min_size=count, max_size=count))
    before = draw(st.lists(st.sampled_from(BEFORE), min_size=count, max_size=count))
    both = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    micro = [b == "RMICRO" or (b == "R2000" and m) for b, m in zip(before, both, strict=True)]
    return market([float(c) for c in caps], before, micro)


def again(assigned: pl.DataFrame) -> pl.DataFrame:
    """The market with the membership that an assignment gave it."""
    return assigned.select(
        "company_id",
        "total_cap_usd",
        was_r1000=(pl.col("to_size") == "R1000").fill_null(False),
        was_r2000=(pl.col("to_size") == "R2000").fill_null(False),
        was_micro="to_micro",
    )


def owners_market() -> tuple[pl.DataFrame, Rulebook]:
    """The worked example, in millions of USD, and the rulebook in which its ranks fit."""
    eight = np.array([row[1] for row in OWNER]) * OWNER_TOTAL / 100
    eight[4] = OWNER_CUMULATIVE
    eight[3] = OWNER_CUMULATIVE - OWNER_CAP
    eight[2] += 4  # as printed, rounding would put company 999 before 998
    caps = np.diff(eight)
    first = caps[0] * 1.02
    ahead = np.linspace(1.2, 0.8, AHEAD)
    ahead *= (eight[0] - first) / ahead.sum()
    behind = np.linspace(1.2, 0.8, BEHIND)
    behind *= (OWNER_TOTAL - eight[-1]) / behind.sum()
    before = ["R1000"] * AHEAD + [row[2] for row in OWNER] + ["R2000"] * BEHIND
    frame = market(np.concatenate([ahead, [first], caps, behind]), before)
    names = [
        *(f"larger {i:03}" for i in range(AHEAD)),
        *(row[0] for row in OWNER),
        *(f"smaller {i:03}" for i in range(BEHIND)),
    ]
    count = len(names)
    return frame.with_columns(company_id=pl.Series(names)), scaled(
        AHEAD + 5, AHEAD + 40, count - 1, count
    )


class TestOwnersExample:
    """T = 182,500m, rank 1,000 at 2,000m and 164,226m cumulative (methodology §3.3)."""

    def test_the_eight_companies_end_where_the_owner_says(self):
        frame, rulebook = owners_market()
        after = assign(frame, rulebook).filter(pl.col("company_id").str.starts_with("company"))
        assert after["company_id"].to_list() == [row[0] for row in OWNER]
        assert after["percent"].round(2).to_list() == [row[1] for row in OWNER]
        assert after["to_size"].to_list() == [row[3] for row in OWNER]

    def test_the_break_point_and_the_edges_of_its_band(self):
        frame, rulebook = owners_market()
        lines = {b.name: b for b in break_points(frame["total_cap_usd"].to_numpy(), rulebook)}
        middle = AHEAD + 5
        line = lines[f"rank_{middle}"]
        assert line.rank == middle
        assert line.cap_usd == pytest.approx(OWNER_CAP)
        assert line.percent == pytest.approx(100 * OWNER_CUMULATIVE / OWNER_TOTAL)
        # 87.49–92.49: company 997 is the last above the band, 1002 the last inside it.
        assert round(lines[f"band_high_{middle}"].percent, 2) == 86.69
        assert round(lines[f"band_low_{middle}"].percent, 2) == 92.15

    @pytest.mark.parametrize(
        ("company", "before", "after"),
        [
            ("company 998", None, "R1000"),
            ("company 1000", None, "R1000"),
            ("company 1001", None, "R2000"),
            ("company 1002", "R1000", "R1000"),
            ("company 996", None, "R1000"),
            ("company 1003", None, "R2000"),
        ],
    )
    def test_another_past_gives_another_index(self, company, before, after):
        frame, rulebook = owners_market()
        changed = frame.with_columns(
            pl.when(pl.col("company_id") == company)
            .then(pl.lit(before == index))
            .otherwise(name)
            .alias(name)
            for name, index in (("was_r1000", "R1000"), ("was_r2000", "R2000"))
        )
        found = assign(changed, rulebook).filter(company_id=company)
        assert found["to_size"].item() == after

    def test_a_member_of_the_microcap_alone_is_placed_by_rank(self):
        frame, rulebook = owners_market()
        company = pl.col("company_id") == "company 998"
        changed = frame.with_columns(
            was_r2000=pl.col("was_r2000") & ~company, was_micro=pl.col("was_micro") | company
        )
        assert assign(changed, rulebook).filter(company)["to_size"].item() == "R1000"

    def test_a_wider_band_of_the_rulebook_keeps_more(self):
        frame, rulebook = owners_market()
        wide = rulebook.model_copy(
            update={"bands": rulebook.bands.model_copy(update={"russell_1000_percent": 5.0})}
        )
        after = assign(frame, wide).filter(pl.col("company_id").str.starts_with("company"))
        assert after["to_size"].to_list() == [row[2] for row in OWNER]


class TestAgainstTheOracle:
    """`recon.sources.simulated.oracle` was written apart from `recon.assign`."""

    @pytest.mark.parametrize("lines", [(50, 100, 150, 200), (50, 100, 280, 600)])
    @given(seed=st.integers(0, 1_000_000))
    def test_random_markets(self, lines, seed):
        rng = np.random.default_rng(seed)
        count = int(rng.integers(60, 400))
        cap = np.exp(rng.normal(0, rng.uniform(0.3, 2.5), count))
        eligible = rng.random(count) < 0.9
        size = rng.choice(["R1000", "R2000", "no"], count)
        members = Members(size == "R1000", size == "R2000", rng.random(count) < 0.4)
        said = reconstitute(cap, eligible, members, lines)
        frame = market(cap, size, members.rmicro).filter(pl.Series(eligible))
        found = assign(frame, scaled(*lines)).sort("company_id")
        assert found["rank"].to_list() == said.rank[eligible].tolist()
        expected = np.select([said.members.r1000, said.members.r2000], ["R1000", "R2000"], "")
        assert found["to_size"].fill_null("").to_list() == expected[eligible].tolist()
        assert found["to_micro"].to_list() == said.members.rmicro[eligible].tolist()
        ranked = found.filter(pl.col("rank") <= lines[-1])
        percent = said.percentile[eligible]
        assert ranked["percent"].to_numpy() == pytest.approx(percent[~np.isnan(percent)])

    def test_all_published_ranks_on_one_large_market(self):
        rng = np.random.default_rng(11)
        cap = np.exp(rng.normal(20.5, 2.0, 4600))
        by_size = np.argsort(np.argsort(-cap * np.exp(rng.normal(0, 0.5, 4600))))
        size = np.select([by_size < 1000, by_size < 3000], ["R1000", "R2000"], "no")
        members = Members(size == "R1000", size == "R2000", (by_size >= 2000) & (by_size < 4000))
        said = reconstitute(cap, np.ones(4600, dtype=np.bool_), members)
        found = assign(market(cap, size, members.rmicro), PUBLISHED).sort("company_id")
        assert found["to_size"].eq_missing(pl.Series(size).replace("no", None)).sum() < 4400
        for flags, column in ((said.members.r1000, "R1000"), (said.members.r2000, "R2000")):
            assert (found["to_size"] == column).fill_null(False).to_list() == flags.tolist()
        assert found["to_micro"].to_list() == said.members.rmicro.tolist()
        lines = {b.name: b.cap_usd for b in break_points(cap, PUBLISHED)}
        for rank, expected in said.cap_at.items():
            assert lines[f"rank_{rank}"] == expected


class TestProperties:
    @given(frame=markets())
    def test_assigning_again_changes_nothing(self, frame):
        once = assign(frame, SMALL)
        twice = assign(again(once), SMALL)
        assert twice["to_size"].to_list() == once["to_size"].to_list()

    @given(frame=markets())
    def test_assigning_again_changes_nothing_in_the_microcap(self, frame):
        once = assign(frame, SMALL)
        # Where ranks 2,001–3,000 hold less than the half band, a member of the Russell 2000 that
        # falls out of it is still inside the band and in no index; in 2021–2024 they held 0.8 %.
        percent = dict(once.select("rank", "percent").iter_rows())
        last = once.height
        assume(
            percent[min(15, last)] - percent[min(10, last)] > SMALL.bands.microcap_percent
            or last <= 15
        )
        assert assign(again(once), SMALL)["to_micro"].to_list() == once["to_micro"].to_list()

    @given(frame=markets(), seed=st.integers(0, 1000))
    def test_the_order_of_rows_does_not_matter(self, frame, seed):
        mixed = frame.sample(fraction=1.0, shuffle=True, seed=seed)
        assert assign(mixed, SMALL).equals(assign(frame, SMALL))

    @given(frame=markets())
    def test_ranks_follow_the_cap_and_percent_never_falls(self, frame):
        found = assign(frame, SMALL)
        assert found["rank"].to_list() == list(range(1, frame.height + 1))
        assert found["total_cap_usd"].is_sorted(descending=True)
        assert found["percent"].is_sorted()
        assert found["percent"].min() > 0
        base = min(SMALL.ranks.russell_3000e, frame.height)
        assert found["percent"][base - 1] == pytest.approx(100)
        # Equal caps rank by company, so that a tie has one outcome.
        ids = found.group_by("total_cap_usd").agg(pl.col("company_id"))
        assert all(ids["company_id"].list.eval(pl.element().sort()) == ids["company_id"])

    @given(frame=markets())
    def test_only_who_is_outside_the_band_on_the_far_side_moves(self, frame):
        """The rule once more, in exact fractions: methodology §3.3, steps 1 to 5."""
        found = assign(frame, SMALL)
        caps = [Fraction(int(c)) for c in found["total_cap_usd"]]
        total = sum(caps[:20])
        percent = [100 * sum(caps[: i + 1]) / total for i in range(len(caps))]
        line, width = percent[min(5, len(caps)) - 1], Fraction(5, 2)
        for row, at in zip(found.iter_rows(named=True), percent, strict=True):
            if abs(abs(at - line) - width) < Fraction(1, 10**9):
                continue  # an exact edge, which floats may miss
            if row["rank"] > 15:
                expected = None
            elif row["was_r1000"]:
                expected = "R1000" if at < line + width else "R2000"
            elif row["was_r2000"]:
                expected = "R1000" if at < line - width else "R2000"
            else:
                expected = "R1000" if row["rank"] <= 5 else "R2000"
            assert row["to_size"] == expected, row

    @given(frame=markets())
    def test_a_larger_company_never_ends_below_a_smaller_one_of_the_same_past(self, frame):
        order = {"R1000": 2, "R2000": 1, None: 0}
        for _, same in assign(frame, SMALL).group_by("was_r1000", "was_r2000"):
            places = [order[size] for size in same.sort("rank")["to_size"]]
            assert places == sorted(places, reverse=True)

    @given(frame=markets())
    def test_the_lower_end_is_a_hard_cut(self, frame):
        found = assign(frame, SMALL)
        assert (found["to_size"].is_not_null() == (found["rank"] <= 15)).all()
        assert not found.filter(pl.col("rank") > 20)["to_micro"].any()

    @given(frame=markets())
    def test_break_points_are_the_lines_that_the_assignment_follows(self, frame):
        found = assign(frame, SMALL).filter(pl.col("rank") <= 15)
        lines = {b.name: b for b in break_points(frame["total_cap_usd"].to_numpy(), SMALL)}
        for line in lines.values():
            assert frame.sort("total_cap_usd", descending=True)["total_cap_usd"][line.rank - 1] == (
                line.cap_usd
            )
        if frame.height < 5:
            assert not any(name.endswith("_5") for name in lines)
            return
        moved_up = found.filter(pl.col("was_r2000") & (pl.col("to_size") == "R1000"))
        if "band_high_5" in lines:
            assert moved_up["rank"].max() is None or (
                moved_up["rank"].max() <= lines["band_high_5"].rank
            )
        else:
            assert moved_up.is_empty()
        stayed = found.filter(pl.col("was_r1000"))
        large = stayed.filter(pl.col("to_size") == "R1000")["rank"].max()
        small = stayed.filter(pl.col("to_size") == "R2000")["rank"].min()
        assert large is None or large <= lines["band_low_5"].rank
        assert small is None or small > lines["band_low_5"].rank

    @given(frame=markets(), scale=st.sampled_from([1e-3, 1.0, 1e6]))
    def test_the_unit_of_money_does_not_matter(self, frame, scale):
        bigger = frame.with_columns(pl.col("total_cap_usd") * scale)
        found, same = assign(frame, SMALL), assign(bigger, SMALL)
        assert found["company_id"].to_list() == same["company_id"].to_list()
        assert same["percent"].to_numpy() == pytest.approx(found["percent"].to_numpy())


class TestBatches:
    """Simulated rank days: paths × companies through the same arithmetic as one row."""

    @given(seed=st.integers(0, 10_000), paths=st.integers(1, 6), count=st.integers(1, 40))
    def test_a_batch_equals_row_by_row(self, seed, paths, count):
        rng = np.random.default_rng(seed)
        caps = np.round(np.exp(rng.normal(3, 1.5, (paths, count)))) + 1
        size, micro = rng.integers(0, 3, count), rng.random(count) < 0.5
        large, small = size == 1, size == 2
        rank, percent = rank_and_percent(caps, base=20)
        placed = size_index(rank, percent, large, small, SMALL)
        in_micro = in_microcap(rank, percent, micro, large | small, SMALL)
        assert placed.shape == in_micro.shape == caps.shape
        for path in range(paths):
            one_rank, one_percent = rank_and_percent(caps[path], base=20)
            assert rank[path].tolist() == one_rank.tolist()
            assert percent[path].tolist() == one_percent.tolist()
            one = size_index(one_rank, one_percent, large, small, SMALL)
            assert placed[path].tolist() == one.tolist()
            alone = in_microcap(one_rank, one_percent, micro, large | small, SMALL)
            assert in_micro[path].tolist() == alone.tolist()

    def test_a_path_on_which_nobody_has_a_cap_places_nobody(self):
        caps = np.array([[5.0, 4.0, 3.0], [0.0, 0.0, 0.0]], np.float32)
        outside = np.zeros(3, np.bool_)
        rank, percent = rank_and_percent(caps, base=20)
        assert percent.dtype == np.float64
        assert percent[0].tolist() == rank_and_percent(caps[0], base=20)[1].tolist()
        assert np.isnan(percent[1]).all()
        assert not in_microcap(rank, percent, outside, outside, SMALL)[1].any()

    def test_a_batch_equals_the_frame(self):
        rng = np.random.default_rng(3)
        caps = np.exp(rng.normal(3, 1.5, (4, 30)))
        size = rng.choice(["R1000", "R2000", "no"], 30)
        rank, percent = rank_and_percent(caps, base=20)
        placed = size_index(rank, percent, size == "R1000", size == "R2000", SMALL)
        for path in range(4):
            found = assign(market(caps[path], size), SMALL).sort("company_id")
            assert [SIZE_INDEX[int(i)] for i in placed[path]] == found["to_size"].to_list()
        assert {NONE, R1000, R2000} == set(placed.ravel().tolist())


class TestSmallAndEqual:
    def test_nobody(self):
        empty = assign(market([], []), SMALL)
        assert empty.is_empty()
        assert empty.schema == assign(market([1.0], [None]), SMALL).schema

    def test_one_company_is_large(self):
        found = assign(market([7.0], [None]), PUBLISHED).row(0, named=True)
        assert (found["rank"], found["percent"], found["to_size"]) == (1, 100.0, "R1000")
        assert not found["to_micro"]
        assert break_points(np.array([7.0]), PUBLISHED) == []

    @pytest.mark.parametrize(
        ("count", "sizes", "names"),
        [
            (999, {"R1000": 999}, set()),
            (1000, {"R1000": 1000}, {"rank_1000"}),
            (2999, {"R1000": 1000, "R2000": 1999}, {"rank_1000", "rank_2000"}),
            (3000, {"R1000": 1000, "R2000": 2000}, {"rank_1000", "rank_2000", "rank_3000"}),
            (
                3500,
                {"R1000": 1000, "R2000": 2000, None: 500},
                {"rank_1000", "rank_2000", "rank_3000"},
            ),
        ],
    )
    def test_fewer_companies_than_ranks(self, count, sizes, names):
        caps = np.linspace(2.0, 1.0, count)
        found = assign(market(caps, [None] * count), PUBLISHED)
        assert dict(found.group_by("to_size").len().iter_rows()) == sizes
        lines = {b.name for b in break_points(caps, PUBLISHED)}
        assert {name for name in lines if name.startswith("rank")} == names

    def test_rank_3000_is_a_hard_cut_for_members_too(self):
        caps = np.linspace(2.0, 1.0, 3100)
        before = [None] * 2990 + ["R2000"] * 110
        found = assign(market(caps, before), PUBLISHED)
        assert found["to_size"].is_not_null().to_list() == [True] * 3000 + [False] * 100

    def test_equal_caps_rank_by_company(self):
        found = assign(market([4.0] * 18, [None] * 18), SMALL)
        assert found["company_id"].to_list() == [f"{i:04}" for i in range(18)]
        assert found["to_size"].to_list() == ["R1000"] * 5 + ["R2000"] * 10 + [None] * 3

    def test_an_exact_edge_is_inside(self):
        """40 equal companies of 2.5 %: the band reaches exactly one rank to either side."""
        rulebook = scaled(20, 30, 35, 40)
        for before, moved in (("R2000", 19), ("R1000", 21)):
            found = assign(market([1.0] * 40, [before] * 40), rulebook)
            large = found.filter(pl.col("to_size") == "R1000").height
            assert large == (moved - 1 if before == "R2000" else moved)

    def test_a_rulebook_may_put_the_exact_edge_outside(self):
        rulebook = scaled(20, 30, 35, 40)
        bands = rulebook.bands.model_copy(update={"edge_inside": False})
        outside = rulebook.model_copy(update={"bands": bands})
        for before, large in (("R2000", 19), ("R1000", 20)):
            found = assign(market([1.0] * 40, [before] * 40), outside)
            assert found.filter(pl.col("to_size") == "R1000").height == large

    def test_break_points_know_exact_edges_too(self):
        lines = {b.name: b.rank for b in break_points(np.ones(40), scaled(20, 30, 35, 40))}
        assert (lines["band_high_20"], lines["rank_20"], lines["band_low_20"]) == (18, 20, 21)

    def test_an_exact_edge_of_the_microcap_is_inside(self):
        """200 equal companies of half a point: one rank to either side."""
        rulebook = scaled(40, 100, 150, 200)
        for held, first in ((True, 99), (False, 102)):
            frame = market([1.0] * 200, ["R2000"] * 200, [held] * 200)
            assert assign(frame, rulebook).filter("to_micro")["rank"].min() == first

    @given(seed=st.integers(0, 1000))
    def test_equal_caps_of_a_path_rank_in_the_order_given(self, seed):
        caps = np.random.default_rng(seed).integers(1, 4, (2, 100)).astype(float)
        rank, _ = rank_and_percent(caps, base=50)
        for path in range(2):
            order = sorted(range(100), key=lambda i: (-caps[path, i], i))
            assert rank[path, order].tolist() == list(range(1, 101))

    @pytest.mark.parametrize(("held", "first"), [(True, 98), (False, 101)])
    def test_the_band_around_rank_2000_is_half_a_point(self, held, first):
        """A company is 0.4 points here: the band reaches one rank to either side of the 100th."""
        caps = 1 + np.arange(250, 0, -1) * 1e-6
        frame = market(caps, ["R2000"] * 250, [held] * 250)
        found = assign(frame, scaled(40, 100, 150, 250))
        micro = found.filter("to_micro")["rank"]
        assert micro.min() == first + 1
        assert micro.to_list() == list(range(first + 1, 251))


class TestUnseenMembers:
    """A member whose cap is not known holds a place: nobody moves up because data are missing."""

    def test_they_take_ranks_of_their_own_index(self):
        frame = market([float(c) for c in range(30, 0, -1)], [None] * 30)
        found = assign(frame, SMALL, unseen_large=2, unseen_small=3)
        assert found["rank"].to_list()[:6] == [3, 4, 5, 9, 10, 11]
        assert found["to_size"].to_list() == ["R1000"] * 3 + ["R2000"] * 7 + [None] * 20

    @given(frame=markets(), large=st.integers(0, 4), small=st.integers(0, 8))
    def test_nobody_ends_higher_than_without_them(self, frame, large, small):
        order = {"R1000": 2, "R2000": 1, None: 0}
        plain = assign(frame, SMALL)
        found = assign(frame, SMALL, unseen_large=large, unseen_small=small)
        assert found["company_id"].to_list() == plain["company_id"].to_list()
        assert found["rank"].is_sorted()
        assert (found["rank"] >= plain["rank"]).all()
        newcomers = pl.col("was_r1000").or_("was_r2000").not_()
        for one, other in zip(
            found.filter(newcomers)["to_size"], plain.filter(newcomers)["to_size"], strict=True
        ):
            assert order[one] <= order[other]
        inside = found["to_size"].is_not_null().sum()
        assert inside == min(frame.height, max(0, 15 - large - small)) or frame.height < 15

    @given(frame=markets(), large=st.integers(0, 4), small=st.integers(0, 8))
    def test_assigning_again_changes_nothing(self, frame, large, small):
        once = assign(frame, SMALL, unseen_large=large, unseen_small=small)
        twice = assign(again(once), SMALL, unseen_large=large, unseen_small=small)
        assert twice["to_size"].to_list() == once["to_size"].to_list()

    def test_break_points_make_room_too(self):
        caps = np.array([float(c) for c in range(30, 0, -1)])
        lines = {b.name: b for b in break_points(caps, SMALL, unseen_large=2, unseen_small=3)}
        assert (lines["rank_5"].rank, lines["rank_5"].cap_usd) == (5, 28.0)
        assert (lines["rank_15"].rank, lines["rank_15"].cap_usd) == (15, 21.0)
