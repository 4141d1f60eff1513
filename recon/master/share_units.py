"""Counts of all classes and units, remembered where the screener drops to the listed class.

An Up-C lists one class of a corporation that holds part of a partnership; the ranking counts
all units (methodology §5.2: total cap). The screener showed all of them until 2021, then,
name by name, only the listed class, and all again in June 2023. `UnitsMemory` keeps the higher
count; whether it is the company's depends on what the line is. Of the drops beyond a factor of
1.4 that no split explains, those of lines whose name says that they are one class of several
are Up-Cs or companies with an unlisted class (57 of the 60 largest of 2021-2024 by hand); the
others are emergences from bankruptcy, tender offers, funds, depositary ratios and defects.
What no series has shown cannot be remembered: OWL, TPG and STEP are seen with all units from
June 2023 on only.
"""

import numpy as np
import polars as pl

from recon.master.share_splits import BOOLS, FLOATS
from recon.master.share_state import NEAR, NEVER, Observed
from recon.master.share_trials import DROP

ONE_CLASS = r"(?i)\b(class|series) [a-c]\b"
NOT_UNITS = (
    r"(?i)acquisition|merger corp|capital corp|blank che|holdings? (ii|iii|iv|v|vi)\b"
    r"|\b(ii|iii|iv|v|vi|vii)\b.*\bclass a\b"
    r"|american dep|\bads\b|\badr\b|depositary|\bnotes?\b|prefer|warrant|\brights?\b|\bunits?\b"
    r"|\breit\b|realty|properties|\btrust\b|\bfund\b"
)
"""Blank-cheque companies (redemptions), depositary shares (ratios), real estate trusts (units
of their operating partnerships are not counted) and funds."""
UNITS_MIN_DAYS = 20
"""Calendar days for which the count of all units must have stood (EDR 2021: 26)."""
UNITS_LIMIT_DAYS = 1200
"""Calendar days for which it is remembered."""


class UnitsMemory:
    """Log count of all units of every line whose series has dropped to the listed class.

    Parameters
    ----------
    lines : int
        Number of lines.
    """

    def __init__(self, lines: int) -> None:
        self.level, self.known = np.full((2, lines), np.nan)
        self.day = np.full(lines, float(NEVER))

    def begin(
        self, drop: BOOLS, high: FLOATS, stood: FLOATS, founded: BOOLS, now: Observed
    ) -> None:
        """Remember the higher count where the series drops.

        Parameters
        ----------
        drop : numpy.ndarray
            Where a count far below the one in force is accepted.
        high : numpy.ndarray
            Log count in force before.
        stood : numpy.ndarray
            Calendar days for which it has been seen.
        founded : numpy.ndarray
            Where it neither rose in a bulk session or by a factor of splits, nor is corrected
            by a drop to the count before it. A known count of all units needs no such proof.
        now : Observed
            The session.
        """
        known = np.abs(high - self.known) <= NEAR
        begin = drop & ~np.isfinite(self.level) & (((stood >= UNITS_MIN_DAYS) & founded) | known)
        self.level = np.where(begin, high, self.level)
        self.known = np.where(begin, high, self.known)
        self.day[begin] = now.day

    def end(self, now: Observed) -> None:
        """Forget the counts that the series shows again, or that are years old."""
        shown_again = now.count > self.level - DROP / 2
        self.level[shown_again | (now.day - self.day > UNITS_LIMIT_DAYS)] = np.nan

    def forget(self, gone: BOOLS) -> None:
        """Forget lines that start anew."""
        self.level[gone] = self.known[gone] = np.nan

    def scale(self, factor: FLOATS) -> None:
        """Carry the counts across splits by their log factors."""
        self.level, self.known = self.level + factor, self.known + factor


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
