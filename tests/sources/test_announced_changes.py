from datetime import date, datetime

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.announced_changes import SOURCE
from recon.sources.base import Seen

HEAD = "recon,index,action,ticker,name,list_date,preliminary_or_final,source,kind"


def row(
    month="2024-06",
    said="final",
    day="2024-06-28",
    ticker="RBRK",
    kind="reconstitution",
    index="R3000",
    action="add",
):
    return f'{month},{index},{action},{ticker},"RUBRIK, INC",{day},"{said}",somewhere,{kind}'


def read(folder, *rows):
    path = folder / "table.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    assert SOURCE.recognise(path)
    (chunk,) = SOURCE.read(path, Seen())
    return chunk


@pytest.mark.parametrize(
    ("line", "event", "stage", "listed_on", "known_at"),
    [
        (row(), "2024-06", "final", "2024-06-28", "2024-06-28T22:00"),
        (
            row("2018-06", "final(last update of list titled preliminary, captured)", "2018-06-22"),
            "2018-06",
            "final",
            "2018-06-22",
            "2018-06-22T22:00",
        ),
        (
            row("2020-06", "preliminary(update 1 week before effective)", "2020-06-19"),
            "2020-06",
            "updated",
            "2020-06-19",
            "2020-06-19T22:00",
        ),
        (row(said="preliminary"), "2024-06", "preliminary", "2024-05-24", "2024-05-24T22:00"),
        (
            row("2025-12", day="2025-12-22", kind="ipo_addition"),
            "ipo:2025-12",
            "final",
            "2025-11-21",
            "2025-11-21T23:00",
        ),
    ],
)
def test_when_a_list_was_known(tmp_path, line, event, stage, listed_on, known_at):
    rows = read(tmp_path, line).rows
    assert rows.select("event", "stage", "listed_on", "known_at").rows() == [
        (event, stage, date.fromisoformat(listed_on), datetime.fromisoformat(known_at))
    ]
    assert rows["name"].to_list() == ["RUBRIK, INC"]


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (row(ticker="RB RK"), "ticker|regex"),
        (row(ticker=""), "ticker|nullability"),
        (row(action="move"), "action|dtype"),
        (row(said="rumour"), "stage|nullability"),
        (row("1999-06"), "listed_on|nullability"),
        (row("June 2024"), "event|regex"),
        (row(said="preliminary(update)", day="2024-06-11"), "listed_on|nullability"),
    ],
)
def test_a_row_that_cannot_be_dated_or_breaks_the_contract_is_rejected(tmp_path, bad, rule):
    chunk = read(tmp_path, row(ticker="LOAR"), bad)
    assert chunk.rows["ticker"].to_list() == ["LOAR"]
    assert chunk.rejected["rule"].to_list() == [rule]


def test_a_repeated_row_is_skipped(tmp_path):
    chunk = read(tmp_path, row(), row(), row(action="delete"))
    assert (chunk.rows.height, chunk.skipped) == (2, 1)


def test_a_damaged_table_is_refused(tmp_path):
    with pytest.raises(RefusedFileError) as raised:
        read(tmp_path, row() + ",too,many,cells")
    assert raised.value.field == "line"


def test_other_files_are_not_recognised(tmp_path):
    path = tmp_path / "announced_changes.csv"
    path.write_text("recon,ticker_norm,from_index,to_index,method\n")
    assert not SOURCE.recognise(path)
    assert not SOURCE.recognise(tmp_path)


@pytest.mark.realdata
def test_the_real_table(real_data):
    path = real_data / "membership" / "announced_changes.csv"
    assert SOURCE.recognise(path)
    (chunk,) = SOURCE.read(path, Seen())
    assert (chunk.rows.height, chunk.skipped, chunk.rejected.height) == (4_351, 0, 0)
    counts = chunk.rows.filter(index="R3000").group_by("event", "action").len()
    found = {(e, str(a)): n for e, a, n in counts.rows()}
    expected = {
        "2016-06": (183, 129),
        "2017-06": (195, 108),
        "2018-06": (182, None),
        "2019-06": (181, None),
        "2020-06": (203, 143),
        "2021-06": (254, 293),
        "2022-06": (292, 299),
        "2023-06": (281, 173),
        "2024-06": (215, 144),
        "2025-06": (228, 152),
        "ipo:2025-09": (22, None),
        "ipo:2025-12": (23, None),
        "ipo:2026-03": (11, None),
    }
    assert {
        event: (found.get((event, "add")), found.get((event, "delete"))) for event in expected
    } == expected
    assert len({event for event, _ in found}) == len(expected)
    updated = chunk.rows.filter(stage="updated").select("event", "index", "listed_on").unique()
    assert set(updated.rows()) == {
        ("2020-06", "R3000", date(2020, 6, 19)),
        ("2022-06", "RMICRO", date(2022, 6, 17)),
    }
    assert chunk.rows.filter(pl.col("known_at").dt.hour() < 22).is_empty()
