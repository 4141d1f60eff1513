"""What a desk receives, file by file."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_desk import desk_run, known, needed, profile

from recon.demand.build import fill
from recon.orders.build import Orders, orders
from recon.publish.candidates import candidates
from recon.publish.desk import desk_files
from recon.publish.formats import read_list

Desk = tuple[Orders, str, dict[str, bytes]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    run, at = desk_run(), known()
    rows, found = candidates(run), needed(run, at, tmp_path)
    made = orders(run, rows, found, at, profile(tmp_path))
    return made, *desk_files(run, fill(rows, found), made, profile(tmp_path))


def test_every_form_holds_the_same_orders(desk: Desk, tmp_path: Path) -> None:
    made, _, files = desk
    assert_frame_equal(pl.read_parquet(files["orders.parquet"]), made.rows)
    told = pl.read_csv(files["orders.csv"])
    assert told["symbol"].to_list() == made.rows["symbol"].to_list()
    assert told["target_shares"].to_list() == made.rows["target_shares"].to_list()
    content = json.loads(files["orders.json"])
    schema = json.loads(files["orders.schema.json"])
    assert set(schema["required"]) <= set(content) <= set(schema["properties"])
    assert list(schema["$defs"]["Order"]["properties"]) == made.rows.columns
    assert not schema["$defs"]["Order"]["additionalProperties"]
    assert [one["target_shares"] for one in content["orders"]] == told["target_shares"].to_list()
    basket = pl.read_csv(files["basket.csv"])
    assert basket.columns == ["symbol", "side", "quantity", "order_type", "date"]
    assert basket["quantity"].sum() == 2 * made.rows["target_shares"].sum()
    (tmp_path / "list.parquet").write_bytes(files["list.parquet"])
    assert read_list(tmp_path / "list.parquet")["usd_to_trade"].null_count() == 0


def test_the_workbook_has_orders_days_list_and_run(desk: Desk) -> None:
    made, _, files = desk
    with zipfile.ZipFile(io.BytesIO(files["orders.xlsx"])) as book:
        names = book.read("xl/workbook.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
        sheets = [book.read(f"xl/worksheets/sheet{i}.xml").decode() for i in (1, 2, 3, 4)]
    assert [names.index(f'name="{name}"') for name in ("orders", "days", "list", "run")]
    assert all('state="frozen"' in sheet for sheet in sheets)
    assert made.book.run_id in strings
    assert "limits.min_price_usd" in strings


def test_the_manifest_names_the_run_and_every_file(desk: Desk) -> None:
    made, name, files = desk
    manifest = json.loads(files["manifest.json"])
    assert manifest["run_id"] == made.book.run_id
    assert manifest["as_of"] == "2024-04-30"
    assert {one["name"] for one in manifest["files"]} == set(files) - {"manifest.json"}
    for one in manifest["files"]:
        content = files[one["name"]]
        assert one["size"] == len(content)
        assert one["sha256"] == hashlib.sha256(content).hexdigest()
    assert name.startswith(f"{made.book.run_id}_{made.book.profile}_")


def test_another_profile_gives_another_folder_and_the_same_one_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    made, name, files = desk
    run, at = desk_run(), known()
    rows, found = candidates(run), needed(run, at, tmp_path)
    again = desk_files(run, fill(rows, found), made, profile(tmp_path))
    assert again == (name, files)
    other = profile(tmp_path, 'name = "other"')
    cut = orders(run, rows, found, at, other)
    assert desk_files(run, fill(rows, found), cut, other)[0] != name
