"""Tables of figures for the terminal: one look, and both hindsights in a cell."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

FINE: Final = ("model_brier",)
"""Figures with a fourth digit."""


def grid(title: str | None = None) -> Table:
    """Give an empty table of the one look."""
    return Table(
        title=None if title is None else Text(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def head(laid: Table, names: Sequence[str], left: Sequence[str] = ()) -> None:
    """Add columns, to the right but for those named."""
    for name in names:
        laid.add_column(name, justify="left" if name in left else "right", no_wrap=True)


def fold(
    laid: Table, names: Sequence[str], right: Sequence[str] = (), wide: Sequence[str] = ()
) -> None:
    """Add columns, to the left but for those `right`; `wide` ones may break into lines."""
    for name in names:
        laid.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=name not in wide,
            overflow="fold",
        )


def figure(value: float | None, digits: int = 3) -> str:
    """Give a rate, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def both(said: Mapping[str, Mapping[str, Any]], hindsights: Sequence[str], name: str) -> str:
    """Give one figure under each hindsight, side by side."""
    digits = 4 if name in FINE else 3
    return " | ".join(figure(said[one][name], digits) if one in said else "–" for one in hindsights)
