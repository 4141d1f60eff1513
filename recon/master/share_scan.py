"""One pass through time over the log share counts of all lines at once.

The vendor's count is a step function with defects: it is multiplied by old splits and put
back later, it follows a split some sessions late or early, it drops to the listed class, and
whole sessions go wrong. The pass keeps for every line the count in force and decides, from
nothing but the sessions so far, whether a far count replaces it at once, after a trial
(`share_trials`), or not at all. The loop runs over sessions; each step covers all lines.
"""

import numpy as np

from recon.master.share_splits import BOOLS, FLOATS, is_mechanical
from recon.master.share_state import NEAR, NEVER, Answer, Far, Observed
from recon.master.share_trials import (
    BULK,
    DOUBTFUL,
    DROP,
    HOLD_DAYS,
    HUGE_CAP,
    LAG,
    MECHANICAL,
    TRIAL_DOUBT,
    answered_by_price,
    kind_of,
)
from recon.master.share_units import UnitsMemory

FORGET_DAYS = 60
"""Calendar days without a row after which a line is taken for a new one."""
DAILY_DAYS = 6
"""Sessions further apart than so many calendar days are samples, not neighbours."""
LEAD_DAYS = 60
"""A split within so many days of an equal jump of the count was already in the count."""
YOUNG_DAYS = 13
"""The first count of a line gives way to another that outlasts it and these calendar days:
first counts are often wrong (ENOV 2022-04-05, a third)."""
UNDONE = 0.15
"""Log: a count this near to the one before the last split has forgotten the split."""
TRUSTED_DAYS = 60
"""Calendar days for which a count must have stood to be held against a plain drop."""
ACCEPTED_DOUBT = 0.25
"""Of an accepted jump: 6 % of those are taken back, and sqrt(0.06) is 0.25."""
DECAY = 0.95
"""Of that doubt, per session: half is gone after 14 sessions."""


class Scan:
    """State of the pass; feed it sessions in ascending order.

    Parameters
    ----------
    lines : int
        Number of lines.
    """

    def __init__(self, lines: int) -> None:
        self.level, self.candidate, self.before = (np.full(lines, np.nan) for _ in range(3))
        self.raw, self.jump, self.price = (np.full(lines, np.nan) for _ in range(3))
        self.level_day, self.candidate_day, self.since, self.before_since = (
            np.full(lines, float(NEVER)) for _ in range(4)
        )
        self.seen_day, self.split_day, self.jump_day = (
            np.full(lines, float(NEVER)) for _ in range(3)
        )
        self.units = UnitsMemory(lines)
        self.before_stood, self.doubt, self.factor = np.zeros((3, lines))
        self.suspect, self.before_suspect = np.zeros((2, lines), dtype=bool)
        self.kind = np.full(lines, -1, dtype=np.int64)
        self.prices: list[FLOATS] = []
        self.day = self.start = NEVER

    def step(self, now: Observed) -> Answer:
        """Take in one session and return the state after it.

        Parameters
        ----------
        now : Observed
            The session; its `day` must be later than the last one.

        Returns
        -------
        Answer
            Copies of the state: later steps do not change them.
        """
        sampled = now.day - self.day > DAILY_DAYS
        self.start = now.day if self.day == NEVER else self.start
        self.day = now.day
        self.doubt *= DECAY
        self._forget(now)
        self._split(now)
        seen = np.isfinite(now.count)
        fresh = seen & ~np.isfinite(self.level)
        self.since[fresh] = now.day
        self._accept(fresh, now)
        distance = np.where(seen, np.abs(now.count - self.level), 0.0)
        self._accept(seen & (distance <= NEAR), now)
        if (distance > NEAR).any():
            self._judge(distance > NEAR, now, sampled)
        self.units.end(now)
        self.raw = np.where(seen, now.count, self.raw)
        self.price = np.where(np.isfinite(now.price), now.price, self.price)
        self.prices = [*self.prices[-4:], self.price]
        held = np.where(self.kind >= 0, TRIAL_DOUBT[self.kind] * distance, 0.0)
        return Answer(
            self.level.copy(),
            self.units.level.copy(),
            np.maximum(self.doubt, held),
            self.split_day.copy(),
            self.level_day.copy(),
            self.kind.copy(),
        )

    def _forget(self, now: Observed) -> None:
        """Start anew where the line was away for long, or is another security."""
        here = np.isfinite(now.price)
        gone = now.renewed | (here & (now.day - self.seen_day > FORGET_DAYS))
        for state in (self.level, self.candidate, self.before, self.raw, self.jump):
            state[gone] = np.nan
        self.units.forget(gone)
        self.doubt[gone], self.kind[gone], self.suspect[gone] = 0, -1, False
        self.jump_day[gone] = self.split_day[gone] = NEVER
        self.seen_day[here] = now.day

    def _split(self, now: Observed) -> None:
        """Carry all levels to the new share, unless the count had led the price."""
        moved = now.split != 0
        led = moved & (now.day - self.jump_day <= LEAD_DAYS) & (np.abs(self.jump - now.split) < 0.1)
        factor = np.where(led, 0.0, now.split)
        self.level, self.before = self.level + factor, self.before + factor
        self.units.scale(factor)
        self.split_day[moved] = now.day
        self.factor = np.where(moved, now.split, self.factor)
        self.jump_day[led] = NEVER

    def _accept(self, mask: BOOLS, now: Observed) -> None:
        """Let the observation be the level."""
        self.level = np.where(mask, now.count, self.level)
        self.level_day[mask] = now.day
        self.kind[mask] = -1
        self.candidate[mask] = np.nan

    def _judge(self, mask: BOOLS, now: Observed, sampled: bool) -> None:
        """Put far counts on trial and accept those whose trial is over."""
        move, jump = now.count - self.raw, now.count - self.level
        stood = self.level_day - self.since
        younger = np.abs(now.count - self.before) < NEAR
        correction = younger & (self.before_stood > stood)
        begins = mask & ~(np.abs(now.count - self.candidate) <= NEAR)
        undone = np.abs(jump + self.factor) < UNDONE
        replay = is_mechanical(move) | (undone & (now.day - self.split_day <= LEAD_DAYS))
        earlier = self.prices[-1:] if sampled else self.prices
        unseen = now.day - self.split_day > LEAD_DAYS
        split = mask & unseen & answered_by_price(jump, now.price, earlier)
        far = Far(mask, move, jump, stood, correction, split)
        log_cap = now.count + now.price
        kind = kind_of(
            move,
            jump,
            log_cap,
            begins=begins,
            replay=replay,
            split=now.split != 0,
            pending=np.isfinite(self.candidate),
            trusted=(stood >= TRUSTED_DAYS) & ~self.suspect & ~correction,
            sampled=sampled,
        )
        self.kind = np.where(begins, kind, self.kind)
        self.candidate = np.where(mask, now.count, self.candidate)
        self.candidate_day[begins] = now.day
        tried = now.day - self.candidate_day
        known = np.abs(now.count - self.units.level) <= NEAR
        young = ~np.isfinite(self.before) & (tried > np.maximum(stood, YOUNG_DAYS))
        young &= (jump < 0) | (log_cap < np.log(HUGE_CAP))
        due = (tried >= HOLD_DAYS[self.kind]) | young
        self._change(mask & (due | correction | known | split), known, far, now)

    def _change(self, accepted: BOOLS, known: BOOLS, far: Far, now: Observed) -> None:
        """Let far counts be the level, and remember what it was and how well founded."""
        other = accepted & ~far.split
        founded = ~far.correction & ~self.suspect
        self.units.begin(other & (far.jump < -DROP), self.level, far.stood, founded, now)
        self.units.scale(np.where(far.split, far.jump, 0.0))
        self.split_day[far.split] = now.day
        self.factor = np.where(far.split, far.jump, self.factor)
        settled = far.split | far.correction | known
        news = np.where(settled, 0.0, ACCEPTED_DOUBT * np.abs(far.jump))
        self.doubt = np.where(accepted, news, self.doubt)
        unfounded = np.isin(self.kind, (DOUBTFUL, MECHANICAL, LAG)) | (
            (self.kind == BULK) & ((far.stood >= TRUSTED_DAYS) | (self.since == self.start))
        )
        rose = (far.jump > 0) & unfounded & ~known
        since = np.where(far.correction, self.before_since, self.candidate_day)
        suspect = np.where(far.correction, self.before_suspect, rose)
        self.before = np.where(other, self.level, self.before)
        self.before_since = np.where(other, self.since, self.before_since)
        self.before_suspect = np.where(other, self.suspect, self.before_suspect)
        self.before_stood = np.where(other, far.stood, self.before_stood)
        self.since = np.where(other, since, self.since)
        self.suspect = np.where(other, suspect, self.suspect)
        self.jump = np.where(other, far.jump, self.jump)
        self.jump_day[other] = now.day
        self._accept(accepted, now)
