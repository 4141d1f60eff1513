"""Pages of the small run: with a past that is invented, and of as many candidates as one likes."""

import dataclasses
import functools
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from small_desk import desk_run, known, needed

from recon.backtest.report import reliability
from recon.backtest.scorecard import cards, table
from recon.demand.build import fill
from recon.forecast.card import ModelCard
from recon.publish.archive import Archived
from recon.publish.candidates import candidates
from recon.publish.page import Page, gather
from recon.publish.sides import STAND_IN

TODAY = date(2024, 5, 2)
HOSTILE = "</script><img src=x onerror=alert(1)> & \"Sons\" 'Ltd' \u2028 {{ 7 * 7 }}"
EVENTS = ("2022-06", "2023-06")


def model_cards(**changes: Any) -> tuple[ModelCard, ModelCard]:
    """Cards of a model and its twin, with invented answers of two events."""
    draw = np.random.default_rng(3)
    n = 400
    chance = draw.beta(0.3, 0.7, n)
    outcome = draw.random(n) < chance
    answered = pl.DataFrame(
        {
            "event": [EVENTS[i % 2] for i in range(n)],
            "lead": [(0, 20)[i // 2 % 2] for i in range(n)],
            "action": [("add", "delete")[i // 4 % 2] for i in range(n)],
            "company_id": [f"c{i}" for i in range(n)],
            "chance": chance,
            "outcome": outcome,
            "call": chance >= 0.5,
            "rules_call": chance >= 0.6,
            "rules_strength": chance,
            "unbanded_call": chance >= 0.6,
            "unbanded_strength": chance,
            "noise": [False] * n,
        }
    )
    return tuple(  # type: ignore[return-value]
        _card(hindsight, answered.with_columns(hindsight=pl.lit(hindsight)), changes)
        for hindsight in ("strict", "slow-facts")
    )


def _card(hindsight: str, answered: pl.DataFrame, changes: dict[str, Any]) -> ModelCard:
    then = datetime(2023, 6, 23, 22, tzinfo=UTC)
    fields = {
        "name": f"recon-2023-06-{hindsight}",
        "events": ("2021-06", *EVENTS),
        "hindsight": hindsight,
        "leads": (0, 20),
        "data_first": then,
        "data_last": then,
        "labels_known_at": then,
        "facts_known_at": then,
        "features": (),
        "rows": 1,
        "changes": 1,
        "scores": table(cards(answered)).to_dicts(),
        "bins": reliability(answered).to_dicts(),
    }
    return ModelCard(**fields | changes)


def archived() -> Archived:
    """An earlier run, of which only the head is asked."""
    return Archived(
        name="earlier",
        list_file=Path("earlier.parquet"),
        universe_file=Path("universe/earlier.parquet"),
        run_id="2024-06_2024-04-29_strict_0123456789",
        event="2024-06",
        rulebook_version="M70",
        model_version=STAND_IN,
        as_of=date(2024, 4, 29),
        data_cutoff=date(2024, 4, 29),
        hindsight="strict",
        simulated=False,
        made_at=datetime(2024, 4, 30, 1, tzinfo=UTC),
    )


def earlier_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """A list in which one call was none, one row was not there, and one chance was lower."""
    first = pl.int_range(pl.len())
    return rows.with_columns(
        call=pl.when(first == 0).then(~pl.col("call")).otherwise("call"),
        probability=pl.when(first == 2)
        .then((pl.col("probability") - 0.4).abs())
        .otherwise("probability"),
    ).filter(first != 1)


@functools.cache
def small_page() -> Page:
    """Page of the small run, with an earlier run and a record."""
    run = desk_run()
    with tempfile.TemporaryDirectory() as folder:
        trades = needed(run, known(), Path(folder))
    rows = fill(candidates(run), trades)
    return gather(
        run,
        None,
        rows,
        trades,
        today=TODAY,
        earlier=archived(),
        before=earlier_rows(rows),
        cards=model_cards(),
    )


def large_page(n: int = 1000) -> Page:
    """A page of `n` companies with a candidate each, near the lines and far from them."""
    page = small_page()
    draw = np.random.default_rng(5)
    take = np.arange(n) % page.rows.height
    place = pl.Series(np.arange(n))
    rows = page.rows[take].with_columns(
        company_id=pl.format("name:{}", place),
        security_id=pl.format("S{}", place),
        symbol=pl.format("S{}", place),
        company=pl.format("Company {} Inc. Common Stock", place),
        probability=pl.Series(draw.beta(0.5, 0.8, n).clip(0.01, 1)),
        total_cap_usd=pl.Series(np.exp(draw.normal(20, 1, n))),
        rank=place + 1,
    )
    rows = rows.with_columns(call=pl.col("probability") >= 0.5)
    shown = list(page.reasons.values())
    reasons = {
        row["company_id"]: shown[i % len(shown)].model_copy(
            update={
                "symbol": row["symbol"],
                "company": row["company"],
                "moved": tuple(f"part {i}-{j}: so and so; raises the odds" for j in range(5)),
                "changes": tuple(f"line {i}-{j} at $1.00: leaves" for j in range(2)),
            }
        )
        for i, row in enumerate(rows.iter_rows(named=True))
    }
    return dataclasses.replace(page, rows=rows, reasons=reasons)
