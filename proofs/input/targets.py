"""Who reads what; and one case from beginning to end: change, write, read, judge."""

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import polars as pl

from proofs.input.judge import Kind, Taken, WrongError, judge, one_line, plausible, take
from proofs.input.mutate import OF_BYTES, OF_TEXT, Promise, number, of_csv, of_frame, of_json
from proofs.input.seed import Seed, zipped
from recon.calendar import event
from recon.cli.options import load_settings
from recon.demand.assets import read_assets
from recon.errors import ReconError
from recon.forecast.model import load as load_model
from recon.orders.profile import read_profile
from recon.publish.archive import archived
from recon.publish.formats import read_list
from recon.rulebook import load as load_rulebook


def _settings(path: Path) -> object:
    with contextlib.chdir(path.parent):
        return load_settings()


def _archive(path: Path) -> pl.DataFrame:
    chances = path.parent / "universe" / path.name
    chances.parent.mkdir(exist_ok=True)
    chances.write_bytes(path.read_bytes())
    (one,) = archived(path.parent)
    return one.rows()


READERS: Final[dict[str, Callable[[Path], object]]] = {
    "assets": read_assets,
    "profile": read_profile,
    "rulebook": lambda path: load_rulebook(event("2025-06"), path),
    "settings": _settings,
    "candidate list": read_list,
    "archive": _archive,
    "model": lambda path: load_model(path.with_suffix(".skops")),
}
"""Readers of users' files that are no sources."""


def told(read: Callable[[Path], object], path: Path) -> Kind:
    """Let a reader of a user's file read it; what it gives is held to what a fact can be."""
    try:
        value = read(path)
    except ReconError as error:
        one_line(error)
        return "refused"
    if isinstance(value, pl.DataFrame):
        plausible(value.drop("symbol", strict=False))
    return "accepted"


def change(seed: Seed, chance: Random) -> tuple[bytes, Promise]:
    """Change a seed in one of the ways that its layout allows."""
    cells = chance.random() < 0.5 and bool(seed.kinds or seed.layout == "pdf")
    if cells and seed.layout == "csv":
        return of_csv(seed.content, seed.kinds, chance)
    if cells and seed.layout == "parquet":
        frame, promise = of_frame(
            pl.read_parquet(seed.content), seed.kinds, chance, spans=bool(seed.loose)
        )
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression=chance.choice(["zstd", "uncompressed", "snappy"]))
        return buffer.getvalue(), promise
    if cells and seed.layout == "json":
        return of_json(seed.content, seed.kinds, chance)
    if cells and seed.layout == "zip":
        return _in_archive(seed, chance)
    if cells and seed.layout == "pdf":
        return number(seed.content, chance), "any"
    ways = OF_TEXT if seed.layout in {"csv", "text", "json", "toml"} else OF_BYTES
    return chance.choice(ways)(seed.content, chance), "any"


NAMES: Final = (
    "../../etc/passwd",
    "/CIK0000320193.json",
    "CIK0000320193.json/x",
    "a\x00b",
    "C:\\x",
    "CIK0000320193.json",
    "CIK000032019３.json",
    "x" * 60_000,
)


def _in_archive(seed: Seed, chance: Random) -> tuple[bytes, Promise]:
    """Change a member of an archive, or its name."""
    with zipfile.ZipFile(io.BytesIO(seed.content)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    victim, promise = chance.choice(list(members)), "no_new"
    if chance.random() < 0.6:
        members[victim], promise = of_json(members[victim], seed.kinds, chance)
    elif chance.random() < 0.5:
        members[victim], promise = chance.choice(OF_TEXT)(members[victim], chance), "any"
    elif (other := chance.choice(NAMES)) not in members:
        members = {(other if name == victim else name): one for name, one in members.items()}
    return zipped(members.items()), promise  # type: ignore[return-value]


def run(seed: Seed, whole: Taken | None, number_of: int, chance: Random, folder: Path) -> Kind:
    """Take one case.

    Parameters
    ----------
    seed : Seed
        What is changed.
    whole : Taken or None
        What is taken of the seed as it is, for sources.
    number_of : int
        Of the case; 0 leaves the seed as it is.
    chance : Random
        Of the case.
    folder : Path
        Empty; the file is left in it.

    Raises
    ------
    WrongError
        If a reader did what it must not.
    """
    content, promise = change(seed, chance) if number_of else (seed.content, "same")
    path = folder / seed.name
    path.write_bytes(content)
    for name, other in seed.beside.items():
        (folder / name).write_bytes(_forged(other, content) if seed.layout == "model" else other)
    if seed.target in READERS:
        return told(READERS[seed.target], path)
    found = take(path)
    if whole is not None:
        judge(found, whole, promise, seed.loose)
        if not number_of and not found.frames:
            raise WrongError("the seed itself is not read")
    return found.kind


def _forged(card: bytes, model: bytes) -> bytes:
    """Give a model's card the checksum of another, as who means harm would."""
    said: dict[str, Any] = json.loads(card)
    said["sha256"] = hashlib.sha256(model).hexdigest()
    return json.dumps(said).encode()
