"""What no source can read, and what is no file at all, in a folder that somebody ingests."""

import os

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.store import Store

COUNTS = "symbol,as_of,shares,known_at,source\nA,2025-01-28,1000000,2025-02-05,x\n"


def statuses(folder, tmp_path):
    with Store(tmp_path / "store") as store:
        return {report.path.name: report.status for report in store.ingest([folder])}


def test_a_damaged_table_or_archive_is_refused_and_named(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(folder / "cut.parquet")
    (folder / "cut.parquet").write_bytes((folder / "cut.parquet").read_bytes()[:-5])
    (folder / "cut.zip").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    (folder / "good.csv").write_text(COUNTS)
    assert statuses(folder, tmp_path) == {
        "cut.parquet": "refused",
        "cut.zip": "refused",
        "good.csv": "landed",
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither such names nor pipes in folders")
def test_odd_names_pipes_and_circles_of_links_stop_nothing(tmp_path):
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "good.csv").write_text(COUNTS)
    odd = os.fsdecode(b"\xff.csv")
    for name in (odd, "a\x1b[2J.csv"):
        (folder / name).write_text(COUNTS + ascii(name))
    os.mkfifo(folder / "pipe")
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "gone").symlink_to(folder / "nowhere")
    assert statuses(folder, tmp_path) == {
        "good.csv": "landed",
        odd: "refused",
        "a\x1b[2J.csv": "refused",
        "pipe": "unrecognised",
        "gone": "unrecognised",
    }


def test_a_named_file_that_is_damaged_says_why(tmp_path):
    path = tmp_path / "cut.parquet"
    path.write_bytes(b"PAR1 and no more")
    with (
        Store(tmp_path / "store") as store,
        pytest.raises(RefusedFileError, match="end is missing"),
    ):
        store.ingest([path])
