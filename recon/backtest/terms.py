"""On what terms an event study holds its names: whose calls, how weighted, at what cost."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from recon.backtest.costs import Costs
from recon.demand.assets import read_assets
from recon.files import checksum
from recon.orders.profile import Profile
from recon.resources import models_directory

Weighting = Literal["equal", "probability", "demand"]
EDITION: Final = 2
"""Raised whenever a study kept before is no longer what this program computes."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a study.

    Attributes
    ----------
    weighting : {"equal", "probability", "demand"} or None
        Of the calls' means: each the same, by the chance of the change, or by the dollars that
        index funds must trade if it happens (under a profile, of its orders). None: each the
        same, under a profile by dollars.
    costs : Costs
        Of the net figures.
    profile : Profile or None
        A desk's: what it orders is held.
    models : Path or None
        Folder of models and their cards; None for the rules alone.
    assets : Path or None
        The user's own table, as for `recon.demand.assets.read_assets`.
    """

    weighting: Weighting | None = None
    costs: Costs = field(default_factory=Costs)
    profile: Profile | None = None
    models: Path | None = field(default_factory=models_directory)
    assets: Path | None = None

    @property
    def weighs(self) -> Weighting:
        """What weighs a call."""
        return self.weighting or ("equal" if self.profile is None else "demand")

    def words(self) -> str:
        """How calls are weighted, for a head."""
        dollars = "that funds must trade" if self.profile is None else "of the orders"
        said = {
            "equal": "equally",
            "probability": "by probability",
            "demand": f"by the dollars {dollars}",
        }[self.weighs]
        return said if self.profile is None else f"{said}, as profile {self.profile.name} orders"

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
        return checksum(repr(said).encode())
