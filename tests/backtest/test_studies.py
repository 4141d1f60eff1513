"""Studies are kept one by one, and what was kept is what was studied."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from small_study import small_store, studied

from recon.backtest import studies as room
from recon.backtest.findings import EventStudy
from recon.backtest.moment import Cell
from recon.backtest.studies import studies
from recon.backtest.terms import Terms
from recon.errors import NoDataError

CELLS = [Cell("2024-06", lead, kind) for lead in (0, 5) for kind in ("strict", "slow-facts")]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EventStudy]:
    store = small_store(tmp_path_factory.mktemp("kept"))
    return store.path, studied(store)


def test_a_run_that_was_stopped_goes_on_where_it_was(
    one: tuple[Path, EventStudy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, found = one
    done: list[Cell] = []

    def study_cell(_store: object, cell: Cell, _terms: Terms, **_: object) -> EventStudy:
        if len(done) == 2:
            done.clear()
            raise KeyboardInterrupt
        done.append(cell)
        return found

    monkeypatch.setattr(room, "study_cell", study_cell)
    told: list[tuple[int, int]] = []
    with pytest.raises(KeyboardInterrupt):
        studies(store, CELLS, Terms(), tmp_path, progress=lambda *at: told.append(at))
    assert told == [(0, 4), (1, 4), (2, 4)]
    whole = studies(store, CELLS, Terms(), tmp_path, progress=lambda *at: told.append(at))
    assert done == CELLS[2:]
    assert told[3:] == [(2, 4), (3, 4), (4, 4)]
    kinds = [(study.hindsight, study.lead) for study in whole]
    assert kinds == [("strict", 0), ("strict", 5), ("slow-facts", 0), ("slow-facts", 5)]
    (read,) = whole[0].events
    assert_frame_equal(read.outcomes, found.outcomes)
    assert (read.windows, read.remarks, read.run_id) == (
        found.windows,
        found.remarks,
        found.run_id,
    )


def test_nothing_to_study_is_said(one: tuple[Path, EventStudy], tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match="begin too late"):
        studies(one[0], [], Terms(), tmp_path)
