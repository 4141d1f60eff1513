"""The methodology as dated data, and the values in force at an event."""

from recon.rulebook.aliases import aliases

__all__ = ["aliases"]
