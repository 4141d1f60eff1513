"""Second names of events."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType


@lru_cache(maxsize=1)
def aliases() -> Mapping[str, str]:
    """Give the alias table of events.

    Returns
    -------
    mapping of str to str
        Second name to event id: `2026-12` is `2026-11` (methodology §1.3).
    """
    text = files("recon.rulebook").joinpath("data", "aliases.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
