"""The words of an explanation: the figures behind a verdict, and what would change it."""

from collections.abc import Callable, Sequence
from typing import Any

from recon.master.countries import ABROAD
from recon.master.offerings import FORMER_SPAC, NOTHING, OFFERED, OFFERED_BEFORE, OUTSIDE
from recon.pipeline import Run
from recon.publish.explanation import Check, Level
from recon.publish.words import money, price, signed_percent
from recon.rulebook import Rulebook

Row = dict[str, Any]

_NOT_PUBLIC = "not in public data; being a member is taken as having passed"


_UNNAMED = {None: "unknown", ABROAD: "a country abroad that is not known"}


def _place(company: Row) -> str:
    incorporated, offices = (
        _UNNAMED.get(company[place], company[place]) for place in ("incorporation", "headquarters")
    )
    files = {True: "files as a domestic issuer", False: "files as a foreign issuer"}.get(
        company["domestic_filer"], "filing behaviour unknown"
    )
    return f"incorporated in {incorporated}, headquartered in {offices}, {files}"


def _price_figures(company: Row, rulebook: Rulebook) -> str:
    rules = rulebook.eligibility
    said = f"close {price(company['price_usd'])}, minimum {price(rules.min_price_usd)}"
    if company["member"] and (company["price_usd"] or 0) < rules.min_price_usd:
        mean = price(company["mean_price_usd"])
        said += f"; mean of {rules.min_price_lookback_days} days {mean}"
    return said


_OFFERINGS = {
    OFFERED: "first traded {}, an offering on record",
    OFFERED_BEFORE: "first traded {}, the offering on record is of an earlier year",
    FORMER_SPAC: "a blank-cheque company before; lock-ups are not in public data",
    OUTSIDE: "first traded {}, outside the window",
    NOTHING: "first traded {}, no offering on record: from another market, by a direct listing, "
    "or too new to be on record",
}

_FIGURES: dict[str, Callable[[Row, Rulebook], str]] = {
    "exchange": lambda c, r: f"listed on {c['exchange']}; {', '.join(r.eligibility.exchanges)}",
    "share_type": lambda c, _: f"{c['security_type']} ({c['type_reason']})",
    "structure": lambda c, _: f"{c['structure']} ({c['structure_reason']})",
    "minimum_price": _price_figures,
    "minimum_total_cap": lambda c, r: (
        f"total cap {money(c['total_cap_usd'])}, minimum {money(r.eligibility.min_total_cap_usd)}"
    ),
    "nationality": lambda c, _: _place(c),
    "passed_over": lambda c, _: (
        f"large enough at {c['passed_over']} and no member after it"
        if c["passed_over"] and not c["member"]
        else "no sign that it was left out in spite of its size"
    ),
    "offering": lambda c, _: _OFFERINGS[c["offering"]].format(c["begun"]),
    "free_float": lambda _c, r: f"at least {r.eligibility.min_float_percent:g} %: {_NOT_PUBLIC}",
    "voting_rights": lambda _c, r: f"at least {r.voting.min_percent:g} % of votes: {_NOT_PUBLIC}",
    "ubti": lambda c, _: (
        f"asked of REITs and partnerships: {_NOT_PUBLIC}"
        if c["structure"] == "reit"
        else f"asked of REITs and partnerships only; {c['structure']}"
    ),
}


def check_figures(rule: str, company: Row, rulebook: Rulebook) -> str:
    """Say in words what a rule looked at; empty for a rule that has no words here."""
    words = _FIGURES.get(rule)
    return words(company, rulebook) if words else ""


def own_answers(answers: Sequence[Row]) -> dict[str, str]:
    """Say by rule where the user's own answers about a company are from."""
    return {
        row["rule"]: f"your own answer of {row['known_on']}: {row['source']}" for row in answers
    }


def excluded_line(line: Row, vehicle: str | None) -> str:
    """Say what a line is that cannot be in an index."""
    kind = str(line["security_type"] or "line of unknown type").replace("_", " ")
    said = f"{line['symbol']} is a {kind} ({line['type_reason']}) and cannot be in an index"
    return f"{said}; shown is the company by its line {vehicle}" if vehicle else said


def class_moves(symbol: str, actions: Sequence[str]) -> list[str]:
    """Say that a further class joins or leaves while its company stays (methodology §3.1)."""
    does = {"add": "joins", "delete": "leaves"}
    return [
        f"{symbol} itself {does[action]}: a further class counts by its own trading and size"
        for action in actions
    ]


def cap_words(company: Row, lines: Sequence[Row]) -> str:
    """Say how the total cap comes about: which count, at which price, from where."""
    provenance = str(company["cap_provenance"])
    source = company["symbol"]
    if provenance.startswith("sibling:"):
        source = provenance.removeprefix("sibling:")
    row = next((one for one in lines if one["symbol"] == source), None)
    if company["total_cap_usd"] is None or row is None:
        return "no line of the company has a share count"
    said = (
        f"{money(company['total_cap_usd'])} = {row['shares']:,.0f} shares × "
        f"{price(row['close'])} ({source})"
    )
    where = [f"count {row['provenance']}"]
    if row["shares_reported"] and abs(row["shares"] / row["shares_reported"] - 1) > 0.001:
        where.append(f"the screener implies {row['shares_reported']:,.0f}")
    if row["note"]:
        where.append(row["note"])
    if source != company["symbol"]:
        where.append(f"{company['symbol']} has no count of its own")
    return f"{said}; {', '.join(where)}"


def membership_words(run: Run, members: Sequence[Row]) -> str:
    """Say where membership before the event comes from.

    Parameters
    ----------
    run : Run
        Whose lists they are.
    members : sequence of dict
        Lines of the company that were members, as in `recon.publish.grounds.Grounds`.
    """
    lists = {one.index: one for one in run.membership.snapshots}
    if run.membership.micro is not None:
        lists["RMICRO"] = run.membership.micro
    if not members:
        used = ", ".join(f"{one.index} of {one.asof}" for one in lists.values())
        return f"on none of the lists used ({used})" if used else "no list is known"
    said: dict[str, list[str]] = {}
    for row in members:
        index = row["size"] or "RMICRO"
        listed = lists.get(index) or lists.get("R3000")
        by = f"the official list of {row['since']}"
        if row["since"] == "official":
            by = "official lists alone: no fund holds it"
        if row["since"] == "snapshot" and listed is not None:
            by = f"{listed.kind} of {listed.asof}, {listed.age(run.as_of)} days old"
            by += f" ({listed.origin})"
        said.setdefault(f"in {index} by {by}", []).append(row["symbol"])
    return "; ".join(f"{', '.join(symbols)} {by}" for by, symbols in said.items())


def result_words(before: str | None, after: str | None) -> str:
    """Say what the rules make of the company."""
    if before == after:
        return f"stays in {after}" if after else "stays outside the Russell 3000"
    if before is None:
        return f"enters {after}"
    if after is None:
        return f"leaves {before} and the Russell 3000"
    return f"moves from {before} to {after}"


def since_rank_day(run: Run, lines: Sequence[Row], named: Sequence[Row]) -> list[str]:
    """Say what has become of a company since rank day: lines that left, and what is official."""
    said = [
        f"{row['symbol']} left the exchange on {row['left_on']}"
        for row in lines
        if row["role"] is not None and row["left_on"] is not None
    ]
    said += [f"the official list ({run.status}): {row['action']} {row['ticker']}" for row in named]
    if said or run.official.is_empty():
        return said
    return [f"the official list ({run.status}) does not name it"]


def meanings(company: Row, run: Run) -> dict[str, str]:
    """Say what crossing each line would mean for this company, by the line's name.

    Lines that mean nothing to a company of its past are left out (methodology §3.3).
    """
    large, whole = run.rulebook.ranks.russell_1000, run.rulebook.ranks.russell_3000
    if run.carried is not None and company["member"]:
        return {}  # nobody moves or leaves by an IPO event
    if company["was_r1000"]:
        size = {
            f"band_low_{large}": "below it moves down to the Russell 2000",
            f"rank_{whole}": "below it leaves the Russell 3000",
        }
    elif company["was_r2000"]:
        size = {
            f"band_high_{large}": "at or above it moves up to the Russell 1000",
            f"rank_{whole}": "below it leaves the Russell 3000",
        }
    else:
        size = {
            f"rank_{large}": "at or above it enters the Russell 1000",
            f"rank_{whole}": "at or above it enters the Russell 3000",
        }
    return size | (_micro_meanings(company, run) if run.membership.micro else {})


def _micro_meanings(company: Row, run: Run) -> dict[str, str]:
    line, last = run.rulebook.ranks.microcap_high, run.rulebook.ranks.microcap_low
    floor = {f"rank_{last}": "below it is outside the Microcap"}
    if not company["member"]:
        return {f"rank_{line}": "at or above it is too large for the Microcap"} | floor
    if company["was_micro"]:
        return {f"band_high_{line}": "at or above it leaves the Microcap"} | floor
    return {f"band_low_{line}": "below it enters the Microcap"} | floor


def what_would_change(
    run: Run, company: Row, checks: Sequence[Check], levels: Sequence[Level]
) -> tuple[str, ...]:
    """Say what would have to be otherwise for another outcome."""
    rules = run.rulebook.eligibility
    needs = {
        "exchange": "a listing on NYSE, Nasdaq or NYSE American",
        "share_type": f"a line of common stock, where now there is {company['security_type']}",
        "structure": f"another structure than {company['structure']}",
        "minimum_price": f"a close of at least {price(rules.min_price_usd)} on rank day, "
        f"from {price(company['price_usd'])}",
        "minimum_total_cap": f"a total cap of at least {money(rules.min_total_cap_usd)}, "
        f"from {money(company['total_cap_usd'])}",
        "nationality": f"a home country that counts as the United States: {_place(company)}",
        "offering": "an initial public offering within the window",
        "passed_over": f"whatever kept it out at {company['passed_over']}",
    }
    failed = [c for c in checks if c.verdict == "fail"]
    said = [f"{c.rule}: {needs.get(c.rule, c.reason)}" for c in failed]
    if any(c.rule == "offering" and c.verdict == "unknown" for c in checks):
        said.append(
            "offering: a fact of your own that it priced in the window, or that its lock-ups ended"
        )
    if company["total_cap_usd"] is None:
        return (*said, "a share count: without one there is no rank")
    sides = [
        f"{one.name.replace('_', ' ')} at {price(one.price_usd)} a share "
        f"({signed_percent(one.move)}): {one.meaning}"
        for one in levels
        if one.meaning
    ]
    if failed:
        line = next(
            (b for b in levels if b.name == f"rank_{run.rulebook.ranks.russell_3000}"), None
        )
        if line is not None and line.move is not None:
            enough = "enough" if line.move <= 0 else "not enough"
            said.append(f"its size would be {enough} for rank {line.rank:,}")
        return tuple(said)
    unknown = [c.rule for c in checks if c.verdict == "unknown" and c.rule != "offering"]
    if unknown and not company["member"]:
        sides.append(f"any of {', '.join(unknown)} found to fail keeps it out")
    return (*said, *sides)
