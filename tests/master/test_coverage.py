from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from recon.calendar import end_of_day
from recon.master.build import known_securities
from recon.master.coverage import OFFICIAL, coverage, matched, printed_lists, unmatched
from recon.store import Store

LIVES = pl.DataFrame(
    [
        ("AAA:2021-01-29", "AAA", date(2021, 1, 29), None, "AAA:2021-01-29"),
        ("BRK/B:2021-01-29", "BRK/B", date(2021, 1, 29), None, "BRK/B:2021-01-29"),
        ("OLD:2021-01-29", "OLD", date(2021, 1, 29), date(2024, 6, 3), "OLD:2021-01-29"),
        ("NEW:2024-06-20", "NEW", date(2024, 6, 20), None, "NEW:2024-06-20"),
    ],
    schema=["life", "symbol", "first", "gone", "security_id"],
    orient="row",
)


def known(changes: list[Any], held: list[Any], sessions: list[date] | None = None) -> Any:
    announced = pl.DataFrame(
        changes,
        schema=["event", "index", "action", "ticker", "stage"],
        orient="row",
    ).with_columns(name=pl.lit("printed"))
    members = pl.DataFrame(
        held, schema=["asof", "index", "ticker", "kind"], orient="row"
    ).with_columns(name=pl.lit(None, pl.String))
    return SimpleNamespace(
        sessions=lambda: [date(2021, 1, 29)] if sessions is None else sessions,
        announcements=lambda: announced,
        memberships=lambda: members,
    )


def change(ticker: str, event: str = "2024-06", action: str = "add") -> tuple[str, ...]:
    return (event, "R3000", action, ticker, "final")


def test_a_change_resolves_on_its_rank_day_or_on_the_day_it_takes_effect() -> None:
    lists = printed_lists(known([change(t) for t in ("AAA", "OLD", "NEW", "NOPE")], []))
    found = dict(matched(lists, LIVES).select("ticker", "security_id").iter_rows())
    assert found == {
        "AAA": "AAA:2021-01-29",
        "OLD": "OLD:2021-01-29",
        "NEW": "NEW:2024-06-20",
        "NOPE": None,
    }


def test_a_snapshot_resolves_on_its_own_day_only() -> None:
    held = [
        (date(2024, 3, 28), "R2000", ticker, "official_membership_list")
        for ticker in ("AAA", "NEW", "BRKB")
    ]
    found = matched(printed_lists(known([], held)), LIVES)
    assert found.filter(pl.col("security_id").is_null())["ticker"].to_list() == ["NEW"]


def test_lists_before_the_data_and_those_not_trusted_are_left_out() -> None:
    held = [
        (date(2020, 6, 26), "R3000", "AAA", "official_membership_list"),
        (date(2024, 3, 28), "R3000", "AAA", "derived_list_NOT_official"),
        (date(2024, 3, 28), "R3000", "AAA", "watchlist_tickers"),
    ]
    assert printed_lists(known([change("AAA", "2020-06")], held)).is_empty()


def test_a_line_printed_in_two_spellings_counts_once() -> None:
    lists = printed_lists(known([change("BRK.B"), change("BRKB"), change("BRK/B")], []))
    (row,) = coverage(matched(lists, LIVES)).iter_rows(named=True)
    assert (row["names"], row["resolved"], row["share"]) == (1, 1, 1.0)


def test_shares_by_list_official_ones_first_and_the_names_that_are_lost() -> None:
    held = [
        (day, "R2000", ticker, "etf_ishares")
        for day in (date(2024, 3, 28), date(2024, 2, 29))
        for ticker in ("AAA", "PDLI")
    ]
    changes = [change("AAA"), change("NOPE"), change("AAA", action="delete")]
    found = matched(printed_lists(known(changes, held)), LIVES)
    shares = coverage(found)
    assert shares.select("kind", "list", "names", "resolved").rows() == [
        (OFFICIAL[0], "2024-06 R3000 add final", 2, 1),
        (OFFICIAL[0], "2024-06 R3000 delete final", 1, 1),
        ("etf_ishares", "R2000 2024-02-29", 2, 1),
        ("etf_ishares", "R2000 2024-03-28", 2, 1),
    ]
    assert unmatched(found).select("kind", "ticker", "lists", "first", "last").rows() == [
        (OFFICIAL[0], "NOPE", 1, date(2024, 4, 30), date(2024, 4, 30)),
        ("etf_ishares", "PDLI", 2, date(2024, 2, 29), date(2024, 3, 28)),
    ]


def test_without_quotes_there_is_nothing_to_resolve_against() -> None:
    assert printed_lists(known([change("AAA")], [], [])).is_empty()


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
def test_nearly_every_name_of_the_official_lists_is_a_line(real_store: Store) -> None:
    as_of = real_store.as_of(end_of_day(real_store.newest_session()))
    found = matched(printed_lists(as_of), known_securities(as_of))
    official = coverage(found).filter(pl.col("kind").is_in(list(OFFICIAL)))
    assert official.height >= 15
    june = official.filter(pl.col("list").str.contains("-06 R|^R"))
    assert june.height >= 13
    assert june["share"].min() >= 0.995  # type: ignore[operator]
    changes = official.filter(pl.col("kind") == OFFICIAL[0])
    assert changes["resolved"].sum() / changes["names"].sum() >= 0.999
    assert coverage(found)["share"].min() >= 0.95  # type: ignore[operator]
