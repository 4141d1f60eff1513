"""What is written: real formats, labels, the same bytes from the same seed."""

import csv
import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recon.errors import InputError
from recon.sources import recognise
from recon.sources.base import Seen
from recon.sources.simulated import GENERATOR_VERSION, is_simulated, simulate
from recon.store import discover

WINDOW = {"first": date(2023, 3, 1), "last": date(2023, 6, 26), "companies": 300}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    simulate(tmp_path / "a", seed=3, **WINDOW)
    simulate(tmp_path / "b", seed=3, **WINDOW)
    simulate(tmp_path / "c", seed=4, **WINDOW)
    first, again, other = (digests(tmp_path / name) for name in "abc")
    assert first == again
    assert first.keys() == other.keys()
    daily = "market/screener_daily.parquet"
    assert first[daily] != other[daily]


def test_the_folder_is_marked(written):
    marker = json.loads((written.folder / "SIMULATED.json").read_text())
    assert marker["simulated"] is True
    assert marker["seed"] == 7
    assert marker["generator_version"] == GENERATOR_VERSION
    assert (marker["first"], marker["last"]) == ("2024-01-02", "2024-07-05")
    assert is_simulated(written.folder)
    assert not is_simulated(written.folder / "market")


def test_everything_written_is_labelled(written):
    folder = written.folder
    label = {"simulated seed=7"}
    assert set(pl.read_parquet(folder / "membership/membership.parquet")["source"]) == label
    assert set(pl.read_csv(folder / "membership/announced_changes.csv")["source"]) == label
    ciks = pl.read_parquet(folder / "reference/ticker_cik_map.parquet")
    assert set(ciks["source"]) == label
    assert ciks["cik"].str.contains(r"^0009\d{6}$").all()
    listed = pl.read_parquet(folder / "market/screener_listings.parquet")
    assert listed["symbol"].str.contains(r"^[QXZ]").all()
    for path in (folder / "membership/raw").iterdir():
        assert "simulated seed=7" in path.read_text(encoding="utf-8")


def test_ingest_recognises_every_file_but_the_truth(written):
    for path in sorted(p for p in written.folder.rglob("*") if p.is_file()):
        known = recognise(path)
        if path.parent.name == "truth" or path.name == "SIMULATED.json":
            assert known is None, path
        else:
            assert known is not None, path


def test_no_row_breaks_its_contract(written):
    rows = dict.fromkeys(
        ("quote", "listing", "membership", "fund_snapshot", "announcement", "filer", "ticker_cik",
         "directory", "place"), 0,
    )  # fmt: skip
    for path in sorted(p for p in written.folder.rglob("*") if p.is_file()):
        source = recognise(path)
        for chunk in source.read(path, Seen()) if source else ():
            assert chunk.rejected.is_empty(), (path, chunk.rejected)
            rows[chunk.table] += chunk.rows.height
    assert all(count > 0 for count in rows.values()), rows


def test_raw_holdings_show_creations_and_redemptions(written):
    raw = sorted((written.folder / "membership/raw").glob("IWM_*.csv"))
    assert len(raw) == 5
    shares, equities = [], []
    for path in raw:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        rows = list(csv.reader(lines))
        shares.append(float(rows[3][1].replace(",", "")))
        held = [row for row in rows if len(row) == 15 and row[3] == "Equity" and row[0] != "-"]
        equities.append(held)
    assert len(set(shares)) > 1
    assert all(count % 50_000 == 0 for count in shares)
    for held in equities:
        weight = sum(float(row[5]) for row in held)
        assert weight == pytest.approx(100, abs=1)
        quantity, price, value = (float(held[0][i].replace(",", "")) for i in (7, 8, 4))
        assert quantity * price == pytest.approx(value, abs=0.02)


def test_nothing_is_published_after_the_window(written):
    asof = pl.read_parquet(written.folder / "membership/membership.parquet")["asof"]
    assert asof.max() <= date(2024, 7, 5)
    listed = pl.read_csv(written.folder / "membership/announced_changes.csv")
    assert set(listed["recon"]) == {"2024-03", "2024-06"}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"first": date(2024, 1, 2), "last": date(2024, 1, 31)}, "sessions"),
        ({"companies": 50}, "companies"),
        ({"companies": 6001}, "companies"),
    ],
)
def test_impossible_markets_are_refused(tmp_path, arguments, field):
    with pytest.raises(InputError) as caught:
        simulate(tmp_path / "none", **arguments)
    assert caught.value.field == field
    assert not (tmp_path / "none").exists()


@pytest.mark.realdata
def test_columns_and_types_are_those_of_the_real_files(written, real_data):
    compared = 0
    for path in sorted(written.folder.rglob("*.parquet")):
        name = path.relative_to(written.folder)
        if name.parts[0] == "truth":
            continue
        real = pl.read_parquet_schema(real_data / name)
        assert dict(pl.read_parquet_schema(path)) == dict(real), name
        compared += 1
    assert compared >= 11
    changes = "membership/announced_changes.csv"
    assert pl.read_csv(written.folder / changes).columns == (
        pl.read_csv(real_data / changes, n_rows=1).columns
    )
    real_raw = (real_data / "membership/raw/IWM_holdings_2025-05-13.csv").read_text("utf-8")
    ours = next((written.folder / "membership/raw").glob("IWM_*")).read_text("utf-8")
    assert ours.splitlines()[9] == real_raw.splitlines()[9]
    assert [row.split(",")[0] for row in ours.splitlines()[:9]] == [
        row.split(",")[0] for row in real_raw.splitlines()[:9]
    ]


def test_a_copy_without_the_marker_still_says_that_it_is_simulated(written, tmp_path):
    for file in sorted(written.folder.rglob("*.parquet")):
        if "truth" not in file.parts:
            copy = tmp_path / file.name
            shutil.copy(file, copy)
            assert discover.is_simulated(copy), file.name
    pl.DataFrame({"symbol": ["A"]}).write_parquet(tmp_path / "real.parquet")
    assert not discover.is_simulated(tmp_path / "real.parquet")
