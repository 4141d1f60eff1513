"""What moved a company's chance: which of its features, set to what is usual, would change it most.

Features that say the same thing in several ways are taken together. A group's part is the log
odds of the company's chance less those with the group at its usual values among companies of the
same side; parts of groups that work together do not add up to the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy.special import logit  # type: ignore[import-untyped]

from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES
from recon.forecast.heads import HARD
from recon.forecast.predict import matrix

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "size": ("distance_3000", "p_r3000", "sigma"),
    "price": ("p_priced", "fails_price", "log_price"),
    "past events": ("refused_recon", "refused_early", "refused_ipo", "refusals"),
    "country": (
        "seat_abroad",
        "files_as_foreign",
        "incorporated_abroad",
        "abroad_china",
        "abroad_canada",
        "abroad_israel",
        "abroad_offshore",
        "abroad_other",
        "name_foreign_form",
        "name_ordinary",
    ),
    "type": (
        "fails_share_type",
        "fails_structure",
        "type_equity",
        "type_receipt",
        "type_partnership",
        "type_fund",
        "type_spac",
        "type_reit",
        "name_units",
        "classes",
        "class_letter",
    ),
    "companies of its kind": ("kind_odds",),
    "public rules": ("ruled_eligible", "fails_cap"),
    "age of the listing": ("listed_years", "offering_age", "events_since_listed", "spun_off"),
    "trading": ("turnover", "traded_share", "volume_growth", "log_dollar_volume"),
    "recent returns": ("change_year", "change_quarter"),
    "share count": ("doubt", "cap_reported", "cap_units", "cap_sibling"),
    "lists": ("once_member", "unheld", "list_age", "knows_micro"),
    "takeover": ("price_pinned",),
}
LEAST: Final = 0.1
"""Log odds below which a part is not worth a word."""


@dataclass(frozen=True, slots=True)
class Part:
    """One group's part in a chance.

    Attributes
    ----------
    group : str
        Key of `GROUPS`.
    log_odds : float
        By which the chance to change sides lies above (or below) that with usual values.
    usual : float
        Chance with usual values, a fraction.
    """

    group: str
    log_odds: float
    usual: float


def parts(model: ReconClassifier, features: pl.DataFrame, company_id: str) -> tuple[Part, ...]:
    """Groups of features that moved a company's chance, the strongest first.

    Parameters
    ----------
    model : ReconClassifier
        That gave the chance.
    features : pl.DataFrame
        Of all companies of the moment, as from `recon.forecast.predict.predict`.
    company_id : str
        The company.

    Returns
    -------
    tuple of Part
        Empty where the company is not among them, or the rules leave it where it is.
    """
    row = features.filter((pl.col("company_id") == company_id) & ~pl.col("stays"))
    if row.is_empty():
        return ()
    same = features.filter(pl.col("member") == row["member"][0])
    usual = matrix(same.select(pl.col(FEATURES).median()))[0]
    own = matrix(row)
    variants = np.repeat(own, len(GROUPS) + 1, axis=0)
    for i, names in enumerate(GROUPS.values(), start=1):
        columns = [FEATURES.index(name) for name in names]
        variants[i, columns] = usual[columns]
    chance = np.clip(model.chances(variants)(float(row["line_shift"][0])), HARD, 1 - HARD)
    found = (
        Part(name, float(logit(chance[0]) - logit(other)), float(other))
        for name, other in zip(GROUPS, chance[1:], strict=True)
    )
    return tuple(
        sorted(
            (part for part in found if abs(part.log_odds) >= LEAST),
            key=lambda part: -abs(part.log_odds),
        )
    )
