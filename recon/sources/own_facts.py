"""Answers of the user's own to rules that public data leaves open.

CSV in UTF-8 with a header; the columns may stand in any order:

    company,fact,value,known_at,source
    0001652044,voting_rights,pass,2025-03-01,proxy statement 2025
    RKT,free_float,fail,2025-04-10,own count of Form 4

`company` is a CIK, or the symbol that a line of the company had at `known_at`. `fact` is a
rule of the screen: one of `recon.contracts.OWN_FACTS`. `value` is `pass` or `fail`. From the
end of the day `known_at` in New York (an ISO date) the answer replaces the rule's own. A later
answer goes before an earlier one.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from recon.calendar import end_of_day_expr
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.own_tables import company, header, read_table

_COLUMNS = frozenset({"company", "fact", "value", "known_at", "source"})


def _recognise(path: Path) -> bool:
    return header(path) == _COLUMNS


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_table(path, _COLUMNS)
    number = pl.col("company").str.contains(r"^\d+$")
    day = pl.col("known_at").str.to_date("%Y-%m-%d", strict=False)
    rows = table.with_columns(number=pl.when(number).then("company")).select(
        company=company(cik="number", symbol="company"),
        fact=pl.col("fact").str.to_lowercase(),
        value=pl.col("value").str.to_lowercase(),
        origin="source",
        known_at=end_of_day_expr(day),
    )
    once = rows.unique(maintain_order=True)
    yield check("own_fact", once, skipped=rows.height - once.height)


SOURCE = Source(
    name="own_facts",
    describes="answers of the user's own (company, fact, value, known_at, source)",
    recognise=_recognise,
    read=_read,
)
