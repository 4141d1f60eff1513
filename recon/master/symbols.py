"""Spellings of one symbol: `/`, `.`, `-` or nothing between root and class.

The screener writes BRK/B, holdings BRKB, EDGAR BRK-B, the symbol directories BRK.B. NYSE
preferreds carry `^` (`$` in the directories, `-P` at EDGAR); without it they would collide
with common lines (TA^ and TA, VNOM, BHRB), so they have no bare spelling at all.
"""

import polars as pl

WHEN_ISSUED_NYSE = r"\.V$"
WHEN_ISSUED_NASDAQ = r"^[A-Z]{4}V$"
"""Lines of shares that are still to come: `GEV.V`, `EMBCV`."""


def bare(symbol: str | pl.Expr) -> pl.Expr:
    """Letters and digits of a symbol, upper case; null for preferreds (`^`, `$`).

    Parameters
    ----------
    symbol : str or pl.Expr
        Column name or expression of symbols in any spelling.
    """
    text = (pl.col(symbol) if isinstance(symbol, str) else symbol).str.to_uppercase()
    return pl.when(~text.str.contains(r"[\^$]")).then(text.str.replace_all(r"[^A-Z0-9]", ""))


def edgar_bare(ticker: str | pl.Expr) -> pl.Expr:
    """Bare spelling of an EDGAR ticker, where `-P` and a letter mark a preferred (JPM-PC)."""
    text = (pl.col(ticker) if isinstance(ticker, str) else ticker).str.to_uppercase()
    return pl.when(~text.str.contains(r"-P[A-Z]?$")).then(bare(text))


def is_when_issued(symbol: str) -> pl.Expr:
    """Whether a symbol of the screener is that of a when-issued or when-distributed line."""
    return pl.col(symbol).str.contains(rf"{WHEN_ISSUED_NYSE}|{WHEN_ISSUED_NASDAQ}|[./]W[DI]$")
