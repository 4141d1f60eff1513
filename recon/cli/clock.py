"""The one place that reads the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Give the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Give the present day in New York, where every date of this program is counted."""
    return now().astimezone(ZoneInfo("America/New_York")).date()
