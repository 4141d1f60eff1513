"""Where a verb's result goes: the terminal, or a file that is written whole or not at all."""

import io
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import click
import polars as pl
from rich.console import Console, JustifyMethod, RenderableType
from rich.progress import Progress, ProgressColumn
from rich.table import Table
from rich.text import Text

from recon.cli.tables import grid
from recon.files import write_atomic
from recon.publish.formats import FORMATS, encode, joined

_WIDE = 4096


def emit(content: bytes, output: Path | None) -> None:
    """Write bytes to a file, or to standard output.

    Parameters
    ----------
    content : bytes
        The whole result.
    output : Path or None
        None for standard output.

    Raises
    ------
    InputError
        The folder of the file does not exist or cannot be written to.
    """
    if output is not None:
        write_atomic(output, content)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def emit_frame(
    frame: pl.DataFrame, format_: str, output: Path | None, *, title: str | None = None
) -> None:
    """Write a frame in one of `recon.cli.options.FORMATS`.

    Parameters
    ----------
    frame : pl.DataFrame
        Lists become text joined by `;` in CSV and in a table.
    format_ : str
        As settled by `recon.cli.options.form`.
    output : Path or None
        None for standard output.
    title : str, optional
        Above a table.
    """
    if format_ in FORMATS:
        content = encode(frame, format_)
    else:
        content = render(table(frame, title), to_file=output is not None).encode()
    emit(content, output)


def table(frame: pl.DataFrame, title: str | None = None) -> Table:
    """Lay a frame out as a table of the terminal, numbers to the right."""
    laid = grid(title)
    for name, kind in frame.schema.items():
        justify: JustifyMethod = "right" if kind.is_numeric() else "left"
        laid.add_column(name, justify=justify, overflow="fold")
    for row in joined(frame).iter_rows():
        laid.add_row(*(_text(value) for value in row))
    return laid


def render(laid: RenderableType, *, to_file: bool = False) -> str:
    """Turn what rich can lay out into text: as wide as the terminal, or as it needs."""
    console = Console()
    if to_file or not console.is_terminal:
        console = Console(file=io.StringIO(), width=_WIDE, color_system=None)
    with console.capture() as captured:
        console.print(laid)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())


def page(laid: RenderableType, title: str, pictures: Sequence[str] = ()) -> str:
    """Turn what rich can lay out into a page that needs nothing from outside.

    Parameters
    ----------
    laid : RenderableType
        The text.
    title : str
        Of the page.
    pictures : sequence of str
        SVG, above the text.
    """
    console = Console(file=io.StringIO(), width=_WIDE, record=True)
    console.print(laid)
    text = console.export_html(inline_styles=True, code_format="{code}")
    figures = "".join(f"<figure>{one}</figure>\n" for one in pictures)
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f"{figures}<pre>{lines}</pre>\n</body></html>\n"
    )


def bar(*columns: ProgressColumn) -> Progress:
    """A progress bar on standard error, gone when done, and silent where nobody watches."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def notice(text: str) -> None:
    """Say something about the run on standard error, where it disturbs no output."""
    click.echo(text, err=True)


def _text(value: object) -> Text:
    """Text of a cell, in which brackets are brackets and no markup."""
    if value is None:
        return Text()
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    return Text(f"{value:,}" if isinstance(value, int) else str(value))
