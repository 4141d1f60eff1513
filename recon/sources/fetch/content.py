"""Whether a fetched file is what its address promises, looked up in the content itself.

A server that is busy, moved or defended against robots answers with a web page, often with
status 200 and the media type of the real thing. Such a page must never take a file's place.
"""

import zipfile
from pathlib import Path

import orjson

from recon.errors import FetchError
from recon.sources.fetch.addresses import Kind

_HEAD = 4096
_DIRECTORY_HEADS = ("Symbol|", "ACT Symbol|", "Nasdaq Traded|")


def check(path: Path, kind: Kind, url: str) -> None:
    """Refuse a file that is not of its kind.

    Parameters
    ----------
    path : Path
        The complete file, before it takes its final name.
    kind : str
        `holdings` (an iShares CSV with its preamble), `json`, `zip` or `directory` (a Nasdaq
        Trader symbol file, complete down to its last line).
    url : str
        For the message.

    Raises
    ------
    FetchError
        With what was expected.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] == b"<":
        raise FetchError(
            "the address gave a web page instead of the file",
            field="url",
            value=url,
            expected=f"{kind}; save the file with a browser if this lasts",
        )
    problem = {
        "holdings": _holdings,
        "json": _json,
        "zip": _zip,
        "directory": _directory,
    }[kind](path, head)
    if problem:
        raise FetchError(f"the address gave {problem}", field="url", value=url, expected=kind)


def _holdings(path: Path, head: bytes) -> str | None:
    text = head.decode("utf-8", errors="replace")
    if "Fund Holdings as of" not in text or "Ticker,Name" not in text:
        return "no list of holdings"
    as_of = text.split("Fund Holdings as of", 1)[1].splitlines()[0]
    return None if any(c.isdigit() for c in as_of) else "holdings without a date"


def _json(path: Path, head: bytes) -> str | None:
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        return f"no valid JSON ({error})"
    return None if isinstance(content, dict) and content else "no JSON object, or an empty one"


def _zip(path: Path, head: bytes) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return None if archive.namelist() else "an empty archive"
    except zipfile.BadZipFile:
        return "no zip archive, or a torn one"


def _directory(path: Path, head: bytes) -> str | None:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith(_DIRECTORY_HEADS):
        return "no symbol directory"
    if not text.rstrip().rsplit("\n", 1)[-1].startswith("File Creation Time"):
        return "a symbol directory without its last line"
    return None
