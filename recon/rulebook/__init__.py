"""The methodology as dated data, and the values in force at an event."""

from recon.rulebook.aliases import aliases
from recon.rulebook.load import load
from recon.rulebook.model import Provenance, Rulebook

__all__ = ["Provenance", "Rulebook", "aliases", "load"]
