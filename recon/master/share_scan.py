"""One pass through time over the log share counts of all lines at once.

The vendor's count is a step function with defects: it is multiplied by old splits and put
back later, it follows a split some sessions late or early, it drops to the listed class, and
whole sessions go wrong. The pass keeps for every line the count in force and decides, from
nothing but the sessions so far, whether a far count replaces it at once, after a trial
(`share_trials`), or not at all. The loop runs over sessions; each step covers all lines.
"""

from dataclasses import dataclass

import numpy as np

from recon.master.share_splits import BOOLS, FLOATS, is_mechanical
from recon.master.share_trials import HOLD_DAYS, INTS, ROUNDED, TRIAL_DOUBT, kind_of

NEAR = float(np.log(1.3))
"""Log distance up to which a count is the next value of the same series."""
FORGET_DAYS = 60
"""Calendar days without a row after which a line is taken for a new one."""
DAILY_DAYS = 6
"""Sessions further apart than so many calendar days are samples, not neighbours."""
LEAD_DAYS = 60
"""A split within so many days of an equal jump of the count was already in the count."""
UNITS_DROP = float(np.log(1.4))
UNITS_MIN_DAYS = 20
"""Calendar days for which the higher count must have stood."""
UNITS_LIMIT_DAYS = 1200
ACCEPTED_DOUBT = 0.25
"""Of an accepted jump: 6 % of those are taken back, and sqrt(0.06) is 0.25."""
DECAY = 0.95
"""Of that doubt, per session: half is gone after 14 sessions."""
NEVER = -(10**6)


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


class Scan:
    """State of the pass; feed it sessions in ascending order.

    Parameters
    ----------
    lines : int
        Number of lines.
    """

    def __init__(self, lines: int) -> None:
        self.level, self.candidate, self.units, self.known_units, self.before = (
            np.full(lines, np.nan) for _ in range(5)
        )
        self.raw, self.jump, self.price = (np.full(lines, np.nan) for _ in range(3))
        self.level_day, self.candidate_day, self.since, self.before_since = (
            np.full(lines, float(NEVER)) for _ in range(4)
        )
        self.seen_day, self.split_day, self.jump_day, self.units_day = (
            np.full(lines, float(NEVER)) for _ in range(4)
        )
        self.before_stood = np.zeros(lines)
        self.kind = np.full(lines, -1, dtype=np.int64)
        self.doubt = np.zeros(lines)
        self.suspect = np.zeros(lines, dtype=bool)
        self.prices: list[FLOATS] = []
        self.day = NEVER

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
        self._judge(distance > NEAR, now, sampled)
        shown_again = now.count > self.units - UNITS_DROP / 2
        self.units[shown_again | (now.day - self.units_day > UNITS_LIMIT_DAYS)] = np.nan
        self.raw = np.where(seen, now.count, self.raw)
        self.price = np.where(np.isfinite(now.price), now.price, self.price)
        self.prices = [*self.prices[-4:], self.price]
        held = np.where(self.kind >= 0, TRIAL_DOUBT[self.kind] * distance, 0.0)
        return Answer(
            self.level.copy(),
            self.units.copy(),
            np.maximum(self.doubt, held),
            self.split_day.copy(),
            self.level_day.copy(),
            self.kind.copy(),
        )

    def _forget(self, now: Observed) -> None:
        """Start anew where the line was away for long, or is another security."""
        here = np.isfinite(now.price)
        gone = now.renewed | (here & (now.day - self.seen_day > FORGET_DAYS))
        for state in (self.level, self.candidate, self.units, self.known_units, self.before):
            state[gone] = np.nan
        self.raw[gone] = self.jump[gone] = np.nan
        self.doubt[gone], self.kind[gone], self.suspect[gone] = 0, -1, False
        self.jump_day[gone] = self.split_day[gone] = NEVER
        self.seen_day[here] = now.day

    def _split(self, now: Observed) -> None:
        """Carry all levels to the new share, unless the count had led the price."""
        moved = now.split != 0
        led = moved & (now.day - self.jump_day <= LEAD_DAYS) & (np.abs(self.jump - now.split) < 0.1)
        factor = np.where(led, 0.0, now.split)
        self.level, self.before = self.level + factor, self.before + factor
        self.units, self.known_units = self.units + factor, self.known_units + factor
        self.split_day[moved] = now.day
        self.jump_day[led] = NEVER

    def _accept(self, mask: BOOLS, now: Observed) -> None:
        """Let the observation be the level."""
        self.level = np.where(mask, now.count, self.level)
        self.level_day[mask] = now.day
        self.kind[mask] = -1
        self.candidate[mask] = np.nan

    def _judge(self, far: BOOLS, now: Observed, sampled: bool) -> None:
        """Put far counts on trial and accept those whose trial is over."""
        if not far.any():
            return
        move = now.count - self.raw
        jump = now.count - self.level
        pending = np.isfinite(self.candidate)
        begins = far & ~(np.abs(now.count - self.candidate) <= NEAR)
        kind = kind_of(
            move,
            jump,
            now.count + now.price,
            begins=begins,
            split=now.split != 0,
            pending=pending,
            sampled=sampled,
        )
        self.kind = np.where(begins, kind, self.kind)
        self.candidate = np.where(far, now.count, self.candidate)
        self.candidate_day[begins] = now.day
        stood = self.level_day - self.since
        tried = now.day - self.candidate_day
        back = (np.abs(now.count - self.before) <= NEAR) & (stood < self.before_stood)
        known = np.abs(now.count - self.units) <= NEAR
        split = self._answered_by_price(move, now, sampled)
        due = (tried >= HOLD_DAYS[self.kind]) | (tried > stood)
        accepted = far & (due | back | known | split)
        other = accepted & ~split
        self._begin_units(other, now, stood)
        self.units = np.where(far & split, self.units + jump, self.units)
        self.known_units = np.where(far & split, self.known_units + jump, self.known_units)
        self.suspect = np.where(other, (jump > 0) & (self.kind > ROUNDED) & ~known, self.suspect)
        news = ACCEPTED_DOUBT * np.abs(jump)
        self.doubt = np.where(accepted, np.where(split | back | known, 0.0, news), self.doubt)
        self.jump = np.where(other, jump, self.jump)
        self.jump_day[other] = now.day
        self.split_day[far & split] = now.day
        self._replace(other, back, stood)
        self._accept(accepted, now)

    def _replace(self, mask: BOOLS, back: BOOLS, stood: FLOATS) -> None:
        """Keep what the level was before, with the time for which it had stood."""
        since = np.where(back, self.before_since, self.candidate_day)
        self.before = np.where(mask, self.level, self.before)
        self.before_since = np.where(mask, self.since, self.before_since)
        self.before_stood = np.where(mask, stood, self.before_stood)
        self.since = np.where(mask, since, self.since)

    def _answered_by_price(self, move: FLOATS, now: Observed, sampled: bool) -> BOOLS:
        """Whether the price moved against the count within five sessions: a split unseen.

        Netchange does not show every split (ANET 2024-12-04), and none after a missing session
        (MARK 2022-12-22).
        """
        slack = 0.15 + 0.2 * np.abs(move)
        answered = np.zeros(move.shape, dtype=bool)
        for earlier in self.prices[-1:] if sampled else self.prices:
            answered |= np.abs(move + now.price - earlier) < slack
        return is_mechanical(move) & answered & (now.day - self.split_day > LEAD_DAYS)

    def _begin_units(self, accepted: BOOLS, now: Observed, stood: FLOATS) -> None:
        """Remember the higher count where the series drops to the listed class.

        A drop back to the count before a younger jump corrects that jump instead, and a level
        that rose in a bulk session or by a factor of splits is no evidence, unless it is the
        known count of all units.
        """
        drop = accepted & (self.level - now.count > UNITS_DROP) & ~np.isfinite(self.units)
        correction = (np.abs(now.count - self.before) < NEAR) & (self.before_stood > stood)
        known = np.abs(self.level - self.known_units) <= NEAR
        begin = drop & (((stood >= UNITS_MIN_DAYS) & ~correction & ~self.suspect) | known)
        self.units = np.where(begin, self.level, self.units)
        self.known_units = np.where(begin, self.level, self.known_units)
        self.units_day[begin] = now.day
