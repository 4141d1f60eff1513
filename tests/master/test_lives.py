"""Lives of symbols, renames, and the securities that run through them."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.master.lives import lives, renames, securities

START = date(2021, 1, 29)
HISTORY = {
    "symbol": pl.String,
    "exchange": pl.String,
    "name": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
MARKS = {
    "life": pl.String,
    "first_close": pl.Float64,
    "first_shares": pl.Float64,
    "last_close": pl.Float64,
    "last_shares": pl.Float64,
}


def listed(*rows):
    """Intervals `(symbol, name, from, to)`; days as ISO text, None while still so."""

    def day(text):
        return date.fromisoformat(text) if isinstance(text, str) else text

    return pl.DataFrame(
        [(s, "nasdaq", n, day(since), day(until)) for s, n, since, until in rows],
        schema=HISTORY,
        orient="row",
    )


def marks(*rows):
    return pl.DataFrame(list(rows), schema=MARKS, orient="row")


def changed_names(*pairs):
    """Former and present company keys at EDGAR."""
    return pl.DataFrame(
        list(pairs), schema={"old_key": pl.String, "new_key": pl.String}, orient="row"
    )


def announced(*changes):
    """Symbol changes `(old, new, day)`."""
    return pl.DataFrame(
        [(old, new, date.fromisoformat(day)) for old, new, day in changes],
        schema={"old_symbol": pl.String, "new_symbol": pl.String, "effective_on": pl.Date},
        orient="row",
    )


def chained(history, *ends, edgar=(), symbols=()):
    """`security_id` by life; `ends` are rows of marks, `edgar` pairs of company keys."""
    alive = lives(history)
    pairs = renames(alive, marks(*ends), changed_names(*edgar), announced(*symbols))
    return dict(securities(alive, pairs).select("life", "security_id").iter_rows())


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
            lives(none), renames(lives(none), marks(), changed_names(), announced())
        ).is_empty()

    def test_an_end_that_comes_later_is_not_seen_before(self):
        history = listed(
            ("AAA", "Aaa Inc.", "2021-01-29", "2022-03-01"),
            ("AAA", "Bbb Inc.", "2022-06-01", None),
        )
        before = lives(as_known(history, date(2022, 2, 28)))
        assert before.height == 1
        assert before["gone"].to_list() == [None]


class TestRenames:
    FACEBOOK = listed(
        ("FB", "Meta Platforms, Inc. Class A Common Stock", "2021-01-29", "2022-06-09"),
        ("META", "Meta Platforms, Inc. Class A Common Stock", "2022-06-09", None),
        ("MSFT", "Microsoft Corporation Common Stock", "2021-01-29", None),
    )

    def test_the_same_full_name_the_next_day(self):
        found = chained(self.FACEBOOK)
        assert found["META:2022-06-09"] == "FB:2021-01-29"
        assert found["MSFT:2021-01-29"] == "MSFT:2021-01-29"

    def test_another_name_with_the_same_share_count_at_a_like_price(self):
        history = listed(
            ("FLT", "FleetCor Technologies, Inc. Common Stock", "2021-01-29", "2024-03-25"),
            ("CPAY", "Corpay, Inc. Common Stock", "2024-03-25", None),
        )
        ends = [
            ("FLT:2021-01-29", 245.0, 83.0e6, 305.0, 71.7e6),
            ("CPAY:2024-03-25", 308.0, 71.7e6, None, None),
        ]
        assert chained(history, *ends)["CPAY:2024-03-25"] == "FLT:2021-01-29"

    @pytest.mark.parametrize(
        ("shares", "price"),
        [
            (71.9e6, 308.0),  # another count
            (71.7e6, 150.0),  # the same count at another price
            (None, 308.0),
            (71.7e6, None),
            (None, None),
        ],
    )
    def test_no_successor_without_evidence(self, shares, price):
        history = listed(
            ("FLT", "FleetCor Technologies, Inc. Common Stock", "2021-01-29", "2024-03-25"),
            ("CPAY", "Corpay, Inc. Common Stock", "2024-03-25", None),
        )
        ends = [
            ("FLT:2021-01-29", 245.0, 83.0e6, 305.0, 71.7e6),
            ("CPAY:2024-03-25", price, shares, None, None),
        ]
        assert chained(history, *ends)["CPAY:2024-03-25"] == "CPAY:2024-03-25"

    MERGED = listed(
        ("PPP", "Old Pictures Class B Common Stock", "2021-01-29", "2025-08-08"),
        ("PPPA", "Old Pictures Class A Common Stock", "2021-01-29", "2025-08-08"),
        ("PPN", "New Pictures Class B Common Stock", "2025-08-07", None),
    )

    @pytest.mark.parametrize(
        ("symbols", "chain"),
        [
            ([("PPP", "PPN", "2025-08-07")], True),  # even if the lives overlap by a day
            ([("PPP", "PPN", "2025-09-07")], False),  # of another day
            ([("PPP", "QQQ", "2025-08-07")], False),
            ([], False),
        ],
    )
    def test_a_symbol_change_that_was_announced(self, symbols, chain):
        found = chained(self.MERGED, symbols=symbols)
        assert (found["PPN:2025-08-07"] == "PPP:2021-01-29") is chain

    def test_an_announced_change_goes_before_a_like_count(self):
        ends = [
            ("PPPA:2021-01-29", 30.0, 7e8, 20.0, 1.1e9),
            ("PPN:2025-08-09", 20.0, 1.1e9, None, None),
        ]
        history = self.MERGED.with_columns(
            valid_from=pl.when(pl.col("symbol") == "PPN")
            .then(pl.lit(date(2025, 8, 9)))
            .otherwise("valid_from")
        )
        assert chained(history, *ends)["PPN:2025-08-09"] == "PPPA:2021-01-29"
        found = chained(history, *ends, symbols=[("PPP", "PPN", "2025-08-08")])
        assert found["PPN:2025-08-09"] == "PPP:2021-01-29"

    def test_another_name_that_edgar_shows_as_a_change(self):
        history = listed(
            ("FLT", "FleetCor Technologies, Inc. Common Stock", "2021-01-29", "2024-03-25"),
            ("CPAY", "Corpay, Inc. Common Stock", "2024-03-25", None),
            ("XXX", "Xxx, Inc. Common Stock", "2024-03-25", None),
        )
        found = chained(history, edgar=[("FLEETCOR TECHNOLOGIES INC", "CORPAY INC")])
        assert found["CPAY:2024-03-25"] == "FLT:2021-01-29"
        assert found["XXX:2024-03-25"] == "XXX:2024-03-25"

    def test_a_new_company_name_pairs_lines_of_one_kind_only(self):
        """AHAC's units, warrants and common stock, and what traded once Humacyte had merged."""
        end = "2021-08-27"
        history = listed(
            ("AHAC", "Alpha Healthcare Acquisition Corp. Class A", "2021-01-29", end),
            ("AHACU", "Alpha Healthcare Acquisition Corp. Unit", "2021-01-29", end),
            ("AHACW", "Alpha Healthcare Acquisition Corp. Warrant", "2021-01-29", end),
            ("HUMA", "Humacyte Inc. Common Stock", end, None),
            ("HUMAW", "Humacyte Inc. Warrant", end, None),
        )
        found = chained(history, edgar=[("ALPHA HEALTHCARE ACQUISITION CORP", "HUMACYTE INC")])
        assert found[f"HUMA:{end}"] == "AHAC:2021-01-29"
        assert found[f"HUMAW:{end}"] == "AHACW:2021-01-29"

    @pytest.mark.parametrize(
        ("begins", "same"),
        [
            ("2022-06-06", False),  # both traded for days: no rename
            ("2022-06-09", True),
            ("2022-06-14", True),  # over a weekend and a missing session
            ("2022-07-15", False),  # too late
        ],
    )
    def test_the_successor_begins_when_the_other_ends(self, begins, same):
        history = listed(
            ("OLD", "Some Company Common Stock", "2021-01-29", "2022-06-09"),
            ("NEW", "Some Company Common Stock", begins, None),
        )
        found = chained(history)[f"NEW:{begins}"]
        assert (found == "OLD:2021-01-29") is same

    def test_two_classes_of_one_count_are_paired_by_price(self):
        history = listed(
            ("OLDA", "Old Inc. Class A Common Stock", "2021-01-29", "2022-04-11"),
            ("OLDB", "Old Inc. Class B Common Stock", "2021-01-29", "2022-04-11"),
            ("NEWA", "New Inc. Class A Common Stock", "2022-04-11", None),
            ("NEWB", "New Inc. Class B Common Stock", "2022-04-11", None),
        )
        count = 5.0e8
        ends = [
            ("OLDA:2021-01-29", 30.0, count, 24.4, count),
            ("OLDB:2021-01-29", 33.0, count, 29.0, count),
            ("NEWA:2022-04-11", 24.8, count, None, None),
            ("NEWB:2022-04-11", 29.5, count, None, None),
        ]
        found = chained(history, *ends)
        assert found["NEWA:2022-04-11"] == "OLDA:2021-01-29"
        assert found["NEWB:2022-04-11"] == "OLDB:2021-01-29"

    def test_two_classes_that_both_lie_nearest_to_one(self):
        """The nearest pair is taken first; the other class keeps the successor that is left."""
        history = listed(
            ("OLDA", "Old Inc. Class A Common Stock", "2021-01-29", "2022-04-11"),
            ("OLDB", "Old Inc. Class B Common Stock", "2021-01-29", "2022-04-11"),
            ("NEWA", "New Inc. Class A Common Stock", "2022-04-11", None),
            ("NEWB", "New Inc. Class B Common Stock", "2022-04-11", None),
        )
        count = 5.0e8
        ends = [
            ("OLDA:2021-01-29", 30.0, count, 20.0, count),
            ("OLDB:2021-01-29", 33.0, count, 20.5, count),
            ("NEWA:2022-04-11", 20.6, count, None, None),
            ("NEWB:2022-04-11", 21.5, count, None, None),
        ]
        found = chained(history, *ends)
        assert found["NEWA:2022-04-11"] == "OLDB:2021-01-29"
        assert found["NEWB:2022-04-11"] == "OLDA:2021-01-29"

    def test_the_same_name_counts_more_than_a_line_without_a_name(self):
        history = listed(
            ("OLD", "Some Company Common Stock", "2021-01-29", "2022-06-09"),
            ("NEW", "Some Company Common Stock", "2022-06-09", None),
            ("ODD", None, "2022-06-09", None),
        )
        ends = [
            ("OLD:2021-01-29", 10.0, 1e8, 10.0, 1e8),
            ("NEW:2022-06-09", 10.1, 1e8, None, None),
            ("ODD:2022-06-09", 12.0, 1e8, None, None),
        ]
        found = chained(history, *ends)
        assert found["NEW:2022-06-09"] == "OLD:2021-01-29"
        assert found["ODD:2022-06-09"] == "ODD:2022-06-09"

    def test_a_reused_symbol_inherits_nothing(self):
        history = listed(
            ("META", "Roundhill Ball Metaverse ETF", "2021-06-30", "2022-01-31"),
            ("METV", "Roundhill Ball Metaverse ETF", "2022-01-31", None),
            ("FB", "Meta Platforms, Inc. Class A Common Stock", "2021-01-29", "2022-06-09"),
            ("META", "Meta Platforms, Inc. Class A Common Stock", "2022-06-09", None),
        )
        found = chained(history)
        assert found["META:2022-06-09"] == "FB:2021-01-29"
        assert found["METV:2022-01-31"] == "META:2021-06-30"

    def test_a_chain_of_renames_is_one_security(self):
        name = "Some Company Common Stock"
        days = ["2021-01-29", "2022-01-03", "2022-09-01", "2023-05-01", "2024-02-01"]
        ends = [*days[1:], None]
        history = listed(
            *((f"S{i}", name, a, b) for i, (a, b) in enumerate(zip(days, ends, strict=True)))
        )
        assert set(chained(history).values()) == {"S0:2021-01-29"}

    def test_a_symbol_taken_back_is_one_security(self):
        history = listed(
            ("AAA", "Some Company Common Stock", "2021-01-29", "2022-06-09"),
            ("BBB", "Some Company Common Stock", "2022-06-09", "2023-01-10"),
            ("AAA", "Some Company Common Stock", "2023-01-10", None),
        )
        found = chained(history)
        assert len(found) == 3
        assert set(found.values()) == {"AAA:2021-01-29"}

    def test_each_life_and_each_successor_at_most_once(self):
        name = "Some Company Common Stock"
        history = listed(
            ("A", name, "2021-01-29", "2022-06-09"),
            ("B", name, "2021-01-29", "2022-06-09"),
            ("C", name, "2022-06-09", None),
            ("D", name, "2022-06-10", None),
        )
        alive = lives(history)
        found = renames(alive, marks(), changed_names(), announced())
        assert found["life"].is_unique().all()
        assert found["successor"].is_unique().all()
        assert found.height == 2


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
    found = securities(alive, renames(alive, ends_of(alive), changed_names(), announced()))
    assert found.height == alive.height
    firsts = found.sort("first", "life").group_by("security_id", maintain_order=True).first()
    assert firsts["life"].to_list() == firsts["security_id"].to_list()
    for _, one in found.group_by("security_id"):
        ordered = one.sort("first")
        # Lives of one security follow each other; they never run side by side.
        assert (ordered["gone"].head(-1) <= ordered["first"].tail(-1)).all()
