"""Answers that take some work: made in a thread when first asked for, then kept."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread

from recon.serve.answers import Answer

T = TypeVar("T")
THREADS: Final = CapacityLimiter(2)
"""Threads of a worker that compute at a time; more would only keep each other, and the loop that
answers everybody else, from the one interpreter."""


async def worked(make: Callable[[], T]) -> T:
    """Compute in one of `THREADS`, so that others are answered meanwhile."""
    return await to_thread.run_sync(make, limiter=THREADS)


class Kept:
    """Answers by what was asked, the last asked for.

    Parameters
    ----------
    room : int
        Answers kept at most.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: OrderedDict[Hashable, Answer] = OrderedDict()

    async def get(self, asked: Hashable, make: Callable[[], Answer]) -> Answer:
        """Give the answer that is kept, else make it; what fails is not kept."""
        found = self._held.get(asked)
        if found is None:
            found = self._held[asked] = await worked(make)
        self._held.move_to_end(asked)
        while len(self._held) > self._room:
            self._held.popitem(last=False)
        return found
