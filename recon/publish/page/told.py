"""The reasons for every name, small enough to travel with the page.

A thousand explanations repeat themselves: the same rule, the same list, the same sentence. Every
text stands once, and an explanation is a list of places in that list.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from recon.publish.explanation import Chance, Explanation, Level, Line
from recon.publish.words import above, money, percent, price, signed_percent

BETWEEN: Final = "\t"
"""Between the cells of a row: a whole row is one text, because whole rows are repeated."""


class _Texts:
    """Texts in the order of their first use."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self.places.setdefault(text, len(self.places))

    def line(self, cells: Iterable[str]) -> list[int]:
        return [self.place(cell) for cell in cells]

    def table(self, rows: Iterable[Iterable[str]]) -> list[int]:
        return self.line(BETWEEN.join(c.replace(BETWEEN, " ") for c in row) for row in rows)


def told(reasons: Mapping[str, Explanation]) -> dict[str, Any]:
    """Explanations as the page's script reads them.

    Parameters
    ----------
    reasons : mapping of str to Explanation
        As `recon.publish.page.model.Page.reasons`.

    Returns
    -------
    dict
        `texts` (each once) and `names`: one object a company, in order, whose values are lists
        of places in `texts`; cells of a table's row stand apart by `BETWEEN`.
    """
    texts = _Texts()
    names = [_name(one, texts) for one in reasons.values()]
    return {"texts": list(texts.places), "names": names}


def _name(one: Explanation, texts: _Texts) -> dict[str, Any]:
    facts = {
        "result under the rules": one.result,
        "remark": one.remark,
        "total cap": one.cap,
        "rank": _rank(one),
        "before": one.membership,
    }
    return {
        "title": texts.line([one.symbol, one.company or ""]),
        "facts": texts.table((name, said) for name, said in facts.items() if said),
        "chances": texts.table(_chance(chance) for chance in one.chances),
        "checks": texts.table(
            (check.rule.replace("_", " "), check.verdict, _reason(check.reason, check.figures))
            for check in one.checks
        ),
        "levels": texts.table(_level(level) for level in _telling(one.levels)),
        "changes": texts.line(one.changes),
        "moved": texts.line(one.moved),
        "lines": texts.table(_line(line) for line in one.lines if line.role is not None),
    }


def _rank(one: Explanation) -> str | None:
    if one.rank is None or one.percent is None:  # a place in a carried ranking has no percent
        return None if one.rank is None else f"{one.rank:,}"
    return f"{one.rank:,}, cumulative {one.percent:.3f} % of the cap of all ranked"


def _reason(code: str, figures: str) -> str:
    words = code.replace("_", " ")
    return f"{words}: {figures}" if figures else words


def _chance(one: Chance) -> tuple[str, ...]:
    other = f" from {one.from_index}" if one.from_index else ""
    other += f" to {one.to_index}" if one.to_index else ""
    called = ("called" if one.call else "not called", "called" if one.rules_call else "not called")
    return (f"{one.action} {one.index}{other}", percent(one.probability), *called)


def _telling(levels: Sequence[Level]) -> Sequence[Level]:
    """Lines whose crossing changes something, else the break-points themselves."""
    return [one for one in levels if one.meaning] or [
        one for one in levels if one.name.startswith("rank_")
    ]


def _level(one: Level) -> tuple[str, ...]:
    return (
        one.name.replace("_", " "),
        money(one.cap_usd),
        signed_percent(above(one.distance)) or "–",
        "–" if one.price_usd is None else price(one.price_usd),
        one.meaning or "",
    )


def _line(one: Line) -> tuple[str, ...]:
    return (
        one.symbol,
        (one.role or "").replace("_", " "),
        "–" if one.price_usd is None else price(one.price_usd),
        "–" if one.shares is None else f"{one.shares:,.0f}",
        one.provenance or "",
        one.member_of or "none",
        "yes" if one.eligible else "no",
    )
