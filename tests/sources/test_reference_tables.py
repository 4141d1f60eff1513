from datetime import date, datetime

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.reference_tables import SOURCES

PROFILES, CHANGES, CUSIPS, PLACES = SOURCES


def write(folder, *rows, name="table"):
    path = folder / f"{name}.parquet"
    pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_parquet(path)
    return path


def read(source, path):
    assert [s.name for s in SOURCES if s.recognise(path)] == [source.name]
    (chunk,) = source.read(path, Seen())
    return chunk


PROFILE = {
    "symbol": "AVD",
    "short_name": "American Vanguard",
    "long_name": "American Vanguard Corporation",
    "sector": "Basic Materials",
    "industry": "Agricultural Inputs",
    "country": "United States",
    "state": None,
    "city": "Newport Beach",
    "asof_before": "2021-06-01",
}
CHANGE = {
    "effective_date": "2026-04-08",
    "old_symbol": "CAPT",
    "new_symbol": "CPTAF",
    "new_company_name": "Captivision Inc",
}


def test_a_profile_is_known_at_the_end_of_its_date(tmp_path):
    second = PROFILE | {"symbol": "X", "long_name": ""}
    chunk = read(PROFILES, write(tmp_path, PROFILE, PROFILE, second))
    assert chunk.rows.select("symbol", "session", "name", "state", "city").rows() == [
        ("AVD", date(2021, 6, 1), "American Vanguard Corporation", None, "Newport Beach"),
        ("X", date(2021, 6, 1), "American Vanguard", None, "Newport Beach"),
    ]
    assert chunk.rows["known_at"][0] == datetime.fromisoformat("2021-06-02T03:59:59.999999")
    assert chunk.skipped == 1


def test_two_profiles_that_contradict_each_other_are_rejected(tmp_path):
    chunk = read(PROFILES, write(tmp_path, PROFILE, PROFILE | {"city": "Irvine"}))
    assert chunk.rows.is_empty()
    assert chunk.rejected["rule"].to_list() == ["primary_key", "primary_key"]


def test_a_changed_symbol_is_known_on_its_day(tmp_path):
    chunk = read(CHANGES, write(tmp_path, CHANGE, CHANGE | {"effective_date": "soon"}))
    assert chunk.rows.row(0) == (
        date(2026, 4, 8),
        "CAPT",
        "CPTAF",
        "Captivision Inc",
        datetime.fromisoformat("2026-04-09T03:59:59.999999"),
    )
    assert chunk.rejected["rule"].to_list() == ["effective_on|nullability"]


@pytest.mark.parametrize(
    ("name", "known_at"),
    [
        ("cusip_ticker_5.62.1", "2026-05-01T03:59:59.999999"),
        ("cusip_ticker_2026-07-01", "2026-07-02T03:59:59.999999"),
    ],
)
def test_undated_cusips_are_known_from_the_end_of_the_delivery(tmp_path, name, known_at):
    good, bad = {"Cusip": "037833100", "Ticker": "AAPL"}, {"Cusip": "0378331", "Ticker": "AAPL"}
    chunk = read(CUSIPS, write(tmp_path, good, bad, name=name))
    assert chunk.rows.rows() == [("037833100", "AAPL", datetime.fromisoformat(known_at))]
    assert chunk.rejected["rule"].to_list() == ["cusip|regex"]


def test_place_codes_are_known_always(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text('Code,Place,Type,ISO\n"DE","DELAWARE","US","US"\n"XX","UNKNOWN","UNKNOWN",\n')
    chunk = read(PLACES, path)
    assert chunk.rows.select("code", "place", "type", "iso").rows() == [
        ("DE", "DELAWARE", "US", "US"),
        ("XX", "UNKNOWN", "UNKNOWN", None),
    ]
    assert chunk.rows["known_at"].max() < datetime.fromisoformat("2010-01-01")


def test_damaged_place_codes_are_refused(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text('Code,Place,Type,ISO\n"DE","DELAWARE","US","US","EXTRA"\n')
    with pytest.raises(RefusedFileError, match="as many cells"):
        read(PLACES, path)


def test_other_files_are_not_recognised(tmp_path):
    path = tmp_path / "place_codes.csv"
    path.write_text('"Code","Name","Source"\n"AD","Andorra","cldr"\n')
    assert not any(s.recognise(path) for s in SOURCES)
    assert not any(s.recognise(tmp_path) for s in SOURCES)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("source", "name", "lines"),
    [
        (PROFILES, "financedatabase/us_equities_2021_2023_snapshots.parquet", 16_943),
        (CHANGES, "adanos_ticker_db/symbol_changes.parquet", 245),
        (CUSIPS, "edgartools_ref/cusip_ticker_5.62.1.parquet", 68_830),
        (PLACES, "edgartools_ref/place_codes.csv", 309),
    ],
)
def test_real_files(real_data, source, name, lines):
    chunk = read(source, real_data / "reference" / name)
    assert (chunk.rows.height, chunk.skipped, chunk.rejected.height) == (lines, 0, 0)
