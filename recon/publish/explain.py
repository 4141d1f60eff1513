"""Companies explained: their lines, every verdict, cap, rank, distances and chances."""

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.classes import class_rows
from recon.publish.explain_words import (
    cap_words,
    check_figures,
    class_moves,
    excluded_line,
    meanings,
    membership_words,
    own_answers,
    result_words,
    since_rank_day,
    what_would_change,
)
from recon.publish.explanation import Chance, Check, Explanation, Level, Line
from recon.publish.grounds import Grounds, Row, grounds
from recon.publish.lookup import find
from recon.publish.sides import STAND_IN


def explain(run: Run, text: str, outlook: Outlook | None = None) -> Explanation:
    """Explain the company of a line.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    text : str
        A symbol in any spelling; see `recon.publish.lookup.find`.
    outlook : Outlook, optional
        Of the same run: whose chances are given.

    Raises
    ------
    UnknownSymbolError
        No line is listed under it.
    """
    symbol, remark = find(run, text)
    line = run.lines.row(by_predicate=pl.col("symbol") == symbol, named=True)
    found = grounds(run, [line["company_id"]], outlook)
    version = STAND_IN if outlook is None else outlook.model_version
    remarks = [*filter(None, [remark]), *class_moves(symbol, _ruled(run, symbol))]
    return _explained(run, line, found, version, asked=text, remarks=remarks)


def explain_all(
    run: Run, companies: Sequence[str], outlook: Outlook | None = None
) -> dict[str, Explanation]:
    """Explain many companies at once, each by its pricing vehicle.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    companies : sequence of str
        `company_id` of each; one without a line that can be in an index is left out.
    outlook : Outlook, optional
        Of the same run.
    """
    found = grounds(run, companies, outlook)
    version = STAND_IN if outlook is None else outlook.model_version
    vehicles = {
        company: lines[0] for company, lines in found.lines.items() if company in found.companies
    }
    return {
        company: _explained(run, line, found, version, asked=line["symbol"])
        for company, line in vehicles.items()
    }


def _ruled(run: Run, symbol: str) -> list[str]:
    """Action of the rules on a further class whose company stays: one, or none."""
    moved = (pl.col("symbol") == symbol) & (pl.col("index") == "R3000") & pl.col("rules_call")
    return class_rows(run).filter(moved)["action"].to_list()


def _explained(
    run: Run,
    line: Row,
    found: Grounds,
    version: str,
    *,
    asked: str,
    remarks: Sequence[str] = (),
) -> Explanation:
    company_id = line["company_id"]
    lines, own = found.lines[company_id], found.companies.get(company_id, ())
    remarks = [*remarks, *since_rank_day(run, lines, found.official.get(company_id, ()))]
    if line["role"] is None:
        remarks.append(excluded_line(line, own[0]["symbol"] if own else None))
    head = {
        "run_id": run.run_id,
        "event": run.event.id,
        "as_of": run.as_of,
        "data_cutoff": run.session,
        "rank_day": run.event.rank_day,
        "hindsight": run.hindsight,
        "rulebook_version": run.rulebook.version,
        "simulated": run.simulated,
        "asked": asked,
        "symbol": line["symbol"],
        "company_id": company_id,
        "cik": line["cik"],
        "company": line["name"],
        "is_candidate": line["role"] is not None,
        "lines": tuple(_line(row) for row in lines),
        "remark": "; ".join(remarks) or None,
    }
    if not own:
        return Explanation(**head, result="no line of this company can be in an index")
    return Explanation(**head | _company(run, own[0], line, found), model_version=version)


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


def _company(run: Run, company: Row, asked: Row, found: Grounds) -> dict[str, Any]:
    company_id = company["company_id"]
    said = own_answers(found.answers.get(company_id, ()))
    checks = tuple(
        Check(
            rule=row["rule"],
            verdict=row["verdict"],
            reason=row["reason"],
            figures=said.get(row["rule"]) or check_figures(row["rule"], company, run.rulebook),
        )
        for row in found.verdicts.get(company_id, ())
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
        "cap": cap_words(company, found.lines[company_id]),
        "rank": company["rank"],
        "percent": company["percent"],
        "before": before,
        "membership": membership_words(run, found.members.get(company_id, ())),
        "after": company["to_size"],
        "result": "left the exchange, so on no list"
        if company["left_on"]
        else result_words(before, company["to_size"]),
        "levels": levels,
        "changes": what_would_change(run, company, checks, levels),
        "chances": tuple(_chance(row) for row in found.chances.get(company_id, ())),
        "moved": found.moved.get(company_id, ()),
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


def _chance(row: Row) -> Chance:
    columns = ("index", "action", "from_index", "to_index", "probability", "call", "rules_call")
    return Chance(**{name: row[name] for name in columns})
