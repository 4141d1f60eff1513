"""What is changed: a file with who reads it and what of it can be changed."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from proofs.input.mutate import Kinds

Layout = Literal["csv", "pipes", "text", "parquet", "json", "pdf", "zip", "bundle", "toml", "model"]


@dataclass(frozen=True, slots=True)
class Seed:
    """A file to change.

    Attributes
    ----------
    target : str
        Who reads it: a source, or a reader of `proofs.input.targets.READERS`.
    name : str
        Of the file; some readers look at it.
    content : bytes
        The whole cut-out.
    layout : str
        What can be changed in it.
    kinds : dict
        Columns whose cells can be made no fact.
    loose : frozenset of str
        Columns of the accepted rows that may shift.
    beside : dict
        Files that it needs beside it, unchanged.
    real : bool
        Whether it is cut out of a real file.
    """

    target: str
    name: str
    content: bytes
    layout: Layout
    kinds: Kinds = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    beside: dict[str, bytes] = field(default_factory=dict)
    real: bool = True


def parquet(frame: pl.DataFrame) -> bytes:
    """The frame as a file."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    """The members as an archive that bears no date of its making."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
