"""What a file calls a company is text and nothing else: never a path, SQL, markup or a formula.

A market whose companies have hostile names gives the list of one whose companies have not.
"""

import csv
import shutil
from pathlib import Path

import polars as pl
import pytest
from proving import OVER
from works import DAY

from recon.calendar import end_of_day
from recon.cli.foresight import foresee, whole_list
from recon.cli.report import page_of
from recon.orders.build import orders
from recon.orders.profile import read_profile
from recon.publish.desk import desk_files
from recon.publish.page import render
from recon.store import Store

EVIL = "=cmd|'/C calc'!A0'; DROP TABLE quote; --\"<script>alert(1)</script>../../x\\{{7*7}} "
pytestmark = pytest.mark.xdist_group("proofs_refusing")


@pytest.fixture(scope="module")
def hostile_store(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the small market under hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    files = shutil.copytree(market, folder / "files")
    listings = files / "market" / "screener_listings.parquet"
    named = pl.read_parquet(listings).with_columns(name=pl.lit(EVIL) + pl.col("name"))
    named.write_parquet(listings)
    with Store(folder / "store") as store:
        store.ingest([files])
    return folder / "store"


def told(folder: Path, ranks: Path) -> tuple[pl.DataFrame, dict[str, bytes], str]:
    """List, orders and page of a store."""
    with Store(folder) as store:
        done, outlook = foresee(store, OVER, DAY, "strict", models="none", rulebook=ranks)
        rows, needed = whole_list(store, done, outlook, None)
        page = render(page_of(store, done, outlook, rows, needed, "none"))
        known, profile = store.as_of(end_of_day(DAY)), read_profile(None)
        found = orders(done, rows, needed, known, profile)
        return rows, desk_files(done, rows, found, profile)[1], page


def test_names_change_nothing_but_names(
    small_store: Path, hostile_store: Path, ranks: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain, _, _ = told(small_store, ranks)
    rows, files, page = told(hostile_store, ranks)
    assert rows["company"].str.starts_with(EVIL.strip()).any()
    said = ["index", "action", "symbol", "rank", "call"]
    assert rows.select(said).sort(said).equals(plain.select(said).sort(said))
    cells = [c for line in csv.reader(files["orders.csv"].decode().splitlines()) for c in line]
    assert any(cell.startswith("'=cmd") for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
    assert "<script>alert(1)" not in page
    assert list(tmp_path.iterdir()) == []
    with Store(hostile_store) as store, Store(small_store) as other:
        whole = [one.as_of(end_of_day(DAY)) for one in (store, other)]
        assert whole[0].sessions() == whole[1].sessions()
