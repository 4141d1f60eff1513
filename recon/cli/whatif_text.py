"""The answer to `recon whatif` for reading on a terminal."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.cli.diff import SHOWN, changes_table
from recon.cli.tables import grid
from recon.publish.changes import flipped
from recon.publish.words import money, price, signed_percent

_OUT: Final = "out"


def layout(
    top: Sequence[str],
    lines: pl.DataFrame,
    named: pl.DataFrame,
    found: pl.DataFrame,
    *,
    whole: bool = False,
) -> RenderableType:
    """Lay out what a shock changes: lines, named companies, then rows of the list.

    Parameters
    ----------
    top : sequence of str
        Lines of the head.
    lines, named : pl.DataFrame
        As from `recon.publish.whatif`.
    found : pl.DataFrame
        As from `recon.publish.changes.changes`.
    whole : bool
        Every changed row, and not the first ones only.
    """
    parts: list[RenderableType] = [Text("\n".join(top)), Text(), _lines(lines)]
    if not named.is_empty():
        parts += [Text(), _companies(named)]
    shown = found if whole else found.head(SHOWN)
    count = flipped(found).height
    parts += [Text(), Text(f"calls flipped: {count:,}; rows changed: {found.height:,}")]
    if not shown.is_empty():
        parts.append(changes_table(shown))
    if left := found.height - shown.height:
        parts.append(Text(f"  … {left:,} more, use --format csv or --output"))
    return Group(*parts)


def _grid(*columns: str) -> Table:
    laid = grid()
    for name in columns:
        laid.add_column(name, no_wrap=True, overflow="ellipsis", max_width=28)
    return laid


def _lines(lines: pl.DataFrame) -> Table:
    laid = _grid("line", "before", "after", "change")
    for row in lines.iter_rows(named=True):
        laid.add_row(
            row["name"].replace("_", " "),
            money(row["cap_before_usd"]),
            money(row["cap_usd"]),
            signed_percent(row["change"]),
        )
    return laid


def _companies(named: pl.DataFrame) -> Table:
    laid = _grid("symbol", "price", "cap", "rank", "rules", "called", "chance to be in R3000")
    for row in named.iter_rows(named=True):
        laid.add_row(
            Text(row["symbol"]),
            _pair(price(row["price_usd_before"]), price(row["price_usd"])),
            _pair(money(row["total_cap_usd_before"]), money(row["total_cap_usd"])),
            _pair(_rank(row["rank_before"]), _rank(row["rank"])),
            _pair(row["rules_side_before"] or _OUT, row["rules_side"] or _OUT),
            _pair(row["called_side_before"] or _OUT, row["called_side"] or _OUT),
            _pair(f"{row['chance_before']:.2f}", f"{row['chance']:.2f}"),
        )
    return laid


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _rank(rank: int | None) -> str:
    return "none" if rank is None else f"{rank:,}"
