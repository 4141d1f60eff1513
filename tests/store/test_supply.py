"""Which source and which statement of a session counts: held against one query that says so."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from store_files import Row, known_after, quote, write_file

from recon.contracts import CONTRACTS
from recon.store import Store
from recon.store.database import connect
from recon.store.supply import chosen, supplies

PLAIN = """
WITH supply AS (
    SELECT DISTINCT session, source
    FROM quote_session
    WHERE known_at <= $moment AND list_contains($sessions, session)
    QUALIFY rank() OVER (
        PARTITION BY session
        ORDER BY coalesce(list_position($precedence, source), 1000000), source
    ) = 1
)
SELECT quote.* EXCLUDE (batch_id)
FROM quote
JOIN batch USING (batch_id)
JOIN supply USING (session, source)
WHERE known_at <= $moment
QUALIFY row_number() OVER (
    PARTITION BY session, symbol, exchange ORDER BY known_at DESC, batch_id
) = 1
"""
"""Slow and plain: no books beside those of the batches, no flags, no lists of batches."""
PRECEDENCE = (["alpha", "beta"], ["beta"], [])


def any_quotes(chance: random.Random) -> list[Row]:
    """A few lines of a few sessions, some of them known late or stated again later."""
    rows = {}
    for _ in range(40):
        session = f"2024-01-{chance.randint(2, 9):02}"
        known = chance.choice([session, session, f"2024-01-{chance.randint(9, 30):02}"])
        symbol = chance.choice("ABC")
        row = quote(session, symbol, chance.randint(1, 9), known_at=known_after(known))
        rows[session, symbol] = row
    return list(rows.values())


def plainly(store: Store, moment: datetime, sessions: list[date], named: list[str]) -> pl.DataFrame:
    number = (store.path / "current").read_text().strip()
    file = store.path / "generations" / f"{number}.duckdb"
    asked = {"moment": moment.replace(tzinfo=None), "sessions": sessions, "precedence": named}
    with connect(file, read_only=True) as connection:
        found = connection.sql(PLAIN, params=asked).pl()
    typed = found.cast({n: column.dtype for n, column in CONTRACTS["quote"].columns().items()})
    return typed.sort("session", "symbol", "exchange")


@pytest.mark.parametrize("seed", range(4))
def test_what_counts_is_what_one_plain_query_says(tmp_path: Path, files: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Store(tmp_path / "store") as filled:
        for number in range(5):
            name = f"{number}.{chance.choice(['alpha', 'beta'])}"
            filled.ingest([write_file(files / name, quote=any_quotes(chance))])
    compared = revisions = 0
    for named in PRECEDENCE:
        with Store(tmp_path / "store", precedence=named) as store:
            for _ in range(8):
                day = chance.randint(2, 28)
                moment = datetime.fromisoformat(known_after(f"2024-01-{day:02}"))
                moment += timedelta(microseconds=chance.choice([-1, 0]))
                as_of = store.as_of(moment.replace(tzinfo=UTC))
                sessions = as_of.sessions()
                found = as_of.quotes(date(2024, 1, 1), date(2024, 1, 31))
                assert_frame_equal(found, plainly(store, moment, sessions, named))
                for session in sessions:
                    one = as_of.cross_section(session)
                    assert_frame_equal(one, plainly(store, moment, [session], named))
                compared += found.height
                revisions += any(one.revised for one in supplies(as_of._chosen, sessions))
    assert compared > 0
    assert 0 < revisions < 24


def test_the_books_of_later_days_have_no_say() -> None:
    day = date(2024, 1, 2)
    early, late = datetime(2024, 1, 3), datetime(2024, 1, 9)  # noqa: DTZ001 - naive UTC
    books = pl.DataFrame(
        {
            "batch_id": [1, 2, 3],
            "source": ["beta", "alpha", "beta"],
            "session": [day] * 3,
            "known_at": [early, late, late],
        }
    )
    before = supplies(chosen(books, early, ["alpha"]), [day])
    assert before == [([day], [1], False)]
    assert before == supplies(chosen(books.head(1), early, ["alpha"]), [day])
    assert supplies(chosen(books, late, ["alpha"]), [day]) == [([day], [2], False)]
    assert supplies(chosen(books, late, []), [day]) == [([day], [2], False)]
    assert supplies(chosen(books, late, ["beta"]), [day]) == [([day], [1, 3], True)]
    assert supplies(chosen(books, late, []), [date(2024, 1, 3)]) == []
