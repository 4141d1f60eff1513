"""Quotes of a few made-up lines, and the panel of them."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from recon.monitor.panel import Panel, panel

BEGIN = date(2023, 1, 2)
SESSIONS = [d for d in (BEGIN + timedelta(days=i) for i in range(900)) if d.weekday() < 5]


def quotes(changes: np.ndarray, start: float = 20.0, shares: float = 1e7) -> pl.DataFrame:
    """Quotes of lines s000, s001, … by their daily log changes (sessions, lines), unsplit."""
    days, n = changes.shape
    closes = start * np.exp(np.cumsum(changes, axis=0))
    return pl.DataFrame(
        {
            "session": np.repeat(np.array(SESSIONS[:days], dtype="datetime64[D]"), n),
            "line": np.tile(np.arange(n, dtype=np.uint32), days),
            "security_id": [f"s{i:03}" for i in range(n)] * days,
            "exchange": "nyse",
            "close": closes.ravel(),
            "netchange": (closes - closes / np.exp(changes)).ravel(),
            "volume": np.full(days * n, 1000, dtype=np.int64),
            "market_cap": closes.ravel() * shares,
        }
    )


def made(changes: np.ndarray, splits_from: date = BEGIN) -> Panel:
    return panel(quotes(changes), splits_from)


def calm(days: int, n: int, seed: int = 0, sigma: float = 0.01) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, sigma, (days, n))
