import pytest

from recon.errors import RefusedFileError
from recon.sources.csv_table import read_csv


def write(folder, content):
    path = folder / "any.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n3\n", "as many cells"),
        ("a,b\n1,2\n3,4,5\n", "as many cells"),
        ("a,b,A\n1,2,3\n", "a twice"),
        ("a,b\n1,\0\n", "zero byte"),
        ("a" + ",x" * 1000 + "\n", "at most 1000"),
        (",".join("ab") * 1_000_000, "at most 1000"),
        (b"a,b\n\xc3\xa9,\xe9\n", "no one encoding"),
        (b"a,b\n\x81,1\n", "no one encoding"),
        ("a,b\n1,2\n", "column c|expected c"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, content, said):
    with pytest.raises(RefusedFileError, match=said) as refusal:
        read_csv(write(tmp_path, content), needed=("a", "c"))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("content", ["﻿a,b\né,2\n", "a,b\r\né,2\r\n\r\n", b"a,b\n\xe9,2"])
def test_marks_line_ends_and_windows_letters_are_read(tmp_path, content):
    assert read_csv(write(tmp_path, content)).rows() == [("é", "2")]


def test_nothing_is_null_and_empty_text_is_text(tmp_path):
    assert read_csv(write(tmp_path, 'a,b\n,""\n')).rows() == [(None, "")]
