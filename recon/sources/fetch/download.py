"""One file over HTTP: resumed where it broke off, checked, then moved into place at once.

While a file is under way it is called `.NAME.part`, with what identifies its version
(`ETag`, `Last-Modified`) beside it in `.NAME.part.json`. A later try, in this run or the
next, asks for the rest under the condition that the version is still the same.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import httpx

from recon.errors import FetchError
from recon.sources.fetch import content
from recon.sources.fetch.addresses import Order
from recon.sources.fetch.patience import Means, PassingFailureError, Patience, retry_after

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class _Part:
    """A file under way."""

    path: Path
    url: str

    @property
    def _memory(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def condition(self) -> dict[str, str]:
        """Headers that ask for the rest, or none when it has to start again."""
        if not self.path.is_file() or self.path.stat().st_size == 0:
            return {}
        try:
            remembered = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        validator = remembered.get("validator")
        if remembered.get("url") != self.url or not validator:
            return {}
        return {"Range": f"bytes={self.path.stat().st_size}-", "If-Range": validator}

    def remember(self, headers: httpx.Headers) -> None:
        """Keep what identifies this version; a weak ETag may not condition a range."""
        etag = headers.get("ETag", "")
        validator = etag if etag.startswith('"') else headers.get("Last-Modified")
        if "Content-Encoding" in headers:
            validator = None  # ranges count encoded bytes, the part holds decoded ones
        self._memory.write_text(
            json.dumps({"url": self.url, "validator": validator}), encoding="utf-8"
        )

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self._memory.unlink(missing_ok=True)

    def become(self, target: Path) -> None:
        """Take the final name in one step, after the bytes are on the disk."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(target)
        self._memory.unlink(missing_ok=True)


def download(client: httpx.Client, order: Order, target: Path, means: Means) -> int:
    """Bring one file.

    Parameters
    ----------
    client : httpx.Client
        With the user agent and time limits set.
    order : Order
        What to bring.
    target : Path
        Final name; its folder exists.
    means : Means
        How long to wait, and whom to tell after each piece.

    Returns
    -------
    int
        Size in bytes.

    Raises
    ------
    FetchError
        The address does not give the file: at once when trying again is of no use, otherwise
        after all tries. What has arrived of a broken-off file is kept for the next run.
    """
    part = _Part(target.with_name(f".{order.name.replace(' ', '_')}.part"), order.url)
    try:
        for attempt in means.patience.retrying():
            with attempt:
                means.pace.wait()
                _once(client, order, part, means)
    except PassingFailureError as error:
        raise FetchError(
            f"gave up after {means.patience.attempts} tries: {error}", field="url", value=order.url
        ) from error
    try:
        content.check(part.path, order.kind, order.url)
    except FetchError:
        part.forget()
        raise
    size = part.path.stat().st_size
    part.become(target)
    return size


def _once(client: httpx.Client, order: Order, part: _Part, means: Means) -> None:
    condition = part.condition()
    try:
        # identity: lengths and ranges then count the bytes of the file itself
        headers = {"Accept-Encoding": "identity", **condition}
        with client.stream("GET", order.url, headers=headers) as response:
            _judge(response, order, part, means.patience)
            start = _start(response, part) if condition else 0
            if start == 0:
                part.path.unlink(missing_ok=True)
                part.remember(response.headers)
            total = _length(response, start)
            with part.path.open("ab") as file:
                for piece in response.iter_bytes():
                    file.write(piece)
                    means.progress(order.name, file.tell(), total)
    except httpx.TransportError as error:
        raise PassingFailureError(f"{type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:
        raise FetchError(f"cannot be fetched: {error}", field="url", value=order.url) from error
    size = part.path.stat().st_size
    if total is not None and size != total:
        if size > total:
            part.forget()
        raise PassingFailureError(f"{size} bytes arrived of {total}")


def _judge(response: httpx.Response, order: Order, part: _Part, patience: Patience) -> None:
    """Raise unless the response carries the file or a part of it."""
    status = response.status_code
    if status in {200, 206}:
        return
    if status == 416:
        part.forget()  # the part is longer than the file that is there now
        raise PassingFailureError("the server has no such range")
    reason = f"{status} {response.reason_phrase}".rstrip()
    if status not in _PASSING:
        expected = "200 OK"
        if status == 403 and order.user_agent_required:
            expected += "; is the contact in RECON_USER_AGENT a real one?"
        raise FetchError(
            f"the server answered {reason}", field="url", value=order.url, expected=expected
        )
    asked = retry_after(response.headers)
    if asked is not None and asked > patience.longest_wait:
        raise FetchError(
            f"the server answered {reason} and asks to wait {asked:.0f} s",
            field="url",
            value=order.url,
            expected=f"at most {patience.longest_wait:.0f} s; fetch again later",
        )
    raise PassingFailureError(f"the server answered {reason}", asked)


def _start(response: httpx.Response, part: _Part) -> int:
    """Byte at which the response begins: where the part ends, or 0 for the whole file."""
    if response.status_code == 200:
        return 0
    at = part.path.stat().st_size
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != at:
        part.forget()
        raise PassingFailureError("the server sent another range than was asked for")
    return at


def _length(response: httpx.Response, start: int) -> int | None:
    """Size of the whole file, None where the server does not say or encodes the content."""
    length = response.headers.get("Content-Length", "")
    if "Content-Encoding" in response.headers or not length.isdigit():
        return None
    return start + int(length)
