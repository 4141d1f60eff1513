"""Causes of errors, published figures and moves for reading on a terminal."""

from collections.abc import Sequence

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.backtest.causes import CAUSES
from recon.backtest.evidence import ERRORS
from recon.backtest.migrations import MigrationScore
from recon.cli.options import HINDSIGHTS
from recon.cli.tables import figure, fold, grid
from recon.pipeline import Run
from recon.publish.words import money, reasons

FIGURES = {
    "rank_1000": "cap at rank 1,000",
    "rank_3000": "cap at rank 3,000",
    "russell_3000_total": "total cap of the Russell 3000",
}


def causes_table(counts: pl.DataFrame) -> RenderableType:
    """Lay the causes out, one column an event, both hindsights in a cell where there are both.

    Parameters
    ----------
    counts : pl.DataFrame
        As from `recon.backtest.causes.by_cause`.
    """
    events = counts["event"].unique(maintain_order=True).to_list()
    laid = _table("causes", ("error", "cause", *events), right=events)
    found = {
        (row["error"], row["cause"], row["event"], row["hindsight"]): row["count"]
        for row in counts.iter_rows(named=True)
    }
    both = [h for h in HINDSIGHTS if h in counts["hindsight"].to_list()]
    for error in counts["error"].unique(maintain_order=True):
        of_error = counts.filter(pl.col("error") == error)
        seen = of_error.filter(pl.col("count") > 0)["cause"].to_list()
        named = {
            one.name: [[found.get((error, one.name, e, h), 0) for h in both] for e in events]
            for one in CAUSES
            if one.name in seen
        }
        for place, (cause, cells) in enumerate(named.items()):
            laid.add_row("" if place else error, cause, *(_cell(cell) for cell in cells))
        sums = of_error.group_by("event", "hindsight").agg(pl.col("count").sum())
        every = {(e, h): count for e, h, count in sums.iter_rows()}
        laid.add_row("", "all", *(_cell([every.get((e, h), 0) for h in both]) for e in events))
        laid.add_section()
    return laid


def names_tables(explained: pl.DataFrame) -> list[RenderableType]:
    """Lay the names out, one table a kind of error."""
    parts: list[RenderableType] = []
    for error in ERRORS:
        rows = explained.filter(pl.col("error") == error)
        laid = _table(
            f"{error}s: {rows.height}",
            ("symbol", "company", "cause", "found", "rank", "cap", "reasons"),
            right=("rank", "cap"),
        )
        for row in rows.iter_rows(named=True):
            laid.add_row(
                Text(row["symbol"]),
                Text((row["name"] or "")[:28]),
                row["cause"],
                Text(row["found"] or ""),
                "" if row["rank"] is None else f"{row['rank']:,}",
                "" if row["total_cap_usd"] is None else money(row["total_cap_usd"]),
                reasons(row["verdict_reasons"]),
            )
        parts += [laid, Text()]
    return parts


def legend() -> RenderableType:
    """Say what each cause asks, in the order in which they are asked."""
    return Group(
        Text("causes, the first that holds:"),
        *(Text(f"{place}. {one.name}: {one.test}") for place, one in enumerate(CAUSES, 1)),
    )


def published_table(figures: pl.DataFrame) -> RenderableType:
    """Lay our break-points and totals beside the published ones.

    Parameters
    ----------
    figures : pl.DataFrame
        As from `recon.backtest.published.compare`, with `hindsight`.
    """
    laid = _table(
        "beside the published figures",
        ("figure", "event", "ours", "published", "difference", "beyond rounding", "source"),
        right=("ours", "published", "difference", "beyond rounding"),
    )
    for (name, event), rows in figures.sort("figure", "event", maintain_order=True).group_by(
        "figure", "event", maintain_order=True
    ):
        both = [
            row
            for hindsight in HINDSIGHTS
            for row in rows.filter(pl.col("hindsight") == hindsight).iter_rows(named=True)
        ]
        first = both[0]
        printed = first["published_usd"]
        laid.add_row(
            FIGURES[str(name)],
            str(event),
            " | ".join(money(row["ours_usd"]) for row in both),
            "not published" if printed is None else money(printed),
            "" if printed is None else " | ".join(_percent(row["difference"]) for row in both),
            "" if printed is None else " | ".join(_percent(row["beyond_rounding"]) for row in both),
            first["source"] or "",
        )
    return laid


def migrations_table(moves: Sequence[tuple[Run, Sequence[MigrationScore]]]) -> RenderableType:
    """Lay the moves between the size indexes out, one row an event, direction and hindsight."""
    laid = _table(
        "moves between Russell 1000 and Russell 2000 by the rules, against inferred ones",
        ("event", "hindsight", "move", "labels", "called", "hits", "P", "R", "noise", "P", "R"),
        right=("labels", "called", "hits", "P", "R", "noise"),
    )
    for run, scores in moves:
        for one in scores:
            laid.add_row(
                run.event.id,
                run.hindsight,
                one.direction,
                str(one.labels),
                str(one.called),
                str(one.hits),
                figure(one.precision),
                figure(one.recall),
                f"{one.noise} + {one.ended}",
                figure(one.precision_clean),
                figure(one.recall_clean),
            )
    if not any(scores for _, scores in moves):
        return Text("moves between Russell 1000 and Russell 2000: the store holds no labels")
    remark = (
        "noise: labels that no line or member stands behind + calls of lines that ended before "
        "the event took effect; P and R after it leave both out"
    )
    return Group(laid, Text(remark))


def move_names(names: pl.DataFrame) -> RenderableType:
    """Lay the names of wrong and missed moves out.

    Parameters
    ----------
    names : pl.DataFrame
        As from `recon.backtest.migrations.score_migrations`.
    """
    wrong = names.filter(pl.col("official") != pl.col("called"))
    laid = _table(
        f"moves between Russell 1000 and Russell 2000, false and missed: {wrong.height}",
        ("move", "error", "symbol", "company", "rank", "percent", "cap", "note"),
        right=("rank", "percent", "cap"),
    )
    for row in wrong.iter_rows(named=True):
        laid.add_row(
            row["direction"],
            "false" if row["called"] else "missed",
            Text(row["symbol"]),
            Text((row["name"] or "")[:28]),
            "" if row["rank"] is None else f"{row['rank']:,}",
            "" if row["percent"] is None else f"{row['percent']:.2f}",
            "" if row["total_cap_usd"] is None else money(row["total_cap_usd"]),
            row["note"] or "",
        )
    return laid


def parity_table(found: pl.DataFrame) -> RenderableType:
    """Lay the comparison of the dead with the living out.

    Parameters
    ----------
    found : pl.DataFrame
        As from `recon.backtest.parity.parity` and `changed`.
    """
    laid = _table(
        "those that died by the newest session, and those that live",
        (
            "event",
            "hindsight",
            "kind",
            "subject",
            "died",
            "lived",
            "of died",
            "of lived",
            "of lived, alike",
            "p",
        ),
        right=("died", "lived", "of died", "of lived", "of lived, alike", "p"),
    )
    for row in found.iter_rows(named=True):
        p = row["p_value"]
        laid.add_row(
            row["event"],
            row["hindsight"],
            row["kind"],
            row["subject"],
            f"{row['died']:,}",
            f"{row['survived']:,}",
            _share(row["share_died"]),
            _share(row["share_survived"]),
            _share(row["share_survived_alike"]),
            "" if p is None else f"{p:.3f}" if p >= 0.001 else "<0.001",
        )
    remark = (
        "alike: the living weighed to the sizes and ages of the dead; p: of no difference at "
        "equal size and age (Cochran-Mantel-Haenszel)"
    )
    return Group(laid, Text(remark))


def _cell(counts: Sequence[int]) -> str:
    return " | ".join(str(count) if count else "–" for count in counts)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:+.2f} %" if fraction else "0"


def _share(fraction: float | None) -> str:
    return "" if fraction is None else f"{100 * fraction:.1f} %"


def _table(title: str, columns: Sequence[str], right: Sequence[str] = ()) -> Table:
    laid = grid(title)
    fold(laid, columns, right, wide=("cause", "company", "found", "reasons", "source", "note"))
    return laid
