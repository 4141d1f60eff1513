"""The list, live: a read-only JSON API and the page, for whoever may look at them."""

from typing import Final

BASE: Final = "/api/v1"
"""Where the API is; what it says under a version stays as it is."""
