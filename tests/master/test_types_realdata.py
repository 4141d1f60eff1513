"""Type and structure from the screener's names alone, against the lists FTSE Russell published."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recon.master.types import classify

RANK_DAYS = {
    "2021-06": date(2021, 5, 7),
    "2022-06": date(2022, 5, 6),
    "2023-06": date(2023, 4, 28),
    "2024-06": date(2024, 4, 30),
    "2025-06": date(2025, 4, 30),
}
ELIGIBLE = ("common", "additional_class", "reit", "tracking_stock")


def names_live_at(folder: Path, day: date) -> pl.DataFrame:
    return (
        pl.scan_parquet(folder / "market" / "screener_listings.parquet")
        .filter(pl.col("first_seen") <= day, pl.col("last_seen").fill_null(day) >= day)
        .select("symbol", "exchange", "name", "industry", "country")
        .unique(["symbol", "exchange"], keep="last", maintain_order=True)
        .collect()
    )


@pytest.mark.realdata
@pytest.mark.parametrize("event", RANK_DAYS)
def test_official_additions_are_of_eligible_types(real_data: Path, event: str) -> None:
    additions = (
        pl.scan_csv(real_data / "membership" / "announced_changes.csv", infer_schema_length=0)
        .filter(
            pl.col("recon") == event,
            pl.col("kind") == "reconstitution",
            pl.col("index") == "R3000",
            pl.col("action") == "add",
        )
        .select(symbol="ticker")
        .unique()
        .collect()
    )
    typed = classify(names_live_at(real_data, RANK_DAYS[event])).join(additions, on="symbol")
    assert typed.height > 200
    excluded = typed.filter(~pl.col("security_type").is_in(ELIGIBLE))
    # NewtekOne had just ceased to be a BDC, Metals Acquisition to be a blank check.
    assert set(excluded["symbol"]) <= {"NEWT", "MTAL"}, excluded


@pytest.mark.realdata
def test_known_funds_lenders_and_partnerships_are_never_common(real_data: Path) -> None:
    for day in RANK_DAYS.values():
        typed = classify(names_live_at(real_data, day))
        of = dict(typed.select("symbol", "security_type").rows())
        assert (of["ARCC"], of["MAIN"], of["PSEC"], of["EPD"], of["PBT"], of["ADX"]) == (
            "bdc",
            "bdc",
            "bdc",
            "lp",
            "royalty_trust",
            "closed_end_fund",
        )
