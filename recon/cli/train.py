"""`recon train`: fit the classifier on past events and write it with its card."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.progress import Progress

from recon.backtest.answers import answers
from recon.backtest.frames import cells_of, collect
from recon.backtest.report import reliability
from recon.backtest.scorecard import cards, table
from recon.backtest.train import train as fit
from recon.backtest.walk_forward import walk_forward
from recon.calendar import end_of_day, event
from recon.cli.options import HINDSIGHTS, examples, open_store, store_option
from recon.cli.output import notice
from recon.cli.score import FIRST_YEAR, TEST_YEAR
from recon.errors import InputError
from recon.forecast.model import save
from recon.forecast.shelf import file_name
from recon.resources import models_directory
from recon.store import Hindsight

LEADS = (0, 5, 10, 20, 40, 60)


@click.command(
    epilog=examples(
        "recon train --output models",
        "recon train --through 2024-06 --frames out/frames --output out/models",
    )
)
@click.option(
    "--through",
    default=f"{TEST_YEAR}-06",
    show_default=True,
    metavar="EVENT",
    help="Last event to learn from.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for models and cards; else the one they are shipped in.",
)
@click.option(
    "--frames",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder in which feature frames are kept, so that a second run resumes; else beside "
    "the store.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True)
@store_option
def train(
    *, through: str, output: Path | None, frames: Path | None, jobs: int, store: Path
) -> None:
    """Fit the classifier on the reconstitutions from June 2021 on.

    One model for each event that it may have learned up to, and each hindsight: a list as of a
    past moment takes one that knew nothing later. Each gets a card that says what it was
    learned from, its checksum, and how it did on events that it had not seen.
    """
    last = event(through)
    if last.kind != "recon" or last.rank_day.month > 6:
        raise InputError(
            "only June reconstitutions have official lists to learn from",
            field="--through",
            value=through,
            expected="an event such as 2025-06",
        )
    events = [f"{year}-06" for year in range(FIRST_YEAR, last.rank_day.year + 1)]
    folder = output or models_directory()
    with open_store(store) as opened:
        newest = end_of_day(opened.newest_session())
        first = opened.as_of(newest).sessions()[0]
        simulated = opened.simulated
        kept = frames or opened.frames
    cells = cells_of(events, LEADS, HINDSIGHTS, first)
    with Progress(transient=True) as bar:
        task = bar.add_task("feature frames", total=len(cells))
        frame = collect(
            store,
            cells,
            kept,
            jobs=jobs,
            progress=lambda done, whole: bar.update(task, completed=done, total=whole),
        )
    forward = walk_forward(frame, events[1:])
    answered = answers(forward) if forward.height else pl.DataFrame()
    for count in range(1, len(events) + 1):
        for hindsight in HINDSIGHTS:
            model, card = fit(frame, events[:count], hindsight, newest)
            known = {"simulated": simulated, **_record(answered, events[:count], hindsight)}
            path = folder / file_name(events[count - 1], hindsight)
            whole = save(model, card.model_copy(update=known), path)
            notice(
                f"{path}: {card.rows:,} companies of {count} event{'s' * (count > 1)}, "
                f"{card.changes:,} changes; sha256 {whole.sha256[:12]}"
            )


def _record(
    answered: pl.DataFrame, events: Sequence[str], hindsight: Hindsight
) -> dict[str, list[dict[str, Any]]]:
    """Scores and reliability over the events that a model may have learned from."""
    if answered.is_empty():
        return {}
    seen = answered.filter(pl.col("event").is_in(events), hindsight=hindsight)
    if seen.is_empty():
        return {}
    return {"scores": table(cards(seen)).to_dicts(), "bins": reliability(seen).to_dicts()}
