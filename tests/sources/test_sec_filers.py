import json
from datetime import date, datetime

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.sec_filers import SOURCES

HISTORY, METADATA, FORMER, NAMES, SUBMISSIONS = SOURCES
APPLE = {
    "cik": "0000320193",
    "name": "Apple Inc.",
    "entityType": "operating",
    "sic": "3571",
    "category": "Large accelerated filer",
    "stateOfIncorporation": "CA",
    "business_stateOrCountry": "CA",
    "business_city": "CUPERTINO",
    "ein": "942404110",
    "insiderTransactionForIssuerExists": "1",
}


def write(folder, name, *rows):
    path = folder / f"{name}.parquet"
    pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_parquet(path)
    return path


def read(source, path):
    assert [s.name for s in SOURCES if s.recognise(path)] == [source.name]
    (chunk,) = source.read(path, Seen())
    return chunk


def told(chunk, *columns):
    return chunk.rows.select("session", "happening", *columns).sort("session").rows()


def test_a_history_tells_changes_and_ends_when_they_happen(tmp_path):
    spans = [("2025-08-16", "2025-12-05", "CA"), ("2025-12-06", "2026-02-01", "DE")]
    moved = [
        APPLE | {"stateOfIncorporation": s, "first_seen": a, "last_seen": b} for a, b, s in spans
    ]
    other = APPLE | {"cik": "789019", "first_seen": "2026-02-02", "last_seen": None}
    chunk = read(HISTORY, write(tmp_path, "h", *moved, other))
    apple = chunk.rows.filter(cik="0000320193")
    assert apple.select("session", "happening", "state_of_incorporation").rows() == [
        (date(2025, 8, 16), "seen", "CA"),
        (date(2025, 12, 6), "seen", "DE"),
        (date(2026, 2, 2), "vanished", None),
    ]
    assert apple["known_at"][2] == datetime.fromisoformat("2026-02-03T04:59:59.999999")
    assert chunk.rows.filter(cik="0000789019").height == 1


def test_empty_text_is_missing_and_line_breaks_leave_the_category(tmp_path):
    row = APPLE | {"sic": "", "category": "<br>Emerging growth company", "ein": " "}
    both = APPLE | {"cik": "1", "category": "Accelerated filer<br>Smaller reporting company"}
    chunk = read(METADATA, write(tmp_path, "company_metadata_2024-10", row, both))
    assert chunk.rows.select("sic", "ein", "filer_category").rows() == [
        (None, None, "Emerging growth company"),
        ("3571", "942404110", "Accelerated filer; Smaller reporting company"),
    ]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("company_metadata_2024-10", date(2024, 10, 16)),
        ("company_metadata_2024-11", date(2024, 11, 30)),
        ("company_metadata_2024-11-05", date(2024, 11, 5)),
    ],
)
def test_a_file_of_one_date_states_that_date_and_no_end(tmp_path, name, day):
    chunk = read(METADATA, write(tmp_path, name, APPLE, APPLE))
    assert told(chunk, "name", "origin") == [(day, "seen", "Apple Inc.", "company_metadata")]
    assert chunk.skipped == 1


def test_the_date_beside_a_file_goes_before_its_name(tmp_path):
    path = write(tmp_path, "company_metadata_2024-10", APPLE)
    (tmp_path / "company_metadata_2024-10.parquet.date").write_text("2024-10-20\n")
    assert told(read(METADATA, path)) == [(date(2024, 10, 20), "seen")]


@pytest.mark.parametrize("beside", [None, "soon"])
def test_a_file_without_a_date_is_refused(tmp_path, beside):
    path = write(tmp_path, "company_metadata", APPLE)
    if beside:
        (tmp_path / "company_metadata.parquet.date").write_text(beside)
    with pytest.raises(RefusedFileError):
        read(METADATA, path)


def test_former_names_of_one_date(tmp_path):
    span = {"from_date": "1994-01-26T00:00:00.000Z", "to_date": "2007-01-04T00:00:00.000Z"}
    row = {"cik": "0000320193", "former_name": "APPLE COMPUTER INC"} | span
    again = row | {"from_date": "1990-01-01", "to_date": "1991-01-01"}
    chunk = read(FORMER, write(tmp_path, "company_former_names_2024-10", row, row, again))
    assert chunk.rows.select("name", "valid_from", "valid_to", "known_at").rows() == [
        (
            "APPLE COMPUTER INC",
            date(1994, 1, 26),
            date(2007, 1, 4),
            datetime.fromisoformat("2024-10-17T03:59:59.999999"),
        )
    ]
    assert chunk.skipped == 2


def test_a_name_is_a_former_name_when_it_has_ended(tmp_path):
    rows = [
        {"cik": "1", "name": name, "start_date": "1999-01-01", "end_date": end}
        for name, end in [("Old", "2020-01-28"), ("Late", "2026-01-15"), ("Now", None)]
    ]
    chunk = read(NAMES, write(tmp_path, "names", *rows))
    assert chunk.rows.select("name", "known_at").sort("known_at").rows() == [
        ("Old", datetime.fromisoformat("2025-08-17T03:59:59.999999")),
        ("Late", datetime.fromisoformat("2026-01-16T04:59:59.999999")),
    ]
    assert chunk.skipped == 1


def submissions(**more):
    business = {"street1": "ONE APPLE PARK WAY", "city": "CUPERTINO", "stateOrCountry": "CA"}
    former = {"name": "APPLE INC", "from": "2007-01-10T05:00:00.000Z", "to": "2019-08-05"}
    flat = {k: v for k, v in APPLE.items() if not k.startswith("business")}
    return flat | {"addresses": {"business": business}, "formerNames": [former]} | more


@pytest.mark.parametrize(
    "name",
    [
        "CIK0000320193_2026-04-30.json",
        "CIK0000320193.json",
        "submissions_2026-04-30/CIK0000320193.json",
    ],
)
def test_a_submissions_file(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(submissions(cik=320193, insiderTransactionForIssuerExists=1)))
    if "2026" not in name:
        (tmp_path / f"{name}.date").write_text("2026-04-30")
    assert [s.name for s in SOURCES if s.recognise(path)] == [SUBMISSIONS.name]
    filer, former = SUBMISSIONS.read(path, Seen())
    assert filer.rows["insider_transactions"].to_list() == [True]
    assert told(filer, "cik", "business_city", "business_state_or_country", "origin") == [
        (date(2026, 4, 30), "seen", "0000320193", "CUPERTINO", "CA", "submissions")
    ]
    assert former.rows.select("cik", "name", "valid_to").rows() == [
        ("0000320193", "APPLE INC", date(2019, 8, 5))
    ]
    assert former.rows["known_at"].to_list() == filer.rows["known_at"].to_list()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CIK0000320193.json", json.dumps(submissions())),
        ("CIK0000320193_2026-04-30.json", json.dumps(submissions())[:-40]),
        ("CIK0000320193_2026-04-30.json", json.dumps(submissions(formerNames=[3]))),
        ("CIK0000320193_2026-04-30.json", json.dumps(submissions(addresses="none"))),
    ],
)
def test_a_submissions_file_without_date_or_not_whole_is_refused(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert SUBMISSIONS.recognise(path)
    with pytest.raises(RefusedFileError) as raised:
        list(SUBMISSIONS.read(path, Seen()))
    assert "\n" not in str(raised.value)


def test_a_bad_cik_is_rejected(tmp_path):
    chunk = read(METADATA, write(tmp_path, "m_2024-10", APPLE, APPLE | {"cik": "Apple"}))
    assert chunk.rows.height == 1
    assert chunk.rejected["rule"].to_list() == ["cik|regex"]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("source", "name", "table", "lines", "skipped"),
    [
        (HISTORY, "listed_filer_metadata_history", "filer", 18_158, 0),
        (METADATA, "company_metadata_2024-10", "filer", 7_871, 2_177),
        (FORMER, "company_former_names_2024-10", "former_name", 6_649, 1_498),
        (NAMES, "listed_filer_names", "former_name", 6_123, 7_885),
    ],
)
def test_real_files(real_data, source, name, table, lines, skipped):
    chunk = read(source, real_data / "reference" / "sec_filer_metadata" / f"{name}.parquet")
    assert chunk.table == table
    assert (chunk.rows.height, chunk.skipped, chunk.rejected.height) == (lines, skipped, 0)
    about = "session" if table == "filer" else "valid_to"
    assert chunk.rows.filter(pl.col("known_at").dt.date() < pl.col(about)).is_empty()
