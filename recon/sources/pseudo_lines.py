"""What stands in a fund's holdings without being a listed line of a company."""

from collections.abc import Sequence

import polars as pl

_NO_LINE_TICKER = r"^-*$|\d|^(USD|CAD|XTSLA|MSFUT)$|_USD$| RT$"
_NO_LINE_NAME = (
    r"(?i)\S.*\bCVR\b|\bRIGHTS\b|\bWARRANTS?\b|\bESCROW\b|\bPRVT$|\bEMINI\b"
    r"|\bCASH$|\bCASH (ACCRUAL|COLLATERAL)\b|\bCSH FND\b|\bUSD BALANCE\b"
)


def no_line() -> pl.Expr:
    """Say which holdings are no listed line of a company.

    Cash, futures, rights, warrants, contingent value rights, escrow and numeric codes, a
    missing ticker, and what has no market. No listed US common has a digit in its ticker;
    CVR Energy begins with the letters that mark a value right at the end of other names.

    Returns
    -------
    Expr
        Boolean, on the columns `ticker`, `name` and `exchange`; never null.
    """
    return (
        pl.col("ticker").str.contains(_NO_LINE_TICKER).fill_null(True)
        | pl.col("name").str.contains(_NO_LINE_NAME).fill_null(False)
        | pl.col("exchange").str.starts_with("NO MARKET").fill_null(False)
    )


def keep_larger(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Keep one row of each key: the larger by market value, then weight, then shares."""
    sizes = ["market_value", "weight", "shares"]
    return frame.sort(sizes, descending=True, nulls_last=True, maintain_order=True).unique(
        list(key), keep="first", maintain_order=True
    )
