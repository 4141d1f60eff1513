"""The candidate list for reading on a terminal."""

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.cli.tables import grid
from recon.publish.words import above, money, reasons, signed_percent


def counts(rows: pl.DataFrame) -> str:
    """Say how many calls and rows there are by index and action."""
    if rows.is_empty():
        return "no candidates"
    grouped = rows.group_by("index", "action", maintain_order=True).agg(
        calls=pl.col("call").sum(), rows=pl.len()
    )
    return "calls (of rows): " + "; ".join(
        f"{index} {action} {calls:,} ({number:,})"
        for index, action, calls, number in grouped.iter_rows()
    )


def assets_line(funds: pl.DataFrame) -> str:
    """Say whose assets the trades rest on."""
    counted = funds.filter(pl.col("assets_usd").is_not_null())
    if counted.is_empty():
        return "to trade: not known, because no assets that track these indexes are"
    said = ", ".join(
        f"{index} {money(usd)}"
        for index, usd in counted.select("index", "assets_usd").sort("index").iter_rows()
    )
    oldest, newest = counted.select(pl.col("oldest").min(), pl.col("newest").max()).row(0)
    return f"to trade if it happens, public funds of {oldest} to {newest} only: {said}"


def table(rows: pl.DataFrame, limit: int | None) -> RenderableType:
    """Lay the list out, one table an index and action, with at most `limit` rows each.

    Parameters
    ----------
    rows : pl.DataFrame
        As from `recon.publish.candidates.candidates`.
    limit : int or None
        None for all.
    """
    parts: list[RenderableType] = []
    for (index, action), group in rows.group_by("index", "action", maintain_order=True):
        shown = group if limit is None else group.head(limit)
        parts.append(_group(f"{index} {action}", shown))
        if left := group.height - shown.height:
            parts.append(Text(f"  … {left:,} more, use --format csv or --limit 0"))
        parts.append(Text())
    return Group(*parts)


def _group(title: str, rows: pl.DataFrame) -> Table:
    laid = grid(title)
    laid.add_column("symbol", no_wrap=True)
    laid.add_column("company", no_wrap=True, overflow="ellipsis", max_width=20)
    laid.add_column("prob", justify="right", no_wrap=True)
    laid.add_column("call", no_wrap=True)
    laid.add_column("rank", justify="right", no_wrap=True)
    laid.add_column("cap", justify="right", no_wrap=True)
    laid.add_column("line", no_wrap=True)
    laid.add_column("above it", justify="right", no_wrap=True)
    laid.add_column("from/to", no_wrap=True)
    laid.add_column("days", justify="right", no_wrap=True)
    laid.add_column("reasons", overflow="fold")
    for row in rows.iter_rows(named=True):
        laid.add_row(
            Text(row["symbol"]),
            Text(row["company"]),
            f"{row['probability']:.2f}",
            "yes" if row["call"] else "",
            "" if row["rank"] is None else f"{row['rank']:,}",
            money(row["total_cap_usd"]),
            (row["breakpoint"] or "").removeprefix("band_").replace("_", " "),
            signed_percent(above(row["distance"])),
            _side(row["action"], row["from_index"], row["to_index"]),
            "" if row["days_of_volume"] is None else f"{row['days_of_volume']:.1f}",
            Text(reasons(row["verdict_reasons"])),
        )
    return laid


def _side(action: str, from_index: str | None, to_index: str | None) -> str:
    """Give the other side of a migration."""
    return (from_index if action == "add" else to_index) or ""
