"""On what terms an event study holds its names: whose calls, how weighted, at what cost."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from recon.backtest.costs import Costs
from recon.demand.assets import read_assets
from recon.orders.profile import Profile
from recon.resources import models_directory

Weighting = Literal["equal", "probability", "demand"]
EDITION: Final = 1
"""Raised whenever a study kept before is no longer what this program computes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a study.

    Attributes
    ----------
    weighting : {"equal", "probability", "demand"}
        Of the calls' means: each the same, by the chance of the change, or by the dollars that
        index funds must trade if it happens.
    costs : Costs
        Of the net figures.
    profile : Profile or None
        A desk's: what it orders is held, weighted by the dollars of its orders; `weighting` is
        then of no use.
    models : Path or None
        Folder of models and their cards; None for the rules alone.
    assets : Path or None
        The user's own table, as for `recon.demand.assets.read_assets`.
    """

    weighting: Weighting = "equal"
    costs: Costs = field(default_factory=Costs)
    profile: Profile | None = None
    models: Path | None = field(default_factory=models_directory)
    assets: Path | None = None

    @property
    def weighs(self) -> Weighting:
        """What weighs a call: under a profile the dollars of its order."""
        return self.weighting if self.profile is None else "demand"

    def words(self) -> str:
        """How calls are weighted, for a head."""
        if self.profile is not None:
            return f"by the orders of profile {self.profile.name}"
        return {
            "equal": "equally",
            "probability": "by probability",
            "demand": "by the dollars that funds must trade",
        }[self.weighting]

    def digest(self) -> str:
        """Tell these terms from others that give other outcomes."""
        cards = [] if self.models is None else sorted(self.models.glob("recon-*.json"))
        said = [
            EDITION,
            self.weighs,
            self.costs.model_dump_json(),
            None if self.profile is None else self.profile.model_dump_json(),
            [(card.name, card.read_bytes()) for card in cards],
            read_assets(self.assets).write_csv(),
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()
