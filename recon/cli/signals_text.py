"""Orders for reading on a terminal: the book in a few lines, each leg, and what is blocked."""

from typing import Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.cli.tables import grid
from recon.orders.order import Book, LegBook
from recon.publish.words import money, price

LEGS: Final = {"long": "buy, long", "short": "sell, short"}


def book_text(book: Book) -> list[str]:
    """Say of all orders together what a desk asks first, one fact a line.

    Parameters
    ----------
    book : Book
        As from `recon.orders.build.orders`.
    """
    lines = [
        f"profile {book.profile}; prices of {book.priced_on}; {book.phase}: next is "
        f"{book.next_date.replace('_', ' ')} {book.next_day} in {book.sessions_to_next} sessions",
        _days(book),
        f"{_leg('long', book.long)}; {_leg('short', book.short)}",
        f"gross {money(book.gross_usd)}, net {_signed(book.net_usd)}, beta "
        f"{_signed(book.beta_usd)} of the hedge's index; {_hedge(book)}",
        f"volatility of the hedged basket {money(book.daily_volatility_usd)} a day; stop at a loss "
        f"of {money(book.stop_loss_usd)}; {money(book.loss_at_name_stops_usd)} if every name stops",
    ]
    if book.status != "forecast":
        lines.append(f"the official list is known ({book.status}): check every name against it")
    if book.blocked:
        said = ", ".join(f"{code.replace('_', ' ')} {n}" for code, n in book.blocked.items())
        lines.append(f"names stopped, by limit (one may have several): {said}")
    return lines


def _days(book: Book) -> str:
    leave = f"closed {_span([str(day) for day in book.exit_sessions])}"
    if not book.entry_sessions:
        return f"the time of entry is over: no orders; {leave}"
    enter = _span([str(day) for day in book.entry_sessions])
    return f"entered {enter}, of {book.sessions_left} sessions left to enter in; {leave}"


def _span(days: list[str]) -> str:
    if not days:
        return "no more"
    return f"at the close of {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")


def _leg(name: str, leg: LegBook) -> str:
    sector = ""
    if leg.largest_sector is not None:
        sector = (
            f", largest sector {leg.largest_sector} {leg.largest_sector_percent_of_book:.1f} %, "
            f"largest name {leg.largest_percent_of_book:.1f} % of the book"
        )
    return f"{name} {money(leg.filled_usd)} of {money(leg.budget_usd)} in {leg.names} names{sector}"


def _hedge(book: Book) -> str:
    if book.hedge_instrument is None or not book.hedge_usd:
        return "not hedged"
    side = "buy" if book.hedge_usd > 0 else "sell"
    return f"hedge: {side} {money(abs(book.hedge_usd))} of {book.hedge_instrument}"


def _signed(usd: float) -> str:
    return ("-" if usd < 0 else "") + money(abs(usd))


def orders_text(rows: pl.DataFrame, limit: int | None) -> RenderableType:
    """Lay orders out, one table a leg, largest first; what is blocked without a limit.

    Parameters
    ----------
    rows : pl.DataFrame
        As from `recon.orders.build.orders`.
    limit : int or None
        None for all, and for what is blocked.
    """
    parts: list[RenderableType] = []
    for leg, title in LEGS.items():
        own = rows.filter(pl.col("state") == "order", pl.col("leg") == leg)
        shown = own if limit is None else own.head(limit)
        if own.is_empty():
            continue
        parts.append(_table(title, shown))
        if left := own.height - shown.height:
            parts.append(Text(f"  … {left:,} more, use --limit 0 or --output"))
        parts.append(Text())
    if limit is None:
        parts.append(_blocked(rows.filter(pl.col("state") == "blocked")))
    return Group(*parts)


def _table(title: str, rows: pl.DataFrame) -> Table:
    laid = grid(title)
    for name in ("symbol", "change", "into"):
        laid.add_column(name, no_wrap=True)
    figures = ("shares", "dollars", "price", "stop", "prob", "needs", "of it", "of vol", "beta")
    for name in figures:
        laid.add_column(name, justify="right", no_wrap=True)
    for name in ("bound by", "when", "doubts"):
        laid.add_column(name, overflow="fold")
    for row in rows.iter_rows(named=True):
        laid.add_row(
            Text(row["symbol"]),
            row["kind"],
            row["to_index"] or "out",
            f"{row['target_shares']:,}",
            money(row["target_usd"]),
            price(row["price_usd"]),
            price(row["stop_price_usd"]),
            f"{row['probability']:.2f}",
            _figure(row["demand_days"], " d"),
            _figure(row["percent_of_demand"], " %"),
            _figure(row["participation_percent"], " %"),
            _figure(row["beta"], ""),
            row["bound_by"],
            row["pace"],
            ", ".join(row["doubts"]).replace("_", " "),
        )
    return laid


def _blocked(rows: pl.DataFrame) -> Table:
    laid = grid("no order")
    for name in ("symbol", "change"):
        laid.add_column(name, no_wrap=True)
    for name in ("prob", "cap", "price", "needs"):
        laid.add_column(name, justify="right", no_wrap=True)
    laid.add_column("stopped by", overflow="fold")
    for row in rows.iter_rows(named=True):
        laid.add_row(
            Text(row["symbol"]),
            row["kind"],
            f"{row['probability']:.2f}",
            money(row["total_cap_usd"]),
            price(row["price_usd"]),
            _figure(row["demand_days"], " d"),
            ", ".join(row["blocked_by"]).replace("_", " "),
        )
    return laid


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.1f}{unit}"
