"""The same on an S3 server of this machine: what only an object store does."""

from datetime import UTC, date, datetime
from pathlib import Path

import object_store
import polars as pl
import pytest
from pyarrow import fs
from store_files import quote, write_file

from recon.errors import InputError, NoDataError, StoreError
from recon.store import Store, local_copy
from recon.store.manifest import POINTER, newest
from recon.store.place import Place

pytestmark = pytest.mark.xdist_group("s3")
LATER = datetime(2030, 1, 1, tzinfo=UTC)
FIRST, SECOND = date(2024, 1, 2), date(2024, 1, 3)


@pytest.fixture
def address(s3: str, store: Store, files: Path, request: pytest.FixtureRequest) -> str:
    """A generation, published under a prefix of the test's own."""
    store.ingest([write_file(files / "x.alpha", quote=[quote(str(FIRST))])])
    where = f"s3://{object_store.BUCKET}/{request.node.originalname}"
    store.publish(where)
    return where


def sessions(address: str, copies: Path) -> list[date]:
    with Store(local_copy(address, copies).path) as reader:
        return reader.as_of(LATER).sessions()


def objects(s3: str, address: str) -> dict[str, tuple[int, bytes]]:
    """Time of writing, which the server gives in whole seconds, and content of each object."""
    server = object_store.files(s3)
    selector = fs.FileSelector(address.removeprefix("s3://"), recursive=True)
    return {
        one.path: (one.mtime_ns, server.open_input_stream(one.path).read())
        for one in server.get_file_info(selector)
        if one.is_file
    }


def test_a_team_reads_follows_and_is_not_disturbed(
    s3: str,
    address: str,
    store: Store,
    files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copies, before = tmp_path / "copies", objects(s3, address)
    assert not store.publish(f"{address}/").changed
    assert objects(s3, address) == before

    reader = Store(local_copy(address, copies).path)
    old = reader.as_of(LATER)
    store.ingest([write_file(files / "y.alpha", quote=[quote(str(SECOND))])])
    write = Place.write

    def half(self: Place, name: str, content: bytes) -> None:
        if name == POINTER:
            raise KeyboardInterrupt
        write(self, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(Place, "write", half)
        with pytest.raises(KeyboardInterrupt):
            store.publish(address)
    assert len(objects(s3, address)) > len(before)
    assert sessions(address, copies) == [FIRST], "half of a publication is not seen"
    assert store.publish(address).files == 0, "what is there already is not sent again"
    assert sessions(address, copies) == [FIRST, SECOND]
    assert sessions(address, tmp_path / "of another reader") == [FIRST, SECOND]
    assert old.sessions() == [FIRST]
    reader.close()
    changed = {path for path, at in objects(s3, address).items() if before.get(path, at) != at}
    assert changed == {f"{address.removeprefix('s3://')}/{POINTER}"}


def test_polars_alone_reads_what_was_published(s3: str, address: str) -> None:
    found = newest(Place(address))
    assert found is not None
    quotes = [f"{address}/{one.name}" for one in found[1].files if one.table == "quote"]
    options = {"aws_allow_http": "true"} | {
        name.lower(): value
        for name, value in object_store.environment(s3).items()
        if name in {*object_store.KEYS, "AWS_ENDPOINT_URL", "AWS_REGION"}
    }
    rows = pl.scan_parquet(quotes, storage_options=options).collect()
    assert rows.select("session", "symbol", "close").rows() == [(FIRST, "A", 1.0)]


def test_a_damaged_object_is_refused_by_its_checksum(s3: str, address: str, tmp_path: Path) -> None:
    damaged = next(path for path in objects(s3, address) if "/quote/" in path)
    with object_store.files(s3).open_input_file(damaged) as file:
        content = bytearray(file.read())
    content[len(content) // 2] ^= 1
    with object_store.files(s3).open_output_stream(damaged) as file:
        file.write(bytes(content))
    with pytest.raises(StoreError, match="a published file is damaged; tables/quote/month=2024-01"):
        local_copy(address, tmp_path / "copies")


@pytest.mark.usefixtures("s3")
def test_a_prefix_or_bucket_that_is_not_there_is_said(
    store: Store, files: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoDataError, match="nothing is published here"):
        local_copy(f"s3://{object_store.BUCKET}/nothing", tmp_path)
    with pytest.raises(InputError, match="there is no such bucket"):
        local_copy("s3://nobodys-bucket/recon", tmp_path)
    store.ingest([write_file(files / "x.alpha", quote=[quote(str(FIRST))])])
    with pytest.raises(StoreError, match=r"\(NO_SUCH_BUCKET\).* a bucket that exists"):
        store.publish("s3://nobodys-bucket/recon")


def test_wrong_keys_are_said_and_not_printed(s3: str, address: str, tmp_path: Path) -> None:
    object_store.ask_for_keys(s3, after=0)
    try:
        with pytest.raises(StoreError, match="the right AWS_ACCESS_KEY_ID") as refused:
            local_copy(address, tmp_path / "copies")
    finally:
        object_store.ask_for_keys(s3, after=float("inf"))
    assert not any(key in str(refused.value) for key in object_store.KEYS.values())
