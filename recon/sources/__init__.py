"""Outside formats, one module each; here is the table of all of them."""

from pathlib import Path

from recon.sources import (
    announced_changes,
    companyfacts,
    derived_migrations,
    ftse_pdf,
    ishares,
    membership_table,
    own_counts,
    own_facts,
    own_market_data,
    reference_tables,
    screener,
    sec_filers,
    submissions_zip,
    symbol_directory,
    symbols_json,
    symbols_repo,
    ticker_cik,
    unreadable,
)
from recon.sources.base import Source

SOURCES: tuple[Source, ...] = (
    unreadable.ODDLY_NAMED,
    screener.SOURCE,
    symbols_repo.SOURCE,
    symbols_json.SOURCE,
    ishares.SOURCE,
    ftse_pdf.SOURCE,
    membership_table.SOURCE,
    announced_changes.SOURCE,
    derived_migrations.SOURCE,
    *sec_filers.SOURCES,
    *ticker_cik.SOURCES,
    *symbol_directory.SOURCES,
    *reference_tables.SOURCES,
    companyfacts.SOURCE,
    submissions_zip.SOURCE,
    own_counts.SOURCE,
    own_facts.SOURCE,
    *own_market_data.SOURCES,
    unreadable.DAMAGED,
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
        None when no source recognises it, which is so for what does not exist, and for what is
        neither file nor folder: to look into a pipe is to wait for whoever writes to it.
    """
    if not (path.is_file() or path.is_dir()):
        return None
    return next((source for source in SOURCES if source.recognise(path)), None)
