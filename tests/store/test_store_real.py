"""The whole screener through the store: time, memory, and what is read back."""

import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.alone import run_alone
from recon.calendar import end_of_day
from recon.store import Store

INGEST = "import sys; from pathlib import Path; from recon.store import Store\n"
INGEST += "Store(Path(sys.argv[1])).ingest([Path(sys.argv[2])])"


@pytest.mark.realdata
@pytest.mark.xdist_group("real store")
def test_the_screener_loads_in_a_minute_and_three_gigabytes(
    real_data: Path, tmp_path: Path
) -> None:
    file = real_data / "market" / "screener_daily.parquet"
    began = time.monotonic()
    gib = run_alone("-c", INGEST, tmp_path / "store", file)
    assert time.monotonic() - began < 60
    assert gib < 3e9 / 2**30
    with Store(tmp_path / "store") as store:
        status = store.status()
        assert status.tables["quote"] + sum(status.quarantined.values()) == 9_907_385
        assert [str(day) for day in status.missing] == [
            "2022-12-21",
            "2022-12-28",
            "2026-02-19",
            "2026-02-24",
        ]
        as_of = store.as_of(end_of_day(date(2024, 4, 30)))
        assert as_of.sessions()[-1] == date(2024, 4, 30)
        assert as_of.cross_section(date(2024, 5, 1)).is_empty()
        assert as_of.cross_section(date(2024, 4, 30)).height == 7_129
        kept = status.tables["quote"]
    less = tmp_path / "less.parquet"
    pl.scan_parquet(file).slice(1).sink_parquet(less)
    gib = run_alone("-c", INGEST, tmp_path / "store", less)
    assert gib < 3e9 / 2**30
    with Store(tmp_path / "store") as store:
        again = store.status()
        assert (again.tables["quote"], again.conflicts) == (kept, 0)
        assert [source.batches for source in again.sources] == [2]
