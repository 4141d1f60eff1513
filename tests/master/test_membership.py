"""Members before an event, from the lists known at a moment."""

from datetime import date

import polars as pl
import pytest

from recon.master.membership import before
from recon.master.snapshots import choose

JUNE23, JUNE24 = date(2023, 6, 23), date(2024, 6, 28)
EFFECTIVE = (date(2022, 6, 24), JUNE23)
DAY = date(2024, 4, 30)
TICKERS = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "OLD", "NEW")
SNAPSHOTS = {"asof": pl.Date, "index": pl.String, "kind": pl.String, "origin": pl.String}
CHANGES = {
    "event": pl.String,
    "index": pl.String,
    "action": pl.String,
    "ticker": pl.String,
    "name": pl.String,
    "stage": pl.String,
    "effective": pl.Date,
}
SECURITIES = {
    "life": pl.String,
    "security_id": pl.String,
    "symbol": pl.String,
    "first": pl.Date,
    "gone": pl.Date,
    "first_name": pl.String,
}


def on(text):
    return date.fromisoformat(text)


def securities(**gone):
    """Every ticker listed since 2021, those named until their day."""
    rows = [(f"{t}:x", f"{t}:x", t, date(2021, 1, 29), gone.get(t), f"{t} Inc.") for t in TICKERS]
    return pl.DataFrame(rows, schema=SECURITIES, orient="row")


class Lists:
    """Snapshots by `(asof, index, kind)`, and who is on them."""

    def __init__(self, *lists):
        self.held = {(on(d), i, k): members.split() for d, i, k, members in lists}

    @property
    def snapshots(self):
        rows = [(*key, "somewhere") for key in self.held]
        return pl.DataFrame(rows, schema=SNAPSHOTS, orient="row")

    def lines(self, asof, index, kind, origin):
        assert origin == "somewhere"
        tickers = self.held[asof, index, kind]
        return pl.DataFrame(
            {
                "ticker": pl.Series(tickers, dtype=pl.String),
                "name": pl.Series([f"{t} Inc." for t in tickers], dtype=pl.String),
            }
        )


def changes(*rows):
    """`(event, action, tickers, stage, effective)` of Russell 3000 lists."""
    full = [
        (event, "R3000", action, ticker, f"{ticker} Inc.", stage, effective)
        for event, action, tickers, stage, effective in rows
        for ticker in tickers.split()
    ]
    return pl.DataFrame(full, schema=CHANGES, orient="row")


def members(lists, day=DAY, announced=None, known=None, effective=EFFECTIVE):
    return before(
        day,
        snapshots=lists.snapshots,
        lines=lists.lines,
        securities=securities() if known is None else known,
        announcements=changes() if announced is None else announced,
        effective_days=effective,
    )


def sizes(*args, **kwargs):
    """Index by ticker, each ticker once."""
    lines = members(*args, **kwargs).lines
    assert lines["ticker"].is_unique().all(), lines
    return dict(lines.select("ticker", "size").iter_rows())


FUNDS = Lists(
    ("2024-03-28", "R1000", "etf_ishares", "AAA BBB"),
    ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
)
BOTH = {"AAA": "R1000", "BBB": "R1000", "CCC": "R2000", "DDD": "R2000"}


class TestChoose:
    def chosen(self, *lists, index="R1000", **more):
        found = choose(Lists(*lists).snapshots, index, EFFECTIVE, **more)
        return found and (found.asof.isoformat(), found.kind)

    def test_the_newest(self):
        lists = [(d, "R1000", "etf_ishares", "AAA") for d in ("2023-12-29", "2024-03-28")]
        assert self.chosen(*lists) == ("2024-03-28", "etf_ishares")

    def test_of_one_day_the_most_trustworthy(self):
        kinds = ["etf_ishares_tickers", "official_derived", "etf_ishares"]
        lists = [("2024-03-28", "R1000", kind, "AAA") for kind in kinds]
        assert self.chosen(*lists) == ("2024-03-28", "official_derived")

    @pytest.mark.parametrize("kind", ["watchlist_tickers", "derived_list_NOT_official"])
    def test_some_kinds_are_never_believed(self, kind):
        good = ("2021-12-31", "R1000", "etf_ishares", "AAA")
        assert self.chosen(("2024-03-28", "R1000", kind, "AAA")) is None
        assert self.chosen(("2024-03-28", "R1000", kind, "AAA"), good) == (
            "2021-12-31",
            "etf_ishares",
        )

    @pytest.mark.parametrize(
        ("asof", "trusted"),
        [
            ("2023-06-22", True),
            ("2023-06-23", False),
            ("2023-07-03", False),
            ("2023-07-14", False),
            ("2023-07-17", True),
        ],
    )
    def test_a_fund_settles_after_a_reconstitution(self, asof, trusted):
        """IWM keeps deleted names for days to three weeks."""
        found = self.chosen((asof, "R2000", "etf_ishares", "AAA"), index="R2000")
        assert (found is not None) is trusted

    def test_an_official_list_needs_no_settling(self):
        found = self.chosen(("2023-06-23", "R1000", "official_membership_list", "AAA"))
        assert found == ("2023-06-23", "official_membership_list")

    def test_another_index_or_nothing(self):
        assert self.chosen(("2024-03-28", "R2000", "etf_ishares", "AAA")) is None
        assert self.chosen() is None

    def test_not_before(self):
        old = ("2023-03-31", "R1000", "etf_ishares", "AAA")
        assert self.chosen(old, not_before=on("2023-04-01")) is None
        assert self.chosen(old, not_before=on("2023-03-31")) is not None


class TestListsOfOneDay:
    def test_members_are_who_is_on_the_lists(self):
        found = members(FUNDS)
        assert dict(found.lines.select("ticker", "size").iter_rows()) == BOTH
        assert found.lines["since"].unique().to_list() == ["snapshot"]
        assert [(s.index, s.asof) for s in found.snapshots] == [
            ("R1000", on("2024-03-28")),
            ("R2000", on("2024-03-28")),
        ]
        assert found.snapshots[0].age(DAY) == 33
        assert found.micro is None

    def test_nothing_known(self):
        found = members(Lists())
        assert found.lines.is_empty()
        assert found.snapshots == ()

    def test_a_list_that_is_not_believed_changes_nothing(self):
        noise = Lists(
            *((d.isoformat(), i, k, " ".join(m)) for (d, i, k), m in FUNDS.held.items()),
            ("2024-04-29", "R1000", "watchlist_tickers", "EEE"),
            ("2024-04-29", "R2000", "derived_list_NOT_official", "FFF"),
        )
        assert sizes(noise) == BOTH

    def test_a_name_on_both_lists_is_where_the_newer_says(self):
        older, newer = "2023-12-29", "2024-03-28"
        for large, small, expected in ((older, newer, "R2000"), (newer, older, "R1000")):
            lists = Lists(
                (large, "R1000", "etf_ishares", "AAA BBB"),
                (small, "R2000", "etf_ishares", "BBB CCC"),
            )
            assert sizes(lists)["BBB"] == expected

    def test_a_list_about_a_later_day_is_left_aside(self):
        """Membership on the eve of an event, asked when its outcome is out already."""
        both = Lists(
            *((d.isoformat(), i, k, " ".join(m)) for (d, i, k), m in FUNDS.held.items()),
            ("2024-06-28", "R1000", "official_membership_list", "EEE"),
            ("2024-06-28", "R2000", "official_membership_list", "AAA"),
            ("2024-06-28", "R3000", "official_membership_list", "AAA EEE"),
        )
        assert sizes(both, day=on("2024-06-27")) == BOTH
        assert sizes(both, day=on("2024-06-28"))["AAA"] == "R2000"

    def test_a_ticker_printed_twice_is_one_member(self):
        lists = Lists(
            ("2024-03-28", "R1000", "etf_ishares", "AAA AAA"),
            ("2024-03-28", "R2000", "etf_ishares", "ZZZ ZZZ"),
        )
        assert sizes(lists) == {"AAA": "R1000", "ZZZ": "R2000"}

    def test_who_left_the_exchange_is_no_member(self):
        gone = securities(BBB=on("2024-04-15"))
        assert "BBB" not in sizes(FUNDS, known=gone)

    def test_who_goes_after_the_day_was_a_member_on_it(self):
        """Ranks are taken among the members of rank day, also when seen from later."""
        gone = securities(BBB=on("2024-05-03"))
        assert sizes(FUNDS, known=gone) == BOTH

    def test_who_does_not_resolve_stays(self):
        lists = Lists(
            ("2024-03-28", "R1000", "etf_ishares", "AAA ZZZ"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC"),
        )
        found = members(lists).lines.filter(ticker="ZZZ")
        assert found["security_id"].to_list() == [None]
        assert found["size"].to_list() == ["R1000"]

    def test_a_renamed_member_is_the_same_member(self):
        renamed = securities().with_columns(
            security_id=pl.when(symbol=pl.lit("NEW"))
            .then(pl.lit("OLD:x"))
            .otherwise("security_id"),
            first=pl.when(symbol=pl.lit("NEW")).then(on("2024-04-10")).otherwise("first"),
            gone=pl.when(symbol=pl.lit("OLD")).then(on("2024-04-10")),
        )
        lists = Lists(
            ("2024-03-28", "R1000", "etf_ishares", "OLD"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC"),
        )
        found = members(lists, known=renamed).lines.filter(size="R1000")
        assert found["security_id"].to_list() == ["OLD:x"]


class TestStaleLists:
    """The Russell 3000 is R1000 ∪ R2000; a list from before the reconstitution is stale."""

    def test_a_stale_large_list_is_the_whole_less_the_small(self):
        lists = Lists(
            ("2023-03-31", "R1000", "etf_ishares", "AAA CCC"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
            ("2024-03-28", "R3000", "etf_ishares", "AAA BBB CCC DDD"),
        )
        assert sizes(lists) == BOTH
        large = next(s for s in members(lists).snapshots if s.index == "R1000")
        assert large.kind == "derived"
        assert large.asof == on("2024-03-28")

    def test_who_left_the_small_list_since_the_whole_is_not_large(self):
        lists = Lists(
            ("2023-03-31", "R1000", "etf_ishares", "AAA"),
            ("2023-12-29", "R2000", "etf_ishares", "CCC DDD EEE"),
            ("2023-12-30", "R3000", "etf_ishares", "AAA BBB CCC DDD EEE"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
        )
        assert sizes(lists) == BOTH

    def test_who_is_in_the_microcap_is_not_large(self):
        lists = Lists(
            ("2023-03-31", "R1000", "etf_ishares", "AAA"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC"),
            ("2024-03-28", "R3000", "etf_ishares", "AAA BBB CCC DDD"),
            ("2024-04-02", "RMICRO", "etf_ishares", "DDD"),
        )
        assert sizes(lists) == BOTH

    def test_an_older_microcap_list_does_not_hold_a_riser_down(self):
        lists = Lists(
            ("2023-03-31", "R1000", "etf_ishares", "AAA"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
            ("2024-03-28", "R3000", "etf_ishares", "AAA BBB CCC DDD"),
            ("2023-05-31", "RMICRO", "etf_ishares", "BBB"),
        )
        assert sizes(lists) == BOTH

    def test_a_stale_small_list_is_the_whole_less_the_large(self):
        lists = Lists(
            ("2024-03-28", "R1000", "etf_ishares", "AAA BBB"),
            ("2023-03-31", "R2000", "etf_ishares", "AAA EEE"),
            ("2024-03-28", "R3000", "etf_ishares", "AAA BBB CCC DDD"),
        )
        assert sizes(lists) == BOTH

    def test_a_stale_whole_is_not_used(self):
        lists = Lists(
            ("2024-03-28", "R1000", "etf_ishares", "AAA BBB"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
            ("2023-03-31", "R3000", "etf_ishares", "AAA EEE FFF"),
        )
        assert sizes(lists) == BOTH

    def test_without_a_whole_a_stale_list_is_rolled_forward(self):
        lists = Lists(
            ("2023-03-31", "R1000", "etf_ishares", "AAA BBB EEE"),
            ("2023-03-31", "R2000", "etf_ishares", "CCC FFF"),
        )
        announced = changes(
            ("2023-06", "add", "DDD", "final", JUNE23),
            ("2023-06", "delete", "EEE FFF", "final", JUNE23),
        )
        assert sizes(lists, announced=announced) == BOTH

    def test_a_newer_whole_adds_who_is_on_neither_list(self):
        lists = Lists(
            ("2023-12-29", "R1000", "etf_ishares", "AAA BBB"),
            ("2023-12-29", "R2000", "etf_ishares", "CCC"),
            ("2024-03-28", "R3000", "etf_ishares", "AAA BBB DDD"),
        )
        assert sizes(lists) == BOTH


class TestListsOlderThanTheData:
    """Quotes begin in 2021; who left between an older list and then is no member."""

    OLD = ("2020-06-26", "R2000", "official_derived", "CCC DDD XXX MOG.A")
    LARGE = ("2021-03-26", "R1000", "etf_ishares_tickers", "AAA BBB ZZZ")
    WHOLE = ("2021-04-15", "R3000", "etf_ishares", "AAA BBB CCC MOGA")

    def found(self, *lists):
        return sizes(Lists(*lists), day=on("2021-05-07"), effective=(on("2020-06-26"),))

    def test_who_is_on_no_newer_list_left_before(self):
        found = self.found(self.OLD, self.LARGE, self.WHOLE)
        assert "XXX" not in found
        assert found["MOG.A"] == "R2000"  # listed, though no quote shows it
        assert found["DDD"] == "R2000"  # the whole is a sample
        assert found["ZZZ"] == "R1000"

    def test_without_newer_lists_nobody_can_say(self):
        old_large = ("2020-06-26", "R1000", "official_derived", "AAA BBB")
        assert self.found(self.OLD, old_large)["XXX"] == "R2000"

    def test_a_name_of_a_list_within_the_data_stays(self):
        newer = ("2021-04-30", *self.OLD[1:])
        assert self.found(newer, self.LARGE, self.WHOLE)["XXX"] == "R2000"


class TestRollForward:
    IPO = ("ipo:2024-03", "add", "EEE", "final", on("2024-03-15"))
    LISTS = Lists(
        ("2023-12-29", "R1000", "etf_ishares", "AAA BBB"),
        ("2023-12-29", "R2000", "etf_ishares", "CCC DDD"),
    )

    def test_announced_additions_join_the_small_index(self):
        assert sizes(self.LISTS, announced=changes(self.IPO)) == BOTH | {"EEE": "R2000"}

    def test_the_event_that_added_a_member_is_named(self):
        found = members(self.LISTS, announced=changes(self.IPO)).lines
        assert found.filter(ticker="EEE")["since"].to_list() == ["ipo:2024-03"]

    def test_changes_that_take_effect_later_do_not_count_yet(self):
        announced = changes(("2024-06", "delete", "AAA", "final", JUNE24))
        assert sizes(self.LISTS, announced=announced) == BOTH

    def test_changes_before_the_list_are_in_it(self):
        announced = changes(("ipo:2023-12", "add", "EEE", "final", on("2023-12-15")))
        assert sizes(self.LISTS, announced=announced) == BOTH

    def test_an_addition_that_the_newer_small_list_lacks_is_large(self):
        lists = Lists(
            ("2023-12-29", "R1000", "etf_ishares", "AAA BBB"),
            ("2024-04-12", "R2000", "etf_ishares", "CCC DDD"),
        )
        assert sizes(lists, announced=changes(self.IPO)) == BOTH | {"EEE": "R1000"}

    def test_preliminary_lists_do_not_count(self):
        announced = changes(("ipo:2024-03", "add", "EEE", "preliminary", on("2024-03-15")))
        assert sizes(self.LISTS, announced=announced) == BOTH

    def test_an_addition_on_two_lists_is_one_member(self):
        updated = (*self.IPO[:3], "updated", self.IPO[4])
        announced = changes(updated, self.IPO)
        assert sizes(self.LISTS, announced=announced) == BOTH | {"EEE": "R2000"}

    def test_the_final_list_overrules_its_updates(self):
        march = on("2024-03-15")
        announced = changes(
            ("ipo:2024-03", "add", "EEE FFF", "updated", march),
            ("ipo:2024-03", "add", "EEE", "final", march),
        )
        assert sizes(self.LISTS, announced=announced) == BOTH | {"EEE": "R2000"}

    def test_who_was_added_and_then_deleted_is_no_member(self):
        lists = Lists(
            ("2022-03-31", "R1000", "etf_ishares", "AAA BBB"),
            ("2022-03-31", "R2000", "etf_ishares", "CCC DDD"),
        )
        announced = changes(
            ("2022-06", "add", "EEE FFF", "final", on("2022-06-24")),
            ("2023-06", "delete", "FFF", "final", JUNE23),
        )
        assert sizes(lists, announced=announced) == BOTH | {"EEE": "R2000"}

    def test_who_was_deleted_and_then_added_is_a_member(self):
        lists = Lists(
            ("2022-03-31", "R1000", "etf_ishares", "AAA BBB"),
            ("2022-03-31", "R2000", "etf_ishares", "CCC DDD"),
        )
        announced = changes(
            ("2022-06", "delete", "DDD", "final", on("2022-06-24")),
            ("2023-06", "add", "DDD", "final", JUNE23),
        )
        assert sizes(lists, announced=announced) == BOTH

    def test_additions_and_deletions_that_do_not_resolve(self):
        lists = Lists(
            ("2023-12-29", "R1000", "etf_ishares", "AAA BBB"),
            ("2023-12-29", "R2000", "etf_ishares", "CCC DDD ZZZ"),
        )
        announced = changes(
            ("ipo:2024-03", "add", "YYY", "final", on("2024-03-15")),
            ("ipo:2024-03", "delete", "ZZZ", "final", on("2024-03-15")),
        )
        assert sizes(lists, announced=announced) == BOTH | {"YYY": "R2000"}


class TestOfficialMembersThatNoFundHolds:
    """Funds drop a falling name before the index does."""

    OFFICIAL = ("2023-06-23", "R3000", "official_membership_list", "AAA BBB CCC DDD EEE")
    LISTS = Lists(
        ("2024-03-28", "R1000", "etf_ishares", "AAA BBB"),
        ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
        OFFICIAL,
    )

    def test_they_are_members(self):
        found = members(self.LISTS).lines
        assert dict(found.select("ticker", "size").iter_rows()) == BOTH | {"EEE": "R2000"}
        assert found.filter(ticker="EEE")["since"].to_list() == ["official"]

    def test_not_once_deleted(self):
        announced = changes(("ipo:2024-03", "delete", "EEE", "final", on("2024-03-15")))
        assert sizes(self.LISTS, announced=announced) == BOTH

    def test_nor_gone(self):
        assert sizes(self.LISTS, known=securities(EEE=on("2024-01-10"))) == BOTH

    def test_an_old_list_counts_only_if_every_change_since_is_known(self):
        # EEE is on the list of 2022 alone and was not held when the funds were rebuilt in 2023.
        lists = Lists(
            ("2024-03-28", "R1000", "etf_ishares", "AAA BBB"),
            ("2024-03-28", "R2000", "etf_ishares", "CCC DDD"),
            ("2022-06-24", "R3000", "official_membership_list", "AAA BBB CCC EEE FFF"),
        )
        announced = changes(
            ("2023-06", "add", "DDD GGG", "final", JUNE23),
            ("2023-06", "delete", "FFF", "final", JUNE23),
        )
        assert sizes(lists) == BOTH
        assert sizes(lists, announced=announced) == BOTH | {"GGG": "R2000"}


class TestMicrocap:
    MICRO = ("2024-03-28", "RMICRO", "etf_ishares", "DDD EEE FFF ZZZ")

    def found(self, asof, **more):
        lists = Lists(
            *((d.isoformat(), i, k, " ".join(m)) for (d, i, k), m in FUNDS.held.items()),
            (asof, *self.MICRO[1:]),
        )
        return members(lists, **more)

    def test_members_of_both_and_of_the_microcap_alone(self):
        found = self.found("2024-03-28")
        micro = found.lines.filter("micro").select("ticker", "size")
        assert dict(micro.iter_rows()) == {"DDD": "R2000", "EEE": None, "FFF": None}
        assert (
            dict(
                found.lines.filter(pl.col("size").is_not_null())
                .select("ticker", "size")
                .iter_rows()
            )
            == BOTH
        )
        assert found.micro is not None
        assert found.micro.asof == on("2024-03-28")

    def test_a_list_older_than_a_year_is_not_used(self):
        assert self.found("2023-05-01").micro is not None
        old = self.found("2023-04-28")
        assert old.micro is None
        assert not old.lines["micro"].any()
        assert dict(old.lines.select("ticker", "size").iter_rows()) == BOTH

    def test_who_left_the_exchange_left_the_microcap(self):
        found = self.found("2024-03-28", known=securities(EEE=on("2024-04-15")))
        assert "EEE" not in found.lines["ticker"].to_list()


class TestQuotedLater:
    """A member that the data begin to quote after its list is not a newcomer."""

    def test_the_first_line_of_its_ticker_and_name(self):
        assert self.found("AAA Inc.") == "AAA:x"

    def test_not_that_of_another_name(self):
        assert self.found("Quite Another Corp.") is None

    def test_not_for_a_list_older_than_the_data(self):
        assert self.found("AAA Inc.", begins="2024-03-30") is None

    def found(self, name, begins="2021-01-29"):
        known = securities().with_columns(
            first=pl.when(pl.col("symbol") == "AAA")
            .then(pl.lit(on("2024-04-15")))
            .otherwise(pl.lit(on(begins))),
            first_name=pl.when(pl.col("symbol") == "AAA")
            .then(pl.lit(name))
            .otherwise("first_name"),
        )
        lines = members(FUNDS, known=known).lines
        return lines.filter(ticker="AAA")["security_id"].item()
