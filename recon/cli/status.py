"""`recon status`: what the store holds, what is missing, and what a bare call would use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import polars as pl

from recon.calendar import end_of_day, next_event, sessions
from recon.cli import clock
from recon.cli.options import examples, open_store, output_option, store_option
from recon.cli.output import emit, render, table
from recon.master.coverage import OFFICIAL, Coverage, coverage_at
from recon.publish import freshness
from recon.publish.archive import Archived, about, archived
from recon.publish.formats import document
from recon.store import StoreStatus


@click.command(epilog=examples("recon status", "recon status --format json --output status.json"))
@store_option
@click.option(
    "--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@output_option
def status(store: Path, format_: str, output: Path | None) -> None:
    """Say what the store holds: sources, sessions, gaps, rows set aside, differences."""
    with open_store(store) as opened:
        held = opened.status()
        named = None if held.last is None else coverage_at(opened.as_of(end_of_day(held.last)))
        kept = archived(opened.archive)
    today = clock.today()
    if format_ == "json":
        emit(as_json(held, today, named, kept), output)
    else:
        emit(as_text(held, today, named, kept).encode(), output)


def as_json(
    held: StoreStatus,
    today: date,
    named: Coverage | None = None,
    kept: Sequence[Archived] = (),
) -> bytes:
    """Give the status as one JSON object, with the default event and the age in sessions."""
    content: dict[str, Any] = asdict(held) | {"path": str(held.path)}
    last = _newest(kept)
    content["archived"] = {"runs": len(kept), "newest": None if last is None else about(last)}
    if named is not None:
        content["lists"] = named.lists.to_dicts()
        content["unmatched"] = named.unmatched.to_dicts()
    if held.last is not None:
        content["default_as_of"] = held.last
        content["default_event"] = next_event(held.last).id
        content["sessions_old"] = freshness.age(held.last, today)
    return document(content)


def as_text(
    held: StoreStatus,
    today: date,
    named: Coverage | None = None,
    kept: Sequence[Archived] = (),
) -> str:
    """Give the status as text for the terminal."""
    lines = [
        f"store {held.path}, generation {held.generation}, schema {held.schema_version}, "
        f"{held.size / 2**20:,.0f} MiB"
    ]
    if held.last is not None:
        event = next_event(held.last)
        lines += [
            freshness.line(held.last, event, today, simulated=held.simulated),
            f"sessions {held.first} to {held.last}, missing {len(held.missing)}"
            + (f": {'; '.join(spans(held.missing))}" if held.missing else ""),
        ]
    elif held.simulated:
        lines.append("SIMULATED MARKET")
    lines.append(_archive(kept))
    parts = ["\n".join(lines) + "\n"]
    if held.sources:
        parts.append(render(table(pl.DataFrame([asdict(one) for one in held.sources]))))
    parts += [
        _counts("table", {name: rows for name, rows in held.tables.items() if rows}),
        _counts("quarantined by rule", held.quarantined),
    ]
    if held.conflicts:
        parts.append(f"{held.conflicts:,} rows came again from their source with other values\n")
    parts += [
        f"{one.sources[0]} and {one.sources[1]} share {one.sessions:,} sessions and differ in "
        f"{one.lines:,} lines\n"
        for one in held.differences
    ]
    return "".join(parts) + ("" if named is None else _names(named))


def _newest(kept: Sequence[Archived]) -> Archived | None:
    return max(kept, key=lambda one: (one.as_of, one.made_at), default=None)


def _archive(kept: Sequence[Archived]) -> str:
    last = _newest(kept)
    if last is None:
        return "archived forecasts: none"
    return (
        f"archived forecasts: {len(kept):,}, the newest of {last.event} as of {last.as_of} "
        f"(model {last.model_version}, hindsight {last.hindsight})"
    )


def _names(named: Coverage) -> str:
    """Official lists one by one, snapshots by kind, and the names that lead to no line."""
    if named.lists.is_empty():
        return ""
    official = pl.col("kind").is_in(list(OFFICIAL))
    lists = named.lists.filter(official).select("list", "names", "resolved", "share")
    others = (
        named.lists.filter(~official)
        .group_by("kind", maintain_order=True)
        .agg(pl.len(), pl.col("names", "resolved").sum())
        .select(
            pl.format("{} × {}", "len", "kind").alias("list"),
            "names",
            "resolved",
            share=pl.col("resolved") / pl.col("names"),
        )
    )
    shares = pl.concat([lists, others]).with_columns(
        share=pl.format("{} %", (100 * pl.col("share")).round(2))
    )
    lost = named.unmatched.with_columns(pl.col("name").fill_null(""))
    title = "names of index lists that lead to a line of the market data"
    return render(table(shares, title)) + render(
        table(lost, f"names that lead to no line: {lost.height}")
    )


def spans(days: Iterable[date]) -> list[str]:
    """Join neighbouring sessions: `2022-12-21`, `2026-02-19 to 2026-02-24`."""
    ordered = sorted(days)
    if not ordered:
        return []
    order = {day: place for place, day in enumerate(sessions(ordered[0], ordered[-1]))}
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if order[b] > order[a] + 1)]
    ends = [*(a for a, b in pairwise(ordered) if order[b] > order[a] + 1), ordered[-1]]
    return [str(a) if a == b else f"{a} to {b}" for a, b in zip(starts, ends, strict=True)]


def _counts(title: str, counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    frame = pl.DataFrame({title: list(counts), "rows": list(counts.values())})
    return render(table(frame.sort("rows", descending=True)))
