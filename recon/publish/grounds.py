"""What explanations rest on, gathered for many companies at once.

A page explains a thousand companies: each frame of the run is then read once, not once a company.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.candidates import company_rows
from recon.publish.chance_words import moved_words

Row = dict[str, Any]
ByCompany = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Rows of a run by `company_id`; a company without any is missing.

    Attributes
    ----------
    lines : mapping
        All listed lines, the pricing vehicle first.
    companies : mapping
        The company itself: one row.
    verdicts, answers : mapping
        Each rule's answer, and the user's own that replaced one.
    members : mapping
        Lines that were members before, with the list that says so.
    official : mapping
        What the official list says.
    chances : mapping
        Chance and call of each index, by index.
    moved : mapping
        What moved the chance, in words.
    """

    lines: ByCompany
    companies: ByCompany
    verdicts: ByCompany
    answers: ByCompany
    members: ByCompany
    official: ByCompany
    chances: ByCompany
    moved: Mapping[str, tuple[str, ...]]


def grounds(run: Run, companies: Sequence[str], outlook: Outlook | None = None) -> Grounds:
    """Gather what the explanations of some companies rest on.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    companies : sequence of str
        `company_id` of each.
    outlook : Outlook, optional
        Of the same run.
    """
    wanted = pl.col("company_id").is_in(list(companies))
    lines = run.lines.filter(wanted).sort(
        pl.col("role").replace_strict({"pricing_vehicle": 0, "additional_class": 1}, default=2),
        "symbol",
    )
    members = (
        run.membership.lines.select("security_id", "size", "since")
        .join(lines.select("security_id", "symbol", "company_id"), on="security_id")
        .unique("symbol", keep="first", maintain_order=True)
        .sort("symbol")
    )
    return Grounds(
        lines=_by_company(lines),
        companies=_by_company(run.companies.filter(wanted)),
        verdicts=_by_company(run.verdicts.filter(wanted)),
        answers={} if run.answers.is_empty() else _by_company(run.answers.filter(wanted)),
        members=_by_company(members),
        official=_by_company(run.official.filter(wanted)),
        chances=_by_company(company_rows(run, outlook).filter(wanted).sort("index")),
        moved={} if outlook is None else moved_words(outlook, companies),
    )


def _by_company(frame: pl.DataFrame) -> ByCompany:
    found: ByCompany = frame.rows_by_key("company_id", named=True, include_key=True)
    return found
