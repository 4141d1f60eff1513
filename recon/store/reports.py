"""What the store tells about a batch and about itself."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

Status = Literal["landed", "already there", "refused", "unrecognised"]


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of one file.

    Attributes
    ----------
    path : Path
        The file or folder.
    status : str
        `landed`; `already there` (the same content, nothing done); `refused` (not what it
        claims to be, nothing taken); `unrecognised` (no source knows the format).
    source : str or None
        Name of the source that read it.
    batch_id : int or None
        Number of the batch, if it landed.
    simulated : bool
        Whether the batch is of the simulated market.
    rows : dict of str to int
        New rows by table.
    quarantined : dict of str to int
        Rows that broke a rule of their contract, by `table: rule`.
    skipped : int
        Lines that are no facts.
    repeated : int
        Rows that the source had delivered before, with the same values.
    conflicts : int
        Rows that the source had delivered before, with other values; what is stored stays.
    message : str or None
        Why a file was refused.
    """

    path: Path
    status: Status
    source: str | None = None
    batch_id: int | None = None
    simulated: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    repeated: int = 0
    conflicts: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What the store holds of one source.

    Attributes
    ----------
    source : str
        Its name.
    batches, rows : int
        How many of each landed.
    first, last : date or None
        First and last session of its quotes; None for a source without quotes.
    sessions : int
        Number of its sessions.
    """

    source: str
    batches: int
    rows: int
    first: date | None
    last: date | None
    sessions: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How far the quotes of two sources differ where both have a session.

    Attributes
    ----------
    sources : tuple of str
        The two.
    sessions : int
        Sessions that both have.
    lines : int
        Session × symbol pairs that only one has, or that differ in price, change, volume
        or cap.
    """

    sources: tuple[str, str]
    sessions: int
    lines: int


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What the store holds.

    Attributes
    ----------
    path : Path
        Its folder.
    generation, schema_version : int
        Number of the current generation, and of the newest migration in it.
    size : int
        Bytes of the current generation.
    simulated : bool
        Whether all of it is the simulated market.
    tables : dict of str to int
        Rows by table.
    sources : list of SourceStatus
        By name.
    first, last : date or None
        First and last session with quotes, of any source.
    missing : list of date
        NYSE sessions between the two that no source has.
    quarantined : dict of str to int
        Rows by `table: rule`, all batches.
    conflicts : int
        Rows that a source delivered twice with different values, all batches.
    differences : list of Difference
        For each pair of sources with sessions in common.
    """

    path: Path
    generation: int
    schema_version: int
    size: int
    simulated: bool
    tables: dict[str, int]
    sources: list[SourceStatus]
    first: date | None
    last: date | None
    missing: list[date]
    quarantined: dict[str, int]
    conflicts: int
    differences: list[Difference]
