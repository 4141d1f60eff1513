"""Repositories and bundles built to do harm, object by object: git itself would not write them."""

import hashlib
import json
import os
import struct
import subprocess
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from proofs.input.hostile import RAN, Hostile
from proofs.input.hostile_files import GIGABYTE, deflated

_KINDS: Final = {"commit": 1, "tree": 2, "blob": 3, "delta": 7}
_LINE: Final = {"symbol": "AA", "name": "AA Inc.", "lastsale": "$1.5"}
GOOD: Final = json.dumps([_LINE]).encode()
"""A file of the screener; of it come a quote and a listing."""
ROWS: Final = 2
_SIZE: Final = 2**24 - 1
"""Bytes that one instruction of a delta copies at most."""


class Objects:
    """Objects of a repository, as they are packed."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []

    def add(self, kind: str, content: bytes) -> str:
        """Put an object in, and give its id."""
        self._pack(kind, len(content), zlib.compress(content))
        return _id(kind, content)

    def empty(self, size: int) -> str:
        """Put a file of so many blanks in, of which hardly a byte is here."""
        self._pack("blob", size, deflated(size))
        told = hashlib.sha1(b"blob %d\0" % size)
        for _ in range(size // 2**20):
            told.update(b" " * 2**20)
        return told.hexdigest()

    def delta(self, size: int) -> str:
        """Put a file in that is one of 16 megabytes again and again, so and so often."""
        base = self.add("blob", b" " * _SIZE)
        times = size // _SIZE
        told = _number(_SIZE) + _number(_SIZE * times) + (b"\xf0" + b"\xff" * 3) * times
        self._pack("delta", len(told), bytes.fromhex(base) + zlib.compress(told))
        return "1" * 40

    def tree(self, *entries: tuple[str, bytes, str]) -> str:
        """Put a folder in: mode, name and object of what is in it, whatever they are."""
        lines = (b"%s %s\0%s" % (m.encode(), name, bytes.fromhex(o)) for m, name, o in entries)
        return self.add("tree", b"".join(lines))

    def commit(self, tree: str, said: bytes = b"x") -> str:
        """Put a commit of 2025-05-01 in."""
        who = b"x <x@example.com> 1746059277 +0000"
        told = b"tree %s\nauthor %s\ncommitter %s\n\n%s\n" % (tree.encode(), who, who, said)
        return self.add("commit", told)

    def _pack(self, kind: str, size: int, packed: bytes) -> None:
        first, left = _KINDS[kind] << 4 | size & 15, size >> 4
        head = bytes([first | (128 if left else 0)]) + (_number(left) if left else b"")
        self._packed.append(head + packed)

    def bundle(self, head: str, line: str = "{head} refs/heads/main") -> bytes:
        """All of it as a bundle; the line names the newest commit."""
        pack = b"PACK" + struct.pack(">II", 2, len(self._packed)) + b"".join(self._packed)
        told = line.format(head=head).encode("latin-1")
        return b"# v2 git bundle\n" + told + b"\n\n" + pack + hashlib.sha1(pack).digest()


def _id(kind: str, content: bytes) -> str:
    return hashlib.sha1(b"%s %d\0%s" % (kind.encode(), len(content), content)).hexdigest()


def _number(value: int) -> bytes:
    """A number of seven bits a byte, the last ones first."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _whole(objects: Objects, *more: tuple[str, bytes, str], file: str | None = None) -> str:
    """A commit of a good file, or of another in its place, and of what else lies beside it."""
    blob = objects.add("blob", GOOD) if file is None else file
    folder = objects.tree(("100644", b"nasdaq_full_tickers.json", blob))
    entries = [*more, ("40000", b"nasdaq", folder)]
    return objects.commit(objects.tree(*sorted(entries, key=lambda one: one[1])))


def _odd_paths(objects: Objects) -> str:
    blob = objects.add("blob", b"#!/bin/sh\ntouch RAN\n")
    odd = (b"..", b".", b".git", b".GIT", b"/etc/passwd", b"../../x", b"a\nb", b"\x1b[2J", b"\xff")
    deep = objects.tree(("100755", b"x", blob))
    for _ in range(3000):
        deep = objects.tree(("40000", b"d" * 250, deep))
    names = [("100755", name, blob) for name in (*odd, b"-" * 100_000)]
    return _whole(objects, *names, ("40000", b"deep", deep), ("160000", b"module", "2" * 40))


def _link(objects: Objects) -> str:
    link = objects.add("blob", b"/etc")
    return objects.commit(objects.tree(("120000", b"nasdaq", link)))


def _module(objects: Objects) -> str:
    return objects.commit(objects.tree(("160000", b"nasdaq", "2" * 40)))


def _trees(objects: Objects) -> str:
    """Ten folders in each of ten folders, thirty levels down."""
    inner = objects.tree(("100644", b"x", objects.add("blob", b"x")))
    for _ in range(30):
        inner = objects.tree(*(("40000", b"%d" % n, inner) for n in range(10)))
    return _whole(objects, ("40000", b"many", inner))


def _bundle(make: Callable[[Objects], str], line: str, folder: Path) -> Path:
    objects = Objects()
    file = folder / "history.bundle"
    file.write_bytes(objects.bundle(make(objects), line))
    return file


_BUNDLES: Final[dict[str, tuple[Callable[[Objects], str], int]]] = {
    "a history with odd paths": (_odd_paths, ROWS),
    "a history with a link for a folder": (_link, 0),
    "a history with another repository for a folder": (_module, 0),
    "a history of trees of trees": (_trees, ROWS),
    "a file of a gigabyte": (lambda o: _whole(o, file=o.empty(GIGABYTE)), 0),
    "a difference that makes four gigabytes": (
        lambda o: _whole(o, file=o.delta(4 * GIGABYTE)),
        0,
    ),
    "a commit with a long tale": (
        lambda o: o.commit(o.tree(), b"x" * 2**28),
        0,
    ),
}
_HEADS: Final = {
    "an option for a commit": f"--output={RAN} refs/heads/main",
    "an option for a reference": f"{{head}} --output={RAN}",
    "a reference that leaves": "{head} refs/heads/../../../../RAN\n{head} refs/heads/main",
    "a reference of a megabyte": "{head} refs/heads/" + "x" * 2**20,
    "a reference with a zero byte": "{head} refs/heads/main\0RAN",
    "a program for a reference": "{head} refs/heads/$(touch RAN)`touch RAN`;touch RAN",
    "no references": "",
}


def _git(folder: Path, *arguments: str) -> None:
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, env=own, capture_output=True, check=True)


def _clone(change: Callable[[Path], None], folder: Path) -> Path:
    """A bare repository of a good history, changed."""
    objects = Objects()
    (folder / "bundle").write_bytes(objects.bundle(_whole(objects)))
    _git(folder, "clone", "-q", "--bare", "bundle", "clone")
    (folder / "bundle").unlink()
    change(folder / "clone")
    return folder / "clone"


def _programs(clone: Path) -> None:
    """Every setting and hook that names a program, and what may be included from elsewhere."""
    script = clone / "script"
    script.write_text(f"#!/bin/sh\ntouch '{clone.parent / RAN}'\n")
    script.chmod(0o755)
    settings = (
        "core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.gitProxy"
        " core.alternateRefsCommand diff.external gpg.program uploadpack.packObjectsHook"
        " credential.helper filter.x.smudge filter.x.clean filter.x.process sequence.editor"
        " alias.log alias.show-ref alias.cat-file remote.origin.uploadpack trailer.x.command"
    )
    for name in settings.split():
        _git(clone, "config", name, f"!{script}" if name.startswith("alias") else str(script))
    _git(clone, "config", "core.hooksPath", str(clone / "own"))
    _git(clone, "config", "log.showSignature", "true")
    _git(clone, "config", "include.path", str(clone / "included"))
    (clone / "included").write_text(f"[core]\n\tfsmonitor = {script}\n")
    hooks = "post-checkout reference-transaction post-index-change pre-auto-gc fsmonitor-watchman"
    for folder in (clone / "own", clone / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in hooks.split():
            (folder / name).symlink_to(script)


def _large(clone: Path) -> None:
    with (clone / "shallow").open("wb") as file:
        file.truncate(2**40)


def _placed(name: str, content: str) -> Callable[[Path], None]:
    def change(clone: Path) -> None:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(content)

    return change


def _endless(name: str) -> Callable[[Path], None]:
    """A file of a repository that never ends."""

    def change(clone: Path) -> None:
        (clone / name).unlink(missing_ok=True)
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).symlink_to("/dev/zero")

    return change


def _silent(name: str) -> Callable[[Path], None]:
    """A pipe for a file of a repository, to which nobody writes."""

    def change(clone: Path) -> None:
        (clone / name).unlink(missing_ok=True)
        os.mkfifo(clone / name)

    return change


_CLONES: Final[dict[str, tuple[Callable[[Path], None], int]]] = {
    "a repository whose settings name programs": (_programs, ROWS),
    "settings that never end": (_endless("config"), 0),
    "settings included from what never ends": (
        _placed("config", "[include]\n\tpath = /dev/zero\n"),
        0,
    ),
    "settings that include themselves": (_placed("config", "[include]\n\tpath = config\n"), ROWS),
    "borrowed objects that never end": (_endless("objects/info/alternates"), ROWS),
    "objects borrowed from itself": (_placed("objects/info/alternates", "../objects\n"), ROWS),
    "references that never end": (_endless("packed-refs"), ROWS),
    "a branch that never ends": (_endless("refs/heads/main"), ROWS),
    "a branch that names itself": (_placed("refs/heads/main", "ref: refs/heads/main\n"), ROWS),
    "a history cut off at what never ends": (_endless("shallow"), ROWS),
    "a history cut off at a terabyte": (_large, 0),
    "settings from a pipe": (_silent("config"), 0),
    "references from a pipe": (_silent("packed-refs"), 0),
}


def cases() -> list[Hostile]:
    """All of them; each is made when its time comes."""
    main = "{head} refs/heads/main"
    accepted = frozenset({"accepted", "refused", "quarantined", "unrecognised"})
    found = [
        Hostile(name, partial(_bundle, make, main), may=accepted, rows=rows)
        for name, (make, rows) in _BUNDLES.items()
    ]
    found += [
        Hostile(name, partial(_bundle, _whole, line), may=accepted, rows=ROWS)
        for name, line in _HEADS.items()
    ]
    found += [
        Hostile(name, partial(_clone, change), may=accepted, rows=rows)
        for name, (change, rows) in _CLONES.items()
    ]
    return found
