"""The kinds of a backtest: each gives what is shown of it in every format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from recon.backtest.admission import admission
from recon.backtest.charts import charts, write_charts
from recon.backtest.parallel import Progress
from recon.backtest.plan import Plan
from recon.backtest.report import Backtest, backtest
from recon.backtest.terms import Terms
from recon.backtest.variants import WRONG_BY, ablation, curve, learning_curve
from recon.cli.backtest_text import backtest_text
from recon.cli.returns_text import study_text
from recon.cli.variants_text import ablation_text, admission_text, curve_text
from recon.publish.pictures import svg

Watch = Callable[[str], Progress]
"""From the name of a step to who is told how far it is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a backtest.

    Attributes
    ----------
    said : object
        For JSON.
    rows : pl.DataFrame
        For CSV: figures.
    names : pl.DataFrame
        For Parquet: what the figures are of, where there is more than them.
    laid : RenderableType
        For the terminal and for a page.
    pictures : callable
        Draws charts as SVG, for a page.
    draw : callable or None
        Writes charts into a folder; None where there are none.
    """

    said: Any
    rows: pl.DataFrame
    names: pl.DataFrame
    laid: RenderableType
    pictures: Callable[[], list[str]] = field(default=list)
    draw: Callable[[Path], Sequence[Path]] | None = None


def walk_forward(asked: Plan, _terms: Terms, watch: Watch) -> Shown:
    """Score cards, calibration, break-points, charts."""
    frame = asked.frame(watch("feature frames"))
    done: Backtest = backtest(
        frame,
        asked.lines(),
        asked.events,
        asked.leads,
        simulated=asked.simulated,
        jobs=asked.jobs,
        progress=watch("models"),
    )
    return Shown(
        done.as_dict(),
        done.figures,
        done.predicted,
        backtest_text(done),
        lambda: [svg(one) for one in charts(done).values()],
        lambda folder: write_charts(done, folder),
    )


def curve_of_learning(asked: Plan, _terms: Terms, watch: Watch) -> Shown:
    """The last event by models of fewer events."""
    last = asked.events[-1]
    frame = asked.frame(watch("feature frames"))
    found = learning_curve(frame, last, jobs=asked.jobs, progress=watch("models"))
    found = found.filter(pl.col("lead").is_in(asked.leads))
    means = curve(found)
    said = {"event": last, "simulated": asked.simulated}
    return Shown(
        said | {"learning_curve": means.to_dicts(), "choices": found.to_dicts()},
        means,
        found,
        curve_text(means, last, simulated=asked.simulated),
    )


def ablated(asked: Plan, _terms: Terms, watch: Watch) -> Shown:
    """What is left without each part."""
    frame = asked.frame(watch("feature frames"), more=[WRONG_BY])
    leads = sorted({0, *asked.leads})
    found = ablation(frame, asked.events, leads, jobs=asked.jobs, progress=watch("models"))
    found = found.filter(pl.col("lead").is_in(asked.leads))
    said = {"events": asked.events, "simulated": asked.simulated, "ablation": found.to_dicts()}
    laid = ablation_text(found, asked.hindsights, simulated=asked.simulated)
    return Shown(said, found, found, laid)


def admitted(asked: Plan, _terms: Terms, watch: Watch) -> Shown:
    """What became of companies large enough, by kind, beside what is presumed of them."""
    # Nothing is learned, so frames of the events before are not made.
    frame = replace(asked, past=[]).frame(watch("feature frames"))
    found = admission(frame.filter(pl.col("lead").is_in(asked.leads)))
    said = {"events": asked.events, "simulated": asked.simulated, "admission": found.to_dicts()}
    laid = admission_text(found, asked.hindsights, simulated=asked.simulated)
    return Shown(said, found, found, laid)


def returns(asked: Plan, terms: Terms, watch: Watch) -> Shown:
    """Whether the calls pay: the event study at each lead."""
    done = asked.studies(terms, watch("event studies"))
    heads = [{"lead": pl.lit(one.lead), "hindsight": pl.lit(one.hindsight)} for one in done]
    figures, outcomes = (
        pl.concat(
            [getattr(one, name).with_columns(**head) for one, head in zip(done, heads, strict=True)]
        )
        for name in ("figures", "outcomes")
    )
    texts = [part for one in done for part in (study_text(one), Text())]
    return Shown([one.as_dict() for one in done], figures, outcomes, Group(*texts))


MODES: dict[str, Callable[[Plan, Terms, Watch], Shown]] = {
    "walk-forward": walk_forward,
    "learning-curve": curve_of_learning,
    "ablation": ablated,
    "admission": admitted,
    "returns": returns,
}
"""By the name of the flag; the first without any."""
