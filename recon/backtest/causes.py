"""Why a call was wrong: one cause for each error, found by tests that a program makes.

The tests are asked in the order of `CAUSES`, and the first that holds gives the cause, so the
order is part of what a cause means:

1. What no forecast of rank day could know comes first (`merger or listing after rank day`), then
   what the data do not hold (`not in the data`, `no cap in the data`).
2. Who was a member comes before size, because it decides what can be called at all.
3. `near the line` comes before `fact wrong: cap`: within 5 % of the line any later count is on
   the right side half of the time, so it is no evidence that the count was wrong.
4. A cap that is wrong by itself comes before `moved by other errors`: hundreds of names that are
   in or out by mistake shift the line for those that lie at it.
5. Facts come before rules: `rule not computable from public data` is left for names whose size
   and public facts, those of later files too, stand.
6. `our defect` is what no test explains.

The tests look back with data of later than the call: they judge a call, they never make one.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.backtest.evidence import (
    ERRORS,
    NEAR,
    OFFERING,
    OPEN_RULES,
    PULLED_IN_DAYS,
    SIZE_RULES,
    TYPE_RULES,
)
from recon.master.names import company_key, same_company


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    Attributes
    ----------
    name : str
        As printed.
    test : str
        What the program asks, in words.
    holds : pl.Expr
        The test over a frame of `EVIDENCE`; null does not hold.
    found : pl.Expr
        What it found, as text.
    """

    name: str
    test: str
    holds: pl.Expr
    found: pl.Expr


_IN = pl.col("error").is_in(["missed addition", "false deletion"])
"""Errors in which the official outcome is membership."""
_CORRECTED = pl.col("cut_corrected_usd")
_CAP, _CUT = pl.col("total_cap_usd"), pl.col("cut_usd")
_LARGE = _CAP >= _CUT
_FAILED = pl.col("failed")
_STILL = pl.col("failed_later")


def _only(rules: pl.Expr, allowed: tuple[str, ...]) -> pl.Expr:
    return rules.list.set_difference(list(allowed)).list.len() == 0


def _some(rules: pl.Expr, wanted: tuple[str, ...]) -> pl.Expr:
    return rules.list.set_intersection(list(wanted)).list.len() > 0


def _right_side(cap: str) -> pl.Expr:
    """Whether a cap gives the official outcome where the one in force does not."""
    other = pl.col(cap)
    return pl.when(_IN).then(~_LARGE & (other >= _CUT)).otherwise(_LARGE & (other < _CUT))


_SIZED_ONLY = pl.when(_IN).then(_only(_FAILED, SIZE_RULES)).otherwise(_FAILED.list.len() == 0)
"""Size alone decided."""
_NATIONALITY_CURED = _FAILED.list.contains("nationality") & ~_STILL.list.contains("nationality")
_RENAMED = ~same_company(company_key("name"), company_key("name_at_effective"))
_WINDOW_END = pl.col("effective") + pl.duration(days=PULLED_IN_DAYS)


def _cause(name: str, test: str, *cases: tuple[pl.Expr, pl.Expr]) -> Cause:
    """Cause of several tests; what it found is that of the first that holds."""
    found: pl.Expr = pl.lit(None, pl.String)
    for holds, text in reversed(cases):
        found = pl.when(holds.fill_null(False)).then(text).otherwise(found)
    any_holds = pl.any_horizontal(holds.fill_null(False) for holds, _ in cases)
    return Cause(name, test, any_holds, found)


def _with_cap(text: str, cap: str) -> pl.Expr:
    ratio = (100 * (pl.col(cap) / _CUT - 1)).round(1)
    return pl.format("{}: {} % from the line", pl.lit(text), ratio)


def _joined(rules: pl.Expr) -> pl.Expr:
    return rules.list.sort().list.join(", ")


CAUSES: Final[tuple[Cause, ...]] = (
    _cause(
        "merger or listing after rank day",
        "the line stops trading between rank day and a week after the effective day, begins to "
        "trade after rank day, or failed a rule of type under a name that it no longer has on "
        "the effective day",
        (
            pl.col("gone").is_between(pl.col("rank_day"), _WINDOW_END, closed="right"),
            pl.format("stops trading {}", "gone"),
        ),
        (
            ~pl.col("quoted") & (pl.col("begun") > pl.col("rank_day")),
            pl.format("begins to trade {}", "begun"),
        ),
        (_some(_FAILED, TYPE_RULES) & _RENAMED, pl.format("is {}", "name_at_effective")),
    ),
    _cause(
        "not in the data",
        "the official ticker resolves to no line, or to one without a quote on rank day, or no "
        "list of members up to the effective day holds a name that leaves",
        (~pl.col("resolved"), pl.lit("no line of this ticker")),
        (~pl.col("quoted"), pl.lit("no quote on rank day")),
        (
            (pl.col("error") == "missed deletion") & ~pl.col("member") & ~pl.col("member_later"),
            pl.lit("no list has it as a member"),
        ),
    ),
    _cause(
        "no cap in the data",
        "no line of the company has a share count",
        (_CAP.is_null(), pl.lit("no share count")),
    ),
    _cause(
        "class of a member",
        "the official line is a further class of a company that is a member already, so that by "
        "company nothing is added or deleted",
        (
            (pl.col("error") == "missed addition")
            & pl.col("member")
            & pl.col("member_later")
            & ~pl.col("line_was_member"),
            pl.lit("another line of the company is a member"),
        ),
    ),
    _cause(
        "fact wrong: membership",
        "by the lists of members dated up to the effective day the company is on the other side",
        (
            _IN & pl.col("member") & ~pl.col("member_later"),
            pl.lit("no member by later lists"),
        ),
        (
            ~_IN & ~pl.col("member") & pl.col("member_later"),
            pl.lit("a member by later lists"),
        ),
    ),
    _cause(
        "near the line",
        f"size alone decided, and the cap is within {NEAR:.0%} of the cap at rank 3,000",
        (
            _SIZED_ONLY & ((_CAP / _CUT - 1).abs() <= NEAR),
            _with_cap("cap", "total_cap_usd"),
        ),
    ),
    _cause(
        "fact wrong: cap",
        "size alone decided, and the cap is on the right side of the line with the reported "
        "instead of the repaired count, with all units seen before or up to a year later, or with "
        "the count at the effective day",
        (
            _SIZED_ONLY & _right_side("cap_later"),
            _with_cap("count at the effective day", "cap_later"),
        ),
        (_SIZED_ONLY & _right_side("cap_units"), _with_cap("units seen before", "cap_units")),
        (_SIZED_ONLY & _right_side("cap_year"), _with_cap("units seen a year later", "cap_year")),
        (_SIZED_ONLY & _right_side("cap_reported"), _with_cap("reported count", "cap_reported")),
    ),
    _cause(
        "moved by other errors",
        "size alone decided, and the cap is on the right side of the line that rank 3,000 has when "
        "every company of the list is put on its official side",
        (
            _SIZED_ONLY
            & pl.when(_IN)
            .then(~_LARGE & (_CORRECTED <= _CAP))
            .otherwise(_LARGE & (_CORRECTED > _CAP)),
            pl.format(
                "the line moves by {} %",
                (100 * (_CORRECTED / _CUT - 1)).round(1),
            ),
        ),
    ),
    _cause(
        "fact wrong: country",
        "size agrees with the official outcome and the country does not, but does with the facts "
        "of later files",
        (
            _IN & _LARGE & _NATIONALITY_CURED & _only(_FAILED, OPEN_RULES),
            pl.lit("not foreign by later files"),
        ),
        (
            ~_IN & _LARGE & _STILL.list.contains("nationality"),
            pl.lit("foreign by later files"),
        ),
    ),
    _cause(
        "fact wrong: type",
        "size agrees with the official outcome and exchange, share type or structure does not, "
        "or, for a name that is not in the index, excludes it by later files",
        (
            _IN & _LARGE & _some(_FAILED, TYPE_RULES),
            pl.format("fails {}", _joined(_FAILED)),
        ),
        (
            ~_IN & _LARGE & _some(_STILL, TYPE_RULES),
            pl.format("fails {} by later files", _joined(_STILL)),
        ),
    ),
    _cause(
        "offering not in public data",
        "at an IPO event the company is large enough and official, and came to market outside the "
        "window or without an offering on record: a former SPAC whose lock-ups ended, a direct "
        "listing, a change of structure, or an offering that the source does not show",
        (
            _IN & _LARGE & _FAILED.list.contains(OFFERING),
            pl.format("fails {}", _joined(_FAILED)),
        ),
    ),
    _cause(
        "rule not computable from public data",
        "size and all public facts, those of later files too, stand, and the official outcome is "
        "the other one: it rests on free float, votes, UBTI, nationality by assets, or on what a "
        "past event's refusal rested on",
        (
            _IN & _LARGE & (_FAILED.list.len() > 0) & _only(_FAILED, OPEN_RULES),
            pl.format("fails {}", _joined(_FAILED)),
        ),
        (~_IN & _LARGE & (_FAILED.list.len() == 0), pl.lit("passes every public rule")),
    ),
    Cause("our defect", "none of the above", pl.lit(True), pl.lit(None, pl.String)),
)
"""All causes in the order in which they are asked for."""


def explained(evidence: pl.DataFrame) -> pl.DataFrame:
    """Give every error its cause.

    Parameters
    ----------
    evidence : pl.DataFrame
        Columns of `EVIDENCE`; others are carried along.

    Returns
    -------
    pl.DataFrame
        The rows with `cause` (a name of `CAUSES`) and `found` (what its test found; null for
        `our defect`), by error, in the order of `CAUSES`, by rank.
    """
    cause: pl.Expr = pl.lit(None, pl.String)
    found: pl.Expr = pl.lit(None, pl.String)
    for one in reversed(CAUSES):
        holds = one.holds.fill_null(False)
        cause = pl.when(holds).then(pl.lit(one.name)).otherwise(cause)
        found = pl.when(holds).then(one.found).otherwise(found)
    order = [one.name for one in CAUSES]
    return evidence.with_columns(cause=cause, found=found).sort(
        pl.col("error").replace_strict(list(ERRORS), range(len(ERRORS)), return_dtype=pl.Int64),
        pl.col("cause").replace_strict(order, range(len(order)), return_dtype=pl.Int64),
        "rank",
        "symbol",
        nulls_last=True,
    )


def by_cause(explained: pl.DataFrame) -> pl.DataFrame:
    """Count errors.

    Parameters
    ----------
    explained : pl.DataFrame
        `event`, `hindsight`, `error` and `cause`.

    Returns
    -------
    pl.DataFrame
        `event`, `hindsight`, `error`, `cause`, `count`; every error and cause that occurs in any
        event in each event, in the order of `ERRORS` and `CAUSES`.
    """
    runs = explained.select("event", "hindsight").unique(maintain_order=True)
    kinds = explained.select("error", "cause").unique()
    order = [one.name for one in CAUSES]
    counts = explained.group_by("event", "hindsight", "error", "cause").agg(count=pl.len())
    return (
        runs.join(kinds, how="cross")
        .join(counts, on=["event", "hindsight", "error", "cause"], how="left")
        .with_columns(pl.col("count").fill_null(0).cast(pl.Int64))
        .sort(
            "event",
            "hindsight",
            pl.col("error").replace_strict(list(ERRORS), range(len(ERRORS)), return_dtype=pl.Int64),
            pl.col("cause").replace_strict(order, range(len(order)), return_dtype=pl.Int64),
        )
    )
