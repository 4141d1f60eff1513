from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from small_run import small_securities

from recon.backtest.official import Official, check_event, check_forecast, official
from recon.calendar import event
from recon.errors import InputError, NoDataError

JUNE = event("2024-06")
Row = tuple[str, str, str, date, str]
FINAL = date(2024, 6, 28)


class MadeUpStore:
    """Answers with announcements made by hand."""

    def __init__(self, *rows: Row, event: str = "2024-06") -> None:
        columns = ["action", "ticker", "stage", "listed_on", "origin"]
        self.rows = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
            event=pl.lit(event), index=pl.lit("R3000"), name=pl.lit(None, pl.String)
        )
        self.moments: list[datetime] = []

    def newest_session(self) -> date:
        return date(2024, 4, 30)

    def as_of(self, moment: datetime) -> Any:
        self.moments.append(moment)
        return SimpleNamespace(announcements=lambda name: self.rows.filter(pl.col("event") == name))


def names(found: Official, action: str) -> list[tuple[str, str | None]]:
    own = found.names.filter(pl.col("action") == action)
    return list(own.select("ticker", "security_id").iter_rows())


def listed(*rows: Row, securities: pl.DataFrame | None = None) -> Official:
    known = small_securities() if securities is None else securities
    return official(MadeUpStore(*rows), JUNE, known)  # type: ignore[arg-type]


def test_one_line_from_several_files_and_spellings_counts_once() -> None:
    found = listed(
        ("add", "BBB/A", "final", FINAL, "a.csv"),
        ("add", "BBB.A", "final", FINAL, "a.pdf"),
        ("add", "BBBA", "final", FINAL, "b.csv"),
        ("add", "JJJ", "final", FINAL, "a.csv"),
        ("delete", "CCC", "final", FINAL, "a.csv"),
    )
    assert [security for _, security in names(found, "add")] == [
        "BBB/A:2021-01-29",
        "JJJ:2021-01-29",
    ]
    assert "2 lines to add (list final)" in found.remark


def test_the_final_list_counts_and_the_newest_of_a_stage() -> None:
    found = listed(
        ("add", "JJJ", "preliminary", date(2024, 5, 24), "p"),
        ("add", "FFF", "final", FINAL, "f"),
        ("delete", "CCC", "updated", date(2024, 6, 14), "u"),
        ("delete", "III", "updated", date(2024, 6, 21), "u"),
        ("delete", "KKK", "preliminary", date(2024, 5, 24), "p"),
    )
    assert [ticker for ticker, _ in names(found, "add")] == ["FFF"]
    assert [ticker for ticker, _ in names(found, "delete")] == ["III"]
    assert found.stages == {"add": "final", "delete": "updated"}
    assert "1 lines to delete (list updated, the final one is not in the store)" in found.remark


def test_a_ticker_that_came_after_rank_day_leads_to_the_line_of_rank_day() -> None:
    known = small_securities()
    renamed = known.filter(pl.col("symbol") == "JJJ").with_columns(
        life=pl.lit("NEWJ:2024-06-20"), symbol=pl.lit("NEWJ"), first=pl.lit(date(2024, 6, 20))
    )
    found = listed(
        ("add", "NEWJ", "final", FINAL, "f"),
        ("delete", "CCC", "final", FINAL, "f"),
        securities=pl.concat([known, renamed]),
    )
    assert names(found, "add") == [("NEWJ", "JJJ:2021-01-29")]


def test_rank_day_goes_before_the_effective_day() -> None:
    known = small_securities()
    gone = known.with_columns(
        gone=pl.when(pl.col("symbol") == "JJJ").then(date(2024, 6, 3)).otherwise("gone")
    )
    taken_over = known.filter(pl.col("symbol") == "JJJ").with_columns(
        life=pl.lit("JJJ:2024-06-20"),
        security_id=pl.lit("JJJ:2024-06-20"),
        first=pl.lit(date(2024, 6, 20)),
    )
    found = listed(
        ("add", "JJJ", "final", FINAL, "f"),
        ("delete", "CCC", "final", FINAL, "f"),
        securities=pl.concat([gone, taken_over]),
    )
    assert names(found, "add") == [("JJJ", "JJJ:2021-01-29")]


def test_names_that_resolve_to_nothing_stay_and_count_apart() -> None:
    found = listed(
        ("add", "NOPE", "final", FINAL, "f"),
        ("add", "NADA", "final", FINAL, "f"),
        ("delete", "CCC", "final", FINAL, "f"),
    )
    assert names(found, "add") == [("NADA", None), ("NOPE", None)]


def test_the_list_is_read_when_it_is_known() -> None:
    store = MadeUpStore(("add", "JJJ", "final", FINAL, "f"), ("delete", "CCC", "final", FINAL, "f"))
    official(store, JUNE, small_securities())  # type: ignore[arg-type]
    assert all(moment.date() >= FINAL for moment in store.moments)


def test_without_a_list_of_either_side_there_is_no_score() -> None:
    with pytest.raises(NoDataError, match="to delete"):
        listed(("add", "JJJ", "final", FINAL, "f"))


def test_parallel_runs_have_no_lists() -> None:
    with pytest.raises(InputError, match="no official lists"):
        check_event(event("shadow:2025-11"))


def test_who_needs_deletions_takes_no_ipo_event() -> None:
    check_event(event("ipo:2025-12"))
    with pytest.raises(InputError, match="only a reconstitution"):
        check_event(event("ipo:2025-12"), ("recon",))


def test_an_ipo_event_needs_no_deletions() -> None:
    store = MadeUpStore(("add", "JJJ", "final", FINAL, "f"), event="ipo:2024-09")
    found = official(store, event("ipo:2024-09"), small_securities())  # type: ignore[arg-type]
    assert found.stages == {"add": "final"}
    assert names(found, "add") == [("JJJ", "JJJ:2021-01-29")]


def test_from_the_preliminary_date_on_a_list_is_no_forecast() -> None:
    check_forecast(JUNE, date(2024, 5, 23))
    for day in (date(2024, 5, 24), date(2024, 6, 28)):
        with pytest.raises(InputError, match="no forecast"):
            check_forecast(JUNE, day)
