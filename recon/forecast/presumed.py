"""What is presumed of a company's admission before anything is learned of companies like it.

The owner's text excludes some kinds outright; others are left out for votes, floats or seats that
no public file shows, and every event lets some of those in and not others. A few events are too
few to learn such shares well, so each kind begins at a presumed one, from which what is learned
departs as far as it is trusted. `recon backtest --admission` shows what became of each.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import logit  # type: ignore[import-untyped]

from recon.forecast.learners import Floats

PRESUMED: Final = {
    "excluded": 0.002,
    "passed over": 0.2,
    "refused": 0.05,
    "passed over as IPO": 0.5,
    "new class": 0.5,
    "known": 0.95,
    "other": 0.8,
}
"""Chance that a company of sufficient size is admitted, by kind; set by hand, in round figures,
on June 2021 to 2024. The first kind that fits a company is its own.

- *excluded*: its share type or structure is one that the owner's text leaves out (methodology
  §2.3).
- *passed over*: a reconstitution left it out in spite of its size, and it is not abroad. Set below
  what the events showed, as they show less each year.
- *refused*: by another public rule, mostly that of nationality.
- *passed over as IPO*: a quarterly event left it out, and no reconstitution has tested it.
- *new class*: no reconstitution has tested it, and its name says a class: votes.
- *known*: an official list has had it and no event has left it out since, or the Microcap holds it.
"""


def kinds(x: Floats, features: Sequence[str]) -> npt.NDArray[np.int64]:
    """Kind of each company, as a place in `PRESUMED`.

    Parameters
    ----------
    x : array (n, features)
        Features of companies outside the Russell 3000.
    features : sequence of str
        Their names.
    """
    at = {name: i for i, name in enumerate(features)}

    def is_(name: str) -> npt.NDArray[np.bool_]:
        return np.asarray(x[:, at[name]] == 1)

    refused = ~is_("ruled_eligible")
    at_home = ~(is_("seat_abroad") | is_("files_as_foreign") | is_("fails_price"))
    untested = x[:, at["events_since_listed"]] == 0
    rules = (
        is_("fails_share_type") | is_("fails_structure"),
        refused & at_home & (is_("refused_recon") | is_("refused_early")),
        refused,
        is_("refused_ipo"),
        untested & is_("class_letter"),
        is_("once_member") | is_("was_micro"),
    )
    return np.select(rules, range(len(rules)), len(rules)).astype(np.int64)


def presumed(x: Floats, features: Sequence[str]) -> Floats:
    """Log odds that the owner admits each company, were its size sufficient; as for `kinds`."""
    return np.asarray(logit(np.array(list(PRESUMED.values())))[kinds(x, features)])
