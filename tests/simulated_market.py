"""A simulated market of 150 companies up to a rank day, and ranks that suit it."""

from datetime import date
from pathlib import Path
from typing import Final

from recon.sources.simulated import simulate
from recon.store import Store

FIRST, LAST = date(2025, 3, 3), date(2025, 4, 30)
"""The last session is the rank day of June 2025."""
RANKS: Final = """
[ranks]
top_50 = 5
top_200 = 10
top_500 = 15
russell_1000 = 30
microcap_high = 50
russell_3000 = 80
russell_3000e = 100
"""


def filled_store(folder: Path, first: date = FIRST, last: date = LAST) -> Path:
    """Store `store` of a simulated market in a folder, with its `ranks.toml` beside it."""
    (folder / "ranks.toml").write_text(RANKS)
    simulate(folder / "market", first=first, last=last, companies=150)
    with Store(folder / "store") as store:
        store.ingest([folder / "market"])
    return folder / "store"
