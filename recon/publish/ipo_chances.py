"""Stand-in probabilities of quarterly IPO additions, from how often such companies entered.

Counted over the ten IPO events of March 2022 to March 2025, against the funds' lists before and
after each (no official list of them is in the data). They stand in until a model is trained on such
events, and are no model: three kinds, each with its n.
"""

from typing import Final

import polars as pl

from recon.master.offerings import OFFERED
from recon.screen import Verdict

ONE_CLASS: Final = 47 / 67
"""An offering on record, in size, and no class letter in the line's name; n = 67."""
SEVERAL_CLASSES: Final = 5 / 22
"""The same with a class letter: another class, mostly the founders', holds most votes; n = 22."""
UNSIZED: Final = 12 / 33
"""An offering on record and no share count yet, whatever the size turned out to be; n = 33."""
NO_OFFERING: Final = 1 / 29
"""In size, and no offering on record; n = 29. Former SPACs whose lock-ups may have ended are taken
for as rare, for want of any event under that rule (methodology §1.4)."""

_CLASS: Final = r"(?i)\b(class|series) [a-z]\b"


def passes() -> pl.Expr:
    """Chance that a company outside the index passes every test but that of size, at an IPO event.

    Columns used: those of `Run.companies` of an IPO event, `offering` and `verdict` among them.
    """
    offered = pl.col("offering") == OFFERED
    return (
        pl.when(pl.col("verdict") == Verdict.FAIL)
        .then(0.0)
        .when(~offered)
        .then(NO_OFFERING)
        .when(pl.col("name").str.contains(_CLASS).fill_null(False))
        .then(SEVERAL_CLASSES)
        .otherwise(ONE_CLASS)
    )


def unsized() -> pl.Expr:
    """Chance that a company without a share count enters; columns as for `passes`."""
    return (
        pl.when((pl.col("verdict") == Verdict.FAIL) | pl.col("total_cap_usd").is_not_null())
        .then(0.0)
        .when(pl.col("offering") == OFFERED)
        .then(UNSIZED)
        .otherwise(NO_OFFERING)
    )
