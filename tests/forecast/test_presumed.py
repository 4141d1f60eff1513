"""What is presumed of a company's admission, by kind."""

import numpy as np
import pytest
from scipy.special import expit

from recon.forecast.features import FEATURES
from recon.forecast.presumed import PRESUMED, kinds, presumed

PLAIN = {"ruled_eligible": 1.0, "events_since_listed": 3.0}


def row(**figures: float) -> np.ndarray:
    """One company: nothing stands in its way, and reconstitutions have tested it."""
    x = np.zeros((1, len(FEATURES)))
    for name, figure in (PLAIN | figures).items():
        x[0, FEATURES.index(name)] = figure
    return x


@pytest.mark.parametrize(
    ("figures", "kind"),
    [
        ({}, "other"),
        ({"once_member": 1}, "known"),
        ({"was_micro": 1}, "known"),
        ({"events_since_listed": 0}, "other"),
        ({"events_since_listed": 0, "class_letter": 1}, "new class"),
        ({"class_letter": 1}, "other"),
        ({"refused_ipo": 1, "events_since_listed": 0, "class_letter": 1}, "passed over as IPO"),
        ({"ruled_eligible": 0, "refused_recon": 1}, "passed over"),
        ({"ruled_eligible": 0, "refused_recon": 1, "seat_abroad": 1}, "refused"),
        ({"ruled_eligible": 0, "refused_recon": 1, "files_as_foreign": 1}, "refused"),
        ({"ruled_eligible": 0, "refused_recon": 1, "fails_price": 1}, "refused"),
        ({"ruled_eligible": 0, "refused_early": 1}, "passed over"),
        ({"ruled_eligible": 0, "refused_early": 1, "seat_abroad": 1}, "refused"),
        # A user's own answer, or a cap below the least: no event had to do with it.
        ({"ruled_eligible": 0}, "refused"),
        ({"ruled_eligible": 0, "fails_cap": 1}, "refused"),
        ({"ruled_eligible": np.nan}, "refused"),
        ({"ruled_eligible": 0, "fails_structure": 1, "once_member": 1}, "excluded"),
        ({"ruled_eligible": 0, "fails_share_type": 1}, "excluded"),
    ],
)
def test_the_first_kind_that_fits_is_its_own(figures: dict[str, float], kind: str) -> None:
    x = row(**figures)
    assert list(PRESUMED)[kinds(x, FEATURES)[0]] == kind
    assert expit(presumed(x, FEATURES)[0]) == pytest.approx(PRESUMED[kind])


def test_what_is_not_known_is_no_obstacle() -> None:
    x = row(events_since_listed=np.nan, once_member=np.nan, class_letter=1)
    assert list(PRESUMED)[kinds(x, FEATURES)[0]] == "other"
