"""The words of a PDF with their places, and tables of them cut by the places of their heads.

What a word belongs to is decided by where it stands, never by the spaces around it.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
import polars as pl

from recon.errors import RefusedFileError

NO_TEXT: Final = "PDF holds no text"
PATIENCE: Final = 60
"""Seconds that a file may take, busy machine or not."""
_SAME_LINE = 3.0
"""Points: words whose middles differ by less stand on one line; lines are 12 apart."""
_SAME_COLUMN = 4.0
"""Points: how far left of its column's head a cell may start."""
_FOOT_NUMBER = 0.85
"""Share of the page's width right of which the page number stands."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a PDF.

    Attributes
    ----------
    frame : pl.DataFrame
        `page` (from 1), `line` (numbered through the file, from the top), `left`, `middle`
        (points, from the page's left and lower edge), `text` (with its trailing space),
        `foot` (whether the word stands on the page number's line).
    title : str
        Title in the file's metadata, empty where it has none.
    created : str
        Creation date in the metadata, `D:20250627183519-04'00'`.
    """

    frame: pl.DataFrame
    title: str
    created: str

    def lines(self) -> pl.DataFrame:
        """Give the text of each line: `page`, `line`, `foot`, `text`."""
        return (
            self.frame.sort("line", "left")
            .group_by("page", "line", "foot", maintain_order=True)
            .agg(_joined())
        )


def read_words(path: Path) -> Words:
    """Read all words of a PDF.

    Parameters
    ----------
    path : Path
        A PDF file.

    Returns
    -------
    Words

    Raises
    ------
    RefusedFileError
        If the file is damaged, encrypted, or holds no text.
    """
    said = _said(path)
    if "error" in said:
        raise RefusedFileError(
            f"PDF cannot be opened ({said['error']})",
            field="file",
            value=path,
            expected="an undamaged PDF without a password",
        )
    rows, about = said["words"], said["about"]
    if not rows:
        raise RefusedFileError(
            NO_TEXT, field="file", value=path, expected="text, not a picture of it"
        )
    schema = {
        "page": pl.Int64,
        "left": pl.Float64,
        "middle": pl.Float64,
        "across": pl.Float64,
        "text": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row").sort(
        "page", "middle", descending=[False, True]
    )
    apart = -pl.col("middle").diff() > _SAME_LINE
    line = (apart.fill_null(True) | (pl.col("page") != pl.col("page").shift())).cum_sum()
    is_number = pl.col("text").str.strip_chars() == pl.col("page").cast(pl.String)
    frame = frame.with_columns(line=line).with_columns(
        foot=(is_number & (pl.col("across") > _FOOT_NUMBER)).any().over("line")
    )
    return Words(frame.drop("across"), about.get("Title", ""), about.get("CreationDate", ""))


def _said(path: Path) -> dict[str, Any]:
    """Give what `recon.sources.pdf_child` says of a file."""
    stat = path.stat()
    return _asked(path.resolve(), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _asked(path: Path, _size: int, _changed: int) -> dict[str, Any]:
    # What is asked while files are recognised need not be asked again when they are read.
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(__file__).with_name("pdf_child.py")), str(path)],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"it takes longer than {PATIENCE} s"}
    try:
        said: dict[str, Any] = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        return {"error": "reading it takes too much time or memory, or ends the reader"}
    return said


def cut_tables(words: Words, heads: Sequence[str]) -> pl.DataFrame:
    """Cut the tables out of all pages that have their heads.

    Parameters
    ----------
    words : Words
        The file's words.
    heads : sequence of str
        Heads of the columns, from the left; a page may repeat them for a second table.

    Returns
    -------
    pl.DataFrame
        `page` and one text column for each head, in the order of reading; a cell without
        words is null. Rows end above the page number's line.
    """
    named = words.frame.with_columns(head=pl.col("text").str.strip_chars())
    head_lines = named.filter(
        pl.col("head").filter(pl.col("head").is_in(heads)).n_unique().over("line") == len(heads)
    )
    columns = (
        head_lines.filter(pl.col("head").is_in(heads))
        .sort("page", "left")
        .select(
            "page",
            "head",
            head_left="left",
            head_line="line",
            table=(pl.col("head") == heads[0]).cum_sum().over("page"),
        )
    )
    feet = words.frame.filter("foot").group_by("page").agg(foot_line=pl.col("line").min())
    cells = (
        words.frame.join(columns, on="page")
        .join(feet, on="page", how="left")
        .filter(
            pl.col("line") > pl.col("head_line"),
            pl.col("line") < pl.col("foot_line").fill_null(pl.col("line") + 1),
            pl.col("left") >= pl.col("head_left") - _SAME_COLUMN,
        )
        .sort("line", "left", "head_left")
        # Of the columns that start left of the word, the nearest is its own.
        .unique(["line", "left", "text"], keep="last", maintain_order=True)
    )
    rows = cells.group_by("page", "table", "line", maintain_order=True).agg(
        _joined(pl.col("head") == head).alias(head) for head in heads
    )
    return rows.sort("page", "table", "line").select("page", *heads)


def _joined(chosen: pl.Expr | None = None) -> pl.Expr:
    """Join the words of a group; null when there are none."""
    texts = pl.col("text") if chosen is None else pl.col("text").filter(chosen)
    joined = texts.str.join("").str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(joined.str.len_chars() > 0).then(joined).alias("text")
