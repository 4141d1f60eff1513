from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from store_files import Row, happening, known_after, quote, write_file

from recon.contracts import CONTRACTS
from recon.errors import InputError
from recon.store import AsOf, Hindsight, Store

LATER = datetime(2030, 1, 1, tzinfo=UTC)
ALL = (date(2020, 1, 1), date(2029, 12, 31))


def after(session: str) -> datetime:
    """The moment at which `known_after(session)` is just known."""
    return datetime.fromisoformat(known_after(session)).replace(tzinfo=UTC)


def read(
    store: Store,
    files: Path,
    moment: datetime,
    hindsight: Hindsight = "strict",
    **tables: list[Row],
) -> AsOf:
    """Rows of one alpha file as of a moment."""
    store.ingest([write_file(files / "x.alpha", **tables)])
    return store.as_of(moment, hindsight)


def listing(session: str, kind: str = "seen", **more: Any) -> Row:
    return happening(session, kind, **{"symbol": "A", "exchange": "nyse", **more})


def pair(session: str, cik: int, kind: str = "seen", ticker: str = "A", **more: Any) -> Row:
    row = {"ticker": ticker, "cik": f"{cik:010}", "origin": "map", **more}
    return happening(session, kind, **row)


def filer(session: str, kind: str = "seen", **more: Any) -> Row:
    return happening(session, kind, **{"cik": "0000000001", "origin": "edgar", **more})


def test_a_row_is_seen_from_the_moment_at_which_it_was_known(store: Store, files: Path) -> None:
    moment = after("2024-01-02")
    as_of = read(store, files, moment, quote=[quote("2024-01-02"), quote("2024-01-03")])
    assert as_of.sessions() == [date(2024, 1, 2)]
    assert as_of.quotes(*ALL)["session"].to_list() == [date(2024, 1, 2)]
    earlier = store.as_of(moment - timedelta(microseconds=1))
    assert earlier.sessions() == []
    assert earlier.quotes(*ALL).is_empty()


def test_a_moment_may_be_given_in_any_zone_but_not_without_one(store: Store, files: Path) -> None:
    new_york = datetime.fromisoformat("2024-01-03T00:00:00-05:00")
    assert read(store, files, new_york, quote=[quote("2024-01-02")]).sessions()
    with pytest.raises(InputError, match="a moment needs a time zone"):
        store.as_of(datetime(2024, 1, 3))  # noqa: DTZ001
    with pytest.raises(InputError, match="expected strict or slow-facts"):
        store.as_of(LATER, "loose")  # type: ignore[arg-type]


def test_quotes_keep_their_contract_in_order(store: Store, files: Path) -> None:
    rows = [quote("2024-01-03", "B"), quote("2024-01-03"), quote("2024-01-02", "B", volume=7)]
    as_of = read(store, files, LATER, quote=rows)
    frame = as_of.quotes(*ALL)
    assert CONTRACTS["quote"].is_valid(frame)
    assert frame.select("session", "symbol").rows() == [
        (date(2024, 1, 2), "B"),
        (date(2024, 1, 3), "A"),
        (date(2024, 1, 3), "B"),
    ]
    chosen = as_of.quotes(*ALL, columns=["symbol", "volume"], symbols=["B"])
    assert chosen.rows() == [("B", 7), ("B", None)]
    assert as_of.cross_section(date(2024, 1, 3))["symbol"].to_list() == ["A", "B"]
    assert as_of.cross_section(date(2024, 1, 4)).is_empty()


def test_slices_are_the_union_of_windows(store: Store, files: Path) -> None:
    days = [f"2024-01-{day:02}" for day in (2, 3, 4, 5, 8, 9, 10, 11)]
    as_of = read(store, files, after("2024-01-10"), quote=[quote(day) for day in days])
    found = as_of.slices([date(2024, 1, 4), date(2024, 1, 5), date(2024, 1, 31)], 2)
    assert [str(day) for day in found["session"]] == [days[i] for i in (1, 2, 3, 5, 6)]
    assert as_of.slices([date(2024, 1, 7)], 1)["session"].to_list() == [date(2024, 1, 5)]
    assert as_of.slices([], 5).is_empty()


def test_a_session_comes_whole_from_the_first_source_that_has_it(store: Store, files: Path) -> None:
    alpha = [quote("2024-01-02", "A", 1.0), quote("2024-01-04", "A", 1.0)]
    beta = [
        quote("2024-01-02", "A", 2.0),
        quote("2024-01-02", "B", 2.0),
        quote("2024-01-03", "A", 2.0),
    ]
    store.ingest(
        [write_file(files / "x.beta", quote=beta), write_file(files / "y.alpha", quote=alpha)]
    )
    wanted = [(2, "A", 1.0), (3, "A", 2.0), (4, "A", 1.0)]
    frame = store.as_of(LATER).quotes(*ALL).select("session", "symbol", "close")
    assert [(s.day, n, c) for s, n, c in frame.iter_rows()] == wanted
    with Store(store.path, precedence=["beta"]) as other:
        assert other.as_of(LATER).cross_section(date(2024, 1, 2)).height == 2


def test_precedence_waits_until_the_better_source_is_known(store: Store, files: Path) -> None:
    late = quote("2024-01-02", close=1.0, known_at="2024-01-20T00:00:00")
    store.ingest(
        [
            write_file(files / "x.beta", quote=[quote("2024-01-02", close=2.0)]),
            write_file(files / "y.alpha", quote=[late]),
        ]
    )
    day = date(2024, 1, 2)
    assert store.as_of(after("2024-01-03")).cross_section(day)["close"].to_list() == [2.0]
    assert store.as_of(LATER).cross_section(day)["close"].to_list() == [1.0]


def test_a_later_statement_of_a_line_replaces_it_and_no_other(store: Store, files: Path) -> None:
    store.ingest(
        [write_file(files / "x.alpha", quote=[quote("2024-01-02"), quote("2024-01-02", "B")])]
    )
    revised = quote("2024-01-02", close=2.0, known_at="2024-01-20T00:00:00")
    store.ingest([write_file(files / "y.alpha", quote=[revised])])
    day = date(2024, 1, 2)
    assert store.as_of(after("2024-01-03")).cross_section(day)["close"].to_list() == [1.0, 1.0]
    assert store.as_of(LATER).cross_section(day)["close"].to_list() == [2.0, 1.0]
    assert store.as_of(LATER).quotes(day, day, columns=["close"])["close"].to_list() == [2.0, 1.0]


LIFE = [
    listing("2024-01-02", name="Old"),
    listing("2024-01-04", name="New"),
    listing("2024-01-08", "vanished"),
    listing("2024-01-10", name="Again"),
]


@pytest.mark.parametrize(
    ("session", "live"),
    [
        ("2024-01-01", []),
        ("2024-01-03", [("Old", 2, 2)]),
        ("2024-01-05", [("New", 2, 4)]),
        ("2024-01-09", []),
        ("2024-01-11", [("Again", 10, 10)]),
    ],
)
def test_listings_are_those_alive_at_the_moment(
    store: Store, files: Path, session: str, live: list[tuple[str, int, int]]
) -> None:
    frame = read(store, files, after(session), listing=LIFE).listings()
    rows = frame.select("name", "since", "last_changed").iter_rows()
    assert [(name, since.day, changed.day) for name, since, changed in rows] == live


@pytest.mark.parametrize(
    ("session", "intervals"),
    [
        ("2024-01-03", [("Old", 2, None)]),
        ("2024-01-07", [("Old", 2, 4), ("New", 4, None)]),
        ("2024-01-08", [("Old", 2, 4), ("New", 4, 8)]),
        ("2024-01-11", [("Old", 2, 4), ("New", 4, 8), ("Again", 10, None)]),
    ],
)
def test_an_interval_never_shows_an_end_that_was_not_known(
    store: Store, files: Path, session: str, intervals: list[tuple[str, int, int | None]]
) -> None:
    frame = read(store, files, after(session), listing=LIFE).listing_history()
    rows = frame.select("name", "valid_from", "valid_to").iter_rows()
    assert [(n, a.day, b and b.day) for n, a, b in rows] == intervals


def test_an_end_that_is_known_late_shows_late(store: Store, files: Path) -> None:
    end = listing("2024-01-04", "vanished", known_at="2024-01-20T00:00:00")
    as_of = read(store, files, after("2024-01-10"), listing=[listing("2024-01-02"), end])
    assert as_of.listings().height == 1
    assert as_of.listing_history()["valid_to"].to_list() == [None]
    assert store.as_of(LATER).listings().is_empty()


def test_the_latest_statement_about_a_session_holds(store: Store, files: Path) -> None:
    ended = listing("2024-01-02", "vanished", known_at="2024-01-20T00:00:00")
    as_of = read(store, files, after("2024-01-10"), listing=[listing("2024-01-02"), ended])
    assert as_of.listings().height == 1
    assert store.as_of(LATER).listings().is_empty()
    assert store.as_of(LATER).listing_history().is_empty()


def test_a_line_that_moves_to_another_exchange_is_another_life(store: Store, files: Path) -> None:
    moved = [
        listing("2024-01-02"),
        listing("2024-01-04", "vanished"),
        listing("2024-01-04", exchange="nasdaq"),
    ]
    frame = read(store, files, LATER, listing=moved).listings()
    assert frame.select("exchange", "since").rows() == [("nasdaq", date(2024, 1, 4))]


def test_lives_continue_across_sources(store: Store, files: Path) -> None:
    store.ingest(
        [
            write_file(files / "x.alpha", listing=LIFE[:1]),
            write_file(files / "y.beta", listing=[listing("2024-01-03", name="Old")]),
        ]
    )
    frame = store.as_of(LATER).listings()
    assert frame["since"].to_list() == [date(2024, 1, 2)]


@pytest.mark.parametrize(
    ("resumes", "live"),
    [("2024-01-08", [("Alpha", date(2024, 1, 2))]), ("2024-01-22", [("Beta", date(2024, 1, 5))])],
)
def test_another_source_changes_a_life_only_in_long_gaps_of_the_better_one(
    store: Store, files: Path, resumes: str, live: list[tuple[str, date]]
) -> None:
    alpha = [quote("2024-01-03"), quote(resumes)]
    beta = [quote("2024-01-04"), quote("2024-01-05")]
    flicker = [listing("2024-01-04", "vanished"), listing("2024-01-05", name="Beta")]
    store.ingest(
        [
            write_file(
                files / "x.alpha", quote=alpha, listing=[listing("2024-01-02", name="Alpha")]
            ),
            write_file(files / "y.beta", quote=beta, listing=flicker),
        ]
    )
    assert store.as_of(after("2024-01-04")).listings().is_empty()
    listings = store.as_of(LATER).listings()
    assert listings.select("name", "since").rows() == live
    history = store.as_of(LATER).listing_history()
    assert history["valid_to"].to_list()[-1] is None
    assert history.height == len({"Alpha", live[0][0]})


def test_the_directory_is_read_like_listings(store: Store, files: Path) -> None:
    line = {"directory": "otherlisted", "symbol": "BRK.B", "etf": False}
    rows = [happening("2024-01-02", **line), happening("2024-01-05", "vanished", **line)]
    as_of = read(store, files, after("2024-01-03"), directory=rows)
    assert as_of.directory()["symbol"].to_list() == ["BRK.B"]
    assert as_of.directory_history()["valid_to"].to_list() == [None]
    assert store.as_of(LATER).directory().is_empty()
    assert store.as_of(LATER).directory_history()["valid_to"].to_list() == [date(2024, 1, 5)]


def member(asof: str, ticker: str, index: str = "R2000", **more: Any) -> Row:
    row = {"index": index, "kind": "etf_ishares", "origin": "IWM", "known_at": known_after(asof)}
    return {"asof": asof, "ticker": ticker, **row, **more}


def test_snapshots_are_listed_and_read_one_by_one(store: Store, files: Path) -> None:
    rows = [
        member("2024-01-02", "A"),
        member("2024-01-02", "B"),
        member("2024-01-02", "A", origin="other"),
        member("2024-01-02", "C", "R1000"),
        member("2024-01-09", "A"),
    ]
    as_of = read(store, files, after("2024-01-05"), membership=rows)
    assert as_of.snapshots().select("index", "origin", "lines").rows() == [
        ("R1000", "IWM", 1),
        ("R2000", "IWM", 2),
        ("R2000", "other", 1),
    ]
    lines = as_of.membership(date(2024, 1, 2), "R2000", "etf_ishares", "IWM")
    assert lines["ticker"].to_list() == ["A", "B"]
    assert CONTRACTS["membership"].is_valid(lines)
    assert as_of.membership(date(2024, 1, 9), "R2000", "etf_ishares", "IWM").is_empty()
    assert as_of.memberships("R1000")["ticker"].to_list() == ["C"]
    assert as_of.memberships().height == 4


def announced(event: str, ticker: str, **more: Any) -> Row:
    row = {"index": "R3000", "action": "add", "stage": "final", "listed_on": "2024-06-28"}
    return {
        "event": event,
        "ticker": ticker,
        "origin": "list",
        "known_at": "2024-06-28T22:00:00",
        **row,
        **more,
    }


def test_announcements_of_one_event_or_of_all(store: Store, files: Path) -> None:
    rows = [announced("2024-06", "A"), announced("ipo:2024-06", "B")]
    as_of = read(store, files, LATER, announcement=rows)
    assert as_of.announcements("ipo:2024-06")["ticker"].to_list() == ["B"]
    assert as_of.announcements().height == 2
    assert store.as_of(datetime(2024, 6, 28, 21, tzinfo=UTC)).announcements().is_empty()


def test_a_list_that_two_sources_deliver_counts_once(store: Store, files: Path) -> None:
    store.ingest(
        [
            write_file(files / "x.beta", announcement=[announced("2024-06", "A", name="beta")]),
            write_file(files / "y.alpha", announcement=[announced("2024-06", "A", name="alpha")]),
        ]
    )
    assert store.as_of(LATER).announcements()["name"].to_list() == ["alpha"]


def test_a_filer_shows_the_latest_stated_value_of_each_attribute(store: Store, files: Path) -> None:
    rows = [
        filer("2024-01-02", sic="1000", ein="1"),
        filer("2024-02-01", sic="2000"),
        filer("2024-03-01", "vanished"),
    ]
    as_of = read(store, files, after("2024-02-15"), filer=rows)
    columns = "sic", "ein", "live", "session", "hindsight"
    assert as_of.filers().select(columns).rows() == [("2000", "1", True, date(2024, 2, 1), False)]
    assert store.as_of(LATER).filers().select("sic", "live").rows() == [("2000", False)]


def test_a_place_code_goes_when_the_filer_leaves_its_city(store: Store, files: Path) -> None:
    new_york = {"business_city": "New York", "business_state_or_country": "NY"}
    rows = [
        filer("2024-01-02", **new_york),
        filer("2024-02-01", business_city="NEW YORK"),
        filer("2024-03-01", business_city="SINGAPORE"),
        filer("2024-04-01", sic="1000"),
    ]
    store.ingest([write_file(files / "x.alpha", filer=rows)])

    def address(session: str) -> tuple[object, ...]:
        shown = store.as_of(after(session)).filers()
        return shown.row(0, named=True)["business_city"], shown["business_state_or_country"][0]

    assert address("2024-02-01") == ("NEW YORK", "NY")
    assert address("2024-03-01") == address("2024-04-01") == ("SINGAPORE", None)


def test_cities_abroad_are_in_the_places_that_filers_gave_by_then(
    store: Store, files: Path
) -> None:
    def at(session: str, cik: int, code: str, city: str = "London") -> Row:
        shown = {"business_city": city, "business_state_or_country": code}
        return filer(session, cik=f"{cik:010}", **shown)

    def place(code: str, kind: str, iso: str) -> Row:
        known = {"known_at": known_after("2024-01-01")}
        return {"code": code, "place": code, "type": kind, "iso": iso, **known}

    rows = [
        at("2024-01-02", 1, "X0"),
        at("2024-01-03", 2, "X0", "LONDON"),
        at("2024-01-02", 3, "KY"),
        at("2024-06-01", 4, "A6"),
    ]
    places = [place("X0", "FOREIGN", "GB"), place("KY", "US", "US"), place("A6", "CANADIAN", "CA")]
    now = read(store, files, after("2024-02-01"), filer=rows, place=places)
    assert now.cities_abroad().rows() == [("LONDON", "GB", 2)]
    slow = store.as_of(after("2024-02-01"), "slow-facts")
    assert slow.cities_abroad().rows() == [("LONDON", "GB", 2), ("LONDON", "CA", 1)]


def test_slow_facts_stand_in_only_where_nothing_was_known(store: Store, files: Path) -> None:
    rows = [
        filer("2024-01-02", sic="1000"),
        filer("2024-06-01", sic="2000"),
        filer("2024-06-01", cik="0000000002", sic="3000"),
        filer("2024-07-01", cik="0000000002", sic="4000"),
    ]
    strict = read(store, files, after("2024-02-01"), filer=rows)
    assert strict.filers().select("sic", "hindsight").rows() == [("1000", False)]
    hindsight = store.as_of(after("2024-02-01"), "slow-facts")
    assert hindsight.filers().select("sic", "hindsight").rows() == [
        ("1000", False),
        ("3000", True),
    ]


def test_a_later_pair_stands_in_for_a_ticker_with_its_session(store: Store, files: Path) -> None:
    rows = [
        pair("2024-01-02", 1),
        pair("2024-03-01", 1, "vanished"),
        pair("2024-06-03", 2),
        pair("2024-06-03", 3, ticker="B"),
        pair("2024-07-01", 4, ticker="B"),
    ]
    columns = "ticker", "cik", "session", "hindsight"
    february = read(store, files, after("2024-02-01"), "slow-facts", ticker_cik=rows)
    assert february.ticker_cik().select(columns).rows() == [
        ("A", "0000000001", date(2024, 1, 2), False),
        ("B", "0000000003", date(2024, 6, 3), True),
    ]
    april = store.as_of(after("2024-04-01"), "slow-facts")
    assert april.ticker_cik()["ticker"].to_list() == ["B"]
    assert store.as_of(after("2024-04-01")).ticker_cik().is_empty()


@pytest.mark.parametrize("order", [("alpha", "beta"), ("beta", "alpha")])
def test_of_two_files_known_at_once_the_source_decides_and_not_which_came_first(
    tmp_path: Path, files: Path, order: tuple[str, str]
) -> None:
    with Store(tmp_path / "impartial", precedence=[]) as store:
        for source in order:
            rows = {
                "ticker_cik": [pair("2024-01-02", 1, name=source)],
                "listing": [listing("2024-01-02", name=source)],
            }
            store.ingest([write_file(files / f"x.{source}", **rows)])
        as_of = store.as_of(after("2024-01-02"))
        assert as_of.ticker_cik()["name"].to_list() == ["alpha"]
        assert as_of.listings()["name"].to_list() == ["alpha"]
        assert as_of.listing_history()["name"].to_list() == ["alpha"]


def test_former_names_show_no_future(store: Store, files: Path) -> None:
    def former(name: str, first: str, last: str, known: str, cik: int = 1) -> Row:
        row = {"name": name, "valid_from": first, "valid_to": last, "origin": "edgar"}
        return {"cik": f"{cik:010}", "known_at": known_after(known), **row}

    rows = [
        former("Past", "2020-01-01", "2022-01-01", "2024-01-02"),
        former("Then", "2022-01-01", "2024-06-01", "2024-07-01", 2),
        former("Next", "2024-06-01", "2024-06-15", "2024-07-01", 2),
    ]
    as_of = read(store, files, after("2024-02-01"), "slow-facts", former_name=rows)
    assert as_of.former_names().select("name", "valid_to", "hindsight").rows() == [
        ("Past", date(2022, 1, 1), False),
        ("Then", None, True),
    ]
    assert store.as_of(after("2024-02-01")).former_names()["name"].to_list() == ["Past"]


def test_the_other_tables_are_read_as_of_the_moment_too(store: Store, files: Path) -> None:
    known = {"known_at": "2024-01-03T00:00:00"}
    change = {"effective_on": "2024-01-02", "old_symbol": "A", "new_symbol": "B"}
    as_of = read(
        store,
        files,
        after("2024-01-05"),
        symbol_change=[{**change, **known}],
        place=[{"code": "DE", "place": "Delaware", **known}],
        fund_snapshot=[{"asof": "2024-01-02", "fund": "IWM", **known}],
    )
    before = store.as_of(datetime(2024, 1, 2, tzinfo=UTC))
    for name in ("symbol_changes", "places", "fund_snapshots"):
        assert getattr(as_of, name)().height == 1
        assert getattr(before, name)().is_empty()


def test_marks_of_a_life_are_those_known_of_the_first_source(store: Store, files: Path) -> None:
    def cap(session: str, close: float) -> Row:
        return quote(session, close=close, market_cap=close * 10)

    store.ingest(
        [
            write_file(files / "x.beta", quote=[cap("2024-01-02", 9.0), cap("2024-01-09", 9.0)]),
            write_file(files / "y.alpha", quote=[cap("2024-01-02", 1.0), cap("2024-01-09", 2.0)]),
        ]
    )
    life = pl.DataFrame(
        {"life": [7], "symbol": ["A"], "first": [date(2024, 1, 2)], "gone": [date(2024, 1, 10)]}
    )
    marks = store.as_of(LATER).life_marks(life)
    assert marks.select("life", "first_close", "first_shares", "last_close").rows() == [
        (7, 1.0, 10.0, 2.0)
    ]
    early = store.as_of(after("2024-01-04")).life_marks(life)
    assert early["last_close"].to_list() == [1.0]


def test_marks_of_a_life_without_a_cap_are_its_closes(store: Store, files: Path) -> None:
    def day(session: str, close: float, cap: float | None, volume: int) -> Row:
        return quote(session, close=close, market_cap=cap, volume=volume)

    store.ingest(
        [
            write_file(
                files / "x.alpha",
                quote=[
                    day("2024-01-02", 1.0, None, 10),
                    day("2024-01-03", 2.0, 40.0, 10),
                    day("2024-01-08", 3.0, 0.0, 200),
                    day("2024-01-09", 4.0, None, 100),
                ],
            )
        ]
    )
    life = pl.DataFrame(
        {"life": [7], "symbol": ["A"], "first": [date(2024, 1, 2)], "gone": [date(2024, 1, 10)]}
    )
    marks = store.as_of(LATER).life_marks(life).row(0, named=True)
    # With a cap where any session near the end has one.
    assert (marks["first_close"], marks["first_shares"]) == (2.0, 20.0)
    assert (marks["last_close"], marks["last_shares"]) == (2.0, 20.0)
    assert marks["last_dollars"] == 600.0
    late = life.with_columns(first=pl.lit(date(2024, 1, 8)), gone=pl.lit(date(2024, 1, 18)))
    marks = store.as_of(LATER).life_marks(late.with_columns(gone=pl.lit(date(2024, 1, 19))))
    assert marks.select("first_close", "first_shares").rows() == [(3.0, None)]
    assert marks.select("last_close", "last_shares", "last_dollars").rows() == [(4.0, None, 400.0)]
