"""Scores for reading on a terminal."""

from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from recon.backtest.judge import Judged, errors
from recon.backtest.official import Action
from recon.backtest.score import Figures
from recon.cli.options import HINDSIGHTS
from recon.cli.tables import figure, fold, grid
from recon.publish.words import money, reasons
from recon.store import Hindsight

RATES = {
    "precision": "P",
    "recall": "R",
    "average_precision": "AP",
    "rules_average_precision": "rules AP",
    "brier": "Brier",
}
Side = tuple[Hindsight, Action]
NAMES = {"add": "additions", "delete": "deletions"}


def one_event(found: Mapping[Action, Figures]) -> RenderableType:
    """Lay the figures of one event out, by company with the line count beside."""
    laid = _table("score", ("", *(NAMES[action] for action in found)))
    rows: dict[str, list[str]] = {
        "official companies (lines)": [
            f"{f.official} ({f.official_lines})" for f in found.values()
        ],
        "called": [f"{f.called} ({f.called_lines})" for f in found.values()],
        "hits": [f"{f.hits} ({f.hits_lines})" for f in found.values()],
        "precision": [_pair(f.precision, f.precision_lines) for f in found.values()],
        "recall": [_pair(f.recall, f.recall_lines) for f in found.values()],
        "average precision": [figure(f.average_precision) for f in found.values()],
        "average precision of the rules": [
            figure(f.rules_average_precision) for f in found.values()
        ],
        "Brier": [figure(f.brier, 4) for f in found.values()],
        "universe (companies)": [f"{f.universe:,}" for f in found.values()],
    }
    for name, cells in rows.items():
        laid.add_row(name, *cells)
    return laid


def error_tables(judged: Mapping[Action, Judged]) -> list[RenderableType]:
    """Lay the names behind every error out: false and missed, additions and deletions."""
    parts: list[RenderableType] = []
    for action, side in judged.items():
        wrong = errors(side)
        for kind in ("false", "missed"):
            rows = wrong.filter(wrong["error"] == kind)
            laid = _table(
                f"{kind} {NAMES[action]}: {rows.height}",
                ("symbol", "company", "rank", "cap", "prob", "why", "reasons"),
                right=("rank", "cap", "prob"),
            )
            for row in rows.iter_rows(named=True):
                laid.add_row(
                    Text(row["symbol"]),
                    Text((row["name"] or "")[:28]),
                    "" if row["rank"] is None else f"{row['rank']:,}",
                    "" if row["total_cap_usd"] is None else money(row["total_cap_usd"]),
                    f"{row['probability']:.2f}",
                    row["why"],
                    reasons(row["verdict_reasons"]),
                )
            parts += [laid, Text()]
    return parts


def every_event(
    found: Mapping[Side, Mapping[str, Figures]],
    totals: Mapping[str, Mapping[Side, Mapping[str, float | None]]],
) -> RenderableType:
    """Lay events out with the totals over them, by name; both hindsights in a cell."""
    laid = _table("", ("", "", *RATES.values()), right=tuple(RATES.values()))
    for action in dict.fromkeys(action for _, action in found):
        sides: list[Side] = [(hindsight, action) for hindsight in HINDSIGHTS]
        for event in found[sides[0]]:
            both = [found[side][event].model_dump() for side in sides]
            laid.add_row(event, NAMES[action], *_cells(both))
        for name, rates in totals.items():
            laid.add_row(name, NAMES[action], *_cells([rates[side] for side in sides]))
        laid.add_section()
    return laid


def _cells(both: Sequence[Mapping[str, float | None]]) -> list[str]:
    return [
        " | ".join(figure(one[name], 4 if name == "brier" else 3) for one in both) for name in RATES
    ]


def _table(title: str, columns: Sequence[str], right: Sequence[str] = ()) -> Table:
    laid = grid(title or None)
    fold(laid, columns, right, wide=("why", "reasons", "company"))
    return laid


def _pair(by_company: float | None, by_line: float | None) -> str:
    return f"{figure(by_company)} ({figure(by_line)})"
