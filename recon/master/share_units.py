"""Which lines may stand for unlisted classes or partnership units: evidence from the name.

An Up-C lists one class of a corporation that holds part of a partnership; the ranking counts
all units (methodology §5.2: total cap). The screener showed all of them until 2021, then,
name by name, only the listed class, and all again in June 2023. `share_scan` sees the drop;
whether the higher count is the company's depends on what the line is. Of the drops beyond a
factor of 1.4 that no split explains, those of lines whose name says that they are one class
of several are Up-Cs or companies with an unlisted class; the others are tender offers, funds,
depositary ratios and repaired defects.
"""

import polars as pl

ONE_CLASS = r"(?i)\b(class|series) [a-c]\b"
NOT_UNITS = (
    r"(?i)acquisition|merger corp|capital corp|blank che|holdings? (ii|iii|iv|v|vi)\b"
    r"|\b(ii|iii|iv|v|vi|vii)\b.*\bclass a\b"
    r"|american dep|\bads\b|\badr\b|depositary|\bnotes?\b|prefer|warrant|\brights?\b|\bunits?\b"
    r"|\breit\b|realty|properties|\btrust\b|\bfund\b"
)
"""Blank-cheque companies (redemptions), depositary shares (ratios), real estate trusts (units
of their operating partnerships are not counted) and funds."""


def may_have_units(name: pl.Expr) -> pl.Expr:
    """Whether a line may be the listed class of a company with more shares or units.

    Parameters
    ----------
    name : polars.Expr
        Full name of the security, as the screener or a symbol directory shows it.

    Returns
    -------
    polars.Expr
        Boolean; false where the name is null.
    """
    return (name.str.contains(ONE_CLASS) & ~name.str.contains(NOT_UNITS)).fill_null(False)
