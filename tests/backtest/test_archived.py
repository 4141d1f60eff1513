from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_run import DAY, small_run, small_securities

from recon.backtest import official as lists
from recon.backtest.archived import score_archived, tell
from recon.backtest.calls import calls_of_run, chances_of_run
from recon.backtest.judge import judge
from recon.backtest.official import ACTIONS, Official
from recon.backtest.score import figures
from recon.calendar import Event, event
from recon.errors import InputError, NoDataError
from recon.pipeline import Run
from recon.publish.archive import Archived, archived, keep
from recon.publish.candidates import candidates

MADE = datetime(2024, 5, 1, 12, tzinfo=UTC)


def put(folder: Path, run: Run, made: datetime = MADE) -> Archived:
    name = keep(folder, run, candidates(run), None, made)
    return next(one for one in archived(folder) if one.name == name)


def official() -> Official:
    """FFF, JJJ and a name without a line enter; GGG and III leave."""
    names = pl.DataFrame(
        [("add", "FFF"), ("add", "JJJ"), ("add", "NOPE"), ("delete", "GGG"), ("delete", "III")],
        schema=["action", "ticker"],
        orient="row",
    ).join(
        small_securities().select("security_id", ticker="symbol"),
        on="ticker",
        how="left",
        maintain_order="left",
    )
    return Official(
        event("2024-06"),
        names.with_columns(name=pl.lit(None, pl.String)),
        {"add": "final", "delete": "final"},
        small_securities(),
    )


def test_an_archived_run_scores_as_the_run_did(tmp_path: Path) -> None:
    run, of = small_run(), official()
    calls, chances = calls_of_run(run, of.securities), chances_of_run(run)
    told = tell(put(tmp_path, run), of)
    for action in ACTIONS:
        assert told.figures[action] == figures([judge(run, of, action, calls, chances)])
    assert told.figures["add"].hits == 1
    assert told.figures["add"].rules_average_precision is not None


def test_nothing_that_came_later_moves_a_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = put(tmp_path, small_run())
    before = tell(one, official())

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing is computed again")

    for name in ("candidates", "company_rows"):
        monkeypatch.setattr(f"recon.backtest.calls.{name}", refuse)
    assert tell(one, official()) == before


def test_how_long_before_and_whether_it_is_a_replay(tmp_path: Path) -> None:
    early = put(tmp_path, small_run(as_of=date(2024, 4, 24), session=date(2024, 4, 24)))
    assert tell(early, official()).sessions_before == 4
    assert not tell(early, official()).replayed
    late = put(tmp_path, small_run(), MADE + timedelta(days=365))
    assert tell(late, official()).sessions_before == 0
    assert tell(late, official()).replayed


def test_runs_that_saw_the_preliminary_list_are_no_forecasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(_store: object, of: Event, securities: object) -> Official:
        if of.id != "2024-06":
            raise NoDataError("the store has no official list of lines to add")
        return official()

    monkeypatch.setattr(lists, "history", lambda *_: None)
    monkeypatch.setattr(lists, "official", found)
    runs = [
        put(tmp_path, small_run(as_of=day)) for day in (DAY, date(2024, 5, 23), date(2024, 5, 24))
    ]
    runs.append(put(tmp_path, small_run(event=event("2026-11"))))
    store: Any = None
    tally = score_archived(store, runs)
    assert [one.run.as_of for one in tally.told] == [DAY, date(2024, 5, 23)]
    assert [one.as_of for one in tally.late] == [date(2024, 5, 24)]
    assert tally.open == {"2026-11": "the store has no official list of lines to add"}
    with pytest.raises(InputError, match="no forecast"):
        tell(runs[2], official())
