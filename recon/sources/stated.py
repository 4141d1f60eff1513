"""The date that a file stands for, where its content does not say it."""

import re
from calendar import monthrange
from datetime import date
from pathlib import Path

from recon.errors import RefusedFileError
from recon.sources.files import read_text

_FULL_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{4})-(0[1-9]|1[0-2])(?!\d|-\d)")
_DELIVERED = {"2024-10": date(2024, 10, 16), "2025-01": date(2025, 1, 7)}
"""The days of two deliveries, as ticker_cik_map.parquet states them."""


def stated_date(path: Path) -> date | None:
    """Give the date that a file without one inside stands for.

    A file `NAME.date` beside it (one ISO date) goes before a date in the name, written
    `2025-06-27` or `20250627`; the last one in the name counts.

    Parameters
    ----------
    path : Path
        The file itself.

    Returns
    -------
    date or None
        None when nothing states a date.

    Raises
    ------
    RefusedFileError
        If the file beside it holds no ISO date.
    """
    beside = path.with_name(path.name + ".date")
    if beside.is_file():
        text = read_text(beside).strip()
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise RefusedFileError(
                "The date beside the file cannot be read",
                field=str(beside),
                value=text,
                expected="one ISO date such as 2025-06-27",
            ) from error
    found = None
    for year, month, day in _FULL_DATE.findall(path.stem):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
    return found


def required_date(path: Path) -> date:
    """Give `stated_date`, or refuse the file.

    Raises
    ------
    RefusedFileError
        If nothing states a date.
    """
    day = stated_date(path)
    if day is None:
        raise RefusedFileError(
            "Nothing says what date this file is of",
            field="file name",
            value=path.name,
            expected=f"a date such as 2025-06-27 in the name, or in a file {path.name}.date",
        )
    return day


def delivery_date(path: Path) -> date:
    """Give the date of a file that states only a month, as `company_tickers_2024-10` does.

    A full date goes before it (`stated_date`). Of two deliveries the day is known; any other
    month counts from its last day, so that nothing is known too early.

    Raises
    ------
    RefusedFileError
        If nothing states a date or a month.
    """
    month = _MONTH.search(path.stem)
    if stated_date(path) is not None or month is None:
        return required_date(path)
    year, number = int(month[1]), int(month[2])
    last = date(year, number, monthrange(year, number)[1])
    return _DELIVERED.get(month.group(), last)
