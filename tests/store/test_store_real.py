"""The whole screener through the store: time, memory, and what is read back."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from recon.calendar import end_of_day
from recon.store import Store

MEASURE = """
import resource, sys, time
from pathlib import Path
from recon.store import Store
began = time.monotonic()
Store(Path(sys.argv[1])).ingest([Path(sys.argv[2])])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(time.monotonic() - began, peak)
"""


@pytest.mark.realdata
@pytest.mark.xdist_group("real store")
def test_the_screener_loads_in_a_minute_and_three_gigabytes(
    real_data: Path, tmp_path: Path
) -> None:
    file = real_data / "market" / "screener_daily.parquet"
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "store", file],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, kibibytes = (float(figure) for figure in run.stdout.split())
    assert seconds < 60
    assert kibibytes * 1024 < 3e9
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
