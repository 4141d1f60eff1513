"""Nothing that comes from outside runs in a spreadsheet."""

import csv
import io
import re
import zipfile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.publish.spreadsheet import Sheet, neutralised, spreadsheet_csv, workbook

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|"/c calc"!A1']


def frame() -> pl.DataFrame:
    n = len(EVIL)
    return pl.DataFrame(
        {"company": EVIL, "codes": [["=1", "b"]] * n, "usd": [-1.5] * n, "url": ["http://x"] * n}
    )


@pytest.mark.parametrize("text", EVIL)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    told = neutralised(pl.DataFrame({"a": [text]}))["a"].item()
    assert told.startswith("'")
    assert told.replace("'", "") == text


def test_other_texts_and_numbers_stay() -> None:
    same = pl.DataFrame({"a": ["3D Systems", "A=B", None, "'x"], "b": [-1.0, 2.0, None, 3.0]})
    assert neutralised(same).equals(same)
    told = spreadsheet_csv(frame()).decode()
    assert ",'=1;b,-1.5," in told
    again = pl.read_csv(io.StringIO(told.replace("\r", "")), infer_schema=False)
    assert again["company"].str.starts_with("'").all()


def test_a_workbook_holds_texts_and_no_formula_or_link() -> None:
    content = workbook({"one": Sheet(frame(), {"usd": "#,##0.00"}, 1)})
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert '<pane xSplit="1" ySplit="1"' in sheet
    assert 'state="frozen"' in sheet
    assert "#,##0.00" in parts["xl/styles.xml"]
    shared = re.findall(r"<t[^>]*>([^<]*)</t>", parts["xl/sharedStrings.xml"])
    assert {"=1+1", "@SUM(A1)", "http://x"} <= set(shared)
    assert content == workbook({"one": Sheet(frame(), {"usd": "#,##0.00"}, 1)})


@given(st.text(alphabet="=+-@;,\t\r\n ＝\"'aé|", max_size=12), st.sampled_from(",;\t"))
def test_no_cell_of_any_country_runs(text, separator):
    content = spreadsheet_csv(pl.DataFrame({"a": ["x"], "text": [text], "z": ["y"]})).decode()
    for line in content.splitlines():
        for cell in next(csv.reader([line], delimiter=separator), []):
            assert not cell.startswith(("=", "+", "-", "@", "＝")), content
