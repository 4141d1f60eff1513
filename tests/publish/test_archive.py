from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_run import small_run

from recon.errors import StoreError
from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish import archive as room
from recon.publish.archive import archived, keep, name_of, previous
from recon.publish.candidates import candidates, company_rows
from recon.publish.sides import STAND_IN
from recon.publish.universe import UNIVERSE, universe

MADE = datetime(2024, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2024, 5, 2, 12, tzinfo=UTC)


def put(folder: Path, run: Run, made: datetime = MADE) -> str:
    return keep(folder, run, candidates(run), None, made)


def held(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.parquet")}


def test_a_run_is_kept_whole_and_read_back(tmp_path: Path) -> None:
    run = small_run()
    name = put(tmp_path, run)
    (one,) = archived(tmp_path)
    assert (one.name, one.run_id, one.event) == (name, run.run_id, "2024-06")
    assert (one.as_of, one.data_cutoff, one.made_at) == (run.as_of, run.session, MADE)
    assert name.startswith(f"{run.run_id}_{one.model_version}_")
    assert_frame_equal(one.rows(), candidates(run), check_exact=True)
    assert_frame_equal(one.universe(), universe(run), check_exact=True)


def test_the_same_run_again_changes_nothing(tmp_path: Path) -> None:
    run = small_run()
    put(tmp_path, run)
    before = held(tmp_path)
    assert len(before) == 2
    put(tmp_path, run, LATER)
    assert held(tmp_path) == before


def test_the_last_bits_of_a_chance_make_no_other_run(tmp_path: Path) -> None:
    run, chance = small_run(), pl.col("probability")
    rows = candidates(run)
    names = {
        name_of(run, rows.with_columns(chance * factor), None) for factor in (1, 1 - 1e-15, 0.999)
    }
    assert len(names) == 2
    assert name_of(run, rows, None) in names


def test_other_content_of_the_same_run_stands_beside_it(tmp_path: Path) -> None:
    run = small_run()
    put(tmp_path, run)
    before = held(tmp_path)
    keep(tmp_path, run, candidates(run).with_columns(probability=pl.lit(0.5)), None, LATER)
    after = held(tmp_path)
    assert len(after) == 4
    assert before.items() <= after.items()


def test_a_kill_leaves_no_half_run_and_the_next_one_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real = small_run(), room.write_atomic

    def killed(path: Path, content: bytes) -> None:
        if path.parent == tmp_path:  # the list, which comes last
            path.with_name(f".{path.name}.x1y2").write_bytes(content[:100])
            raise KeyboardInterrupt
        real(path, content)

    monkeypatch.setattr(room, "write_atomic", killed)
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, run)
    assert archived(tmp_path) == []
    monkeypatch.setattr(room, "write_atomic", real)
    put(tmp_path, run, LATER)
    (one,) = archived(tmp_path)
    assert one.made_at == MADE
    assert_frame_equal(one.rows(), candidates(run))


def test_a_list_without_its_chances_is_named(tmp_path: Path) -> None:
    put(tmp_path, small_run())
    (one,) = archived(tmp_path)
    one.universe_file.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        archived(tmp_path)


def test_the_universe_holds_every_company_and_line() -> None:
    run = small_run()
    whole = universe(run)
    assert dict(whole.schema) == UNIVERSE
    assert whole["line"].to_list() == run.lines["symbol"].to_list()
    for index in ("R1000", "R2000", "R3000"):
        said = dict(whole.select("company_id", f"chance_{index.lower()}").iter_rows())
        rows = company_rows(run).filter(pl.col("index") == index)
        assert dict(rows.select("company_id", "probability").iter_rows()) == {
            name: chance for name, chance in said.items() if chance is not None
        }


def test_the_run_before_is_of_the_past_of_the_same_event_and_hindsight(tmp_path: Path) -> None:
    days = [date(2024, 4, 26), date(2024, 4, 29), date(2024, 4, 30)]
    names = {day: put(tmp_path, small_run(as_of=day)) for day in days}
    put(tmp_path, small_run(as_of=days[1], hindsight="slow-facts"), LATER)
    runs = archived(tmp_path, "2024-06")
    assert archived(tmp_path, "2023-06") == []

    def before(day: date) -> date | None:
        run = small_run(as_of=day)
        found = previous(runs, run, name_of(run, candidates(run), None), None)
        return None if found is None else found.as_of

    assert before(days[2]) == days[1]
    assert before(days[1]) == days[0]
    assert before(days[0]) is None
    found = previous(runs, small_run(as_of=days[2]), "a run of other data", None)
    assert found is not None
    assert found.name == names[days[2]]


def test_the_run_before_was_made_in_the_same_way(tmp_path: Path) -> None:
    days = [date(2024, 4, 29), date(2024, 4, 30)]
    put(tmp_path, small_run(as_of=days[0]))
    (shipped,) = archived(tmp_path)
    ways = [
        replace(shipped, name=name, rulebook_version=rulebook, model_version=model)
        for name, rulebook, model in (
            ("plain", "M70-1", STAND_IN),
            ("model", "M70-1", "recon-2023-06"),
            ("own", "M70+user-1", STAND_IN),
            ("other", "M70+user-2", STAND_IN),
        )
    ]

    def before(version: str, model: str) -> str | None:
        rulebook = small_run().rulebook.model_copy(update={"version": version})
        outlook = (
            None if model == STAND_IN else cast("Outlook", SimpleNamespace(model_version=model))
        )
        found = previous(ways, small_run(as_of=days[1], rulebook=rulebook), "new", outlook)
        return None if found is None else found.name

    assert before("M70-2", STAND_IN) == "plain"
    assert before("M70-2", "recon-2024-06") == "model"
    assert before("M70+user-1", STAND_IN) == "own"
    assert before("M70+user-2", STAND_IN) == "other"
    assert before("M70+user-3", STAND_IN) is None
    assert before("M70+user-1", "recon-2023-06") is None
