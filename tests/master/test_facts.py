"""How a company files, from its annual reports and else from who reports insider trades."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_series_equal

from recon.master.facts import attach
from recon.sources.base import Seen, Source, check
from recon.store import Store

KNOWN = datetime(2024, 1, 3)  # noqa: DTZ001 - the store's moments bear no zone


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Three filers: insiders of the first and the third report, the first and second file."""
    days = {"session": KNOWN.date(), "happening": "seen", "origin": "x", "known_at": KNOWN}
    filers = [
        {"cik": f"{n:010}", "insider_transactions": insiders, **days}
        for n, insiders in ((1, True), (2, None), (3, True), (4, None))
    ]
    reports = [
        {"cik": f"{n:010}", "filed": KNOWN.date(), "form": form, "origin": "x", "known_at": KNOWN}
        for n, form in ((1, "20-F"), (2, "10-K"))
    ]

    def read(_path: Path, _seen: Seen):
        names = ("name", "entity_type", "sic", "filer_category", "state_of_incorporation")
        more = (*names, "business_state_or_country", "business_city", "ein")
        empty = [pl.lit(None, pl.String).alias(name) for name in more]
        yield check("filer", pl.DataFrame(filers).with_columns(empty))
        yield check("annual_report", pl.DataFrame(reports))

    source = Source("made_up", "made-up rows", Path.is_file, read)
    monkeypatch.setattr("recon.sources.recognise", lambda _: source)
    (tmp_path / "file").touch()
    opened = Store(tmp_path / "store", precedence=[])
    opened.ingest([tmp_path / "file"])
    return opened


def attached(store: Store, lines: pl.DataFrame, month: int) -> pl.DataFrame:
    known = store.as_of(datetime(2024, month, 1, tzinfo=UTC))
    return attach(lines, known, known.directory())


def test_an_annual_report_goes_before_who_reports_insider_trades(store: Store):
    lines = pl.DataFrame(
        {
            "symbol": ["A", "B", "C", "D", "E"],
            "cik": [*(f"{n:010}" for n in (1, 2, 3, 4)), None],
            "country": [None] * 5,
        },
        schema_overrides={"country": pl.String},
    )
    with store:
        found = attached(store, lines, 2)
        early = attached(store, lines, 1)
    expected = pl.Series("domestic_filer", [False, True, True, None, None])
    assert_series_equal(found.sort("symbol")["domestic_filer"], expected)
    assert early["domestic_filer"].is_null().all()
