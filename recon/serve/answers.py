"""What leaves the server: bytes with their ETag, or a problem; every header is set here."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict

from recon.files import checksum

SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer: no browser guesses its type, frames it or lends it to another site."""
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page carries its own scripts and styles, and nothing may load anything else."""
FRESH: Final = {"Cache-Control": "private, no-cache"}
"""Keep, but ask each time whether it still holds: a list may be replaced at any moment."""
JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
PROBLEM: Final = "application/problem+json"
DIGITS: Final = 32
"""Hexadecimal digits of an ETag: 128 bits."""


class Problem(BaseModel):
    """Why there is no answer, in the one shape of every error (RFC 9457).

    `errors` names the parameters that do not fit, one by one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, rendered.

    Attributes
    ----------
    body : bytes
        As sent.
    tag : str
        Strong ETag, quoted: equal for equal bytes of the same run.
    media : str
        Content type.
    """

    body: bytes
    tag: str
    media: str = JSON


def rendered(content: Any, about: str = "") -> Answer:
    """Render a value as JSON.

    Parameters
    ----------
    content : object
        What orjson takes; figures that are not finite become null.
    about : str
        The run or list that it is of; part of the ETag.
    """
    return answer(orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS), about)


def answer(body: bytes, about: str = "", media: str = JSON) -> Answer:
    """Give bytes their ETag; parameters as for `rendered`."""
    digest = checksum(about.encode() + b"\n" + body)
    return Answer(body, f'"{digest[:DIGITS]}"', media)


def respond(request: Request, given: Answer) -> Response:
    """Send an answer, or say that the reader has it (RFC 9110, 13.1.2)."""
    headers = SAFE | FRESH | {"ETag": given.tag}
    if given.media == HTML:
        headers["Content-Security-Policy"] = PAGE_POLICY
    asked = request.headers.get("if-none-match", "")
    held = {one.strip().removeprefix("W/") for one in asked.split(",")}
    if given.tag in held or asked.strip() == "*":
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(given.body, media_type=given.media, headers=headers)


def problem(
    status: int, detail: str, *, errors: tuple[str, ...] = (), headers: dict[str, str] | None = None
) -> Response:
    """Send an error.

    Parameters
    ----------
    status : int
        Of HTTP.
    detail : str
        One sentence for whoever asked; nothing of this machine.
    errors : tuple of str
        One for each parameter that does not fit.
    headers : dict of str to str, optional
        Besides the usual ones.
    """
    said = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    return Response(
        said.model_dump_json(),
        status_code=status,
        media_type=PROBLEM,
        headers=SAFE | {"Cache-Control": "no-store"} | (headers or {}),
    )
