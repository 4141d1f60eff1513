"""From a printed ticker and its date to the security that bore it then."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.master.resolve import BEFORE_HISTORY_DAYS, NEAR_DAYS, resolve

BEGIN = date(2021, 1, 29)
LIVES = {
    "life": pl.String,
    "security_id": pl.String,
    "symbol": pl.String,
    "first": pl.Date,
    "gone": pl.Date,
}


def lives(*rows):
    """`(symbol, first, gone)`, optionally with the id of the security's first life."""

    def day(text):
        return None if text is None else date.fromisoformat(text)

    full = [
        (f"{s}:{first}", *(own or [f"{s}:{first}"]), s, day(first), day(gone))
        for s, first, gone, *own in rows
    ]
    return pl.DataFrame(full, schema=LIVES, orient="row")


def found(ticker, day, securities):
    asked = pl.DataFrame({"ticker": [ticker], "day": [date.fromisoformat(day)]})
    return resolve(asked, securities)["security_id"].item()


CLASSES = lives(
    ("BRK/A", "2021-01-29", None),
    ("BRK/B", "2021-01-29", None),
    ("BF/B", "2021-01-29", None),
    ("GOOGL", "2021-01-29", None),
    ("GOOG", "2021-01-29", None),
)


@pytest.mark.parametrize(
    ("ticker", "symbol"),
    [
        ("BRK.B", "BRK/B"),
        ("BRK/B", "BRK/B"),
        ("BRK-B", "BRK/B"),
        ("BRKB", "BRK/B"),
        ("BRK.A", "BRK/A"),
        ("BF-B", "BF/B"),
        ("BFB", "BF/B"),
        ("GOOG", "GOOG"),
        ("GOOGL", "GOOGL"),
    ],
)
def test_every_spelling_finds_its_class(ticker, symbol):
    assert found(ticker, "2024-06-28", CLASSES) == f"{symbol}:2021-01-29"


@pytest.mark.parametrize("ticker", ["BRK", "GOO", "NONE", "BRK.C"])
def test_what_nobody_bears_stays_unresolved(ticker):
    assert found(ticker, "2024-06-28", CLASSES) is None


@pytest.mark.parametrize("root", ["TA", "VNOM", "BHRB"])
def test_a_preferred_is_never_taken_for_a_common(root):
    preferred = {"TA": "T^A", "VNOM": "VNO^M", "BHRB": "BHR^B"}[root]
    both = lives((preferred, "2021-01-29", None), (root, "2021-01-29", None))
    assert found(root, "2024-06-28", both) == f"{root}:2021-01-29"
    assert found(root, "2024-06-28", both.head(1)) is None


def test_an_exact_spelling_wins_over_a_bare_one():
    both = lives(("XMR/A", "2021-01-29", None), ("XMRA", "2021-01-29", None))
    assert found("XMRA", "2024-06-28", both) == "XMRA:2021-01-29"
    assert found("XMR/A", "2024-06-28", both) == "XMR/A:2021-01-29"


REUSED = lives(
    ("META", "2021-06-30", "2022-01-31"),
    ("META", "2022-06-09", None, "FB:2021-01-29"),
    ("FB", "2021-01-29", "2022-06-09"),
)


@pytest.mark.parametrize(
    ("day", "security"),
    [
        ("2021-12-31", "META:2021-06-30"),
        ("2022-01-31", "META:2021-06-30"),
        ("2022-02-10", "META:2021-06-30"),
        ("2022-03-31", None),
        ("2022-06-01", "FB:2021-01-29"),
        ("2022-06-24", "FB:2021-01-29"),
        ("2021-06-25", "META:2021-06-30"),
        ("2021-05-07", None),
    ],
)
def test_a_reused_ticker_belongs_to_who_bore_it_then(day, security):
    assert found("META", day, REUSED) == security


def test_a_renamed_security_is_one_under_both_tickers():
    assert found("FB", "2022-05-06", REUSED) == found("META", "2024-04-30", REUSED)


@pytest.mark.parametrize(
    ("days", "resolves"), [(1, True), (BEFORE_HISTORY_DAYS, True), (BEFORE_HISTORY_DAYS + 1, False)]
)
def test_lists_from_before_the_first_session(days, resolves):
    day = (BEGIN - timedelta(days=days)).isoformat()
    assert (found("GOOG", day, CLASSES) is not None) is resolves


def test_only_what_was_there_at_the_beginning_reaches_back():
    later = lives(("OLD", "2021-01-29", None), ("NEW", "2021-03-01", None))
    assert found("NEW", "2020-06-26", later) is None
    assert found("OLD", "2020-06-26", later) == "OLD:2021-01-29"


@pytest.mark.parametrize(
    ("day", "resolves"),
    [
        ("2023-06-30", True),
        ("2023-07-01", True),
        ("2023-07-11", True),
        ("2023-07-12", False),
        ("2022-12-24", True),
        ("2022-12-23", False),
    ],
)
def test_lists_name_tickers_shortly_before_and_after_they_trade(day, resolves):
    securities = lives(("OLD", "2021-01-29", None), ("AAA", "2023-01-03", "2023-07-01"))
    assert (found("AAA", day, securities) is not None) is resolves


def test_rows_and_their_other_columns_stay_in_order():
    asked = pl.DataFrame(
        {
            "ticker": ["GOOG", "NONE", "BRK.B", "GOOG"],
            "name": ["a", "b", "c", "d"],
            "day": [date(2024, 6, 28), date(2024, 6, 28), date(2023, 6, 28), date(2010, 1, 4)],
        }
    )
    answer = resolve(asked, CLASSES)
    assert answer["name"].to_list() == ["a", "b", "c", "d"]
    assert answer["security_id"].to_list() == [
        "GOOG:2021-01-29",
        None,
        "BRK/B:2021-01-29",
        None,
    ]


def test_nothing_to_resolve_and_nobody_to_find():
    asked = pl.DataFrame({"ticker": ["GOOG"], "day": [date(2024, 6, 28)]})
    assert resolve(asked.clear(), CLASSES).is_empty()
    assert resolve(asked, CLASSES.clear())["security_id"].to_list() == [None]


@given(
    day=st.dates(date(2021, 1, 29), date(2024, 12, 31)),
    later=st.dates(date(2021, 2, 1), date(2025, 12, 31)),
)
def test_lives_that_begin_well_after_a_day_do_not_change_its_answer(day, later):
    """What is known later may not change what a list of an earlier day means."""
    begins = max(later, day + timedelta(days=NEAR_DAYS + 1))
    newcomer = lives(("META", begins.isoformat(), None))
    asked = day.isoformat()
    past = REUSED.filter(pl.col("first") <= day)
    if past.is_empty():
        return
    assert found("META", asked, pl.concat([past, newcomer])) == found("META", asked, past)
