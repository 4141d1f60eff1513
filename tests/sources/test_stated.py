from datetime import date
from pathlib import Path

import pytest

from recon.errors import RefusedFileError
from recon.sources.stated import delivery_date, required_date, stated_date


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("ru3000-additions-20250627.pdf", date(2025, 6, 27)),
        ("ru3000_membershiplist_20220624_0.pdf", date(2022, 6, 24)),
        ("IWM_holdings_2025-05-13.csv", date(2025, 5, 13)),
        ("2024-01-01_to_2024-02-01.csv", date(2024, 2, 1)),
        ("CIK0000320193.json", None),
        ("company_tickers_2024-10.parquet", None),
        ("a_20251345.csv", None),
        ("cusip_ticker_5.62.1.parquet", None),
    ],
)
def test_the_date_in_a_name(name, day):
    assert stated_date(Path("/nowhere") / name) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("company_tickers_2024-10.parquet", date(2024, 10, 16)),
        ("company_tickers_2025-01.parquet", date(2025, 1, 7)),
        ("company_tickers_2024-02.parquet", date(2024, 2, 29)),
        ("company_tickers_2025-01-20.parquet", date(2025, 1, 20)),
    ],
)
def test_a_month_counts_from_its_last_day_unless_the_day_is_known(name, day):
    assert delivery_date(Path("/nowhere") / name) == day


def test_no_date_at_all_is_refused_with_what_would_help():
    for ask in (required_date, delivery_date):
        with pytest.raises(RefusedFileError) as raised:
            ask(Path("/nowhere/company_tickers.json"))
        assert "company_tickers.json.date" in str(raised.value)
