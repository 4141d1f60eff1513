"""What past events say about a company that they did not admit."""

from datetime import date

import polars as pl
import pytest

from recon.calendar import events
from recon.master.evidence import PastTest, passed_over, past_tests
from recon.master.membership import Membership
from recon.master.snapshots import Snapshot

RANK_DAY, IPO_DAY = date(2023, 4, 28), date(2023, 10, 31)
JUNE = PastTest("2023-06", RANK_DAY, None)
IPO = PastTest("ipo:2023-12", IPO_DAY, (date(2023, 8, 1), IPO_DAY))

NOW = {
    "symbol": pl.String,
    "security_id": pl.String,
    "name": pl.String,
    "size": pl.String,
    "ipo_year": pl.Int16,
    "cik": pl.String,
}
THEN = {
    "rank_day": pl.Date,
    "security_id": pl.String,
    "name": pl.String,
    "first": pl.Date,
    "close": pl.Float64,
    "market_cap": pl.Float64,
    "eligible_type": pl.Boolean,
}
MEMBERS = [(f"M{i}", f"M{i}:x", f"Member {i} Inc.", "R2000", None, None) for i in range(40)]


def now(*rows):
    return pl.DataFrame([*MEMBERS, *rows], schema=NOW, orient="row")


def then(*rows):
    """Cross-sections: the members' caps run from 200m on; rows add to them."""
    members = [
        (day, f"M{i}:x", f"Member {i} Inc.", date(2021, 1, 29), 20.0, 2e8 + 1e7 * i, True)
        for i in range(40)
        for day in (RANK_DAY, IPO_DAY)
    ]
    return pl.DataFrame([*members, *rows], schema=THEN, orient="row")


def line(name="Xxx Inc.", size=None, ipo_year=None):
    return ("XXX", "XXX:x", name, size, ipo_year, "0000000001")


def past(name="Xxx Inc.", cap=1e9, close=20.0, eligible=True, day=RANK_DAY, first=None):
    return (day, "XXX:x", name, first or date(2021, 1, 29), close, cap, eligible)


def deleted(*rows):
    """Official deletions: line and day."""
    return pl.DataFrame(
        list(rows), schema={"security_id": pl.String, "deleted_on": pl.Date}, orient="row"
    )


def former(*names):
    """Former names of the line's company at EDGAR."""
    return pl.DataFrame(
        [("0000000001", name) for name in names],
        schema={"cik": pl.String, "name": pl.String},
        orient="row",
    )


def found(lines, days, *tests, names=()):
    answer = passed_over(lines, days, tests, deleted(), former(*names), min_price_usd=1.0)
    return dict(answer.select("symbol", "passed_over").iter_rows())


def test_a_company_of_sufficient_size_that_is_no_member():
    assert found(now(line()), then(past()), JUNE) == {"XXX": "2023-06"}


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (line(size="R2000"), past()),
        (line(), past(cap=1.0e8)),  # smaller than the members
        (line(), past(cap=2.0e8)),  # no larger than the smallest member: it may have missed the cut
        (line(), past(close=0.99)),
        (line(), past(cap=None)),
        (line(), past(cap=0.0)),
        (line(), past(close=None)),
        (line(), past(eligible=False)),
        (line(), past(eligible=None)),
        (line(), past(name="Shell Acquisition Corp")),  # another company now
        (line(), past(day=IPO_DAY)),  # not listed at the event
    ],
)
def test_no_evidence(lines, days):
    assert found(now(lines), then(days), JUNE) == {}


def test_members_are_never_passed_over_and_nobody_is_without_tests():
    assert found(now(line()), then(past())) == {}
    assert found(now(), then(), JUNE, IPO) == {}


class TestQuarterlyEvents:
    FRESH = past(day=IPO_DAY, first=date(2023, 9, 15))

    def test_tested_who_came_to_market_in_the_window(self):
        assert found(now(line(ipo_year=2023)), then(self.FRESH), IPO) == {"XXX": "ipo:2023-12"}

    @pytest.mark.parametrize(
        ("ipo_year", "first"),
        [
            (2023, date(2023, 7, 31)),
            (2023, date(2023, 11, 1)),
            (2021, date(2023, 9, 15)),  # moved from another market
            (None, date(2023, 9, 15)),
        ],
    )
    def test_not_tested_who_did_not(self, ipo_year, first):
        days = then(past(day=IPO_DAY, first=first))
        assert found(now(line(ipo_year=ipo_year)), days, IPO) == {}

    def test_the_last_event_that_tested_is_named(self):
        both = then(past(first=date(2023, 9, 15)), self.FRESH)
        assert found(now(line(ipo_year=2023)), both, JUNE, IPO) == {"XXX": "ipo:2023-12"}


class TestRefusals:
    DAY = date(2022, 5, 6)
    BEFORE = PastTest("2022-06", DAY, None, effective=date(2022, 6, 24), earlier=True)

    def count(self, *rows, gone=(), names=(), tests=(BEFORE, JUNE)):
        days = pl.concat([then(*rows), then().with_columns(rank_day=pl.lit(self.DAY))])
        answer = passed_over(
            now(line()), days, tests, deleted(*gone), former(*names), min_price_usd=1.0
        )
        return dict(answer.select("symbol", "refusals").iter_rows())

    def test_every_reconstitution_that_left_it_out_counts(self):
        assert self.count(past(), past(day=self.DAY)) == {"XXX": 2}
        assert self.count(past(), past(day=self.DAY, cap=1.0e8)) == {"XXX": 1}

    def test_an_earlier_one_alone_says_nothing(self):
        assert self.count(past(day=self.DAY)) == {}

    def test_a_member_deleted_later_was_not_refused_before(self):
        days = (past(), past(day=self.DAY))
        assert self.count(*days, gone=[("XXX:x", date(2023, 6, 23))]) == {"XXX": 1}
        assert self.count(*days, gone=[("XXX:x", date(2022, 6, 24))]) == {"XXX": 2}

    def test_a_change_of_name_ends_no_refusal_once_it_is_no_shell(self):
        both = (past(name="Old Cellular Corp"), past(name="Old Cellular Corp", day=self.DAY))
        assert self.count(*both, names=["OLD CELLULAR CORP"]) == {"XXX": 2}
        assert self.count(*both, names=["Other Corp"]) == {}
        assert self.count(*both) == {}
        assert self.count(both[0], names=["OLD CELLULAR CORP"]) == {}
        renamed_between = (past(), past(name="Old Cellular Corp", day=self.DAY))
        assert self.count(*renamed_between, names=["OLD CELLULAR CORP"]) == {"XXX": 2}
        assert self.count(*renamed_between) == {"XXX": 1}

    def test_quarterly_events_are_not_counted(self):
        fresh = past(day=IPO_DAY, first=date(2023, 9, 15))
        said = passed_over(
            now(line(ipo_year=2023)), then(fresh), [IPO], deleted(), former(), min_price_usd=1.0
        )
        assert said["refusals"].to_list() == [0]


class TestBeforeTheData:
    EARLY = PastTest("2020-06", RANK_DAY, None, listed_before=2020)

    @pytest.mark.parametrize(
        ("ipo_year", "cap", "tested"),
        [(None, 1e9, True), (2019, 1e9, True), (2020, 1e9, False), (2019, 5e8, False)],
    )
    def test_only_who_was_surely_listed_and_ample(self, ipo_year, cap, tested):
        said = found(now(line(ipo_year=ipo_year)), then(past(cap=cap)), self.EARLY)
        assert (said == {"XXX": "2020-06"}) is tested


class TestPastTests:
    EVENTS = [e for e in events(2020, 2024, kinds=("recon", "ipo")) if e.effective is not None]

    def shown_by(self, *asofs, begin=date(2021, 1, 29)):
        snapshots = tuple(Snapshot("R2000", asof, "etf_ishares", "x") for asof in asofs)
        return past_tests(Membership(pl.DataFrame(), snapshots, None), self.EVENTS, begin)

    def test_the_last_reconstitution_and_the_quarters_since(self):
        tests = self.shown_by(date(2024, 3, 28))
        last = [t.event for t in tests if not t.earlier]
        assert last == ["2023-06", "ipo:2023-09", "ipo:2023-12", "ipo:2024-03"]
        assert [t.event for t in tests if t.earlier] == ["2021-06", "2022-06"]

    def test_an_event_counts_only_once_all_lists_can_show_it(self):
        tests = self.shown_by(date(2024, 3, 28), date(2023, 10, 2))
        ids = [t.event for t in tests if not t.earlier]
        assert ids == ["2023-06", "ipo:2023-09"]

    def test_without_lists_there_is_no_evidence(self):
        assert self.shown_by() == []

    def test_an_event_before_the_data_is_read_at_their_beginning(self):
        (test,) = self.shown_by(date(2021, 3, 31))
        assert test.event == "2020-06"
        assert test.rank_day == date(2021, 1, 29)
        assert test.listed_before == 2020
