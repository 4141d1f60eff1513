"""How long to wait: between requests to one provider, and before a request is tried again."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

Progress = Callable[[str, int, int | None], None]


class PassingFailureError(Exception):
    """A failure that may be gone at the next try.

    Parameters
    ----------
    reason : str
        What happened, for the message when all tries are used up.
    retry_after : float, optional
        Seconds that the server asked to wait.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of waiting.

    Attributes
    ----------
    attempts : int
        Tries for one file.
    first_wait, longest_wait : float
        Seconds; the wait doubles from the first to the longest, with jitter. A server that
        asks for more than the longest wait is not waited for.
    sleep : callable
        Replaced in tests.
    """

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    def retrying(self) -> Retrying:
        """Return tries that honour the server's own waiting time."""
        back_off = wait_exponential_jitter(initial=self.first_wait, max=self.longest_wait)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, PassingFailureError) else None
            return max(back_off(state), asked or 0.0)

        return Retrying(
            retry=retry_if_exception_type(PassingFailureError),
            stop=stop_after_attempt(self.attempts),
            wait=wait,
            sleep=self.sleep,
            reraise=True,
        )


@dataclass(slots=True)
class Pace:
    """Spacing of the requests to one provider.

    Attributes
    ----------
    per_second : float
        Most requests a second.
    sleep, clock : callable
        Replaced in tests; the clock only measures spans.
    """

    per_second: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next: float = field(default=float("-inf"), init=False)

    def wait(self) -> None:
        """Wait until the next request is allowed."""
        now = self.clock()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1.0 / self.per_second


@dataclass(frozen=True, slots=True)
class Means:
    """What every order of one provider shares.

    Attributes
    ----------
    pace : Pace
        Spacing of the requests.
    patience : Patience
        Waiting before another try.
    progress : callable
        Told the name, the amount done, and the amount in all where known.
    """

    pace: Pace
    patience: Patience
    progress: Progress


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a `Retry-After` header asks for.

    Its date form is read against the server's own `Date`, so that no clock of this machine
    is involved. None when the header is absent or says nothing that can be understood.
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        seconds = (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(seconds, 0.0)
