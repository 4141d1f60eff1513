"""Masters kept beside the generations: a moment's second verb need not build its master again.

A master follows from what the store held, the moment, the settings and this program alone, so it
is kept under a digest of all of these. The folder may be deleted at any time: what is missing,
damaged or of another program is built again, and where nothing can be written nothing is kept.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from recon.errors import InputError
from recon.files import checksum, write_together
from recon.master.build import Master
from recon.master.membership import Membership
from recon.master.snapshots import Snapshot
from recon.resources import sql_directory

KEPT: Final = 24
"""Masters in a folder, of 2 MB each on real data; the oldest go first."""
_HEAD: Final = "head.json"


class _Head(BaseModel):
    """What is no frame of a master, and the checksums of those that are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session: date
    snapshots: tuple[Snapshot, ...]
    micro: Snapshot | None
    sha256: dict[str, str]


def kept(folder: Path, said: object, make: Callable[[], Master]) -> Master:
    """Master of a folder, made and put there where it is not.

    Parameters
    ----------
    folder : Path
        Of kept masters; made if it is not there.
    said : object
        Everything that the master follows from, but this program, in a form whose `repr` says
        all of it.
    make : callable
        Builds the master.
    """
    name = checksum(f"{_program()} {said!r}".encode())[:32]
    found = _read(folder / name)
    if found is not None:
        return found
    master = make()
    # Where the folder cannot be written to the list is made all the same.
    with suppress(InputError, OSError):
        write_together(folder, name, _contents(master))
        _thin(folder)
    return master


def _frames(master: Master) -> Iterator[tuple[str, pl.DataFrame]]:
    for part in fields(master):
        value = getattr(master, part.name)
        if isinstance(value, pl.DataFrame):
            yield part.name, value
    yield "members", master.membership.lines


def _contents(master: Master) -> dict[str, bytes]:
    contents = {}
    for name, frame in _frames(master):
        file = BytesIO()
        frame.write_parquet(file)
        contents[f"{name}.parquet"] = file.getvalue()
    head = _Head(
        session=master.session,
        snapshots=master.membership.snapshots,
        micro=master.membership.micro,
        sha256={name: checksum(content) for name, content in contents.items()},
    )
    return contents | {_HEAD: head.model_dump_json().encode()}


def _read(folder: Path) -> Master | None:
    """Master of its folder; None where there is none, or one that is not whole."""
    try:
        head = _Head.model_validate_json((folder / _HEAD).read_bytes())
        frames = {}
        for name, expected in head.sha256.items():
            content = (folder / name).read_bytes()
            if checksum(content) != expected:
                raise ValueError(name)
            frames[name.removesuffix(".parquet")] = pl.read_parquet(content)
    except (OSError, ValueError, ValidationError):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    members = Membership(frames.pop("members"), head.snapshots, head.micro)
    return Master(session=head.session, membership=members, **frames)


def _thin(folder: Path) -> None:
    """Leave the newest masters of a folder."""
    there = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for old in there[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


@cache
def _program() -> str:
    """Digest of every file of this program: another program, another master."""
    digest = hashlib.sha256(pl.__version__.encode())
    root = Path(__file__).parents[1]
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.toml"), *sql_directory().rglob("*")]):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
