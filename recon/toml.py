"""TOML that a user wrote, bounded and with one kind of error."""

import tomllib
from pathlib import Path
from typing import Any, Final

LARGEST: Final = 2**20
"""Bytes; the largest of our own has 12 KB."""
DEEPEST: Final = 16
"""Tables within tables; our own have 4. What walks them calls itself."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file that a user wrote.

    Raises
    ------
    ValueError
        If it cannot be read, in one line; the caller knows what it was for.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(f"it has more than {LARGEST} bytes")
        table = tomllib.loads(content.decode())
    # A number of thousands of digits, or brackets within brackets, are no errors of TOML.
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
    level: list[Any] = [table]
    for _ in range(DEEPEST):
        values = [v for one in level for v in (one.values() if isinstance(one, dict) else one)]
        level = [value for value in values if isinstance(value, dict | list)]
    if level:
        raise ValueError(f"it has more than {DEEPEST} tables within each other")
    return table
