"""What it costs to hold a basket: one stated model, with units.

The figures are this program's own round assumptions for small orders at the close, not anybody's
measurement: a desk replaces them by its own. Market impact is left out, so the net figures hold
for orders that are small against the day's volume.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

Array = npt.NDArray[np.float64]

BPS: Final = 1e-4
DAYS_A_YEAR: Final = 365.0


class Costs(BaseModel):
    """Costs of one trade and of holding it.

    Half of the spread is `half_spread_bps` at `reference_cap_usd` and changes with the size of
    the company to the power `size_power`; it is never less than half a tick over the price, and
    never more than `widest_bps`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fee_bps: float = Field(
        1.0, ge=0, description="commission and exchange fees, bps of value, a side"
    )
    half_spread_bps: float = Field(
        15.0, ge=0, description="at the reference cap, bps of value, a side"
    )
    reference_cap_usd: float = Field(1e9, gt=0, description="total cap to which it belongs, USD")
    size_power: float = Field(-0.5, le=0, description="power of cap over reference cap")
    tick_usd: float = Field(0.01, ge=0, description="least quoted spread, USD (rule 612)")
    widest_bps: float = Field(300.0, ge=0, description="half-spread of the smallest, bps, a side")
    borrow_percent: float = Field(3.0, ge=0, description="fee for borrowed shares, percent a year")
    hedge_bps: float = Field(1.0, ge=0, description="index future, bps of hedged value, a side")

    def one_way(self, price_usd: Array, cap_usd: Array) -> Array:
        """Cost of buying or selling at the close.

        Parameters
        ----------
        price_usd : array
            Price at entry, USD.
        cap_usd : array
            Total cap of the company, USD; NaN where not known, which costs `widest_bps`.

        Returns
        -------
        array
            Fraction of the value traded.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            by_size = (
                self.half_spread_bps * BPS * (cap_usd / self.reference_cap_usd) ** self.size_power
            )
            by_tick = self.tick_usd / 2 / price_usd
            widest = self.widest_bps * BPS
            half = np.minimum(np.maximum(np.nan_to_num(by_size, nan=widest), by_tick), widest)
        return np.asarray(half + self.fee_bps * BPS)

    def of_holding(
        self, price_usd: Array, cap_usd: Array, beta: Array, days: Array, *, short: bool
    ) -> Array:
        """Cost of a hedged position from entry to exit.

        Parameters
        ----------
        price_usd, cap_usd : array
            As for `one_way`; the exit costs what the entry did.
        beta : array
            Hedged value over the value of the position.
        days : array
            Calendar days held.
        short : bool
            Whether the shares are borrowed.

        Returns
        -------
        array
            Fraction of the value at entry.
        """
        both = 2 * (self.one_way(price_usd, cap_usd) + np.abs(beta) * self.hedge_bps * BPS)
        borrow = self.borrow_percent / 100 * days / DAYS_A_YEAR if short else 0.0
        return np.asarray(both + borrow)
