"""A small market for the forecast's tests."""

import numpy as np
import polars as pl

from recon.forecast.field import Field


def make_field(n: int = 4500, seed: int = 3, doubt: float = 0.0) -> Field:
    """Companies by falling cap, members by rank with a few out of place."""
    rng = np.random.default_rng(seed)
    caps = np.sort(np.exp(rng.normal(20.5, 1.8, n)).clip(4e7))[::-1]
    rank = np.arange(n)
    noisy = rank + rng.normal(0, 60, n)
    return Field(
        pl.DataFrame(
            {
                "company_id": [f"c{i:05}" for i in range(n)],
                "security_id": [f"s{i:05}" for i in range(n)],
                "sector": [("Finance", "Energy", None)[i % 3] for i in range(n)],
                "total_cap_usd": caps,
                "price_usd": np.full(n, 20.0),
                "mean_price_usd": np.full(n, 20.0),
                "was_r1000": noisy < 1000,
                "was_r2000": (noisy >= 1000) & (noisy < 3000),
                "was_micro": (noisy >= 2000) & (noisy < 4000),
                "admitted": np.ones(n, bool),
                "doubt": np.full(n, doubt),
                "pinned": np.zeros(n, bool),
            }
        ),
        0,
        0,
    )
