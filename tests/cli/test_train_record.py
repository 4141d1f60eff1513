"""What a trained model's card says of past events: only of those that it may know."""

import polars as pl
from small_page import model_cards

from recon.cli.train import _record


def test_a_card_holds_scores_and_reliability_of_its_own_events() -> None:
    strict, _ = model_cards()
    answered = pl.DataFrame(
        {
            "event": ["2022-06", "2023-06"] * 40,
            "lead": [0] * 80,
            "hindsight": ["strict"] * 80,
            "action": ["add"] * 80,
            "company_id": [f"c{i}" for i in range(80)],
            "chance": [0.2, 0.8] * 40,
            "outcome": [False, True] * 40,
            "call": [False, True] * 40,
            "rules_call": [False, True] * 40,
            "rules_strength": [0.2, 0.8] * 40,
            "unbanded_call": [False, True] * 40,
            "unbanded_strength": [0.2, 0.8] * 40,
            "noise": [False] * 80,
        }
    )
    found = _record(answered, ["2021-06", "2022-06"], "strict")
    assert [one["event"] for one in found["scores"]] == ["2022-06"]
    assert sum(one["n"] for one in found["bins"] if one["scope"] == "additions") == 40
    assert set(found["bins"][0]) == set(strict.bins[0])
    assert _record(answered, ["2021-06"], "strict") == {}
    assert _record(answered, ["2022-06"], "slow-facts") == {}
    assert _record(pl.DataFrame(), ["2022-06"], "strict") == {}
