"""It loses nothing: killed anywhere, a work leaves all or nothing, and can be finished.

Each trial starts from a known state, or from what the kill before left behind; after each kill the
state is one of the whole ones, and the work, done again, ends where one that nobody stopped does.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import works
from future import opened
from killing import Work, any_point, killed, operations_of, run
from proving import OVER, Says
from saying import Asked, differing, said

from recon.calendar import end_of_day, event
from recon.demand.build import demand, fill
from recon.files import checksum, checksum_of
from recon.forecast.card import fitting
from recon.forecast.shelf import take
from recon.orders.build import orders
from recon.orders.profile import read_profile
from recon.pipeline import run as run_event
from recon.publish.archive import archived
from recon.publish.candidates import candidates
from recon.publish.desk import desk_files
from recon.resources import sql_directory
from recon.store import Store
from recon.store.manifest import newest, whole
from recon.store.place import Place

pytestmark = [pytest.mark.xdist_group("proofs_killing"), pytest.mark.usefixtures("forks")]

KILLS, LONG_KILLS = 2, 34
"""Of each work. Ingest, migration, training, archiving and the two ways of publishing are killed
over 200 times in the long form, backup and restore besides."""
AFRESH = 1 / 3
"""Share of kills after which the work is finished and the next starts afresh."""

State = Any


@dataclass
class Trial:
    """One work, where it works, and what may be there before, between and after."""

    work: Work
    arguments: tuple[Any, ...]
    place: Path
    state: Callable[[], State]
    begin: Callable[[], None]
    between: Callable[[State, State, State], bool] = field(
        default=lambda found, before, after: found in (before, after)
    )


def survives(trial: Trial, chance: np.random.Generator, kills: int) -> None:
    """Kill a work so often, and see each time that nothing is lost."""
    trial.begin()
    before = trial.state()
    operations = operations_of(trial.work, *trial.arguments, place=trial.place)
    after = trial.state()
    assert operations > 3
    assert after != before
    trial.begin()
    seconds = run(trial.work, *trial.arguments)
    assert trial.state() == after, "two runs that nobody stopped differ"
    trial.begin()
    counted = 0
    while counted < kills:
        point = any_point(chance, operations, seconds)
        stopped = killed(trial.work, *trial.arguments, place=trial.place, point=point)
        counted += stopped
        found = trial.state()
        assert trial.between(found, before, after), (trial.work.__name__, point)
        if not stopped:
            assert found == after, (trial.work.__name__, point)
        if not stopped or counted == kills or chance.random() < AFRESH:
            run(trial.work, *trial.arguments)
            assert trial.state() == after, (trial.work.__name__, point)
            trial.begin()


def rows_of(store: Path) -> State:
    """What every table of a store holds; None where there is no store."""
    if not (store / "current").exists():
        return None
    with Store(store) as held:
        held.status()
        generation = held._generation()
        cursor = generation.cursor()
        names = cursor.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        return {
            name: cursor.sql(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" AS t').fetchall()
            for (name,) in names
        }


def raw_rows_of(store: Path) -> State:
    """The same without opening the store as the program does, which would migrate it."""
    with opened(store) as cursor:
        names = cursor.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        return {
            name: cursor.sql(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" AS t').fetchall()
            for (name,) in names
        }


def published_at(place: Path) -> State:
    """What the pointer of a published store leads to, every file as its manifest says it."""
    at = Place(str(place))
    found = newest(at)
    if found is None:
        return None
    return found[0], [checksum(whole(at, one.name, one.sha256)) for one in found[1].files]


def files_of(place: Path) -> dict[str, str]:
    """Checksums of files by place; what a killed work left beside them has a hidden name."""
    found = (p for p in sorted(place.rglob("*")) if p.is_file())
    names = ((p.relative_to(place), p) for p in found)
    return {
        str(name): checksum_of(path)
        for name, path in names
        if not any(part.startswith(".") for part in name.parts)
    }


def copied(source: Path, target: Path) -> Callable[[], None]:
    """Begin with a copy of a folder."""

    def begin() -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)

    return begin


def emptied(place: Path) -> Callable[[], None]:
    """Begin with an empty folder."""

    def begin() -> None:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()

    return begin


@pytest.fixture
def kills(long_form: bool) -> int:
    return LONG_KILLS if long_form else KILLS


@pytest.fixture
def prove(chance: np.random.Generator, kills: int, proven: Says) -> Callable[[Trial], None]:
    def prove(trial: Trial) -> None:
        survives(trial, chance, kills)
        what = trial.work.__name__.replace("_", " ")
        proven(f"killed in '{what}': nothing lost, nothing by halves", kills=kills)

    return prove


Prove = Callable[[Trial], None]


def test_a_killed_ingest(market: Path, tmp_path: Path, prove: Prove) -> None:
    with Store(tmp_path / "base") as base:
        base.ingest([market / "membership"], now=works.NOW)
    store = tmp_path / "store"
    prove(
        Trial(
            works.ingest,
            (store, market),
            store,
            lambda: rows_of(store),
            copied(tmp_path / "base", store),
        )
    )
    left = {path.suffix for path in (store / "generations").iterdir()}
    assert left <= {".duckdb", ".mark"}


def test_a_killed_migration(small_store: Path, tmp_path: Path, prove: Prove) -> None:
    older = tmp_path / "older"
    shutil.copytree(small_store, older)
    with opened(older) as connection:
        now = {
            name for (name,) in connection.sql("SELECT table_name FROM duckdb_tables()").fetchall()
        }
        first = sorted((sql_directory() / "migrations").glob("*.sql"))[0].read_text()
        for table in now:
            if f"CREATE TABLE {table} " not in first:
                connection.execute(f'DROP TABLE "{table}"')
        connection.execute("DELETE FROM schema_version WHERE version > 1")
    store = tmp_path / "store"
    prove(Trial(works.migrate, (store,), store, lambda: raw_rows_of(store), copied(older, store)))


def test_killed_training(labelled_store: Path, ranks: Path, tmp_path: Path, prove: Prove) -> None:
    place = tmp_path / "place"
    moment = end_of_day(event(works.EVENT).effective)

    def state() -> State:
        """The model that a list would take, and the frames."""
        card = fitting(place / "models", moment, "strict")
        frames = {k: v for k, v in files_of(place).items() if k.startswith("frames")}
        return (None if card is None else joblib.hash(take(card).model)), frames

    def between(found: State, before: State, after: State) -> bool:
        models = {before[0], after[0], None}
        return found[0] in models and found[1].items() <= after[1].items()

    prove(Trial(works.learn, (labelled_store, place, ranks), place, state, emptied(place), between))


def test_a_killed_archiving_and_a_killed_handing_over(
    small_store: Path, ranks: Path, tmp_path: Path, prove: Prove
) -> None:
    with Store(small_store) as store:
        done = run_event(store, works.EVENT, works.DAY, rulebook_override=ranks)
        known = store.as_of(end_of_day(works.DAY))
        rows = candidates(done)
        needed = demand(done, rows, known)
        rows, profile = fill(rows, needed), read_profile(None)
        name, contents = desk_files(done, rows, orders(done, rows, needed, known, profile), profile)
    kept, desk = tmp_path / "archive", tmp_path / "desk"

    def runs() -> State:
        """Every archived run with all of it, as a score reads it."""
        return [
            (one.name, one.rows().hash_rows().sum(), one.universe().hash_rows().sum())
            for one in archived(kept)
        ]

    prove(Trial(works.archive, (kept, done, rows), kept, runs, emptied(kept)))
    handed = Trial(
        works.hand_over, (desk, name, contents), desk, lambda: files_of(desk), emptied(desk)
    )
    prove(handed)


def test_a_killed_publishing(small_store: Path, market: Path, tmp_path: Path, prove: Prove) -> None:
    with Store(tmp_path / "base") as base:
        base.ingest([market / "membership"], now=works.NOW)
        base.publish(str(tmp_path / "before"))
    place = tmp_path / "place"
    prove(
        Trial(
            works.publish,
            (small_store, place),
            place,
            lambda: published_at(place),
            copied(tmp_path / "before", place),
        )
    )


def test_a_killed_backup_and_a_killed_restore(
    small_store: Path, tmp_path: Path, prove: Prove
) -> None:
    place = tmp_path / "place"
    backup, store = place / "backup", place / "store"
    prove(
        Trial(
            works.back_up,
            (small_store, backup),
            place,
            lambda: files_of(place),
            emptied(place),
        )
    )
    emptied(place)()
    works.back_up(small_store, tmp_path / "kept")
    prove(
        Trial(
            works.bring_back,
            (tmp_path / "kept", store),
            place,
            lambda: rows_of(store),
            emptied(place),
        )
    )


def test_a_restored_store_gives_the_same_list(
    small_store: Path, ranks: Path, tmp_path: Path
) -> None:
    asked = Asked(OVER, works.DAY)
    works.back_up(small_store, tmp_path / "backup")
    works.bring_back(tmp_path / "backup", tmp_path / "store")
    before, after = (said(one, asked, ranks) for one in (small_store, tmp_path / "store"))
    assert differing(before, after) == []
    assert {"list.csv", "list.json", "list.parquet", "funds"} < before.keys()
