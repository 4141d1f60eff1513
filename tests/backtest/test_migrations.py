from datetime import date

import polars as pl
import pytest
from small_run import small_run, small_securities

from recon.backtest.migrations import MigrationScore, score_migrations
from recon.calendar import event

# The rules move CCC up and nobody down.
LABELS = {"event": pl.String, "ticker": pl.String, "from_index": pl.String, "to_index": pl.String}


def score(
    *moves: tuple[str, str], securities: pl.DataFrame | None = None, of: str = "2024-06"
) -> tuple[dict[str, MigrationScore], pl.DataFrame]:
    rows = [
        (of, ticker, *(("R2000", "R1000") if way == "up" else ("R1000", "R2000")))
        for ticker, way in moves
    ]
    labels = pl.DataFrame(rows, schema=LABELS, orient="row")
    known = small_securities() if securities is None else securities
    scores, names = score_migrations(small_run(), labels, known)
    return {one.direction: one for one in scores}, names


def test_what_the_run_calls() -> None:
    _, names = score(("CCC", "up"))
    assert names.select("direction", "symbol", "official", "called").rows() == [
        ("up", "CCC", True, True)
    ]


def test_up_and_down_apart() -> None:
    found, names = score(("CCC", "up"), ("EEE", "up"), ("DDD", "down"))
    up, down = found["up"], found["down"]
    assert (up.labels, up.called, up.hits, up.precision, up.recall) == (2, 1, 1, 1.0, 0.5)
    assert (down.labels, down.called, down.precision, down.recall) == (1, 0, None, 0.0)
    wrong = names.filter(pl.col("official") != pl.col("called"))
    assert wrong.select("direction", "symbol", "official").rows() == [
        ("up", "EEE", True),
        ("down", "DDD", True),
    ]
    assert names["symbol"].to_list() == ["EEE", "CCC", "DDD"]


def test_a_label_is_found_by_its_bare_ticker_and_once_a_company() -> None:
    found, names = score(("BBBA", "down"), ("BBBB", "down"))
    assert found["down"].labels == 1
    assert names.filter(pl.col("direction") == "down")["name"].to_list() == ["name:B Inc."]


def test_labels_that_nobody_could_have_called_are_noise() -> None:
    found, names = score(("CCC", "up"), ("NOPE", "up"), ("AAA", "up"), ("NNNWS", "up"))
    up = found["up"]
    assert (up.labels, up.hits, up.noise) == (4, 1, 3)
    assert (up.recall, up.recall_clean) == (0.25, 1.0)
    notes = dict(names.drop_nulls("note").select("symbol", "note").iter_rows())
    assert notes == {
        "NOPE": "no line of this ticker",
        "NNNWS": "no company on rank day",
        "AAA": "not in the index it leaves",
    }


@pytest.mark.parametrize(
    ("gone", "ended"), [(date(2024, 6, 3), 1), (date(2024, 7, 1), 0), (None, 0)]
)
def test_a_call_of_a_line_that_ended_is_counted_apart(gone: date | None, ended: int) -> None:
    known = small_securities().with_columns(
        gone=pl.when(pl.col("symbol") == "CCC").then(pl.lit(gone, pl.Date)).otherwise("gone")
    )
    found, _ = score(("EEE", "up"), securities=known.filter(pl.col("symbol") != "OLDC"))
    up = found["up"]
    assert (up.ended, up.precision) == (ended, 0.0)
    assert up.precision_clean == (None if ended else 0.0)


def test_labels_of_another_event_are_none() -> None:
    found, names = score(("CCC", "up"), of="2023-06")
    assert found == {}
    assert names["official"].to_list() == [False]


@pytest.mark.parametrize("ticker", ["CCC", "OLDC"])
def test_a_label_may_bear_the_ticker_of_either_day(ticker: str) -> None:
    known = small_securities()
    renamed = known.with_columns(
        first=pl.when(pl.col("symbol") == "CCC").then(date(2024, 6, 3)).otherwise("first"),
        gone=pl.when(pl.col("symbol") == "OLDC").then(date(2024, 6, 3)).otherwise("gone"),
    )
    assert event("2024-06").effective == date(2024, 6, 28)
    found, _ = score((ticker, "up"), securities=renamed)
    assert found["up"].hits == 1
