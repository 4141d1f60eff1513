from pathlib import Path

import duckdb
import polars as pl
import pytest
from store_files import quote, write_file

from recon import resources
from recon.contracts import CONTRACTS
from recon.errors import NoDataError, StoreTooNewError
from recon.store import Store, schema

TYPES = {
    pl.Date: "DATE",
    pl.String: "VARCHAR",
    pl.Enum: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int64: "BIGINT",
    pl.Int16: "SMALLINT",
    pl.Boolean: "BOOLEAN",
    pl.Datetime: "TIMESTAMP",
}


@pytest.fixture
def migrated(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(tmp_path / "migrated.duckdb"))
    schema.migrate(connection, tmp_path)
    return connection


@pytest.mark.parametrize("table", CONTRACTS)
def test_a_table_has_the_columns_and_types_of_its_contract(
    migrated: duckdb.DuckDBPyConnection, table: str
) -> None:
    columns = CONTRACTS[table].columns()
    expected = {
        name: (TYPES[type(column.dtype)], column.nullable) for name, column in columns.items()
    }
    rows = migrated.sql(
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE table_name = $t",
        params={"t": table},
    ).fetchall()
    found = {name: (dtype, nullable) for name, dtype, nullable in rows}
    assert found.pop("batch_id") == ("INTEGER", False)
    assert found == expected


def test_migrations_are_numbered_without_gaps() -> None:
    assert list(schema.migrations()) == list(range(1, schema.newest_version() + 1))


def add_migration(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this a newer program, with one more migration."""
    original = resources.sql_directory()
    for file in original.rglob("*.sql"):
        copy = folder / file.relative_to(original)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text())
    number = schema.newest_version() + 1
    (folder / "migrations" / f"{number:04}_later.sql").write_text(
        "ALTER TABLE quote ADD COLUMN later VARCHAR"
    )
    monkeypatch.setattr(schema, "sql_directory", lambda: folder)


def test_a_store_that_a_newer_program_wrote_is_refused(
    store: Store, files: Path, tmp_path: Path
) -> None:
    first = write_file(files / "x.alpha", quote=[quote("2024-01-02")])
    second = write_file(files / "y.alpha", quote=[quote("2024-01-03")])
    with pytest.MonkeyPatch.context() as newer:
        add_migration(tmp_path / "sql", newer)
        store.ingest([first])
    known = schema.newest_version()
    said = f"schema {known + 1}, this program knows up to {known}"
    with pytest.raises(StoreTooNewError, match=said):
        Store(store.path).newest_session()
    with pytest.raises(StoreTooNewError):
        store.ingest([second])


def test_a_store_of_an_older_program_is_brought_up_to_date_when_read(
    store: Store, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.ingest([write_file(files / "x.alpha", quote=[quote("2024-01-02")])])
    add_migration(tmp_path / "sql", monkeypatch)
    with Store(store.path) as newer:
        status = newer.status()
    assert (status.schema_version, status.generation) == (schema.newest_version(), 2)
    assert status.tables["quote"] == 1


def test_reading_where_there_is_no_store_says_how_to_make_one(store: Store) -> None:
    with pytest.raises(NoDataError, match="recon ingest"):
        store.status()
    assert not store.path.exists()
