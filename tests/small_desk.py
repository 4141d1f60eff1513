"""Orders of the companies of `small_run`, whose prices move with a market and on their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from small_known import SmallKnown, holdings, securities
from small_run import DAY, small_run

from recon.calendar import end_of_day
from recon.demand.assets import read_assets
from recon.demand.build import Demand, demand
from recon.orders.build import Orders, orders
from recon.orders.profile import Profile, read_profile
from recon.pipeline import Run
from recon.publish.candidates import candidates

FLOATS = dict.fromkeys(
    ("AAA", "BBB/A", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III", "KKK"), 1.0
)
TABLE = """index,vehicle,assets_usd,effective,known_at,source
R1000,A,1e9,2024-01-01,2024-01-02,by hand
R2000,B,5e8,2024-01-01,2024-01-02,by hand
"""
WIDE = """
name = "wide"
[universe]
kinds = ["join", "leave", "up", "down"]
[book]
book_usd = 1_000_000
balance = "none"
[limits]
min_probability = 0.5
min_price_usd = 0.1
min_volume_usd = 1_000.0
max_count_dispersion = 9.0
min_demand_days = 0.0
max_demand_days = 1000.0
max_percent_of_demand = 100.0
max_name_percent_of_book = 50.0
max_sector_percent_of_book = 100.0
[sizing]
min_order_usd = 100
[entry]
max_participation_percent = 20.0
"""
"""Limits that stop nothing in this market."""


@dataclass
class MovingKnown(SmallKnown):
    """Closes that end where the run has them; every line moves with the market and by itself."""

    future: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows

    def slices(
        self,
        wanted: Sequence[date],
        before: int,
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
        *,
        ordered: bool = True,
    ) -> pl.DataFrame:
        still = super().slices(wanted, before, None, symbols, ordered=ordered)
        days = sorted(still["session"].unique())
        draw = np.random.default_rng(7)
        market = draw.normal(0, 0.01, len(days))
        names = sorted(still["symbol"].unique())
        own = draw.normal(0, 0.02, (len(names), len(days)))
        beta = {"FFF": 2.0, "III": 0.5}
        paths = pl.concat(
            pl.DataFrame(
                {
                    "session": days,
                    "symbol": [name] * len(days),
                    "level": np.exp(path - path[-1]),
                    "before": np.exp(np.concatenate([path[:1], path[:-1]]) - path[-1]),
                }
            )
            for i, name in enumerate(names)
            for path in [np.cumsum(beta.get(name, 1.0) * market + own[i])]
        )
        moved = (
            still.join(paths, on=["session", "symbol"])
            .with_columns(
                close=pl.col("close") * pl.col("level"),
                market_cap=pl.col("market_cap") * pl.col("level"),
                netchange=pl.col("close") * (pl.col("level") - pl.col("before")),
            )
            .drop("level", "before")
        )
        found = self.future(moved)
        return found if columns is None else found.select(columns)


def profile(folder: Path, text: str = WIDE) -> Profile:
    """Profile of a text in TOML."""
    file = folder / "desk.toml"
    file.write_text(text)
    return read_profile(file)


def desk_run(**changes: Any) -> Run:
    """The small run with what only the master of a store adds."""
    run = small_run(securities=securities(), **changes)
    companies = run.companies.with_columns(
        sector=pl.when(pl.col("symbol") == "FFF").then(pl.lit("Energy")),
        flags=pl.lit([], pl.List(pl.String)),
        log_shares_dispersion=pl.lit(0.0),
    )
    return small_run(securities=securities(), companies=companies, **changes)


def known(volume: int = 100_000, **changes: Any) -> MovingKnown:
    """What is known at the end of `DAY`."""
    return MovingKnown(holdings(FLOATS), volume=volume, moment=end_of_day(DAY), **changes)


def needed(run: Run, at: MovingKnown, folder: Path) -> Demand:
    """Demand of the run's list."""
    file = folder / "assets.csv"
    file.write_text(TABLE)
    return demand(run, candidates(run), at, read_assets(file))


def ordered(folder: Path, text: str = WIDE, **changes: Any) -> Orders:
    """Orders of the small run under a profile."""
    run, at = desk_run(), known(**changes)
    return orders(run, candidates(run), needed(run, at, folder), at, profile(folder, text))
