"""One company explained: its lines, every verdict, its cap, rank, distances and chances."""

import math
from typing import Any

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.candidates import company_rows
from recon.publish.chance_words import moved_words
from recon.publish.explain_words import (
    cap_words,
    check_figures,
    excluded_line,
    meanings,
    membership_words,
    own_answers,
    result_words,
    since_rank_day,
    what_would_change,
)
from recon.publish.explanation import Chance, Check, Explanation, Level, Line
from recon.publish.lookup import find
from recon.publish.sides import STAND_IN


def explain(
    run: Run, text: str, outlook: Outlook | None = None, rows: pl.DataFrame | None = None
) -> Explanation:
    """Explain the company of a line.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    text : str
        A symbol in any spelling; see `recon.publish.lookup.find`.
    outlook : Outlook, optional
        Of the same run: whose chances are given.
    rows : pl.DataFrame, optional
        As from `recon.publish.candidates.company_rows` of the same run and outlook, where many
        companies are explained; else they are computed.

    Raises
    ------
    UnknownSymbolError
        No line is listed under it.
    """
    symbol, remark = find(run, text)
    asked = run.lines.row(by_predicate=pl.col("symbol") == symbol, named=True)
    company_id = asked["company_id"]
    lines = run.lines.filter(pl.col("company_id") == company_id).sort(
        pl.col("role").replace_strict({"pricing_vehicle": 0, "additional_class": 1}, default=2),
        "symbol",
    )
    own = run.companies.filter(pl.col("company_id") == company_id)
    head = {
        "run_id": run.run_id,
        "event": run.event.id,
        "as_of": run.as_of,
        "data_cutoff": run.session,
        "rank_day": run.event.rank_day,
        "hindsight": run.hindsight,
        "rulebook_version": run.rulebook.version,
        "simulated": run.simulated,
        "asked": text,
        "symbol": symbol,
        "company_id": company_id,
        "cik": asked["cik"],
        "company": asked["name"],
        "is_candidate": asked["role"] is not None,
        "lines": tuple(_line(row) for row in lines.iter_rows(named=True)),
    }
    remarks = [*filter(None, [remark]), *since_rank_day(run, company_id)]
    if asked["role"] is None:
        vehicle = own["symbol"][0] if own.height else None
        remarks.append(excluded_line(asked, vehicle))
    head["remark"] = "; ".join(remarks) or None
    if own.is_empty():
        return Explanation(**head, result="no line of this company can be in an index")
    rows = company_rows(run, outlook) if rows is None else rows
    return Explanation(**head | _company(run, own.row(0, named=True), asked, lines, outlook, rows))


def _line(row: dict[str, Any]) -> Line:
    same = (
        "symbol",
        "exchange",
        "name",
        "role",
        "security_type",
        "type_reason",
        "structure",
        "structure_reason",
        "shares",
        "shares_reported",
        "provenance",
    )
    return Line(
        **{name: row[name] for name in same},
        price_usd=row["close"],
        note=row["note"] or None,
        member_of=row["size"],
        eligible=row["line_eligible"],
        flags=tuple(row.get("flags") or ()),
    )


def _company(
    run: Run,
    company: dict[str, Any],
    asked: dict[str, Any],
    lines: pl.DataFrame,
    outlook: Outlook | None,
    rows: pl.DataFrame,
) -> dict[str, Any]:
    verdicts = run.verdicts.filter(pl.col("company_id") == company["company_id"])
    said = own_answers(run, company["company_id"])
    checks = tuple(
        Check(
            **row,
            figures=said.get(row["rule"]) or check_figures(row["rule"], company, run.rulebook),
        )
        for row in verdicts.select("rule", "verdict", "reason").iter_rows(named=True)
    )
    priced = asked if asked["role"] is not None else company
    price = priced["close"]
    levels = _levels(run, company, price)
    before = _index(company["was_r1000"], company["was_r2000"])
    return {
        "company": company["name"],
        "cik": company["cik"],
        "checks": checks,
        "verdict": company["verdict"],
        "eligible": company["eligible"],
        "total_cap_usd": company["total_cap_usd"],
        "priced_symbol": priced["symbol"],
        "price_usd": price,
        "cap": cap_words(company, lines),
        "rank": company["rank"],
        "percent": company["percent"],
        "before": before,
        "membership": membership_words(run, lines),
        "after": company["to_size"],
        "result": "left the exchange, so on no list"
        if company["left_on"]
        else result_words(before, company["to_size"]),
        "levels": levels,
        "changes": what_would_change(run, company, checks, levels),
        "chances": _chances(rows.filter(pl.col("company_id") == company["company_id"])),
        "model_version": STAND_IN if outlook is None else outlook.model_version,
        "moved": () if outlook is None else moved_words(outlook, company["company_id"]),
    }


def _index(was_r1000: bool, was_r2000: bool) -> str | None:
    if was_r1000:
        return "R1000"
    return "R2000" if was_r2000 else None


def _levels(run: Run, company: dict[str, Any], price: float | None) -> tuple[Level, ...]:
    cap = company["total_cap_usd"]
    said = meanings(company, run) if company["eligible"] else {}
    found = []
    for one in sorted(run.breakpoints, key=lambda b: b.rank):
        move = one.cap_usd / cap - 1 if cap else None
        found.append(
            Level(
                name=one.name,
                rank=one.rank,
                cap_usd=one.cap_usd,
                distance=math.log(cap / one.cap_usd) if cap else None,
                move=move,
                price_usd=None if move is None or price is None else price * (1 + move),
                meaning=said.get(one.name),
            )
        )
    return tuple(found)


def _chances(rows: pl.DataFrame) -> tuple[Chance, ...]:
    columns = ("index", "action", "from_index", "to_index", "probability", "call", "rules_call")
    return tuple(Chance(**row) for row in rows.sort("index").select(columns).iter_rows(named=True))
