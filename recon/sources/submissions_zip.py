"""Companies from the SEC's `submissions.zip`, read member by member.

A member is the submissions file that `recon.sources.sec_filers` reads singly; it gives the
same attributes and former names, as of the day that the archive's name states
(`submissions_2026-05-01.zip`). Beside them the list of recent filings tells how the company files:
its annual reports, each known at the end of the day on which it was filed. People and funds, nine
in ten of the members, are skipped: EDGAR calls them `other` and gives them neither an industry nor
a ticker. Filings older than the newest thousand or the last year stand in files of their own
and are not read; the newest annual report is never among them.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from recon.calendar import end_of_day_expr
from recon.contracts import CONTRACTS
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.printed import to_date
from recon.sources.sec_filers import Company, companies_shown, company_shown
from recon.sources.sec_zip import Archive, kind_of
from recon.sources.stated import required_date

CHUNK = 5000
"""Companies in a chunk."""

_NO_COMPANY = re.compile(
    rb'"entityType":\s*"other",\s*"sic":\s*"".*"tickers":\s*\[\s*\]', re.DOTALL
)
_FORM = re.compile(r"10-K|20-F|40-F")


def _recognise(path: Path) -> bool:
    return kind_of(path) == "submissions"


def _read(path: Path, _seen: Seen) -> Iterator[Chunk]:
    day = required_date(path)
    archive = Archive(path)
    companies: list[Company] = []
    reports: list[tuple[str, str, str]] = []
    for cik, content in archive.members(skip=_NO_COMPANY):
        try:
            shown, filed = company_shown(content), _annual_reports(cik, content)
        except (AttributeError, KeyError, TypeError):
            archive.set_aside("member|layout", f"CIK{cik}.json")
            continue
        companies.append(shown)
        reports += filed
        if len(companies) == CHUNK:
            yield from _chunks(companies, reports, day)
            companies, reports = [], []
    yield from _chunks(companies, reports, day)
    none = CONTRACTS["filer"].create_empty()
    yield Chunk("filer", none, archive.rejected(), archive.skipped)


def _annual_reports(cik: str, content: dict[str, Any]) -> list[tuple[str, str, str]]:
    recent = content["filings"]["recent"]
    filings = zip(recent["form"], recent["filingDate"], strict=False)
    return [
        (cik, form[:4], filed)
        for form, filed in filings
        if _FORM.match(form) and isinstance(filed, str)
    ]


def _chunks(
    companies: list[Company], reports: list[tuple[str, str, str]], day: date
) -> Iterator[Chunk]:
    if companies:
        yield from companies_shown(companies, day)
    schema = dict.fromkeys(("cik", "form", "filed"), pl.String)
    filed = pl.DataFrame(reports, schema=schema, orient="row").select(
        "cik",
        "form",
        filed=to_date("filed"),
        origin=pl.lit("submissions"),
        known_at=end_of_day_expr(to_date("filed")),
    )
    # An amendment may come on the day of its report.
    once = filed.unique(maintain_order=True)
    yield check("annual_report", once, skipped=filed.height - once.height)


SOURCE = Source(
    name="sec_submissions_zip",
    describes="the SEC's submissions.zip (companies and how they file)",
    recognise=_recognise,
    read=_read,
)
