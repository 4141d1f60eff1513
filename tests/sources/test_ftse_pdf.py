from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.ftse_pdf import SOURCE

Word = tuple[float, float, str]
MEMBERS = {"Company": (38, 292), "Ticker": (234, 488)}
CHANGES = {"Company": (38,), "Symbol": (242,), "Industry": (364,)}


def make_pdf(pages: list[list[Word]], info: str = "", trailer: str = "") -> bytes:
    """A PDF with each text at its place (left, base line, in points)."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    kids = []
    for words in pages:
        escaped = [(x, y, t.replace("(", r"\(").replace(")", r"\)")) for x, y, t in words]
        text = "".join(f"BT /F 7 Tf {x} {y} Td ({t}) Tj ET\n" for x, y, t in escaped)
        objects.append(f"<</Length {len(text.encode('cp1252'))}>>stream\n{text}endstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {len(objects)} 0 R"
            f"/Resources<</Font<</F {font}>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    objects.append(f"<<{info}>>")
    content, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content.encode("cp1252")))
        content += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(content.encode("cp1252"))
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    content += "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R{trailer}>>\n"
    return f"{content}startxref\n{start}\n%%EOF".encode("cp1252")


def page(number, title, heads, rows, foot="") -> list[Word]:
    """Rows fill the first table down, then the second; each is a tuple of cells."""
    words = [(38.0, 655.0, title), (38.0, 30.0, foot), (572.0, 30.0, str(number))]
    tables = len(next(iter(heads.values())))
    for name, lefts in heads.items():
        words += [(left, 632.0, name) for left in lefts]
    depth = -(-len(rows) // tables)
    for place, cells in enumerate(rows):
        table, line = divmod(place, depth)
        lefts = [places[table] for places in heads.values()]
        words += [
            (left, 618.0 - 12 * line, text) for left, text in zip(lefts, cells, strict=True) if text
        ]
    return words


def read(folder: Path, content: bytes, name: str):
    path = folder / name
    path.write_bytes(content)
    assert SOURCE.recognise(path)
    (chunk,) = SOURCE.read(path, Seen())
    return chunk


MEMBER_ROWS = [
    ("1ST SOURCE CORP", "SRCE"),
    ("A V HOMES INC", "AVHI"),
    ("CORE MARK CO INC CORE", "CORE"),
    ("MOOG INC CL A", "MOG.A"),
    ("ZIX CORP", "ZIXI"),
]


def member_pdf(rows=MEMBER_ROWS, foot="June 26, 2017", title="Russell 2000® Index") -> bytes:
    back = [(38.0, 600.0, "© 2017 Russell Company Ticker of the page, no table")]
    return make_pdf([page(1, title, MEMBERS, rows, foot), back])


def test_a_membership_list_is_read_by_the_places_of_its_words(tmp_path):
    chunk = read(tmp_path, member_pdf(), "members.pdf")
    assert chunk.table == "membership"
    assert chunk.rows.select("name", "ticker").rows() == MEMBER_ROWS
    fixed = ("asof", "index", "kind", "origin", "known_at")
    assert chunk.rows.select(fixed).unique().rows() == [
        (
            date(2017, 6, 26),
            "R2000",
            "official_membership_list",
            "members.pdf",
            datetime.fromisoformat("2017-06-27T03:59:59.999999"),
        )
    ]


def test_an_incomplete_row_is_rejected_and_a_repeated_one_skipped(tmp_path):
    rows = [*MEMBER_ROWS, MEMBER_ROWS[0], ("NO TICKER INC", "")]
    chunk = read(tmp_path, member_pdf(rows), "members.pdf")
    assert chunk.rows.height == 5
    assert chunk.skipped == 1
    assert chunk.rejected["rule"].to_list() == ["ticker|nullability"]
    assert "NO TICKER INC" in chunk.rejected["row"][0]


CHANGE_ROWS = [
    ("BUTTERFLY NETWORK IN (A)", "BFLY", "Health Care"),
    ("FLEX", "FLEX", "Technology"),
]


def change_pdf(action="Additions", foot="FTSE Russell | Final index Adds", info="") -> bytes:
    title = f"Russell 3000® Index - {action}"
    first = page(1, title, CHANGES, CHANGE_ROWS[:1], "lseg.com/ftse-russell")
    return make_pdf([first, page(2, title, CHANGES, CHANGE_ROWS[1:], foot)], info)


@pytest.mark.parametrize(("heading", "action"), [("Additions", "add"), ("Deletions", "delete")])
def test_a_final_list_is_known_on_the_evening_of_the_effective_day(tmp_path, heading, action):
    chunk = read(tmp_path, change_pdf(heading), "ru3000-additions-20250627.pdf")
    assert chunk.table == "announcement"
    assert chunk.rows.select("name", "ticker", "industry").rows() == CHANGE_ROWS
    fixed = ("event", "index", "action", "stage", "listed_on", "known_at")
    assert chunk.rows.select(fixed).unique().rows() == [
        (
            "2025-06",
            "R3000",
            action,
            "final",
            date(2025, 6, 27),
            datetime.fromisoformat("2025-06-27T22:00"),
        )
    ]


@pytest.mark.parametrize(
    ("day", "stage"),
    [("20250523", "preliminary"), ("20250606", "updated"), ("20250627", "final")],
)
def test_without_the_word_final_the_stage_follows_from_the_calendar(tmp_path, day, stage):
    chunk = read(tmp_path, change_pdf(foot="FTSE Russell"), f"ru3000-additions-{day}.pdf")
    listed = date.fromisoformat(day)
    assert chunk.rows.select("stage", "listed_on").unique().rows() == [(stage, listed)]


def test_without_a_date_in_the_name_the_creation_date_counts(tmp_path):
    info = "/CreationDate(D:20230623003008-07'00')"
    chunk = read(tmp_path, change_pdf(info=info), "additions.pdf")
    assert chunk.rows["event"].unique().to_list() == ["2023-06"]


@pytest.mark.parametrize(
    ("content", "name", "field"),
    [
        (b"%PDF-1.4 garbage", "a.pdf", "file"),
        (member_pdf()[:700], "a.pdf", "file"),
        (make_pdf([[]], trailer="/Encrypt<</Filter/Unknown/V 9>>"), "a.pdf", "file"),
        (change_pdf(), "additions.pdf", "file name"),
        (change_pdf(), "additions-20250128.pdf", "date of the list"),
        (change_pdf(), "additions-19950623.pdf", "date of the list"),
        (change_pdf(action="Migrations"), "additions-20250627.pdf", "title of page"),
        (member_pdf(title="Russell 9000® Index"), "a.pdf", "title of page"),
        (member_pdf(foot="some day"), "a.pdf", "date at the foot of the page"),
        (make_pdf([[(38, 600, "Russell US Indexes")]]), "a.pdf", "head of the table"),
    ],
)
def test_a_pdf_that_is_no_list_is_refused_in_one_line(tmp_path, content, name, field):
    path = tmp_path / name
    path.write_bytes(content)
    assert SOURCE.recognise(path)
    with pytest.raises(RefusedFileError) as raised:
        list(SOURCE.read(path, Seen()))
    assert raised.value.field == field
    assert raised.value.expected
    assert "\n" not in str(raised.value)


def test_other_files_are_not_recognised(tmp_path):
    path = tmp_path / "ru3000-additions-20250627.pdf"
    for content in (b"", b"%PDX", make_pdf([[(38, 600, "Somebody else's invoice")]])):
        path.write_bytes(content)
        assert not SOURCE.recognise(path)
    assert not SOURCE.recognise(tmp_path)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "event", "action", "lines"),
    [
        ("ru3000-additions-20250627.pdf", "2025-06", "add", 228),
        ("ru3000-deletions-20250627.pdf", "2025-06", "delete", 152),
        ("ru3000-additions-final-20230623.pdf", "2023-06", "add", 281),
        ("ru3000-deletions-final-20230623.pdf", "2023-06", "delete", 173),
    ],
)
def test_real_changes_agree_with_the_prepared_table(real_data, name, event, action, lines):
    (chunk,) = SOURCE.read(real_data / "membership" / "raw" / name, Seen())
    assert (chunk.rows.height, chunk.skipped, chunk.rejected.height) == (lines, 0, 0)
    assert chunk.rows["industry"].null_count() == 0
    assert chunk.rows["industry"].n_unique() == 11
    prepared = pl.read_csv(real_data / "membership" / "announced_changes.csv").filter(
        recon=event, action=action, index="R3000"
    )
    columns = ["ticker", "name"]
    assert chunk.rows.select(columns).sort(columns).equals(prepared.select(columns).sort(columns))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "asof", "index", "lines"),
    [
        ("ru2000_membershiplist_20170626.pdf", date(2017, 6, 26), "R2000", 2011),
        ("ru3000_membershiplist_20220624_0.pdf", date(2022, 6, 24), "R3000", 3010),
    ],
)
def test_real_members_agree_with_the_prepared_table(real_data, name, asof, index, lines):
    (chunk,) = SOURCE.read(real_data / "membership" / "raw" / name, Seen())
    assert (chunk.rows.height, chunk.skipped, chunk.rejected.height) == (lines, 0, 0)
    prepared = pl.read_parquet(real_data / "membership" / "membership.parquet").filter(
        asof=asof, index=index, kind="official_membership_list"
    )
    spaced = pl.col("name").str.replace_all(" +", " ")
    columns = [pl.col("ticker"), spaced]
    assert (
        chunk.rows.select(columns)
        .sort("ticker", "name")
        .equals(prepared.select(columns).sort("ticker", "name"))
    )
