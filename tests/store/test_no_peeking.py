"""Nothing that becomes known after a moment changes what is read as of it."""

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from store_files import Row, known_after, write_file

from recon.contracts import CONTRACTS
from recon.store import AsOf, Store

MOMENT = datetime.fromisoformat(known_after("2024-01-15")).replace(tzinfo=UTC)
ALL = (date(2020, 1, 1), date(2029, 12, 31))
LIVES = pl.DataFrame(
    {
        "life": [1, 2],
        "symbol": ["A", "B"],
        "first": [date(2024, 1, 5), date(2024, 1, 14)],
        "gone": [date(2024, 1, 18), None],
    }
)
READS = (
    "listings",
    "listing_history",
    "directory",
    "directory_history",
    "snapshots",
    "memberships",
    "announcements",
    "fund_snapshots",
    "filers",
    "ticker_cik",
    "former_names",
    "ticker_cik_history",
    "symbol_changes",
    "places",
    "cities_abroad",
    "annual_forms",
    "own_facts",
    "quoted_spreads",
    "implied_volatilities",
    "short_interests",
)
FAST_FACTS = READS[:8]


def any_rows(chance: random.Random) -> dict[str, list[Row]]:
    """A few rows of every table on few keys, so that they often meet."""

    def day() -> str:
        return f"2024-01-{chance.randint(1, 30):02}"

    def times(subject: str) -> Row:
        session = day()
        known = chance.choice([session, session, max(session, day())])
        return {subject: session, "known_at": known_after(known)}

    def happened() -> Row:
        return {**times("session"), "happening": chance.choice(["seen", "seen", "vanished"])}

    def letter() -> str:
        return chance.choice("AB")

    def cik() -> str:
        return f"{chance.randint(1, 2):010}"

    def one(table: str) -> Row:
        rows: dict[str, Any] = {
            "quote": lambda: {
                **times("session"),
                "symbol": letter(),
                "exchange": "nyse",
                "close": chance.randint(1, 3),
                "volume": chance.randint(1, 9),
                "market_cap": chance.choice([None, 0, chance.randint(10, 30)]),
            },
            "listing": lambda: {
                **happened(),
                "symbol": letter(),
                "exchange": chance.choice(["nyse", "nasdaq"]),
                "name": letter(),
            },
            "directory": lambda: {
                **happened(),
                "directory": "otherlisted",
                "symbol": letter(),
                "exchange": letter(),
            },
            "membership": lambda: {
                **times("asof"),
                "index": "R2000",
                "ticker": letter(),
                "weight": chance.randint(1, 3),
                "kind": "etf_ishares",
                "origin": letter(),
            },
            "announcement": lambda: {
                **times("listed_on"),
                "event": "2024-06",
                "index": "R3000",
                "action": "add",
                "ticker": letter(),
                "stage": "final",
                "origin": letter(),
            },
            "fund_snapshot": lambda: {
                **times("asof"),
                "fund": "IWM",
                "shares_outstanding": chance.randint(1, 3),
            },
            "filer": lambda: {
                **happened(),
                "cik": cik(),
                "sic": chance.choice([None, "1000", "2000"]),
                "origin": letter(),
            },
            "ticker_cik": lambda: {
                **happened(),
                "ticker": letter(),
                "cik": cik(),
                "origin": letter(),
            },
            "former_name": lambda: {
                "cik": cik(),
                "name": letter(),
                "valid_from": day(),
                "valid_to": day(),
                "origin": letter(),
                "known_at": known_after(day()),
            },
            "profile": lambda: {**times("session"), "symbol": letter(), "sector": letter()},
            "symbol_change": lambda: {
                **times("effective_on"),
                "old_symbol": letter(),
                "new_symbol": letter(),
            },
            "cusip_ticker": lambda: {
                "cusip": "037833100",
                "ticker": letter(),
                "known_at": known_after(day()),
            },
            "annual_report": lambda: {
                **times("filed"),
                "cik": cik(),
                "form": chance.choice(["10-K", "20-F"]),
                "origin": letter(),
            },
            "share_count": lambda: {
                **times("as_of"),
                "company": letter(),
                "counted_by": "vendor_counts",
                "measure": "stated",
                "shares": chance.randint(1, 3),
                "origin": letter(),
            },
            "own_fact": lambda: {
                "company": letter(),
                "fact": "exchange",
                "value": chance.choice(["pass", "fail"]),
                "origin": letter(),
                "known_at": known_after(day()),
            },
            "quoted_spread": lambda: {
                **times("session"),
                "symbol": letter(),
                "quoted_spread_bps": chance.randint(1, 30),
                "origin": letter(),
            },
            "implied_volatility": lambda: {
                **times("session"),
                "symbol": letter(),
                "days": 30,
                "implied_volatility_percent": chance.randint(10, 90),
                "origin": letter(),
            },
            "short_interest": lambda: {
                **times("settled"),
                "symbol": letter(),
                "shares_short": chance.randint(1, 3),
                "origin": letter(),
            },
            "place": lambda: {"code": letter(), "place": letter(), "known_at": known_after(day())},
        }
        return rows[table]()

    tables = ("quote", "listing", "directory", "membership", "announcement", "fund_snapshot")
    tables += ("filer", "ticker_cik", "former_name", "profile", "symbol_change")
    tables += ("cusip_ticker", "place", "annual_report", "share_count", "own_fact")
    tables += ("quoted_spread", "implied_volatility", "short_interest")
    return {table: distinct(table, [one(table) for _ in range(20)]) for table in tables}


def distinct(table: str, rows: list[Row]) -> list[Row]:
    """One row for each key, since a file that states a key twice has both quarantined."""
    key = CONTRACTS[table].primary_key()
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def known(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Only the rows known at the moment."""
    last = MOMENT.replace(tzinfo=None).isoformat()
    return {
        table: [row for row in rows if row["known_at"] <= last] for table, rows in tables.items()
    }


def frames(as_of: AsOf, reads: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    found = {name: getattr(as_of, name)() for name in reads}
    return {
        **found,
        "quotes": as_of.quotes(*ALL),
        "slices": as_of.slices([date(2024, 1, 20)], 3),
        "share_counts": as_of.share_counts(*ALL),
        "life_marks": as_of.life_marks(LIVES).sort("life"),
        "sessions": pl.DataFrame({"session": as_of.sessions()}),
    }


@pytest.mark.parametrize("seed", range(5))
def test_what_is_known_later_changes_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    batches = [
        (f"{number}.{chance.choice(['alpha', 'beta'])}", any_rows(chance)) for number in (1, 2, 3)
    ]
    with (
        Store(tmp_path / "past", precedence=["alpha"]) as past,
        Store(tmp_path / "present", precedence=["alpha"]) as present,
    ):
        past.ingest([write_file(tmp_path / "p" / name, **known(rows)) for name, rows in batches])
        present.ingest([write_file(tmp_path / "q" / name, **rows) for name, rows in batches])
        assert present.status().tables != past.status().tables
        strict = frames(past.as_of(MOMENT), READS)
        for name, frame in frames(present.as_of(MOMENT), READS).items():
            assert_frame_equal(frame, strict[name])
        slow = frames(past.as_of(MOMENT, "slow-facts"), FAST_FACTS)
        for name, frame in frames(present.as_of(MOMENT, "slow-facts"), FAST_FACTS).items():
            assert_frame_equal(frame, slow[name])
