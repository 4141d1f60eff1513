"""The SEC's bulk archives, `companyfacts.zip` and `submissions.zip`, one member at a time.

Both hold one file `CIK##########.json` for each filer, 19,000 and about a million of them.
Nothing is unpacked to disk and one member at a time is in memory. A member whose name or JSON
is not what EDGAR writes is set aside; an archive that is no archive, or that inflates beyond
what EDGAR's files ever do, is refused whole.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import orjson
import polars as pl

from recon.errors import RefusedFileError
from recon.sources.files import loads

MEMBER_LIMIT = 128 * 2**20
"""Bytes of one member, inflated; the largest of EDGAR's have tens of millions."""
RATIO_LIMIT = 250
"""Inflated bytes for one packed, above `RATIO_FROM`; EDGAR's JSON packs 10 to 40 times."""
RATIO_FROM = 2**20
TOTAL_LIMIT = 200 * 2**30
"""Bytes of all members, inflated; EDGAR's have about 20 to 40 thousand million."""
SET_ASIDE_LIMIT = 1000
"""Members set aside before the archive is taken for something else."""

_MEMBER = re.compile(r"CIK(\d{10})\.json")
_BESIDE = re.compile(r"CIK\d{10}-submissions-\d{3,}\.json|placeholder\.txt")
"""Older filings of a company, and the file that EDGAR puts first."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What `zipfile` raises on archives that are damaged, encrypted or packed otherwise."""
_LABEL = 200
"""Characters of a member's name that are kept with what was set aside."""

Member = tuple[str, dict[str, Any]]
"""CIK of ten digits, and the content of its file."""


class Archive:
    """One archive, and what of it was set aside or skipped.

    Parameters
    ----------
    path : Path
        The archive.

    Attributes
    ----------
    skipped : int
        Members passed over because their first bytes say that they are not wanted.
    """

    def __init__(self, path: Path) -> None:
        self.skipped = 0
        self._path = path
        self._set_aside: list[tuple[str, str]] = []
        self._times_set_aside = 0

    def members(self, skip: re.Pattern[bytes] | None = None) -> Iterator[Member]:
        """Give the members in the archive's order, one in memory at a time.

        Parameters
        ----------
        skip : re.Pattern, optional
            Searched for in a member's first 1,024 bytes; where it is found the rest is not read.

        Raises
        ------
        RefusedFileError
            If the archive is damaged, encrypted or beyond the limits.
        """
        seen: set[str] = set()
        total = 0
        try:
            # Members that lie on one another would each be within bounds, and all of them beyond.
            size = self._path.stat().st_size
            most = min(TOTAL_LIMIT, max(RATIO_FROM, RATIO_LIMIT * size))
            with zipfile.ZipFile(self._path) as archive:
                for info in archive.infolist():
                    cik = self._cik(info.filename, seen)
                    if cik is None:
                        continue
                    seen.add(cik)
                    raw = self._inflate(archive, info, skip)
                    total += len(raw)
                    if total > most:
                        raise self._refusal(f"it inflates beyond {most} bytes")
                    content = self._content(raw, info.filename, cik) if raw else None
                    if content is not None:
                        yield cik, content
        except _BROKEN as error:
            raise self._refusal(f"it cannot be read ({error})") from error

    def set_aside(self, rule: str, member: str) -> None:
        """Put a member's name down as quarantined.

        Raises
        ------
        RefusedFileError
            If so many were that this cannot be the SEC's archive.
        """
        self._set_aside.append((rule, orjson.dumps({"member": member[:_LABEL]}).decode()))
        self._times_set_aside += 1
        if self._times_set_aside > SET_ASIDE_LIMIT:
            raise self._refusal(f"more than {SET_ASIDE_LIMIT} of its members are not EDGAR's")

    def rejected(self) -> pl.DataFrame:
        """Give `rule` and `row` of the members set aside since the last call."""
        rows, self._set_aside = self._set_aside, []
        return pl.DataFrame(rows, schema={"rule": pl.String, "row": pl.String}, orient="row")

    def _cik(self, name: str, seen: set[str]) -> str | None:
        """Tell by its name whose a member is; None for one that is not to be read."""
        named = _MEMBER.fullmatch(name)
        if named is not None and named[1] not in seen:
            return named[1]
        if named is not None:
            self.set_aside("member|twice", name)
        elif not _BESIDE.fullmatch(name):
            self.set_aside("member|name", name)
        return None

    def _inflate(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, skip: re.Pattern[bytes] | None
    ) -> bytes:
        """Read a member, believing nothing that its head says of its size; empty if skipped."""
        allowed = min(MEMBER_LIMIT, max(RATIO_FROM, RATIO_LIMIT * info.compress_size))
        with _opened(archive, info) as member:
            head = member.read(1024)
            if skip is not None and skip.search(head):
                self.skipped += 1
                return b""
            raw = head + member.read(allowed + 1 - len(head))
        if len(raw) > allowed:
            raise self._refusal(f"{info.filename} inflates beyond {allowed} bytes")
        return raw

    def _content(self, raw: bytes, name: str, cik: str) -> dict[str, Any] | None:
        try:
            content = loads(raw)
        except orjson.JSONDecodeError:
            content = None
        if not isinstance(content, dict):
            self.set_aside("member|json", name)
            return None
        if str(content.get("cik", cik)).strip().zfill(10) != cik:
            self.set_aside("member|cik", name)
            return None
        return content

    def _refusal(self, found: str) -> RefusedFileError:
        return RefusedFileError(
            f"Archive {self._path.name} is refused: {found}",
            field="file",
            value=self._path,
            expected="companyfacts.zip or submissions.zip as the SEC publishes it",
        )


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """Open a member that is packed as EDGAR packs: of others no small part can be unpacked alone.

    Raises
    ------
    NotImplementedError
        If it is packed otherwise.
    """
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotImplementedError("a member is packed in a way that EDGAR does not use")
    return archive.open(info)


def kind_of(path: Path) -> str | None:
    """Tell the SEC's archives by their first member: `companyfacts`, `submissions` or None.

    Never raises.
    """
    try:
        if not path.is_file():
            return None
        stat = path.stat()
        with path.open("rb") as file:
            if file.read(2) != b"PK":
                return None
    except OSError:
        return None
    return _kind(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _kind(path: Path, _size: int, _changed: int) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = (i for i in archive.infolist() if _MEMBER.fullmatch(i.filename))
            first = next(names, None)
            if first is None:
                return None
            with _opened(archive, first) as member:
                head = member.read(4096)
    except _BROKEN:
        return None
    if b'"facts"' in head and b'"entityName"' in head:
        return "companyfacts"
    return "submissions" if b'"entityType"' in head else None
