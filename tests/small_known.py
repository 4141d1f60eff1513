"""What a store would say of the companies of `small_run`, without a store."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import polars as pl
from small_run import small_lines, small_securities

from recon.calendar import sessions

HELD_ON = date(2024, 3, 28)
LAST = date(2024, 4, 30)
SHARE = 0.02
"""Of every line's float in the one fund."""
FILLERS = 240
"""Companies that float whole, so that a fund's share can be told."""


def fillers() -> list[str]:
    return [f"Z{i:03}" for i in range(FILLERS)]


def securities(born: date = date(2021, 1, 29)) -> pl.DataFrame:
    """Lives of the small run, and of the companies that only the fund needs."""
    names = pl.DataFrame({"symbol": fillers()})
    own = small_securities()
    more = names.select(
        life=pl.format("{}:2021-01-29", "symbol"),
        symbol="symbol",
        exchange=pl.lit("nyse"),
        security_id=pl.format("{}:2021-01-29", "symbol"),
        first=pl.lit(born),
        gone=pl.lit(None, pl.Date),
        first_name="symbol",
        last_name="symbol",
    )
    return pl.concat([own, more.select(own.columns)])


def holdings(
    parts: dict[str, float], day: date = HELD_ON, index: str = "R2000", share: float = SHARE
) -> pl.DataFrame:
    """A fund that holds `share` of each line's float, `parts` of its company."""
    lines = small_lines().filter(pl.col("symbol").is_in(list(parts)))
    own = [
        (r["symbol"], r["shares"] * parts[r["symbol"]] * share, r["close"])
        for r in lines.iter_rows(named=True)
    ]
    filler = [(name, 1e8 * share, 10.0) for name in fillers()]
    return pl.DataFrame(
        [*own, *filler], schema=["ticker", "shares", "price"], orient="row"
    ).with_columns(asof=pl.lit(day), index=pl.lit(index))


@dataclass
class SmallKnown:
    """As `recon.store.AsOf`, of closes that never move and a volume of 100,000 shares a day."""

    held: pl.DataFrame
    volume: int = 100_000
    moment: datetime = datetime(2024, 5, 1, 3, 59, tzinfo=UTC)
    hindsight: str = "strict"
    first: date = date(2024, 1, 2)
    asked: list[date] = field(default_factory=list)

    def sessions(self) -> list[date]:
        return list(sessions(self.first, LAST))

    def holdings(self) -> pl.DataFrame:
        return self.held

    def slices(
        self,
        wanted: Sequence[date],
        before: int,
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
        *,
        ordered: bool = True,
    ) -> pl.DataFrame:
        self.asked += wanted
        known = self.sessions()
        days = sorted({d for w in wanted for d in [s for s in known if s <= w][-before:]})
        quoted = small_lines().select(
            "symbol", "exchange", "close", market_cap=pl.col("shares") * pl.col("close")
        )
        filler = pl.DataFrame({"symbol": fillers()}).with_columns(
            exchange=pl.lit("nyse"), close=pl.lit(10.0), market_cap=pl.lit(1e9)
        )
        rows = pl.concat([quoted, filler]).with_columns(
            volume=pl.lit(self.volume, pl.Int64), netchange=pl.lit(0.0)
        )
        if symbols is not None:
            rows = rows.filter(pl.col("symbol").is_in(list(symbols)))
        found = pl.DataFrame({"session": days}, schema={"session": pl.Date}).join(rows, how="cross")
        return found if columns is None else found.select(columns)
