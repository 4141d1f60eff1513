"""What the pass over share counts takes in and gives back, session by session."""

from dataclasses import dataclass

import numpy as np

from recon.master.share_splits import BOOLS, FLOATS
from recon.master.share_trials import INTS

NEAR = float(np.log(1.3))
"""Log distance up to which a count is the next value of the same series."""
NEVER = -(10**6)
"""A day before all days."""


@dataclass(frozen=True)
class Observed:
    """What is given for one session; every array has one entry per line."""

    day: int
    """Days since the epoch."""
    count: FLOATS
    """Log of market cap / close; NaN where either is missing."""
    price: FLOATS
    """Log close; NaN where missing."""
    split: FLOATS
    """Log factor of a split that the prices show; 0 without."""
    renewed: BOOLS
    """The restated previous close contradicts the last one: another security."""


@dataclass(frozen=True)
class Answer:
    """State after one session; every array has one entry per line."""

    level: FLOATS
    """Log count in force; NaN before the first."""
    units: FLOATS
    """Log count of all classes and units where the series dropped to the listed class."""
    doubt: FLOATS
    """Standard deviation of the log count, as far as trials tell."""
    split_day: FLOATS
    """Day of the newest split."""
    level_day: FLOATS
    """Day on which an observation last agreed with the level."""
    trial: INTS
    """Kind on trial (`share_trials`), -1 without."""


@dataclass(frozen=True)
class Far:
    """The session seen from the counts in force; every array has one entry per line."""

    mask: BOOLS
    """Where the count is far from the one in force."""
    move: FLOATS
    """Change of the log count since the line was last seen."""
    jump: FLOATS
    """Log count minus the log count in force."""
    stood: FLOATS
    """Calendar days for which the count in force has been seen."""
    correction: BOOLS
    """The count is the one before a younger jump."""
    split: BOOLS
    """The price answers the move: a split that `price_breaks` did not show."""
