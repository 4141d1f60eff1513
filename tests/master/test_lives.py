"""Lives of symbols, and the securities that run through them."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_lives import START, announced, at_edgar, changed_names, listed, marks

from recon.master.lives import lives, securities
from recon.master.renames import renames


def as_known(history, day):
    """The history as it was known on a day: no row that begins later, no end that came later."""
    return history.filter(pl.col("valid_from") <= day).with_columns(
        valid_to=pl.when(pl.col("valid_to") <= day).then("valid_to")
    )


class TestLives:
    def test_one_unbroken_listing_is_one_life(self):
        found = lives(listed(("AAA", "Aaa Inc.", "2021-01-29", None))).row(0, named=True)
        assert found["life"] == "AAA:2021-01-29"
        assert found["first"] == START
        assert found["gone"] is None

    def test_changed_attributes_do_not_end_a_life(self):
        history = listed(
            ("AAA", "Aaa Inc.", "2021-01-29", "2022-03-01"),
            ("AAA", "Bbb Inc.", "2022-03-01", "2023-03-01"),
        )
        row = lives(history).row(0, named=True)
        assert lives(history).height == 1
        assert (row["first_name"], row["last_name"]) == ("Aaa Inc.", "Bbb Inc.")
        assert row["gone"] == date(2023, 3, 1)

    def test_a_move_to_another_exchange_does_not_end_a_life(self):
        history = listed(
            ("AAA", "Aaa Inc.", "2021-01-29", "2022-03-01"),
            ("AAA", "Aaa Inc.", "2022-03-01", None),
        ).with_columns(exchange=pl.Series(["nasdaq", "nyse"]))
        row = lives(history).row(0, named=True)
        assert lives(history).height == 1
        assert row["exchange"] == "nyse"
        assert row["gone"] is None

    @pytest.mark.parametrize(
        ("name", "back", "count"),
        [
            ("Aaa Inc.", "2022-03-04", 1),  # a gap of the source
            ("Bbb Inc.", "2022-03-04", 1),  # too short for another company to take the symbol
            ("Aaa Inc.", "2022-04-01", 1),  # a halt
            ("Bbb Inc.", "2022-04-01", 2),  # another company under the symbol
            ("Aaa Inc.", "2022-12-01", 2),  # listed anew after a long absence
        ],
    )
    def test_a_symbol_that_comes_back(self, name, back, count):
        history = listed(("AAA", "Aaa Inc.", "2021-01-29", "2022-03-01"), ("AAA", name, back, None))
        found = lives(history)
        assert found.height == count
        assert found["life"].n_unique() == count
        assert found.sort("first")["gone"].to_list()[-1] is None

    def test_intervals_that_overlap_are_one_life(self):
        history = listed(
            ("AAA", "Aaa Inc.", "2021-01-29", "2023-01-03"),
            ("AAA", "Aaa Inc. Common Stock", "2021-06-01", "2021-07-01"),
            ("AAA", "Aaa Inc.", "2022-12-01", None),
        )
        assert lives(history).height == 1

    def test_nobody(self):
        none = listed()
        assert lives(none).is_empty()
        assert securities(
            lives(none), renames(lives(none), marks(), changed_names(), announced(), at_edgar())
        ).is_empty()

    def test_an_end_that_comes_later_is_not_seen_before(self):
        history = listed(
            ("AAA", "Aaa Inc.", "2021-01-29", "2022-03-01"),
            ("AAA", "Bbb Inc.", "2022-06-01", None),
        )
        before = lives(as_known(history, date(2022, 2, 28)))
        assert before.height == 1
        assert before["gone"].to_list() == [None]


NAMES = ("Aaa Inc.", "Bbb Inc.", "Ccc Inc.", None)


@st.composite
def histories(draw):
    rows = []
    for symbol in ("S", "T", "U", "V"):
        day = START
        for _ in range(draw(st.integers(0, 3))):
            day += timedelta(days=draw(st.integers(0, 200)))
            length = draw(st.integers(1, 200))
            rows.append((symbol, draw(st.sampled_from(NAMES)), day, day + timedelta(days=length)))
            day += timedelta(days=length)
    return listed(*rows)


def ends_of(alive):
    """Made-up marks: all lives share one count, prices differ by life."""
    return alive.select(
        "life",
        first_close=10.0 + pl.col("life").hash(1) % 7,
        first_shares=pl.lit(1e8),
        last_close=10.0 + pl.col("life").hash(2) % 7,
        last_shares=pl.lit(1e8),
        last_dollars=1e6 + pl.col("life").hash(3) % 5,
    )


@given(history=histories(), later=st.integers(0, 900))
def test_what_comes_later_changes_no_life_that_had_begun(history, later):
    day = START + timedelta(days=later)
    then = lives(as_known(history, day))
    now = lives(history).filter(pl.col("first") <= day)
    assert then["life"].sort().to_list() == now["life"].sort().to_list()
    ended = now.filter(pl.col("gone") <= day).join(then, on="life")
    assert ended["gone"].eq_missing(ended["gone_right"]).all()


@given(history=histories())
def test_every_life_has_one_security_named_by_its_first(history):
    alive = lives(history)
    assert alive["life"].is_unique().all()
    found = securities(
        alive, renames(alive, ends_of(alive), changed_names(), announced(), at_edgar())
    )
    assert found.height == alive.height
    firsts = found.sort("first", "life").group_by("security_id", maintain_order=True).first()
    assert firsts["life"].to_list() == firsts["security_id"].to_list()
    for _, one in found.group_by("security_id"):
        ordered = one.sort("first")
        # Lives of one security follow each other; they never run side by side.
        assert (ordered["gone"].head(-1) <= ordered["first"].tail(-1)).all()
