"""Every group of features has words, also where nothing is known."""

import pytest

from recon.forecast.features import FEATURES
from recon.forecast.reasons import GROUPS, Part
from recon.publish.chance_words import _FIGURES, _sentence

NOTHING = dict.fromkeys(FEATURES) | {"kind_odds": 0.0}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_can_be_told_where_nothing_is_known(group: str) -> None:
    assert _sentence(Part(group, -0.5, 0.2), NOTHING).startswith(f"{group}")


def test_the_words() -> None:
    row = NOTHING | {"refusals": 2.0, "doubt": 1e-9, "cap_reported": 1.0, "distance_3000": 0.0}
    assert _sentence(Part("past events", -1.0, 0.5), row) == (
        "past events: large enough at 2 reconstitutions and left out; "
        "lowers the odds 2.7 times (0.500 with usual values)"
    )
    assert _FIGURES["share count"](row) == "as reported"
    assert "over 1,000 times" in _sentence(Part("size", 20.0, 0.0), row)
