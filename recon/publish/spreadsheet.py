"""Frames for people who open them in a spreadsheet: a workbook, and CSV that runs nothing.

A spreadsheet runs a cell of a CSV that begins with `=`, `+`, `-`, `@`, a tab or a line break as a
formula, whoever wrote it: a company's name comes from outside. Such a text gets an apostrophe in
front, which spreadsheets show as text (OWASP, CSV injection). In a workbook a text is a text by
its type, and stays as it is. Numbers are never touched. The candidate list's own CSV is for
programs and stays as it is too (`recon.publish.formats`).
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl
import polars.selectors as cs
import xlsxwriter

from recon.publish.formats import encode, joined

RUNS: Final = r"^[=+\-@\t\r\n＝＋－＠]"
"""Beginnings of a text that a spreadsheet runs; the wide signs count in East Asian settings."""
WITHIN: Final = r"([;,\t\r\n][\s\"]*)([=+\-@＝＋－＠])"
"""The same behind what another country's spreadsheet takes for the end of a cell."""
MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands for the time of making, so that equal frames give equal bytes."""
LONGEST_TEXT: Final = 48
"""Characters that a column is wide at most."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Attributes
    ----------
    frame : pl.DataFrame
        Lists become text joined by `;`.
    formats : mapping of str to str
        Number formats of columns, as a spreadsheet writes them; others by their type.
    frozen_columns : int
        Columns that stay in view; the header always does.
    """

    frame: pl.DataFrame
    formats: Mapping[str, str]
    frozen_columns: int = 0


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every text that a spreadsheet would run; lists are joined first."""
    text = joined(frame).with_columns(cs.categorical().cast(pl.String), cs.enum().cast(pl.String))
    inside = cs.string().str.replace_all(WITHIN, "${1}'${2}")
    runs = cs.string().str.contains(RUNS)
    return text.with_columns(pl.when(runs).then("'" + inside).otherwise(inside).name.keep())


def spreadsheet_csv(frame: pl.DataFrame) -> bytes:
    """A frame as CSV that a spreadsheet may open."""
    return encode(neutralised(frame), "csv")


def workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """Frames as an Excel workbook: a header that stays in view, filters, number formats.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        By name, in order.
    """
    buffer = io.BytesIO()
    # Texts stay texts: nothing is turned into a formula, a link or a number.
    options: dict[str, Any] = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": MADE})
        for name, sheet in sheets.items():
            frame = joined(sheet.frame)
            frame.write_excel(
                book,
                name,
                table_style="Table Style Light 1",
                header_format={"bold": True, "text_wrap": True, "valign": "top", "border": 1},
                column_formats={c: f for c, f in sheet.formats.items() if c in frame.columns},
                dtype_formats={pl.Date: "yyyy-mm-dd"},
                column_widths=_widths(frame),
                freeze_panes=(1, sheet.frozen_columns),
                float_precision=4,
            )
    return buffer.getvalue()


def _widths(frame: pl.DataFrame) -> dict[Any, int]:
    """Pixels of each column, by the longest of what it shows."""
    texts = frame.select(cs.string().str.len_chars().max())
    longest = {name: texts[name].item() or 0 for name in texts.columns}
    shown = {name: max(longest.get(name, 8), min(len(name), 14), 6) for name in frame.columns}
    return {name: 12 + 7 * min(length, LONGEST_TEXT) for name, length in shown.items()}
