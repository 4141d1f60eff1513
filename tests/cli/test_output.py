import io
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recon.cli.output import emit_frame
from recon.errors import InputError

FRAME = pl.DataFrame(
    {
        "day": [date(2025, 4, 30), None],
        "rows": [1234567, 0],
        "reasons": [["price", "size"], []],
        "call": [True, False],
        "name": ["ÆON", 'a "b", c'],
    }
)


def test_csv_joins_lists_and_reads_back(tmp_path: Path) -> None:
    emit_frame(FRAME, "csv", tmp_path / "f.csv")
    lines = (tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "day,rows,reasons,call,name"
    assert lines[1] == "2025-04-30,1234567,price;size,true,ÆON"
    assert pl.read_csv(tmp_path / "f.csv")["name"].to_list() == FRAME["name"].to_list()


def test_json_keeps_lists_and_nulls(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    emit_frame(FRAME, "json", None)
    read = json.loads(capfdbinary.readouterr().out)
    assert read[0]["reasons"] == ["price", "size"]
    assert read[0]["day"] == "2025-04-30"
    assert read[1]["day"] is None


def test_parquet_is_the_frame(tmp_path: Path) -> None:
    emit_frame(FRAME, "parquet", tmp_path / "f.parquet")
    assert pl.read_parquet(io.BytesIO((tmp_path / "f.parquet").read_bytes())).equals(FRAME)


def test_a_table_in_a_file_is_as_wide_as_it_needs(tmp_path: Path) -> None:
    long = FRAME.with_columns(name=pl.lit("x" * 300))
    emit_frame(long, "table", tmp_path / "f.txt", title="rows")
    text = (tmp_path / "f.txt").read_text(encoding="utf-8")
    assert "x" * 300 in text
    assert "1,234,567" in text
    assert "price;size" in text
    assert "\x1b" not in text
    assert text.startswith("rows")


def test_markup_in_data_is_text(tmp_path: Path) -> None:
    emit_frame(pl.DataFrame({"name": ["[bold]A[/bold] [/]"]}), "table", tmp_path / "f.txt")
    assert "[bold]A[/bold] [/]" in (tmp_path / "f.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("format_", ["csv", "json", "parquet", "table"])
def test_an_empty_frame_has_its_columns(tmp_path: Path, format_: str) -> None:
    emit_frame(FRAME.clear(), format_, tmp_path / "f")
    assert (tmp_path / "f").stat().st_size > 0


def test_a_folder_that_is_not_there_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        emit_frame(FRAME, "csv", tmp_path / "absent" / "f.csv")
