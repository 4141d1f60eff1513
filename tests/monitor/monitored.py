"""What is seen of a store of the small simulated market, and when."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from simulated_market import RANKS

from recon.calendar import end_of_day
from recon.monitor import signals
from recon.pipeline import Run, run
from recon.publish.candidates import candidates
from recon.store import Store

EARLIER, DAY, END = date(2024, 2, 15), date(2024, 5, 13), date(2024, 5, 15)
"""Files of the funds' holdings are of the last five sessions: flows are known on `DAY`."""


@dataclass
class Seen:
    """What is seen of a store at the end of `DAY`."""

    run: Run
    candidates: pl.DataFrame
    signals: pl.DataFrame


def look(path: Path, *, earlier: bool = True) -> Seen:
    ranks = path.parent / "ranks.toml"
    ranks.write_text(RANKS)
    with Store(path) as store:
        now = run(store, "2024-06", DAY, rulebook_override=ranks)
        before = run(store, "2024-06", EARLIER, rulebook_override=ranks) if earlier else None
        listed = candidates(now)
        known = store.as_of(end_of_day(DAY))
        return Seen(now, listed, signals(now, known, listed, earlier=before))
