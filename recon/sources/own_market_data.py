"""What the user's own vendor says of trading in a line, in three tables that the user writes.

CSV in UTF-8 with a header; the columns may stand in any order:

    symbol,session,quoted_spread_bps,known_at,source
    GOOGL,2025-02-05,1.2,2025-02-05,vendor X

    symbol,session,days,implied_volatility_percent,known_at,source
    GOOGL,2025-02-05,30,31.5,2025-02-05,vendor X

    symbol,settled,shares_short,known_at,source
    GOOGL,2025-01-31,61200000,2025-02-11,FINRA

`symbol` is the one that the line had on the day measured, in any spelling of its class. A spread is
ask less bid in basis points of the mid; a volatility is at the money, in percent a year, of
options with so many calendar days to expiry; a short interest is in shares of its settlement date.
Days are ISO dates. A figure is known at the end of `known_at` in New York and used from then on; a
correction is a row with a later `known_at`. Thousands are not separated.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.own_tables import company, header, read_table


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)


def _number(column: str, kind: type[pl.DataType] = pl.Float64) -> pl.Expr:
    return pl.col(column).cast(kind, strict=False)


def _own(table: str, describes: str, facts: dict[str, pl.Expr]) -> Source:
    """Make the source of one table: a symbol, its facts, and when and from whom they are known."""
    columns = frozenset({"symbol", "known_at", "source", *facts})

    def recognise(path: Path) -> bool:
        return header(path) == columns

    def read(path: Path, _seen: Seen) -> Iterator[Chunk]:
        rows = read_table(path, columns).select(
            symbol=company(symbol="symbol"),
            **facts,
            origin="source",
            known_at=end_of_day_expr(_day("known_at")),
        )
        once = rows.unique(maintain_order=True)
        yield check(table, once, skipped=rows.height - once.height)

    told = ", ".join(("symbol", *facts, "known_at", "source"))
    return Source(
        name=f"own_{table}", describes=f"{describes} ({told})", recognise=recognise, read=read
    )


SOURCES = (
    _own(
        "quoted_spread",
        "quoted spreads of the user's own",
        {"session": _day("session"), "quoted_spread_bps": _number("quoted_spread_bps")},
    ),
    _own(
        "implied_volatility",
        "implied volatilities of the user's own",
        {
            "session": _day("session"),
            "days": _number("days", pl.Int16),
            "implied_volatility_percent": _number("implied_volatility_percent"),
        },
    ),
    _own(
        "short_interest",
        "short interest of the user's own",
        {"settled": _day("settled"), "shares_short": _number("shares_short")},
    ),
)
