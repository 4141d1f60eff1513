from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from sec_archives import archive, person, submissions

from recon.errors import RefusedFileError
from recon.sources import recognise, submissions_zip
from recon.sources.base import Seen
from recon.sources.sec_filers import SOURCES

NAME = "submissions_2025-05-01.zip"
FILINGS = {
    "2025-05-01": "10-Q",
    "2025-01-31": "10-K/A",
    "2024-11-01": "10-K",
    "2024-10-03": "4",
}


def read(path: Path) -> list:
    source = recognise(path)
    assert source is not None
    assert source.name == "sec_submissions_zip"
    return list(source.read(path, Seen()))


def rows(path: Path, table: str) -> pl.DataFrame:
    return pl.concat(chunk.rows for chunk in read(path) if chunk.table == table)


def test_companies_are_those_of_single_submissions_files(tmp_path):
    path = archive(tmp_path / NAME, submissions(320193, FILINGS))
    single = tmp_path / "submissions_2025-05-01" / "CIK0000320193.json"
    single.parent.mkdir()
    with __import__("zipfile").ZipFile(path) as file:
        single.write_bytes(file.read("CIK0000320193.json"))
    alone = {chunk.table: chunk.rows for chunk in SOURCES[-1].read(single, Seen())}
    assert rows(path, "filer").equals(alone["filer"])
    assert rows(path, "former_name").equals(alone["former_name"])
    assert alone["filer"]["business_city"].to_list() == ["CUPERTINO"]
    assert alone["former_name"]["name"].to_list() == ["APPLE COMPUTER INC"]


def test_annual_reports_are_known_when_they_were_filed(tmp_path):
    found = rows(archive(tmp_path / NAME, submissions(320193, FILINGS)), "annual_report")
    assert found.select("cik", "form", "filed", "known_at").rows() == [
        (
            "0000320193",
            "10-K",
            date(2025, 1, 31),
            datetime.fromisoformat("2025-02-01T04:59:59.999999"),
        ),
        (
            "0000320193",
            "10-K",
            date(2024, 11, 1),
            datetime.fromisoformat("2024-11-02T03:59:59.999999"),
        ),
    ]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("10-K405", ["10-K"]),
        ("10-KT/A", ["10-K"]),
        ("20-F/A", ["20-F"]),
        ("40-F", ["40-F"]),
        ("20FR12B", []),
        ("NT 10-K", []),
        ("6-K", []),
    ],
)
def test_forms_are_told_without_their_variant(tmp_path, form, told):
    path = archive(tmp_path / NAME, submissions(5, {"2025-04-30": form}))
    assert rows(path, "annual_report")["form"].to_list() == told


def test_people_and_older_filings_are_passed_over_and_foreign_companies_are_not(tmp_path):
    foreign = submissions(6, {"2025-03-01": "20-F"}, entityType="other", sic="1311", tickers=[])
    unsorted = submissions(7, entityType="other", sic="")
    path = archive(
        tmp_path / NAME,
        person(1214156),
        foreign,
        unsorted,
        **{"placeholder.txt": "", "CIK0000000006-submissions-001.json": '{"form": []}'},
    )
    assert rows(path, "filer")["cik"].to_list() == ["0000000006", "0000000007"]
    assert sum(chunk.skipped for chunk in read(path)) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"filings": None},
        {"filings": {"recent": {"form": 1}}},
        {"filings": {"recent": {"form": [None], "filingDate": ["2025-01-01"]}}},
        {"addresses": "here"},
        {"formerNames": [{"from": None}]},
        {"formerNames": "none"},
        {"name": {"a": "b"}},
        {"sic": ["1311"]},
    ],
)
def test_a_company_laid_out_otherwise_is_set_aside(tmp_path, odd):
    path = archive(tmp_path / NAME, submissions(5) | odd, submissions(6))
    assert rows(path, "filer")["cik"].to_list() == ["0000000006"]
    rejected = pl.concat(chunk.rejected for chunk in read(path))
    assert rejected.rows() == [("member|layout", '{"member":"CIK0000000005.json"}')]


def test_chunks_follow_each_other_without_loss(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions_zip, "CHUNK", 2)
    path = archive(tmp_path / NAME, *(submissions(n, FILINGS) for n in range(1, 6)))
    assert rows(path, "filer")["cik"].n_unique() == 5
    assert rows(path, "annual_report").height == 10
    assert rows(path, "former_name").height == 5


def test_an_archive_without_a_date_is_refused(tmp_path):
    with pytest.raises(RefusedFileError, match="what date this file is of"):
        read(archive(tmp_path / "submissions.zip", submissions(5)))
