import json
import struct
import zipfile
from pathlib import Path

import pytest
from sec_archives import archive, company_facts, count, submissions

from recon.errors import RefusedFileError
from recon.sources import recognise, sec_zip
from recon.sources.base import Seen

GOOD = company_facts(320193, count("2025-01-17", 15022073000, "2025-01-31"))


def read(path: Path):
    source = recognise(path)
    assert source is not None
    return list(source.read(path, Seen()))


def set_aside(path: Path) -> list[tuple[str, str]]:
    return [
        (rule, json.loads(row)["member"])
        for chunk in read(path)
        for rule, row in chunk.rejected.rows()
    ]


def test_archives_are_told_by_their_content_not_their_name(tmp_path):
    facts = archive(tmp_path / "submissions_2025-05-01.zip", GOOD)
    filers = archive(tmp_path / "companyfacts.zip", submissions(320193))
    other = archive(tmp_path / "other.zip", **{"readme.txt": "hello"})
    assert recognise(facts).name == "companyfacts"
    assert recognise(filers).name == "sec_submissions_zip"
    assert recognise(other) is None


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06"])
def test_what_is_no_archive_is_not_recognised(tmp_path, content):
    path = tmp_path / "companyfacts.zip"
    path.write_bytes(content)
    assert recognise(path) is None


def test_members_that_edgar_does_not_write_are_set_aside_and_the_others_read(tmp_path):
    odd = {
        "../../etc/CIK0000000001.json": "{}",
        "/CIK0000000002.json": "{}",
        "sub/CIK0000000003.json": "{}",
        "CIK4.json": "{}",
        "CIK0000000005.json": '{"cik": 5, "facts": {',
        "CIK0000000006.json": "[]",
        "CIK0000000007.json": json.dumps(company_facts(8)),
        "CIK0000000009.json": "[" * 5000,
        "placeholder.txt": "",
        "CIK0000320193-submissions-001.json": "{}",
    }
    path = archive(tmp_path / "companyfacts.zip", GOOD, **odd)
    assert sorted(set_aside(path)) == [
        ("member|cik", "CIK0000000007.json"),
        ("member|json", "CIK0000000005.json"),
        ("member|json", "CIK0000000006.json"),
        ("member|json", "CIK0000000009.json"),
        ("member|name", "../../etc/CIK0000000001.json"),
        ("member|name", "/CIK0000000002.json"),
        ("member|name", "CIK4.json"),
        ("member|name", "sub/CIK0000000003.json"),
    ]
    assert sum(chunk.rows.height for chunk in read(path)) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["companyfacts.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_members_of_one_company_only_the_first_is_read(tmp_path):
    again = company_facts(320193, count("2025-01-17", 99_000_000, "2025-01-31"))
    path = archive(tmp_path / "companyfacts.zip", GOOD, again)
    assert set_aside(path) == [("member|twice", "CIK0000320193.json")]
    assert [chunk.rows["shares"].to_list() for chunk in read(path)] == [[15022073000.0]]


def test_a_long_hostile_name_is_kept_short(tmp_path):
    path = archive(tmp_path / "companyfacts.zip", GOOD, **{"x" * 60_000: ""})
    assert set_aside(path) == [("member|name", "x" * 200)]


def test_an_archive_of_other_things_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sec_zip, "SET_ASIDE_LIMIT", 3)
    path = archive(tmp_path / "companyfacts.zip", GOOD, **{f"{n}.txt": "" for n in range(4)})
    with pytest.raises(RefusedFileError, match="more than 3 of its members"):
        read(path)


def test_a_bomb_is_refused_without_inflating_it(tmp_path):
    path = archive(tmp_path / "companyfacts.zip", GOOD, **{"CIK0000000005.json": b" " * 2**24})
    assert path.stat().st_size < 2**15
    with pytest.raises(RefusedFileError, match=r"CIK0000000005\.json inflates beyond 4\d{6} bytes"):
        read(path)


def test_a_member_beyond_the_limit_is_refused_however_well_it_packs(tmp_path, monkeypatch):
    monkeypatch.setattr(sec_zip, "MEMBER_LIMIT", 10_000)
    large = company_facts(5, *(count("2025-01-17", 10**8 + n, f"{n}") for n in range(500)))
    with pytest.raises(RefusedFileError, match=r"CIK0000000005\.json inflates beyond 10000 bytes"):
        read(archive(tmp_path / "companyfacts.zip", GOOD, large))


def test_an_archive_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sec_zip, "TOTAL_LIMIT", 1000)
    with pytest.raises(RefusedFileError, match="inflates beyond 1000 bytes"):
        read(archive(tmp_path / "companyfacts.zip", GOOD, company_facts(5), company_facts(6)))


def encrypt(raw: bytearray, entry: int, local: int) -> None:
    raw[entry + 8] |= 1
    raw[local + 6] |= 1


def pack_otherwise(raw: bytearray, entry: int, local: int) -> None:
    struct.pack_into("<H", raw, entry + 10, 97)
    struct.pack_into("<H", raw, local + 8, 97)


def damage(raw: bytearray, _entry: int, local: int) -> None:
    raw[local + 60] ^= 0xFF
    raw[local + 90] ^= 0xFF


def overlap(raw: bytearray, entry: int, _local: int) -> None:
    struct.pack_into("<I", raw, entry + 42, 0)


@pytest.mark.parametrize("harm", [encrypt, pack_otherwise, damage, overlap])
def test_a_harmed_archive_is_refused_whole(tmp_path, harm):
    second = company_facts(5, count("2025-01-17", 10**8, "2025-01-31"))
    path = archive(tmp_path / "companyfacts.zip", GOOD, second)
    with zipfile.ZipFile(path) as file:
        local = file.infolist()[1].header_offset
        directory = file.start_dir
    raw = bytearray(path.read_bytes())
    harm(raw, raw.index(b"PK\x01\x02", directory + 4), local)
    path.write_bytes(raw)
    with pytest.raises(RefusedFileError, match=r"companyfacts\.zip is refused"):
        read(path)


def test_an_archive_cut_short_is_refused(tmp_path):
    path = archive(tmp_path / "companyfacts.zip", GOOD, company_facts(5))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RefusedFileError, match="not a zip file"):
        read(path)
