"""Share counts from the SEC's `companyfacts.zip`, read member by member.

Two facts count shares: `dei:EntityCommonStockSharesOutstanding`, of the latest practicable day,
on the cover of each periodic report, and `us-gaap:CommonStockSharesOutstanding` on its balance
sheets. A count is known at the end of the day on which its report was filed; EDGAR dates what
comes in after 17:30 to the next day.

**Classes.** EDGAR gives here only facts of the filing entity as a whole: a fact with a dimension,
such as the class of stock, is left out, not stripped of it. A company that counts each class by
itself (Alphabet, Visa, Berkshire) so has no cover count, or an old one from before it began to
(Mastercard: 2010), and classes cannot be added up from this file. Two values of one report,
fact and day are therefore one figure stated twice. Where they differ by rounding the larger
is taken; where they differ by more (`shares|ambiguous`) it cannot be told whether one is wrong
or two classes bear no dimension, and neither is taken.

Counts below 100,000 are no counts but placeholders (0, 1, 100 on the balance sheets of
subsidiaries and of companies with several classes) or thousands given for units; they are
skipped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from recon.calendar import end_of_day_expr
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.files import rejecting
from recon.sources.printed import to_date
from recon.sources.sec_zip import Archive, kind_of

MIN_SHARES = 100_000
"""NVR, among the fewest of a large company, has three million."""
ROUNDING = 1.01
"""Two values nearer than this are one, rounded."""
CHUNK = 200_000
"""Counts in a chunk; a company has about a hundred."""

_FACTS = (
    ("dei", "EntityCommonStockSharesOutstanding", "cover"),
    ("us-gaap", "CommonStockSharesOutstanding", "balance_sheet"),
)
_VALUES = ("end", "val", "accn", "form", "filed")
_STATED = dict.fromkeys(("cik", "measure", *_VALUES), pl.String())
_ONE = ("company", "as_of", "counted_by", "measure", "origin", "known_at")


def _recognise(path: Path) -> bool:
    return kind_of(path) == "companyfacts"


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    archive = Archive(path)
    stated: list[tuple[str | None, ...]] = []
    for member in archive.members():
        stated += _counts(*member)
        if len(stated) >= CHUNK:
            yield _chunk(stated, archive)
            stated = []
    yield _chunk(stated, archive)


def _counts(cik: str, content: dict[str, Any]) -> list[tuple[str | None, ...]]:
    """Take the share counts of one company; whatever is laid out otherwise holds none."""
    found: list[tuple[str | None, ...]] = []
    for taxonomy, concept, measure in _FACTS:
        stated = _within(content, "facts", taxonomy, concept, "units").get("shares")
        counts = stated if isinstance(stated, list) else []
        found += [
            (cik, measure, *(_text(one.get(name)) for name in _VALUES))
            for one in counts
            if isinstance(one, dict)
        ]
    return found


def _within(content: Any, *names: str) -> dict[str, Any]:
    for name in names:
        content = content.get(name) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None or isinstance(value, bool | dict | list) else str(value)


def _chunk(stated: list[tuple[str | None, ...]], archive: Archive) -> Chunk:
    table = pl.DataFrame(stated, schema=_STATED, orient="row").with_columns(
        pl.col("val").cast(pl.Float64, strict=False)
    )
    counts = table.filter(pl.col("val").is_null() | (pl.col("val") >= MIN_SHARES)).select(
        company="cik",
        as_of=to_date("end"),
        counted_by=pl.lit("companyfacts"),
        measure="measure",
        shares="val",
        origin=pl.format("{} {}", "form", "accn"),
        known_at=end_of_day_expr(to_date("filed")),
    )
    largest = counts.group_by(_ONE, maintain_order=True).agg(
        pl.col("shares").max(),
        apart=(pl.col("shares").max() / pl.col("shares").min()).fill_null(1.0) > ROUNDING,
        values=pl.col("shares").unique(maintain_order=True),
    )
    alike = largest.filter(~pl.col("apart"))
    ambiguous = largest.filter("apart").select(
        *_ONE[:-1], "values", rule=pl.lit("shares|ambiguous")
    )
    chunk = check("share_count", alike, skipped=table.height - counts.height)
    chunk = rejecting(chunk, ambiguous)
    rejected = pl.concat([chunk.rejected, archive.rejected()])
    return Chunk(chunk.table, chunk.rows, rejected, chunk.skipped)


SOURCE = Source(
    name="companyfacts",
    describes="the SEC's companyfacts.zip (shares outstanding by filing)",
    recognise=_recognise,
    read=_read,
)
