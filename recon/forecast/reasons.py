"""What moved a company's chance: which of its features, set to what is usual, would change it most.

Features that say the same thing in several ways are taken together. A group's part is the log
odds of the company's chance less those with the group at its usual values among companies of the
same side; parts of groups that work together do not add up to the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy.special import logit  # type: ignore[import-untyped]

from recon.forecast.classifier import ReconClassifier
from recon.forecast.features import FEATURES
from recon.forecast.learners import Floats
from recon.forecast.predict import matrix
from recon.forecast.size import HARD

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


def parts(
    model: ReconClassifier, features: pl.DataFrame, companies: Sequence[str]
) -> dict[str, tuple[Part, ...]]:
    """Groups of features that moved the chances of companies, the strongest first.

    Parameters
    ----------
    model : ReconClassifier
        That gave the chances.
    features : pl.DataFrame
        Of all companies of the moment, as from `recon.forecast.predict.predict`.
    companies : sequence of str
        `company_id` of each.

    Returns
    -------
    dict of str to tuple of Part
        Without the companies that are not among the features, or that the rules leave where
        they are.
    """
    asked = features.filter(pl.col("company_id").is_in(list(companies)) & ~pl.col("stays"))
    if asked.is_empty():
        return {}
    own, variants = matrix(asked), len(GROUPS) + 1
    usual = np.empty_like(own)
    for member in asked["member"].unique():
        same = features.filter(pl.col("member") == member)
        usual[(asked["member"] == member).to_numpy()] = matrix(
            same.select(pl.col(FEATURES).median())
        )[0]
    # One block a company: as it is, then with each group in turn at its usual values.
    blocks = np.repeat(own[:, None, :], variants, axis=1)
    for i, names in enumerate(GROUPS.values(), start=1):
        columns = [FEATURES.index(name) for name in names]
        blocks[:, i, columns] = usual[:, columns]
    shift = float(asked["line_shift"][0])
    given = model.chances(blocks.reshape(-1, own.shape[1]))(shift).reshape(-1, variants)
    chance = np.clip(given, HARD, 1 - HARD)
    moved = logit(chance[:, :1]) - logit(chance[:, 1:])
    return {
        company: _strongest(odds, usually)
        for company, odds, usually in zip(asked["company_id"], moved, chance[:, 1:], strict=True)
    }


def _strongest(odds: Floats, usual: Floats) -> tuple[Part, ...]:
    """Parts of one company worth a word."""
    order = np.argsort(-np.abs(odds), kind="stable")
    names = tuple(GROUPS)
    return tuple(
        Part(names[i], float(odds[i]), float(usual[i])) for i in order if abs(odds[i]) >= LEAST
    )
