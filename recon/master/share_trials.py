"""What kind of move a share count made, and how long it is on trial before it is believed.

Measured on 2021-2024, lines above 50m USD, moves beyond a factor of 1.35 from a count that
had stood for 20 sessions, corrected for the splits that prices show:

- *mechanical*: the count is multiplied exactly by split factors and no price answers. 80 %
  return, the last of them after 79 sessions (IDXX from 2021-09-09: eightfold for 40).
- *doubtful*: upwards by an integer to within 0.2 %, three quarters return (LRCX 2024-10-01);
  or to at least thrice the count and 30bn USD (V 2023-05-24, HD 2023-12-05), nearly all.
- *bulk*: 25 or more sizeable lines move in one session (2023-05-26 ... 06-21, 2023-12-05).
  Half return within 15 sessions, hardly any between then and 40.
- *rounded*: upwards by an integer to within 1.5 %: a third return (a split that leads).
- *lag*: the price has split and the count has not moved.
- *drop*: to less than 1/1.4 of a count that had stood for long and did not come from a bulk
  session. No price answers, so no shares were bought back; two thirds return, mostly within
  a quarter (WFC 2023-08-03, NTAP 2024-03-04), or the line shows only its listed class.
- *plain*: everything else (mergers, offerings, conversions). 85 % stay and 3 % are gone the
  next session: any trial would spoil more days than it repairs.
"""

import numpy as np

from recon.master.share_splits import BOOLS, FLOATS

PLAIN, ROUNDED, DOUBTFUL, BULK, MECHANICAL, LAG, DROPPED = range(7)
KINDS = ("plain", "rounded", "doubtful", "bulk", "mechanical", "lag", "drop")
HOLD_DAYS = np.array([0, 7, 60, 21, 180, 120, 100])
"""Calendar days on trial, by kind."""
TRIAL_DOUBT = np.array([0.9, 0.8, 0.5, 0.7, 0.3, 0.2, 0.5])
"""Of the log distance on trial, by kind: root of the share of trials that the new count wins."""
DROP = float(np.log(1.4))
BULK_LINES = 25
BULK_MIN_CAP = 5e7
"""USD: lines that count towards a bulk session."""
HUGE_CAP = 3e10
"""USD: a company of this size does not treble its shares overnight."""

ANSWER_MIN = float(np.log(1.45))
ANSWER_SLACK = 0.3
"""Of the log jump: how far the price may miss its inverse, by five sessions of return."""

INTS = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def kind_of(
    move: FLOATS,
    jump: FLOATS,
    log_cap: FLOATS,
    *,
    begins: BOOLS,
    replay: BOOLS,
    split: BOOLS,
    pending: BOOLS,
    trusted: BOOLS,
    sampled: bool,
) -> INTS:
    """Kind of each far count.

    Parameters
    ----------
    move : numpy.ndarray
        Change of the log count since the line was last seen.
    jump : numpy.ndarray
        Log count minus the log count in force.
    log_cap : numpy.ndarray
        Log of the market cap in USD that goes with the count.
    begins : numpy.ndarray
        Where the count is far from the one in force and from the one on trial.
    replay : numpy.ndarray
        Where the count moved exactly by split factors, or back across the last split.
    split : numpy.ndarray
        Where the price split in this session.
    pending : numpy.ndarray
        Where another count was on trial: a second one gets a trial as well (MCHP 2021-09-21).
    trusted : numpy.ndarray
        Where the count in force had stood for long, and is not itself in doubt.
    sampled : bool
        The session before is more than days away: moves do not show a bulk session.

    Returns
    -------
    numpy.ndarray
        One of the kinds of this module, meaningful where `begins`.
    """
    still = np.abs(move) < 1e-6
    sizeable = begins & ~still & (log_cap > np.log(BULK_MIN_CAP))
    bulk = np.full(begins.shape, not sampled and int(sizeable.sum()) >= BULK_LINES)
    ratio = np.exp(np.where(np.isfinite(jump), jump, 0.0))
    whole = np.rint(ratio)
    off = np.where(whole >= 2, np.abs(ratio / np.maximum(whole, 1) - 1), 1.0)
    huge = (ratio >= 2.9) & (log_cap > np.log(HUGE_CAP))
    rules = {
        LAG: still & split,
        MECHANICAL: replay,
        DOUBTFUL: (off < 0.002) | huge,
        DROPPED: trusted & (jump < -DROP),
        BULK: bulk | pending,
        ROUNDED: off < 0.015,
    }
    return np.select(list(rules.values()), list(rules), PLAIN).astype(np.int64)


def answered_by_price(jump: FLOATS, price: FLOATS, earlier: list[FLOATS]) -> BOOLS:
    """Whether the price moved against the count in the last sessions: a split unseen.

    Netchange does not show every split (ANET 2024-12-04), and not all after a missing session
    (AEI 2022-12-29).

    Parameters
    ----------
    jump : numpy.ndarray
        Log count minus the log count in force.
    price : numpy.ndarray
        Log close.
    earlier : list of numpy.ndarray
        Log closes of the sessions before.
    """
    slack = ANSWER_SLACK * np.abs(jump)
    answered = np.zeros(jump.shape, dtype=bool)
    for before in earlier:
        answered |= np.abs(jump + price - before) < slack
    return answered & (np.abs(jump) > ANSWER_MIN)
