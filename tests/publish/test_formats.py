import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_run import small_run

from recon.errors import InputError
from recon.publish.candidate import FRAME_SCHEMA, Candidate
from recon.publish.candidates import candidates
from recon.publish.formats import FORMATS, NEEDED, encode, read_list


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    odd = pl.when(pl.col("symbol") == "FFF").then(pl.lit('=1+1, "x"; ÆØ'))
    return candidates(small_run()).with_columns(company=odd.otherwise("company"))


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_written_reads_back_the_same(
    tmp_path: Path, rows: pl.DataFrame, format_: str
) -> None:
    path = tmp_path / f"list.{format_}"
    path.write_bytes(encode(rows, format_))
    read = read_list(path)
    assert_frame_equal(read, rows, check_exact=True)
    assert [Candidate.model_validate(row) for row in read.to_dicts()]


@pytest.mark.parametrize("format_", FORMATS)
def test_equal_frames_give_equal_bytes(rows: pl.DataFrame, format_: str) -> None:
    assert encode(rows, format_) == encode(rows.clone(), format_)


def test_json_rows_fit_the_contract_as_they_stand(rows: pl.DataFrame) -> None:
    parsed = json.loads(encode(rows, "json"))
    validated = [Candidate.model_validate_json(json.dumps(row)) for row in parsed]
    assert [one.model_dump() for one in validated] == rows.to_dicts()


def test_csv_has_the_columns_of_the_contract_and_keeps_names(rows: pl.DataFrame) -> None:
    text = encode(rows, "csv").decode()
    assert text.splitlines()[0].split(",") == list(FRAME_SCHEMA)
    assert '"=1+1, ""x""; ÆØ"' in text
    assert "float_unknown;voting_rights_unknown" in text


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_list_keeps_its_columns_where_the_format_can(
    tmp_path: Path, rows: pl.DataFrame, format_: str
) -> None:
    path = tmp_path / f"list.{format_}"
    path.write_bytes(encode(rows.clear(), format_))
    if format_ == "json":
        assert json.loads(path.read_bytes()) == []
    else:
        assert read_list(path).schema == rows.schema


def test_a_list_may_have_only_what_is_needed(tmp_path: Path, rows: pl.DataFrame) -> None:
    path = tmp_path / "own.csv"
    rows.select(*NEEDED, own=pl.lit("x")).write_csv(path)
    assert read_list(path).columns == [name for name in FRAME_SCHEMA if name in NEEDED]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.txt", b"x", "ending"),
        ("list.csv", b"symbol,call\nA,true\n", "probability"),
        ("list.csv", b"", "cannot (be )?read"),
        ("list.json", b"{", "cannot (be )?read"),
        ("list.json", b"3", "cannot (be )?read"),
        ("list.parquet", b"PAR1", "cannot (be )?read"),
        (
            "list.csv",
            b"event,as_of,index,action,symbol,call,probability\n2024-06,2024-04-30,R3000,add,A,,1\n",
            "empty",
        ),
        (
            "list.csv",
            b"event,as_of,index,action,symbol,call,probability\n2024-06,April,R3000,add,A,true,1\n",
            "another type",
        ),
        (
            "list.csv",
            b"event,as_of,index,action,symbol,call,probability\n2024-06,2024-04-30,R3000,add,A,ja,1\n",
            "another type",
        ),
    ],
)
def test_what_is_no_list_is_the_callers_error(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_list(tmp_path / name)


def test_an_absent_list_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_list(tmp_path / "absent.csv")
