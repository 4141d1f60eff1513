"""Figures as people read them."""

import math
from collections.abc import Sequence
from typing import Final

OPEN_FOR_ALL: Final = ("float_unknown", "voting_rights_unknown")
"""Codes of every company that was in no index; a table need not repeat them."""
_UNITS = ((999.995e9, "tn", 1e12, 2), (999.95e6, "bn", 1e9, 2), (999_999.5, "m", 1e6, 1))
"""From where on a unit is used: where the smaller one would round to a thousand."""


def money(usd: float | None) -> str:
    """Give an amount with the unit that suits it: `$4.53bn`, `$144.9m`, `$12,345`.

    Parameters
    ----------
    usd : float or None
        USD, not negative; None and NaN give `unknown`.
    """
    if usd is None or math.isnan(usd):
        return "unknown"
    for start, unit, size, digits in _UNITS:
        if usd >= start:
            return f"${usd / size:,.{digits}f}{unit}"
    return f"${usd:,.0f}"


def price(usd: float | None) -> str:
    """Give a price per share: cents, and four digits below a dollar."""
    if usd is None or math.isnan(usd):
        return "unknown"
    return f"${usd:,.2f}" if usd >= 1 else f"${usd:,.4f}"


def signed_percent(fraction: float | None) -> str:
    """Give a change in percent with its sign; 0.123 is `+12.3 %`."""
    if fraction is None or math.isnan(fraction):
        return ""
    return f"{100 * fraction:+,.1f} %" if abs(fraction) < 10 else f"{100 * fraction:+,.0f} %"


def percent(fraction: float | None) -> str:
    """Give a chance in whole percent; what is not quite sure never reads as sure."""
    if fraction is None or math.isnan(fraction):
        return "–"
    if 0 < fraction < 0.005:
        return "<1 %"
    if 0.995 <= fraction < 1:
        return ">99 %"
    return f"{100 * fraction:.0f} %"


def above(distance: float | None) -> float | None:
    """Turn a log distance to a line into the fraction by which the cap is above the line."""
    return None if distance is None else math.expm1(distance)


def reasons(codes: Sequence[str] | None) -> str:
    """Give reason codes as words, but for those of every company."""
    return ", ".join(one.replace("_", " ") for one in codes or () if one not in OPEN_FOR_ALL)
