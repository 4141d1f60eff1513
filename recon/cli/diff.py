"""`recon diff`: what changed from one candidate list to another."""

from pathlib import Path
from typing import Any, Final

import click
import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.cli.options import (
    examples,
    form,
    format_option,
    output_option,
    threshold_option,
)
from recon.cli.output import emit, emit_frame, render
from recon.cli.tables import grid
from recon.publish.changes import CHANGES, MOVED, changes, flipped
from recon.publish.formats import NEEDED, document, read_list

SHOWN: Final = 40
"""Rows in a table on the terminal."""
LIST: Final = click.Path(path_type=Path, dir_okay=False)


@click.command(
    epilog=examples(
        "recon diff monday.csv tuesday.csv",
        "recon diff a.parquet b.parquet --threshold 0.1 --format json",
    )
)
@click.argument("before", type=LIST)
@click.argument("after", type=LIST)
@threshold_option(MOVED)
@format_option
@output_option
def diff(
    *, before: Path, after: Path, threshold: float, format_: str | None, output: Path | None
) -> None:
    """Say what changed from the list BEFORE to the list AFTER.

    New and dropped rows, probabilities that moved and calls that flipped. Both are candidate
    lists of one event, as CSV, JSON or Parquet, of any moments; an archived run is such a file.
    """
    settled = form(format_, output)
    old, new = (read_list(path, NEEDED) for path in (before, after))
    tell(old, new, threshold, settled, output)


def tell(
    old: pl.DataFrame | None,
    new: pl.DataFrame,
    threshold: float,
    settled: str,
    output: Path | None,
) -> int:
    """Write what changed between two lists.

    Parameters
    ----------
    old, new : pl.DataFrame
        As for `recon.publish.changes.changes`; None where there is no older one.
    threshold : float
        As for `recon.publish.changes.changes`.
    settled : str
        As settled by `recon.cli.options.form`.
    output : Path or None
        None for standard output.

    Returns
    -------
    int
        Number of calls that flipped.
    """
    found = pl.DataFrame(schema=CHANGES) if old is None else changes(old, new, threshold)
    count = flipped(found).height
    if settled == "json":
        content: dict[str, Any] = {
            "before": _about(old),
            "after": _about(new),
            "threshold": threshold,
        }
        content |= {"flipped": count, "changes": found.to_dicts()}
        emit(document(content), output)
    elif settled == "table":
        laid = _laid(old, new, found, None if output else SHOWN)
        emit(render(laid, to_file=output is not None).encode(), output)
    else:
        emit_frame(found, settled, output)
    return count


def _about(rows: pl.DataFrame | None) -> dict[str, Any] | None:
    if rows is None:
        return None
    said: dict[str, Any] = {
        "as_of": rows["as_of"].max(),
        "rows": rows.height,
        "calls": rows["call"].sum(),
    }
    for name in ("run_id", "model_version"):
        if name in rows.columns:
            said[name] = rows[name].drop_nulls().first() if rows.height else None
    return said


def _line(side: str, said: dict[str, Any] | None) -> str:
    if said is None:
        return f"{side}: no list"
    model = f", model {said['model_version']}" if said.get("model_version") else ""
    return f"{side}: as of {said['as_of']}, {said['calls']:,} calls of {said['rows']:,} rows{model}"


def _laid(
    old: pl.DataFrame | None, new: pl.DataFrame, found: pl.DataFrame, limit: int | None
) -> RenderableType:
    counted = found.group_by("change").len().sort("change")
    kinds = ", ".join(f"{name} {n:,}" for name, n in counted.iter_rows() if name != "same")
    head = [_line("before", _about(old)), _line("after", _about(new))]
    head.append(f"{kinds or 'nothing changed'}; calls flipped: {flipped(found).height:,}")
    shown = found if limit is None else found.head(limit)
    parts: list[RenderableType] = [Text("\n".join(head)), Text(), changes_table(shown)]
    if left := found.height - shown.height:
        parts.append(Text(f"  … {left:,} more, use --format csv or --output"))
    return Group(*parts)


def changes_table(found: pl.DataFrame) -> Table:
    """Lay changes out, as from `recon.publish.changes.changes`, one a line."""
    laid = grid()
    for name in ("index", "action", "symbol", "company", "change", "call"):
        laid.add_column(name, no_wrap=True, overflow="ellipsis", max_width=28)
    for name in ("before", "after", "move"):
        laid.add_column(name, justify="right", no_wrap=True)
    for row in found.iter_rows(named=True):
        was, now = (_called(row[name]) for name in ("call_before", "call"))
        laid.add_row(
            row["index"],
            row["action"],
            Text(row["symbol"]),
            Text(row["company"] or ""),
            "" if row["change"] == "same" else row["change"],
            f"{was} → {now}" if row["flipped"] else now,
            _chance(row["probability_before"]),
            _chance(row["probability"]),
            f"{row['probability_change']:+.2f}",
        )
    return laid


def _called(call: bool | None) -> str:
    return "–" if call is None else "yes" if call else "no"


def _chance(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.2f}"
