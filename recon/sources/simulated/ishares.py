"""Holdings files in the shape in which iShares serves them, preamble and footnotes included."""

from datetime import date
from pathlib import Path

import polars as pl

from recon.sources.simulated.book import FUNDS, Book

_TITLE = {
    "IWB": "iShares Russell 1000 ETF",
    "IWM": "iShares Russell 2000 ETF",
    "IWV": "iShares Russell 3000 ETF",
}
_HEADER = (
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,"
    "Location,Exchange,Currency,FX Rate,Market Currency,Accrual Date"
)
_NO_BREAK_SPACE = "\u00a0"


def write_holdings(path: Path, book: Book, day: date, index: str) -> None:
    """Write one holdings file.

    Parameters
    ----------
    path : Path
        The file.
    book : Book
        What to write from.
    day : date
        A session.
    index : str
        R1000, R2000 or R3000.
    """
    fund = FUNDS[index]
    outstanding = f"{book.fund_shares[fund][book.market.place(day)]:,.2f}"
    head = [
        f"\ufeff{_TITLE[fund]}",
        f'Fund Holdings as of,"{day:%b %d, %Y}"',
        'Inception Date,"May 22, 2000"',
        f'Shares Outstanding,"{outstanding}"',
        *(f'{kind},"-"' for kind in ("Stock", "Bond", "Cash", "Other")),
        _NO_BREAK_SPACE,
        _HEADER,
    ]
    tail = [
        _NO_BREAK_SPACE,
        f'"{book.origin}: made by a program, the holdings of no fund."',
        "",
    ]
    lines = [*head, *_equities(book, day, index), *_others(), *tail]
    path.write_text("\n".join(lines), encoding="utf-8")


def _equities(book: Book, day: date, index: str) -> list[str]:
    value = _grouped("market_value")
    columns: list[pl.Expr | str] = [
        pl.col("symbol").str.replace_all("/", "", literal=True), "fund_name", "sector",
        pl.lit("Equity"), value, _fixed("weight"), value, _grouped("shares"), _grouped("price"),
        pl.lit("United States"), "venue", pl.lit("USD"), pl.lit("1.00"), pl.lit("USD"),
        pl.lit("-"),
    ]  # fmt: skip
    pattern = ",".join(['"{}"'] * len(columns))
    held = book.holding(day, index)
    return held.select(row=pl.format(pattern, *columns))["row"].to_list()


def _others() -> list[str]:
    """Rows that are no members: cash, a contingent right, a future."""
    rows = (
        ("XTSLA", "SIMULATED CASH FUND", "Cash and/or Derivatives", "Money Market",
         "92,313,802.48", "0.13", "92,313,802.48", "92,313,802.00", "1.00", "United States", "-"),
        ("USD", "USD CASH", "Cash and/or Derivatives", "Cash", "72,186,412.39", "0.10",
         "72,186,412.39", "72,186,412.00", "100.00", "United States", "-"),
        ("-", "SIMULATED INC CVR", "Health Care", "Equity", "1.31", "0.00", "1.31",
         "130,676.00", "0.00", "United States", "NO MARKET (E.G. UNLISTED)"),
        ("RTYM5", "SIMULATED EMINI JUN 25", "Cash and/or Derivatives", "Futures", "0.00", "0.00",
         "172,414,880.00", "1,304.00", "2,644.40", "-", "Chicago Mercantile Exchange"),
    )  # fmt: skip
    return [",".join(f'"{cell}"' for cell in (*row, "USD", "1.00", "USD", "-")) for row in rows]


def _fixed(column: str) -> pl.Expr:
    """Two decimals."""
    cents = (pl.col(column) * 100).round().cast(pl.Int64)
    return pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2))


def _grouped(column: str) -> pl.Expr:
    """Two decimals, commas between thousands."""
    parts = _fixed(column).str.split_exact(".", 1).struct
    whole = parts[0].str.reverse().str.replace_all(r"(\d{3})", "${1},").str.reverse()
    return pl.format("{}.{}", whole.str.strip_prefix(","), parts[1])
