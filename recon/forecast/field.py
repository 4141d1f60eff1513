"""The field of a simulation: who takes a rank, with size, price and what may change them.

The rules that a move of the price decides (minimum price and minimum cap) are left to the
paths; every other rule's answer stands.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from recon.assign import unseen_members
from recon.forecast.view import View
from recon.screen import RULES_NEEDED

ABSENT: Final = "absent:{}"
"""Name of a member that does not trade in the data, by its ticker."""


MOST_DOUBT: Final = 0.7
"""Largest doubt about a log share count that is simulated: a factor of two either way."""


@dataclass(frozen=True, slots=True)
class Field:
    """Companies that have a cap, and what is known of each.

    Attributes
    ----------
    companies : pl.DataFrame
        `company_id`, `security_id`, `sector`, `total_cap_usd`, `price_usd`, `mean_price_usd`,
        `was_r1000`, `was_r2000`, `was_micro`, `admitted` (no rule but those of price and cap
        fails), `doubt` (standard deviation of the log share count), `pinned`; largest first, as
        `recon.assign.assign` orders them.
    unseen_large, unseen_small : int
        Members without a cap, as for `assign`.
    """

    companies: pl.DataFrame
    unseen_large: int
    unseen_small: int

    def array(self, column: str) -> npt.NDArray[np.float64]:
        """One column of figures."""
        return self.companies[column].cast(pl.Float64).to_numpy()

    def flags(self, column: str) -> npt.NDArray[np.bool_]:
        """One column of true and false."""
        return self.companies[column].to_numpy()


def field_of(view: View) -> Field:
    """Companies of a run that take a rank or would if they were admitted."""
    failed = (
        view.verdicts.filter(
            (pl.col("verdict") == "fail") & ~pl.col("rule").is_in(list(RULES_NEEDED))
        )
        .select("company_id", admitted=pl.lit(False))
        .unique()
    )
    own = view.companies.join(failed, on="company_id", how="left").with_columns(
        pl.col("admitted").fill_null(True)
    )
    sized = own.filter(pl.col("total_cap_usd") > 0).select(
        "company_id",
        "security_id",
        "sector",
        "total_cap_usd",
        "price_usd",
        "mean_price_usd",
        "was_r1000",
        "was_r2000",
        "was_micro",
        "admitted",
        doubt=pl.col("log_shares_dispersion").fill_null(0.0).clip(0, MOST_DOUBT),
        pinned=pl.col("price_pinned").fill_null(False),
    )
    held = view.absent.filter(pl.col("total_cap_usd") > 0).select(
        pl.format(ABSENT, "ticker").alias("company_id"),
        security_id=pl.lit(None, pl.String),
        sector=pl.lit(None, pl.String),
        total_cap_usd="total_cap_usd",
        price_usd=pl.lit(None, pl.Float64),
        mean_price_usd=pl.lit(None, pl.Float64),
        was_r1000=pl.col("size") == "R1000",
        was_r2000=pl.col("size") == "R2000",
        was_micro=pl.lit(False),
        admitted=pl.lit(True),
        doubt=pl.lit(0.0),
        pinned=pl.lit(False),
    )
    return Field(
        pl.concat([sized, held]).sort(["total_cap_usd", "company_id"], descending=[True, False]),
        **unseen_members(own, view.absent),
    )
