"""A walk-forward for reading on a terminal: score cards, calibration, break-points."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.backtest.answers import DOWN, QUESTIONS, UP
from recon.backtest.lines import NOMINAL
from recon.backtest.report import Backtest
from recon.backtest.tally import EVENTS, POOLED
from recon.cli.tables import both, figure, grid, head
from recon.publish.freshness import mark

NAMES: Final = {
    "add": "additions to the Russell 3000",
    "delete": "deletions from the Russell 3000",
    UP: "moves from the Russell 2000 to the Russell 1000",
    DOWN: "moves from the Russell 1000 to the Russell 2000",
}
CARD: Final = {
    "P": "model_precision",
    "R": "model_recall",
    "F1": "model_f1",
    "rules F1": "rules_f1",
    "unbanded F1": "unbanded_f1",
    "AP": "model_average_precision",
    "rules AP": "rules_average_precision",
    "no change AP": "no_change_average_precision",
    "Brier": "model_brier",
    "skill": "model_brier_skill",
    "rules skill": "rules_brier_skill",
    "ECE": "calibration_error",
}


def backtest_text(done: Backtest) -> RenderableType:
    """Lay a walk-forward out: what it is, cards by question, calibration, break-points."""
    parts: list[RenderableType] = [Text(line) for line in _head(done)]
    for action in QUESTIONS:
        own = done.figures.filter(pl.col("action") == action)
        if not own.is_empty():
            parts += [Text(), _cards(own, action, done.hindsights)]
    parts += [Text(), *(_calibration(done, one) for one in done.errors())]
    if not done.line_means.is_empty():
        parts += [Text(), _lines(done.line_means)]
    return Group(*parts)


def _head(done: Backtest) -> list[str]:
    learned = ", ".join(f"{event} by {n}" for event, n in done.trained_on().items())
    return [
        f"{mark(done.simulated)}walk-forward of {', '.join(done.events)}; "
        f"hindsight {' | '.join(done.hindsights)}",
        f"each event by a model that knows only earlier events, how many: {learned}",
        "by company, against the final official Russell 3000 lists; moves against labels inferred "
        "from lists before and after",
        "n: companies that changed (of them, nobody could have called); P, R, F1 of the calls; AP: "
        "average precision; skill: of the Brier score, against the base rate; ECE: expected "
        "calibration error",
        "rules: as if the moment were rank day; unbanded: the same without bands; no change: F1 0",
    ]


def _cards(own: pl.DataFrame, action: str, hindsights: Sequence[str]) -> Table:
    """Events of each lead, their mean and the pooled figures; hindsights side by side."""
    shown = {k: v for k, v in CARD.items() if action in (UP, DOWN) or not k.startswith("unbanded")}
    laid = grid(NAMES[action])
    head(laid, ["lead", "event", "n", *shown], left=("event",))
    for (lead,), rows in own.group_by("lead", maintain_order=True):
        for (event,), part in rows.group_by("event", maintain_order=True):
            said = {row["hindsight"]: row for row in part.iter_rows(named=True)}
            counts = dict.fromkeys(_count(row) for row in said.values())
            laid.add_row(
                str(lead),
                str(event),
                " | ".join(counts),
                *(both(said, hindsights, name) for name in shown.values()),
                style="bold" if event == EVENTS else "",
                end_section=event == POOLED,
            )
    return laid


def _count(row: Mapping[str, Any]) -> str:
    noise = f" ({row['noise']})" if row["noise"] else ""
    return f"{row['official']:,}{noise}"


def _calibration(done: Backtest, error: Mapping[str, Any]) -> RenderableType:
    """Bins of one hindsight and scope, the binomial interval and the clustered one."""
    hindsight, scope = error["hindsight"], error["scope"]
    laid = grid(
        f"calibration, {scope}, {hindsight}, all events and leads: expected error "
        f"{error['calibration_error']:.3f} (n {error['n']:,}); inside the binomial interval "
        f"{error['inside']} of {error['bins']} bins, inside the one of events × companies "
        f"{error['inside_clustered']}"
    )
    columns = ["chances", "n", "events", "companies", "mean chance", "changed"]
    head(laid, [*columns, "binomial 95 %", "", "events × companies 95 %", ""])
    own = done.bins.filter((pl.col("hindsight") == hindsight) & (pl.col("scope") == scope))
    for row in own.iter_rows(named=True):
        laid.add_row(
            f"{row['bin'] / 10:.1f}–{(row['bin'] + 1) / 10:.1f}",
            f"{row['n']:,}",
            str(row["events"]),
            f"{row['companies']:,}",
            figure(row["mean_chance"]),
            figure(row["rate"]),
            f"{row['low']:.3f}–{row['high']:.3f}",
            "" if row["inside"] else "out",
            f"{row['low_clustered']:.3f}–{row['high_clustered']:.3f}",
            "" if row["inside_clustered"] else "out",
        )
    return laid


def _lines(means: pl.DataFrame) -> Table:
    laid = grid(
        "break-points: mean |log error| of the simulated median in %, beside that of the moment's "
        f"own line; truths within the {NOMINAL:.0%} interval"
    )
    columns = ["hindsight", "line", "lead", "events", "error", "bias", "today's", "covered"]
    head(laid, columns, left=("hindsight", "line"))
    for row in means.iter_rows(named=True):
        laid.add_row(
            row["hindsight"],
            row["name"],
            str(row["lead"]),
            str(row["n"]),
            f"{100 * row['error']:.1f}",
            f"{100 * row['bias']:+.1f}",
            f"{100 * row['error_now']:.1f}",
            f"{row['covered']} of {row['n']}",
        )
    return laid
