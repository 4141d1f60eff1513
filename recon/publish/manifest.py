"""What a set of files is: of which run and moment, and a checksum of each."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from recon.files import checksum

MANIFEST: Final = "manifest.json"


class File(BaseModel):
    """One file of the set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: int = Field(ge=0, description="bytes")
    sha256: str


class Manifest(BaseModel):
    """The set. It holds no time of its making: the same run gives the same bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    profile: str
    event: str
    as_of: date = Field(description="nothing is used that was not known at the end of this day")
    data_cutoff: date = Field(description="session of the list's closes")
    priced_on: date = Field(description="session of the orders' closes")
    hindsight: str
    simulated: bool
    rulebook_version: str
    model_version: str
    files: list[File]

    @property
    def digest(self) -> str:
        """Eight letters that differ where any file does."""
        said = "".join(f"{one.name}:{one.sha256};" for one in self.files)
        return checksum(said.encode())[:8]


def files_of(contents: Mapping[str, bytes]) -> list[File]:
    """Name, size and checksum of each file.

    Parameters
    ----------
    contents : mapping of str to bytes
        Files by name.
    """
    return [
        File(name=name, size=len(content), sha256=checksum(content))
        for name, content in contents.items()
    ]
