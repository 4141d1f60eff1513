"""Publishing to a folder, and reading it back through a local copy."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import store_files
from store_files import happening, quote, write_file

import recon.sources
from recon.contracts import CONTRACTS
from recon.errors import InputError, NoDataError, StoreError, StoreTooNewError
from recon.files import checksum
from recon.store import AsOf, Store, copied, local_copy
from recon.store.manifest import POINTER, Pointer, manifest_name, newest
from recon.store.place import Place

LATER = datetime(2030, 1, 1, tzinfo=UTC)
SESSIONS = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two batches over two months, and where it is published, for all to copy."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch, Store(folder / "store") as store:
        patch.setattr(recon.sources, "recognise", store_files.recognise)
        for name, rows in _FILES.items():
            store.ingest([write_file(folder / name, **rows)])
        store.publish(str(folder / "place"))
    return folder


@pytest.fixture
def place(made: Path, store: Store, tmp_path: Path) -> Path:
    """A store filled and published."""
    shutil.copytree(made / "store", store.path)
    return shutil.copytree(made / "place", tmp_path / "place")


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "copies"


def _quotes() -> list[store_files.Row]:
    return [
        quote(str(session), symbol, volume=7)
        for symbol in ("B", "A")
        for session in reversed(SESSIONS)
    ]


def _listings() -> list[store_files.Row]:
    return [happening("2024-01-30", symbol=one, exchange="nyse", name=one) for one in ("B", "A")]


_FILES = {
    "a.alpha": {"quote": _quotes(), "listing": _listings()},
    "b.beta": {"quote": [quote("2024-01-30", "A", 9.0)]},
}


def everything(known: AsOf) -> list[pl.DataFrame]:
    return [
        known.quotes(SESSIONS[0], date(2024, 12, 31)),
        known.listings(),
        known.listing_history(),
        known.memberships(),
        known.filers(),
    ]


def snapshot(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {
        path.relative_to(folder): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_copy_says_what_the_store_says_at_every_moment(
    store: Store, place: Path, copies: Path
) -> None:
    done = local_copy(str(place), copies)
    assert done.new
    with Store(done.path, precedence=["alpha", "beta"]) as copy:
        assert copy.fingerprint() == store.fingerprint()
        for day in (date(2024, 1, 30), *SESSIONS, date(2030, 1, 1)):
            moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            for there, here in zip(
                everything(copy.as_of(moment)), everything(store.as_of(moment)), strict=True
            ):
                assert there.equals(here)
        assert copy.status().tables == store.status().tables
        assert copy.status().sources == store.status().sources


def test_the_manifest_names_every_file_with_its_content(store: Store, place: Path) -> None:
    found = newest(Place(str(place)))
    assert found is not None
    sha256, manifest = found
    assert checksum((place / manifest_name(sha256)).read_bytes()) == sha256
    assert manifest.fingerprint == store.fingerprint()
    assert (manifest.generation, manifest.schema_version) == (2, store.status().schema_version)
    assert {one.table for one in manifest.files} >= set(CONTRACTS)
    months = [one for one in manifest.files if one.table == "quote"]
    assert [(one.month, one.rows) for one in months] == [("2024-01", 5), ("2024-02", 2)]
    for one in manifest.files:
        content = (place / one.name).read_bytes()
        assert (checksum(content), len(content)) == (one.sha256, one.size)
    january = pl.read_parquet(place / months[0].name, hive_partitioning=False)
    assert january.equals(january.sort("session", "symbol", "exchange", "known_at"))


def test_publishing_the_same_again_changes_nothing(store: Store, place: Path) -> None:
    before = snapshot(place)
    done = store.publish(str(place))
    assert (done.changed, done.files) == (False, 0)
    assert snapshot(place) == before


def test_a_new_generation_writes_only_what_changed(store: Store, place: Path, files: Path) -> None:
    before = snapshot(place)
    store.ingest([write_file(files / "c.alpha", quote=[quote("2024-02-02")])])
    done = store.publish(str(place))
    added = snapshot(place).keys() - before.keys()
    tables = {path.parts[1] for path in added if path.parts[0] == "tables"}
    assert tables == {"quote", "quote_session", "batch"}
    assert done.files == 3
    assert {p for p, old in snapshot(place).items() if before.get(p, old) != old} == {Path(POINTER)}


def test_a_copy_follows_and_its_old_reader_is_not_disturbed(
    store: Store, place: Path, copies: Path, files: Path
) -> None:
    path = local_copy(str(place), copies).path
    old = Store(path).as_of(LATER)
    before = everything(old)
    assert not local_copy(str(place), copies).new
    store.ingest([write_file(files / "c.alpha", quote=[quote("2024-02-02")])])
    assert not local_copy(str(place), copies).new, "not published yet"
    store.publish(str(place))
    assert local_copy(str(place), copies).path == path
    with Store(path) as reader:
        assert reader.as_of(LATER).sessions() == [*SESSIONS, date(2024, 2, 2)]
    assert all(a.equals(b) for a, b in zip(everything(old), before, strict=True))


def test_a_publication_that_stops_anywhere_is_not_seen(
    store: Store, place: Path, copies: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.ingest([write_file(files / "c.alpha", quote=[quote("2024-02-02")])])
    write = Place.write
    before = newest(Place(str(place)))
    for allowed in range(5):  # three files, the manifest, the pointer
        left = iter(range(allowed))

        def writing(self: Place, name: str, content: bytes, left=left) -> None:  # type: ignore[no-untyped-def]
            if next(left, None) is None:
                raise KeyboardInterrupt
            write(self, name, content)

        for path in place.rglob("*"):  # as it was before
            if path.is_file() and path.relative_to(place) not in _named(before):
                path.unlink()
        with monkeypatch.context() as patch:
            patch.setattr(Place, "write", writing)
            with pytest.raises(KeyboardInterrupt):
                store.publish(str(place))
        assert newest(Place(str(place))) == before
        with Store(local_copy(str(place), copies).path) as reader:
            assert reader.as_of(LATER).sessions() == SESSIONS
    store.publish(str(place))
    with Store(local_copy(str(place), copies).path) as reader:
        assert reader.as_of(LATER).sessions() == [*SESSIONS, date(2024, 2, 2)]


def _named(found: object) -> set[Path]:
    sha256, manifest = found  # type: ignore[misc]
    names = [POINTER, manifest_name(sha256), *(one.name for one in manifest.files)]
    return {Path(name) for name in names}


def test_all_ways_of_writing_an_address_share_a_copy(
    place: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = local_copy(str(place), copies).path
    monkeypatch.chdir(place.parent)
    for same in ("place", "place/", "./place"):
        assert local_copy(same, copies).path == path


def test_a_copy_that_broke_off_goes_on_where_it_was(
    place: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Place.read
    asked: list[str] = []

    def reading(self: Place, name: str) -> bytes | None:
        if len(asked) == 10:
            raise KeyboardInterrupt
        asked.append(name)
        return read(self, name)

    monkeypatch.setattr(copied, "AT_ONCE", 1)
    monkeypatch.setattr(Place, "read", reading)
    with pytest.raises(KeyboardInterrupt):
        local_copy(str(place), copies)
    first = {name for name in asked if name.startswith("tables/")}
    assert len(first) == 8
    monkeypatch.setattr(Place, "read", lambda self, name: (asked.append(name), read(self, name))[1])
    asked.clear()
    path = local_copy(str(place), copies).path
    assert not first.intersection(asked)
    with Store(path) as reader:
        assert reader.as_of(LATER).sessions() == SESSIONS


@pytest.mark.parametrize("part", ["tables", "manifests"])
@pytest.mark.parametrize("damage", ["flipped", "short", "gone"])
def test_what_is_damaged_is_refused_by_its_checksum(
    place: Path, copies: Path, part: str, damage: str
) -> None:
    file = next(path for path in (place / part).rglob("*.*") if path.is_file())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content if damage == "flipped" else content[:-1])
    said = "missing" if damage == "gone" else "damaged"
    with pytest.raises(StoreError, match=f"a published file is {said}"):
        local_copy(str(place), copies)
    assert not list(copies.rglob("current"))


def test_a_copy_whose_own_files_are_lost_is_made_again(place: Path, copies: Path) -> None:
    path = local_copy(str(place), copies).path
    for file in path.rglob("*.parquet"):
        file.write_bytes(b"something else")
    next((path / "generations").glob("*.duckdb")).unlink()
    assert local_copy(str(place), copies).new
    with Store(path) as reader:
        assert reader.as_of(LATER).sessions() == SESSIONS


@pytest.mark.parametrize("pointer", [b"", b"{}", b'{"layout":2,"manifest":"' + b"0" * 64 + b'"}'])
def test_a_pointer_of_another_program_is_refused(place: Path, copies: Path, pointer: bytes) -> None:
    (place / POINTER).write_bytes(pointer)
    with pytest.raises(StoreError, match="a published file cannot be used"):
        local_copy(str(place), copies)


@pytest.mark.parametrize("name", ["../../outside", "tables/quote/month=2024-01/x.parquet"])
def test_a_name_in_a_manifest_leads_nowhere_else(place: Path, copies: Path, name: str) -> None:
    found = newest(Place(str(place)))
    assert found is not None
    changed = found[1].model_dump_json().replace(found[1].files[0].name, name).encode()
    (place / manifest_name(checksum(changed))).write_bytes(changed)
    (place / POINTER).write_text(Pointer(manifest=checksum(changed)).model_dump_json())
    with pytest.raises(StoreError, match="does not follow from its content"):
        local_copy(str(place), copies)


def test_what_a_newer_program_published_is_refused(
    place: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recon.store.schema.newest_version", lambda: 1)
    with pytest.raises(StoreTooNewError, match="this program knows up to 1"):
        local_copy(str(place), copies)


def test_what_an_older_program_published_is_brought_to_this_schema(
    files: Path, tmp_path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recon.store import schema  # noqa: PLC0415

    whole = schema.migrations()
    with monkeypatch.context() as patch, Store(tmp_path / "older") as older:
        patch.setattr(schema, "migrations", lambda: {1: whole[1]})
        patch.setattr("recon.store.ingest._verify", lambda *_: None)
        older.ingest([write_file(files / "a.alpha", quote=_quotes())])
        older.publish(str(tmp_path / "place"))
    done = local_copy(str(tmp_path / "place"), copies)
    assert done.manifest.schema_version == 1
    with Store(done.path) as reader:
        assert reader.as_of(LATER).sessions() == SESSIONS
        assert reader.status().schema_version == max(whole)
        assert reader.status().generation == 1, "built with this schema, not upgraded after"


def test_nothing_is_ingested_into_what_was_published_or_copied(
    place: Path, copies: Path, files: Path
) -> None:
    file = write_file(files / "c.alpha", quote=[quote("2024-02-02")])
    before = snapshot(place)
    for folder in (place, local_copy(str(place), copies).path):
        with pytest.raises(InputError, match="a published store is only read"):
            Store(folder).ingest([file])
    assert snapshot(place) == before


def test_a_store_is_no_place_to_publish_to(store: Store, place: Path) -> None:
    with pytest.raises(InputError, match="this folder is a store itself"):
        store.publish(str(store.path))


def test_simulated_and_real_data_share_no_place(place: Path, files: Path, tmp_path: Path) -> None:
    made_up = files / "made-up"
    write_file(made_up / "x.alpha", quote=_quotes())
    (made_up / "SIMULATED.json").write_text("{}")
    before = snapshot(place)
    with Store(tmp_path / "simulated") as store:
        store.ingest([made_up])
        with pytest.raises(InputError, match="cannot share a place"):
            store.publish(str(place))
    assert snapshot(place) == before


def test_an_empty_folder_has_nothing_to_read(tmp_path: Path, copies: Path) -> None:
    with pytest.raises(NoDataError, match="nothing is published here"):
        local_copy(str(tmp_path), copies)


def test_a_folder_that_cannot_be_written_is_said(store: Store, place: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="the place cannot be used"):
        store.publish(str(tmp_path / "file" / "place"))
    with pytest.raises(StoreError, match="the local copy cannot be written"):
        local_copy(str(place), tmp_path / "file")


def test_equal_rows_give_equal_files(place: Path, files: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    with Store(tmp_path / "other") as other:
        for name, rows in _FILES.items():
            other.ingest([write_file(files / name, **rows)])
        other.publish(str(elsewhere))
    tables = [
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.glob("tables/*/**/*.parquet")
        }
        for folder in (place, elsewhere)
    ]
    differ = {path.parts[1] for path in tables[0].keys() ^ tables[1].keys()}
    assert differ == {"batch"}, "which names the files, and these lay elsewhere"
