"""What is published at a place: the manifest of a generation, and the pointer to the newest one.

    published.json                                  the pointer: which manifest is the newest
    manifests/<sha256>.json                         one a published generation
    tables/listing/<sha256>.parquet                 a table whole,
    tables/quote/month=2024-06/<sha256>.parquet     or a month of sessions of it

All but the pointer is named after its content and never changes. The pointer goes last, so a
reader sees a whole generation or the one before it.
"""

from typing import Final, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from recon.errors import NoDataError, StoreError
from recon.files import checksum
from recon.store.place import Place

POINTER: Final = "published.json"
LAYOUT: Final = 1
"""Of the files of a place; another number is for another program."""
_SHA256: Final = r"^[0-9a-f]{64}$"
_M = TypeVar("_M", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pointer(_Strict):
    """Which manifest is the newest."""

    layout: Literal[1] = LAYOUT
    manifest: str = Field(pattern=_SHA256, description="SHA-256 of the manifest, and its name")


class File(_Strict):
    """One Parquet file."""

    table: str = Field(pattern=r"^[a-z_]+$")
    month: str | None = Field(pattern=r"^\d{4}-\d{2}$", description="of the sessions; null: all")
    name: str = Field(description="below the place")
    rows: int = Field(ge=0)
    size: int = Field(ge=0, description="bytes")
    sha256: str = Field(pattern=_SHA256)

    @model_validator(mode="after")
    def _named_after_its_content(self) -> Self:
        if self.name != file_name(self.table, self.month, self.sha256):
            raise ValueError("the name of a file does not follow from its content")
        return self


class Manifest(_Strict):
    """A published generation. It holds no time of its making: the same gives the same bytes."""

    program_version: str
    schema_version: int = Field(ge=1, description="number of the last migration applied")
    generation: int = Field(ge=1, description="number in the store that it was published from")
    fingerprint: str = Field(pattern=_SHA256, description="of all ingested files, in their order")
    simulated: bool
    files: tuple[File, ...]

    @property
    def content(self) -> bytes:
        """The manifest as it is written."""
        return self.model_dump_json(indent=2).encode()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)


def file_name(table: str, month: str | None, sha256: str) -> str:
    """Name of a Parquet file below the place."""
    part = "" if month is None else f"month={month}/"
    return f"tables/{table}/{part}{sha256}.parquet"


def manifest_name(sha256: str) -> str:
    """Name of a manifest below the place."""
    return f"manifests/{sha256}.json"


def newest(place: Place) -> tuple[str, Manifest] | None:
    """Read the newest manifest of a place.

    Returns
    -------
    tuple of str and Manifest, or None
        The SHA-256 of the manifest, and it; None where nothing is published.

    Raises
    ------
    StoreError
        If pointer or manifest is missing its other half, damaged, or of another layout.
    """
    said = place.read(POINTER)
    if said is None:
        return None
    sha256 = _parsed(Pointer, said, place, POINTER).manifest
    name = manifest_name(sha256)
    return sha256, _parsed(Manifest, whole(place, name, sha256), place, name)


def newest_there(place: Place) -> tuple[str, Manifest]:
    """Read the newest manifest of a place where there must be one.

    Raises
    ------
    NoDataError
        If nothing is published there.
    InputError
        If there is no such bucket.
    StoreError
        As `newest`.
    """
    found = newest(place)
    if found is None:
        if place.folder is None:
            place.check_bucket()
        raise NoDataError(
            "nothing is published here",
            field="store",
            value=place.address,
            expected="a place that `recon publish` wrote to",
        )
    return found


def whole(place: Place, name: str, sha256: str) -> bytes:
    """Read a file and check it.

    Raises
    ------
    StoreError
        If it is missing, or its content is another than was published.
    """
    content = place.read(name)
    if content is None or checksum(content) != sha256:
        raise StoreError(
            "a published file is " + ("missing" if content is None else "damaged"),
            field=name,
            value="none" if content is None else f"{checksum(content)[:12]}…",
            expected=f"{sha256[:12]}… at {place.address}; remove it and publish again",
        )
    return content


def _parsed(kind: type[_M], content: bytes, place: Place, name: str) -> _M:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise StoreError(
            f"a published file cannot be used ({first['msg']})",
            field=f"{'.'.join(str(part) for part in first['loc']) or 'content'} of {name}",
            value=place.address,
            expected=f"what this program publishes, layout {LAYOUT}",
        ) from error
