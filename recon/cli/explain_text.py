"""An explanation for reading on a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.cli.tables import grid
from recon.publish.explanation import Explanation, Line
from recon.publish.words import money, price, signed_percent

_MARKS = {"pass": "pass", "fail": "FAIL", "unknown": "unknown"}


def layout(found: Explanation) -> RenderableType:
    """Lay an explanation out."""
    title = f"{found.symbol}: {found.company or 'without a name'} ({found.company_id})"
    parts: list[RenderableType] = [Text(title, style="bold")]
    if found.remark:
        parts.append(Text(f"note: {found.remark}"))
    parts.append(Text(f"result: {found.result}", style="bold"))
    if found.cap is not None:
        place = (
            "not ranked" if found.rank is None else f"rank {found.rank:,}, {_depth(found.percent)}"
        )
        parts += [
            Text(f"total cap: {found.cap}"),
            Text(f"{place}; before {found.before or 'no index'}: {found.membership}"),
        ]
    parts += [Text(), _lines(found)]
    parts += [
        Text(f"{one.symbol}: {', '.join(one.flags).replace('_', ' ')}")
        for one in _shown(found)
        if one.flags
    ]
    if others := _left_out(found):
        parts.append(Text(others))
    if found.checks:
        parts += [Text(), _checks(found)]
    if found.levels and found.total_cap_usd is not None:
        parts += [Text(), _levels(found)]
    if found.changes:
        parts += [Text(), Text("for another outcome", style="bold")]
        parts += [Text(f"  {one}") for one in found.changes]
    if found.chances:
        parts += [Text(), _chances(found)]
    if found.moved:
        parts += [Text(), Text(f"what moved them ({found.model_version})", style="bold")]
        parts += [Text(f"  {one}") for one in found.moved]
    return Group(*parts)


def _table(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    laid = grid(title)
    for name in columns:
        laid.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return laid


def _lines(found: Explanation) -> Table:
    laid = _table(
        "lines",
        *("symbol", "role", "type", "why", "close", "shares", "count", "in"),
        right=("close", "shares"),
    )
    for one in _shown(found):
        laid.add_row(
            Text(f"{one.symbol} ({one.exchange})"),
            (one.role or "").replace("_", " "),
            one.security_type,
            one.type_reason,
            price(one.price_usd),
            "" if one.shares is None else f"{one.shares:,.0f}",
            " ".join(filter(None, (one.provenance, one.note))),
            one.member_of,
        )
    return laid


def _shown(found: Explanation) -> list[Line]:
    """Lines that can be in an index, and the one asked for."""
    return [one for one in found.lines if one.role is not None or one.symbol == found.symbol]


def _left_out(found: Explanation) -> str:
    left = [one for one in found.lines if one not in _shown(found)]
    kinds = dict.fromkeys(one.security_type or "unknown" for one in left)
    named = {
        kind: ", ".join(one.symbol for one in left if (one.security_type or "unknown") == kind)
        for kind in kinds
    }
    said = "; ".join(f"{kind.replace('_', ' ')} {symbols}" for kind, symbols in named.items())
    return f"  other lines, in no index: {said}" if said else ""


def _checks(found: Explanation) -> Table:
    laid = _table("rules", "rule", "verdict", "reason", "figures")
    for one in found.checks:
        style = {"fail": "red", "unknown": "yellow"}.get(one.verdict, "")
        laid.add_row(
            one.rule, Text(_MARKS[one.verdict], style=style), one.reason, Text(one.figures)
        )
    return laid


def _levels(found: Explanation) -> Table:
    laid = _table(
        f"lines of the ranking, per share of {found.priced_symbol} at {price(found.price_usd)}",
        *("line", "rank", "cap", "price", "move", "log", "meaning"),
        right=("rank", "cap", "price", "move", "log"),
    )
    for one in found.levels:
        laid.add_row(
            one.name.replace("_", " "),
            f"{one.rank:,}",
            money(one.cap_usd),
            price(one.price_usd),
            signed_percent(one.move),
            "" if one.distance is None else f"{one.distance:+.3f}",
            one.meaning or "",
        )
    return laid


def _chances(found: Explanation) -> Table:
    laid = _table(
        "chances", "index", "action", "probability", "model", "rules", right=("probability",)
    )
    for one in found.chances:
        said = ("call" if called else "" for called in (one.call, one.rules_call))
        laid.add_row(one.index, one.action, f"{one.probability:.3f}", *said)
    return laid


def _depth(percent: float | None) -> str:
    """Say how far down a rank is; an IPO event has no ranking but the one before it."""
    return "a place in the last ranking" if percent is None else f"cumulative {percent:.3f} %"
