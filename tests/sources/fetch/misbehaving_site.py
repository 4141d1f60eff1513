"""A real HTTP server on the loopback that can be told to misbehave."""

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import ClassVar


@dataclass
class Fault:
    """What the server does with one request instead of answering it well."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop_after: int | None = None
    body: bytes = b""


@dataclass
class Site:
    """Files by path, faults by path in the order in which they strike, requests as seen."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    etag: str | None = '"v1"'
    last_modified: str | None = None
    ranges: bool = True
    media_type: str = "text/csv;charset=UTF-8"

    def asked(self, path: str) -> list[dict[str, str]]:
        return [headers for requested, headers in self.requests if requested == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: ClassVar[Site]

    def do_GET(self) -> None:
        site = self.site
        path = self.path.split("?")[0]
        site.requests.append((path, {k.lower(): v for k, v in self.headers.items()}))
        fault = site.faults[path].popleft() if site.faults[path] else Fault()
        if fault.status is not None:
            self._answer(fault.status, fault.body, fault.headers)
        elif path not in site.files:
            self._answer(404, b"", {})
        else:
            self._file(site, site.files[path], fault)

    def _file(self, site: Site, content: bytes, fault: Fault) -> None:
        headers = {"Content-Type": site.media_type, **fault.headers}
        if site.etag:
            headers["ETag"] = site.etag
        if site.last_modified:
            headers["Last-Modified"] = site.last_modified
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in {site.etag, site.last_modified}
        if asked and site.ranges and same:
            start = int(asked[1])
            if start >= len(content):
                self._answer(416, b"", {"Content-Range": f"bytes */{len(content)}"})
                return
            headers.setdefault("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self._answer(206, content[start:], headers, fault.drop_after)
        else:
            self._answer(200, content, headers, fault.drop_after)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str], drop_after: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:drop_after])
        if drop_after is not None:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass
