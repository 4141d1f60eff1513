from datetime import date, datetime

import polars as pl
import pytest

from recon.calendar import end_of_day, event
from recon.errors import RefusedFileError
from recon.sources import recognise
from recon.sources.base import Seen
from recon.sources.derived_migrations import SOURCE

HEAD = "recon,ticker_norm,from_index,to_index,method"
OFFICIAL = "before=IWB 2022-06-10; after=official lists"
FUNDS = "before=IWB 2023-06-08+IWM 2023-05-31; after=IWB 2023-09-27, IWM 2023-07-31"


def row(month="2022-06", ticker="AAA", source="R1000", target="R2000", method=OFFICIAL):
    return f'{month},{ticker},{source},{target},"{method}"'


def read(folder, *rows):
    path = folder / "moves.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    assert recognise(path) is SOURCE
    (chunk,) = SOURCE.read(path, Seen())
    return chunk


@pytest.mark.parametrize(
    ("line", "known_at"),
    [
        (row(), "2022-07-25T03:59:59.999999"),
        (row("2023-06", method=FUNDS), "2023-10-28T03:59:59.999999"),
        (row("2022-06", method="after=IWB 2021-01-04"), "2022-07-25T03:59:59.999999"),
        (row("2022-06", method="after=IWB 2022-13-44"), "2022-07-25T03:59:59.999999"),
    ],
)
def test_a_label_is_known_a_month_after_the_newest_list(tmp_path, line, known_at):
    rows = read(tmp_path, line).rows
    assert rows["known_at"].to_list() == [datetime.fromisoformat(known_at)]
    assert rows.select("from_index", "to_index").rows() == [("R1000", "R2000")]


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (row("1999-06"), "known_at|nullability"),
        (row("June"), "event|regex"),
        (row(ticker="BBB", source="R2000"), "moves"),
        (row(ticker="BBB", target="R3000"), "to_index|dtype"),
        (row(ticker=""), "ticker|nullability"),
    ],
)
def test_a_row_that_is_no_move_is_rejected(tmp_path, bad, rule):
    chunk = read(tmp_path, row(), bad)
    assert chunk.rows["ticker"].to_list() == ["AAA"]
    assert chunk.rejected["rule"].to_list() == [rule]


def test_a_repeated_row_is_skipped(tmp_path):
    chunk = read(tmp_path, row(), row())
    assert (chunk.rows.height, chunk.skipped) == (1, 1)


def test_a_damaged_table_is_refused(tmp_path):
    with pytest.raises(RefusedFileError):
        read(tmp_path, row() + ",too,many,cells")


@pytest.mark.realdata
def test_no_forecast_of_an_event_can_see_its_own_moves(real_data):
    path = real_data / "membership" / "derived_migrations.csv"
    (chunk,) = SOURCE.read(path, Seen())
    assert chunk.rejected.is_empty()
    assert chunk.rows.height == 582
    for month, known_at in chunk.rows.group_by("event").agg(pl.col("known_at").min()).rows():
        effective = event(month).effective
        assert effective is not None
        assert known_at > end_of_day(effective).replace(tzinfo=None)
    seen = chunk.rows.filter(pl.col("known_at") <= datetime.fromisoformat("2023-07-31T00:00"))
    assert seen["event"].max() == "2022-06"
    assert event("2023-06").effective == date(2023, 6, 23)
