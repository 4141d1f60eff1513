"""Everything that the program says of an event at a moment, as bytes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import numpy as np
import polars as pl

from recon.backtest.moment import Cell, Setup, one_frame
from recon.backtest.walk_forward import learn
from recon.calendar import end_of_day, events
from recon.cli.foresight import foresee, whole_list
from recon.forecast.predict import predict
from recon.publish.archive import keep
from recon.publish.explain import explain
from recon.publish.formats import FORMATS, encode
from recon.settings import Settings
from recon.store import Hindsight, Store

MADE = datetime(2030, 1, 1, tzinfo=UTC)
"""When a run is said to be archived; the clock is no part of what is proven."""
EXPLAINED = 5
"""Companies that are explained."""
SETTLED = timedelta(days=50)
"""Of data before a moment."""
NEAR = timedelta(days=200)
"""From a moment to an event's effective day."""
LONGEST_BASE = timedelta(days=400)
"""From the reconstitution on whose ranking an IPO event rests to its effective day."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a store."""

    event: str
    day: date
    hindsight: Hindsight = "strict"

    def moment(self) -> datetime:
        """Naive UTC, as the store writes it."""
        return end_of_day(self.day).astimezone(UTC).replace(tzinfo=None)


def any_asked(store: Path, chance: np.random.Generator) -> Asked:
    """A random session of a store, and an event near it whose base the store reaches back to."""
    with Store(store) as opened:
        sessions = opened.as_of(end_of_day(opened.newest_session())).sessions()
    usable = [one for one in sessions if one >= sessions[0] + SETTLED]
    reach = events(usable[0].year, usable[-1].year + 1, kinds=("recon", "ipo"))
    asked: list[Asked] = []
    while not asked:
        day = usable[int(chance.integers(len(usable)))]
        hindsight: Hindsight = "strict" if chance.random() < 2 / 3 else "slow-facts"
        asked = [
            Asked(one.id, day, hindsight)
            for one in reach
            if one.effective is not None
            and day <= one.effective <= day + NEAR
            and (one.kind == "recon" or one.effective > sessions[0] + LONGEST_BASE)
        ]
    # Quarterly events are many and have no model: half of the draws are reconstitutions.
    ipo = [one for one in asked if one.event.startswith("ipo:")]
    recon = [one for one in asked if one not in ipo]
    among = recon if recon and (not ipo or chance.random() < 1 / 2) else ipo
    return among[int(chance.integers(len(among)))]


def said(store: Path, asked: Asked, ranks: Path | None) -> dict[str, bytes]:
    """The list with chances and demand in every format and as archived, and explanations."""
    with Store(store) as opened, TemporaryDirectory() as folder:
        done, outlook = foresee(
            opened, asked.event, asked.day, asked.hindsight, models="shipped", rulebook=ranks
        )
        rows, needed = whole_list(opened, done, outlook, None)
        keep(Path(folder), done, rows, outlook, MADE)
        files = (path for path in Path(folder).rglob("*.parquet"))
        found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
        found |= {f"list.{one}": encode(rows, one) for one in FORMATS}
        found["funds"] = encode(needed.funds.sort("index"), "csv")
        symbols = done.companies.drop_nulls("rank").sort("rank")["symbol"]
        for symbol in symbols.gather_every(max(len(symbols) // EXPLAINED, 1)):
            found[f"explain {symbol}"] = explain(done, symbol, outlook).model_dump_json().encode()
    return found


def learned(
    store: Path, cells: list[Cell], moment: datetime, ranks: Path | None
) -> dict[str, bytes]:
    """The model that is learned at a moment from frames of all the cells, and what it says."""
    setup = Setup(store, Settings(rulebook=ranks), paths=100)
    frames = [one_frame(setup, cell)[0] for cell in cells]
    whole = pl.concat(frames)
    model = learn(whole, moment, rounds=30)
    assert model is not None
    past = pl.concat(
        [f for c, f in zip(cells, frames, strict=True) if end_of_day(c.day()) <= moment]
    )
    known = whole.filter(pl.col("labels_known_at") <= moment.replace(tzinfo=None))
    chances = [predict(model, f) for f in known.filter("seen").partition_by("event", "lead")]
    return {
        "features": encode(past.drop("added", "deleted", "moved", "seen"), "parquet"),
        "labels": encode(known.select("company_id", "added", "deleted", "seen"), "parquet"),
        "chances": encode(pl.concat(chances), "parquet"),
        "model": joblib.hash(model).encode(),
    }


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Names of what is not the same to the byte."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
