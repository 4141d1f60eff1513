"""The methodology as dated data, and the values in force at an event."""

from recon.rulebook.aliases import aliases
from recon.rulebook.load import USER, load
from recon.rulebook.model import Provenance, Rulebook

__all__ = ["USER", "Provenance", "Rulebook", "aliases", "load"]
