from datetime import date

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources import parquet
from recon.sources.parquet import DAY, NUMBER, PRINTED_DAY, TEXT, parquet_columns, read_parquet

FRAME = pl.DataFrame({"a": ["x", None, "x"], "n": [1.0, 2.0, None], "d": [date(2025, 1, 2)] * 3})
TYPES = {"a": TEXT, "n": NUMBER, "d": DAY}


def write(folder, frame=FRAME, **how):
    path = folder / "any.parquet"
    frame.write_parquet(path, **how)
    return path


def test_columns_are_read_in_the_order_asked_for(tmp_path):
    assert read_parquet(write(tmp_path), {"n": NUMBER, "a": TEXT}).equals(FRAME.select("n", "a"))


@pytest.mark.parametrize("kept", [4, 11, 12, 60, -1])
def test_a_cut_file_is_refused_in_one_line(tmp_path, kept):
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    assert parquet_columns(path) == frozenset()
    with pytest.raises(RefusedFileError) as refusal:
        read_parquet(path, TYPES)
    assert "\n" not in str(refusal.value)


def test_what_announces_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = write(tmp_path)
    for limit, said in (
        ("ROW_LIMIT", "rows"),
        ("GROUP_LIMIT", "bytes"),
        ("FOOTER_LIMIT", "footer"),
    ):
        with monkeypatch.context() as small:
            small.setattr(parquet, limit, 2)
            with pytest.raises(RefusedFileError, match=said):
                read_parquet(path, TYPES)


def test_a_few_kilobytes_do_not_become_gigabytes_of_text(tmp_path):
    path = write(
        tmp_path,
        pl.DataFrame({"a": ["x" * 1_000_000]}).select(pl.col("a").repeat_by(2000).explode()),
    )
    assert path.stat().st_size < 100_000
    with pytest.raises(RefusedFileError, match="bytes of text at once"):
        read_parquet(path, {"a": TEXT})


def test_as_many_columns_as_a_footer_holds_are_refused(tmp_path):
    wide = FRAME.with_columns(**{f"x{n}": pl.lit(None, pl.Int8) for n in range(1001)})
    with pytest.raises(RefusedFileError, match="at most 1000"):
        read_parquet(write(tmp_path, wide), TYPES)


@pytest.mark.parametrize("odd", [pl.concat_list("a"), pl.struct("a"), pl.col("a").cast(pl.Binary)])
def test_a_nested_or_binary_text_is_refused(tmp_path, odd):
    with pytest.raises(RefusedFileError, match="wrong type"):
        read_parquet(write(tmp_path, FRAME.with_columns(odd.alias("a"))), TYPES)


def test_a_day_that_cannot_be_written_becomes_one_that_no_contract_admits(tmp_path):
    far = FRAME.with_columns(d=pl.lit(5_000_000).cast(pl.Int32).cast(pl.Date))
    found = read_parquet(write(tmp_path, far), {"d": PRINTED_DAY})
    assert set(found["d"]) == {date.max}
