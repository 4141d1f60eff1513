"""Runs and official lists made by hand, in the place of a store's, for the verbs that judge."""

from contextlib import nullcontext
from datetime import date
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl
import pytest
from small_run import small_run, small_securities

import recon.cli.clock
from recon.backtest import events
from recon.backtest import official as truth
from recon.backtest.official import Official
from recon.calendar import Event, event

Asked = list[tuple[str, date, str]]
"""Event, day and hindsight of every run that was asked for."""
NAMES = pl.DataFrame(
    [("add", "FFF"), ("add", "JJJ"), ("delete", "III"), ("delete", "GGG")],
    schema=["action", "ticker"],
    orient="row",
).with_columns(name=pl.lit(None, pl.String), security_id=pl.format("{}:2021-01-29", "ticker"))


def in_place(
    patch: pytest.MonkeyPatch,
    verb: ModuleType,
    moves: pl.DataFrame,
    today: date,
    deletions: str = "final",
) -> Asked:
    """Put them in place for a verb; gives what it then runs.

    `moves` are the derived migrations, `deletions` is the stage of the lists of deletions.
    """
    calls: Asked = []

    def run(_store: object, name: str, day: date, *, hindsight: str, **_: Any) -> object:
        calls.append((name, day, hindsight))
        return small_run(event=event(name), as_of=day, session=day, hindsight=hindsight)

    def official(_store: object, of: Event, securities: pl.DataFrame) -> Official:
        return Official(of, NAMES, {"add": "final", "delete": deletions}, securities)

    store = SimpleNamespace(
        simulated=False,
        newest_session=lambda: date(2026, 4, 30),
        as_of=lambda *_: SimpleNamespace(
            derived_migrations=lambda name: moves.filter(pl.col("event") == name)
        ),
    )
    patch.setattr(recon.cli.clock, "today", lambda: today)
    patch.setattr(verb, "open_store", lambda _: nullcontext(store))
    patch.setattr(events, "run", run)
    patch.setattr(truth, "history", lambda *_: small_securities())
    patch.setattr(truth, "official", official)
    return calls
