"""A vendor's share counts, in a table that the user writes.

CSV in UTF-8 with a header; the columns may stand in any order:

    symbol,as_of,shares,known_at,source
    GOOGL,2025-01-28,12190000000,2025-02-05,vendor X

`cik` may stand in place of `symbol` or beside it, and goes before it. `symbol` is the one that the
line had on `as_of`, in any spelling of its class. `shares` are all shares of the company in
all classes, such that times the line's price they are its total cap; of the day `as_of`, not
adjusted for later splits. `as_of` and `known_at` are ISO dates, `2025-02-05`; a count is known at
the end of `known_at` in New York and used from then on. A correction is a row with a later
`known_at`. Thousands are not separated.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.own_tables import company, header, read_table

_COLUMNS = frozenset({"as_of", "shares", "known_at", "source"})
_SUBJECTS = frozenset({"symbol", "cik"})


def _recognise(path: Path) -> bool:
    columns = header(path)
    return columns >= _COLUMNS and bool(columns & _SUBJECTS) and columns <= _COLUMNS | _SUBJECTS


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_table(path, _COLUMNS)
    subjects = {name: name for name in _SUBJECTS if name in table.columns}
    day = pl.col("known_at").str.to_date("%Y-%m-%d", strict=False)
    rows = table.select(
        company=company(**subjects),
        as_of=pl.col("as_of").str.to_date("%Y-%m-%d", strict=False),
        counted_by=pl.lit("vendor_counts"),
        measure=pl.lit("stated"),
        shares=pl.col("shares").cast(pl.Float64, strict=False),
        origin="source",
        known_at=end_of_day_expr(day),
    )
    once = rows.unique(maintain_order=True)
    yield check("share_count", once, skipped=rows.height - once.height)


SOURCE = Source(
    name="vendor_counts",
    describes="share counts of a vendor (symbol or cik, as_of, shares, known_at, source)",
    recognise=_recognise,
    read=_read,
)
