"""Who may ask, and how: the gate before every route.

Only GET and HEAD do anything. On the loopback the Host header must name it, so that no web page
can reach the server under a name of its own (DNS rebinding). Beyond it a token is required.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recon.errors import InputError
from recon.serve.answers import problem

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Hosts that only this machine reaches."""
ALLOWED: Final = ("GET", "HEAD")
SHORTEST: Final = 32
"""Characters of a token: 128 bits as `openssl rand -hex 16` writes them."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server listens and what it asks of readers.

    Attributes
    ----------
    host : str
        Name or address that it listens on.
    token : str or None
        That every request must bear; None for none.

    Raises
    ------
    InputError
        If there is no token beyond the loopback, or it is too short or not plain ASCII.
    """

    host: str
    token: str | None = None

    def __post_init__(self) -> None:
        if self.token is None and not self.local:
            raise InputError(
                "a server that other machines reach needs a token",
                field="--host",
                value=self.host,
                expected=f"RECON_TOKEN or --token-file, or one of {', '.join(LOOPBACK)}",
            )
        if self.token is None:
            return
        # Never the value: this line goes to terminals and logs.
        if len(self.token) < SHORTEST or not (self.token.isascii() and self.token.isprintable()):
            raise InputError(
                "the token is too short or not plain ASCII",
                field="token",
                value=f"{len(self.token)} characters",
                expected=f"at least {SHORTEST}, for instance of `openssl rand -hex 32`",
            )

    @property
    def local(self) -> bool:
        """Whether only this machine reaches the server."""
        return self.host in LOOPBACK


class Guard:
    """ASGI middleware that lets through who may ask.

    Parameters
    ----------
    app : ASGIApp
        What it guards.
    access : Access
        What is asked of readers.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on; a HEAD is a GET whose body stays here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refused(Request(scope))
        if refused is not None:
            await refused(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, _bodiless(send))
        else:
            await self.app(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        if self.access.local and _host(request.headers.get("host", "")) not in LOOPBACK:
            return problem(400, "the Host header does not name this machine's loopback")
        if self.access.token is not None and not _bears(request, self.access.token):
            return problem(
                401,
                "this server asks for a token",
                headers={"WWW-Authenticate": 'Bearer realm="recon"'},
            )
        if request.method not in ALLOWED:
            return problem(
                405, "nothing here can be changed", headers={"Allow": ", ".join(ALLOWED)}
            )
        return None


def _host(header: str) -> str:
    """Name in a Host header, without port and the brackets of an IPv6 address."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower()


def _bears(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # Compared whole, so that the time it takes says nothing of how much was right.
    same = hmac.compare_digest(given.strip().encode("latin-1"), token.encode())
    return same and scheme.lower() == "bearer"


def _bodiless(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent
