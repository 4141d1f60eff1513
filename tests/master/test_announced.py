"""The official list that counts, and the lines that its names mean."""

from datetime import date
from types import SimpleNamespace

import polars as pl
from small_run import small_lines, small_securities

from recon.calendar import event
from recon.master.announced import announced, newest

JUNE = event("2024-06")
FIRST, UPDATE, LATER = date(2024, 5, 24), date(2024, 5, 31), date(2024, 6, 7)
MASTER = SimpleNamespace(lines=small_lines(), securities=small_securities())
SCHEMA = {
    "index": pl.String,
    "action": pl.String,
    "ticker": pl.String,
    "stage": pl.String,
    "listed_on": pl.Date,
}


def lists(*rows: tuple[str, str, str, str, date]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(name=pl.lit("X"))


def test_the_latest_day_of_the_latest_stage_counts_for_each_action() -> None:
    found = newest(
        lists(
            ("R3000", "add", "FFF", "preliminary", FIRST),
            ("R3000", "add", "JJJ", "updated", UPDATE),
            ("R3000", "add", "MMM", "updated", LATER),
            ("R3000", "delete", "III", "preliminary", FIRST),
        )
    )
    assert set(found.select("action", "ticker", "stage").iter_rows()) == {
        ("add", "MMM", "updated"),
        ("delete", "III", "preliminary"),
    }


def test_before_any_list_it_is_a_forecast() -> None:
    found = announced(lists(), JUNE, MASTER)  # type: ignore[arg-type]
    assert found.status == "forecast"
    assert found.names.is_empty()


def test_names_mean_lines_in_any_spelling_or_none() -> None:
    found = announced(
        lists(
            ("R3000", "add", "FFF", "preliminary", FIRST),
            ("R3000", "delete", "BBB.B", "preliminary", FIRST),
            ("R3000", "add", "ZZZZ", "preliminary", FIRST),
            ("RMICRO", "add", "JJJ", "preliminary", FIRST),
        ),
        JUNE,
        MASTER,  # type: ignore[arg-type]
    )
    assert found.status == "preliminary"
    assert set(found.names.select("ticker", "company_id").iter_rows()) == {
        ("FFF", "name:F"),
        ("BBB.B", "name:B"),
        ("ZZZZ", None),
    }
