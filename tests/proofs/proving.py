"""What all proofs share: events of the small market, and how a proof says what it proved."""

from collections.abc import Callable

OVER, TO_COME = "2024-06", "2025-06"
"""Events of the small market: one that is over before its end, and one that is not."""
Says = Callable[..., None]
"""Says what was proven, and of what how many, as `proofs.report.COUNTS`."""
