"""The list that is served now, and its replacement when the store holds something newer.

Readers take the edition that is there and keep it for the length of one answer; a new one takes
its place in one step when it is whole. Nobody waits for it.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final, Protocol

from fastapi import HTTPException

from recon.errors import ReconError
from recon.serve.answers import Answer, rendered
from recon.serve.edition import Edition

LOOK: Final = 1.0
"""Seconds between two looks at the store's pointer, a file of a few bytes."""
_LOG = logging.getLogger("uvicorn.error")


class Made(Protocol):
    """Where editions come from, as `recon.serve.maker.Maker`."""

    def key(self) -> str:
        """Say which edition would be made now."""

    def make(self) -> Edition:
        """Make it."""

    def stop(self) -> None:
        """End a making that is under way."""


class Book:
    """The current edition.

    Parameters
    ----------
    maker : Made
        Makes editions.
    """

    def __init__(self, maker: Made) -> None:
        self._maker = maker
        self._edition: Edition | None = None
        self._tried: str | None = None
        self._making = False
        self._error: str | None = None

    def current(self) -> Edition:
        """Give what is to be read now.

        Raises
        ------
        HTTPException
            503 while there is none.
        """
        if self._edition is None:
            why = self._error or "the list is being made; ask /api/v1/health when it is ready"
            raise HTTPException(503, why, {"Retry-After": "5"})
        return self._edition

    def health(self) -> Answer:
        """Say whether there is a list; fields of `recon.serve.models.Health`."""
        edition = self._edition
        return rendered(
            {
                "ready": edition is not None,
                "list": edition and edition.name,
                "run_id": edition and edition.run_id,
                "generation": edition and edition.generation,
                "making": self._making,
                "error": self._error,
            }
        )

    async def watch(self) -> None:
        """Look for something newer until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Take what is newer than the edition; what cannot be made is tried when it changes."""
        try:
            key = self._maker.key()
            if key == self._tried:
                return
            self._tried, self._making = key, True
            self._edition = await asyncio.to_thread(self._maker.make)
            self._error = None
        except ReconError as error:
            self._error = error.message
            _LOG.error("the list was not made: %s", error)
        except Exception:
            self._error = "the list could not be made; the server's own output says why"
            _LOG.exception("the list was not made")
        finally:
            self._making = False

    def stop(self) -> None:
        """End what is being made."""
        with suppress(ReconError):
            self._maker.stop()
