"""A store of sixteen lines around June 2024 whose prices are known, for `small_run`."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from small_run import DAY, small_lines, small_run

import recon.sources
from recon.backtest import official as truth
from recon.backtest.findings import EventStudy, Study
from recon.backtest.study import study_event, together
from recon.backtest.terms import Terms
from recon.calendar import end_of_day, evening, event, sessions
from recon.contracts import CONTRACTS
from recon.publish.candidates import candidates
from recon.sources.base import Chunk, Seen, Source, check
from recon.store import Store

GONE = date(2024, 6, 10)
"""First session without III."""
END = date(2024, 7, 29)
"""Twenty sessions after the effective day."""
NEWEST = date(2024, 10, 1)

Change = Callable[[pl.DataFrame], pl.DataFrame]


def known(day: date) -> datetime:
    return end_of_day(day).astimezone(UTC).replace(tzinfo=None)


def published(day: date) -> datetime:
    return evening(day).astimezone(UTC).replace(tzinfo=None)


def quotes() -> pl.DataFrame:
    """Quotes whose price rises by 1 % of the first a session after rank day, FFF by 2 %."""
    days = pl.DataFrame({"session": sessions(date(2023, 3, 1), NEWEST)})
    own = small_lines().select("symbol", start="close", shares="shares")
    after = (pl.col("session") > DAY).cum_sum().over("symbol")
    pace = pl.when(pl.col("symbol") == "FFF").then(0.02).otherwise(0.01)
    return (
        own.join(days, how="cross")
        .sort("symbol", "session")
        .with_columns(close=(pl.col("start") * (1 + after * pace)).round(4))
        .with_columns(
            netchange=pl.col("close").diff().over("symbol").fill_null(0.0),
            market_cap=pl.col("close") * pl.col("shares"),
            exchange=pl.lit("nyse"),
            volume=pl.lit(1000),
        )
        .filter((pl.col("symbol") != "III") | (pl.col("session") < GONE))
    )


def listings() -> pl.DataFrame:
    begin = date(2021, 1, 29)
    seen = small_lines().select(
        "symbol", "name", exchange=pl.lit("nyse"), session=pl.lit(begin), happening=pl.lit("seen")
    )
    gone = seen.filter(pl.col("symbol") == "III").with_columns(
        session=pl.lit(GONE), happening=pl.lit("vanished")
    )
    return pl.concat([seen, gone])


def announcements() -> pl.DataFrame:
    """FFF and AAA are added, KKK and CCC deleted; of the additions AAA is large."""
    return pl.DataFrame(
        {"ticker": ["FFF", "AAA", "KKK", "CCC"], "action": ["add", "add", "delete", "delete"]}
    ).with_columns(
        event=pl.lit("2024-06"),
        index=pl.lit("R3000"),
        stage=pl.lit("final"),
        listed_on=pl.lit(date(2024, 6, 28)),
        origin=pl.lit("by hand"),
        session=pl.lit(date(2024, 6, 28)),
    )


def memberships() -> pl.DataFrame:
    """Two Russell 1000 lists: one in the weeks in which funds settle, and one after."""
    rows = [(date(2024, 7, 5), "FFF"), (date(2024, 9, 25), "AAA")]
    return pl.DataFrame(rows, schema=["asof", "ticker"], orient="row").with_columns(
        index=pl.lit("R1000"),
        kind=pl.lit("etf_ishares"),
        origin=pl.lit("by hand"),
        session=pl.col("asof"),
    )


def small_store(folder: Path, change: Change = lambda rows: rows, *, lists: bool = True) -> Store:
    """The store; `change` alters its quotes."""
    tables = {"quote": change(quotes()), "listing": listings()}
    if lists:
        tables |= {"announcement": announcements(), "membership": memberships()}

    def read(_path: Path, _seen: Seen) -> Iterator[Chunk]:
        for table, rows in tables.items():
            columns = CONTRACTS[table].columns()
            told = published if table == "announcement" else known
            days = {day: told(day) for day in rows["session"].unique()}
            timed = rows.with_columns(
                known_at=pl.col("session").replace_strict(days, return_dtype=pl.Datetime("us"))
            )
            yield check(
                table,
                timed.select(
                    (pl.col(n) if n in timed.columns else pl.lit(None)).cast(c.dtype).alias(n)
                    for n, c in columns.items()
                ),
            )

    file = folder / "rows.frames"
    file.write_text("rows")
    with pytest.MonkeyPatch.context() as patch:
        source = Source("frames", "frames as they are", Path.is_file, read)
        patch.setattr(recon.sources, "recognise", lambda _path: source)
        store = Store(folder / "store")
        (report,) = store.ingest([file])
    assert report.status == "landed", report
    assert not report.quarantined, report
    return store


def studied(store: Store) -> EventStudy:
    """The study of `small_run` in a store; the model says what the rules say."""
    done = small_run()
    rows = candidates(done)
    with store:
        now = truth.history(store, [event("2024-06")])
        return study_event(store, done, {"model": rows, "rules": rows}, now, terms=Terms())


def study_of(*found: EventStudy) -> Study:
    """A study of events studied one by one."""
    return together(found, 0, "strict", Terms())
