"""Outside formats, one module each; here is the table of all of them."""

from pathlib import Path

from recon.sources import (
    announced_changes,
    ftse_pdf,
    ishares,
    membership_table,
    reference_tables,
    screener,
    sec_filers,
    symbol_directory,
    symbols_json,
    symbols_repo,
    ticker_cik,
)
from recon.sources.base import Source

SOURCES: tuple[Source, ...] = (
    screener.SOURCE,
    symbols_repo.SOURCE,
    symbols_json.SOURCE,
    ishares.SOURCE,
    ftse_pdf.SOURCE,
    membership_table.SOURCE,
    announced_changes.SOURCE,
    *sec_filers.SOURCES,
    *ticker_cik.SOURCES,
    *symbol_directory.SOURCES,
    *reference_tables.SOURCES,
)
"""Every format that recon reads; the first that recognises a file reads it."""


def recognise(path: Path) -> Source | None:
    """Find who reads a file or folder.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    Source or None
        None when no source recognises it, which is so for what does not exist.
    """
    return next((source for source in SOURCES if source.recognise(path)), None)
