"""What a score reads of a moment: the attributes that a run and an archived one share.

A list is scored over the companies of its own moment. `recon.pipeline.Run` has just computed them,
`recon.backtest.archived.Past` reads what was archived then.
"""

from typing import Protocol

from recon.forecast.view import Moment


class Seen(Moment, Protocol):
    """One event seen from one moment, with the line of the Russell 3000."""

    @property
    def last_rank(self) -> int:
        """Rank of the last company of the Russell 3000."""

    @property
    def cut_cap_usd(self) -> float | None:
        """Cap of that company; None where fewer are eligible."""
