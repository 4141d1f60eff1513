"""What moved a company's chance, in words."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from recon.forecast.outlook import Outlook
from recon.forecast.reasons import Part, parts
from recon.publish.words import signed_percent

MOST: Final = 5
"""Parts that are told."""
SLIGHT: Final = 0.02
"""Doubt about a log share count below which it is not told; flags are 0 or 1."""
TOLD: Final = 1000.0
"""Largest factor that is written out."""
Features = Mapping[str, Any]


def moved_words(outlook: Outlook, companies: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Say what moved the chances of companies to change their side of the Russell 3000.

    Parameters
    ----------
    outlook : Outlook
        Of the run.
    companies : sequence of str
        `company_id` of each.

    Returns
    -------
    dict of str to tuple of str
        The strongest parts first; empty where nothing stands out, without the companies that
        the rules leave where they are.
    """
    found = parts(outlook.model, outlook.features, companies)
    rows = outlook.features.filter(pl.col("company_id").is_in(list(found)))
    return {
        row["company_id"]: tuple(_sentence(part, row) for part in found[row["company_id"]][:MOST])
        for row in rows.iter_rows(named=True)
    }


def _sentence(part: Part, row: Features) -> str:
    way = "raises" if part.log_odds > 0 else "lowers"
    figures = _FIGURES[part.group](row)
    factor = math.exp(abs(part.log_odds))
    times = f"{factor:,.1f}" if factor < TOLD else f"over {TOLD:,.0f}"
    odds = f"{way} the odds {times} times ({part.usual:.3f} with usual values)"
    return f"{part.group}{f': {figures}' if figures else ''}; {odds}"


def _size(row: Features) -> str:
    if row["distance_3000"] is None:
        return "no cap is known"
    above = signed_percent(math.exp(row["distance_3000"]) - 1)
    return f"cap {above} above the line at rank 3,000"


def _past(row: Features) -> str:
    count = int(row["refusals"] or 0)
    if count:
        return f"large enough at {count} reconstitution{'s' * (count > 1)} and left out"
    return "left out as an IPO" if row["refused_ipo"] else "never left out at a sufficient size"


def _flags(names: Mapping[str, str], otherwise: str) -> Callable[[Features], str]:
    def said(row: Features) -> str:
        return ", ".join(text for name, text in names.items() if (row[name] or 0) > SLIGHT) or (
            otherwise
        )

    return said


def _figure(name: str, form: str, otherwise: str = "not known") -> Callable[[Features], str]:
    def said(row: Features) -> str:
        return otherwise if row[name] is None else form.format(row[name])

    return said


def _change(row: Features) -> str:
    year, quarter = row["change_year"], row["change_quarter"]
    if year is None or quarter is None:
        return "not known"
    return (
        f"{signed_percent(math.expm1(year))} in a year, "
        f"{signed_percent(math.expm1(quarter))} in 63 sessions"
    )


_FIGURES: Final[Mapping[str, Callable[[Features], str]]] = {
    "size": _size,
    "price": _figure("p_priced", "price rule holds on {:.0%} of the paths"),
    "past events": _past,
    "country": _flags(
        {
            "seat_abroad": "headquartered abroad",
            "files_as_foreign": "files as a foreign issuer",
            "incorporated_abroad": "incorporated abroad",
            "name_ordinary": "ordinary shares",
            "name_foreign_form": "foreign legal form",
        },
        "nothing abroad",
    ),
    "type": _flags(
        {
            "fails_share_type": "share type excluded",
            "fails_structure": "structure excluded",
            "type_spac": "SPAC",
            "type_reit": "REIT",
            "name_units": "units or trust by its name",
            "class_letter": "one of several classes",
        },
        "common stock",
    ),
    "companies of its kind": lambda row: (
        f"{1 / (1 + math.exp(-row['kind_odds'])):.0%} of them pass"
    ),
    "public rules": _flags({"ruled_eligible": "all passed or open"}, "one fails"),
    "age of the listing": _figure("listed_years", "listed for {:.1f} years in the data"),
    "trading": _figure("volume_growth", "log volume of the quarter over the year {:+.2f}"),
    "recent returns": _change,
    "share count": _flags(
        {
            "doubt": "in doubt",
            "cap_units": "units carried from the past",
            "cap_sibling": "from another class",
            "cap_reported": "as reported",
        },
        "repaired",
    ),
    "lists": _flags(
        {"once_member": "a member once", "unheld": "a member that no fund holds"},
        "nothing in lists of the past",
    ),
    "takeover": _flags({"price_pinned": "price pinned, as under an offer"}, "price moves"),
}
