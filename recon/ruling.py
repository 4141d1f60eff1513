"""What the rules make of the master's lines and companies: screened, ranked, placed.

A run does it once; another look at the same moment, with other prices, does it again.
"""

from typing import NamedTuple

import polars as pl

from recon.additions import Carried, place
from recon.assign import BreakPoint, assign, break_points, unseen_members
from recon.master.departed import company_departures
from recon.rulebook import Rulebook
from recon.screen import IPO_RULES, RULES, Reason, Verdict, eligibility, screen
from recon.screen.classes import class_eligible

BEFORE = pl.when("was_r1000").then(pl.lit("R1000")).when("member").then(pl.lit("R2000"))
"""Size index before the event."""


class Ruling(NamedTuple):
    """What the rules make of lines and companies; see `recon.pipeline.Run` for the frames."""

    lines: pl.DataFrame
    companies: pl.DataFrame
    verdicts: pl.DataFrame
    breakpoints: list[BreakPoint]


def rule(
    lines: pl.DataFrame,
    companies: pl.DataFrame,
    absent: pl.DataFrame,
    rulebook: Rulebook,
    own: pl.DataFrame,
    carried: Carried | None = None,
) -> Ruling:
    """Screen, rank and place companies: all that follows from the master and the rules.

    Parameters
    ----------
    lines, companies, absent : pl.DataFrame
        As of `recon.master.build.Master`; `lines` with `left_on`.
    rulebook : Rulebook
        In force at the event.
    own : pl.DataFrame
        The user's own answers, as of `recon.pipeline.Run`.
    carried : Carried, optional
        Of an IPO event: the last reconstitution's ranking, whose lines decide.
    """
    verdicts = screen(companies, rulebook, own, RULES if carried is None else IPO_RULES)
    judged = companies.join(eligibility(verdicts), on="company_id", how="left")
    may_stand = pl.col("eligible")
    if carried is None:
        placed, breakpoints = _reconstituted(judged, absent, rulebook)
    else:
        placed, breakpoints = place(judged, carried, rulebook), carried.breakpoints
        # A line may stand beside an open answer: the company is not called, and may yet enter.
        may_stand = ~pl.col("member") & (pl.col("verdict") != Verdict.FAIL)
    placed = _departed(placed, lines)
    listed = lines.join(
        placed.select("company_id", company_eligible=may_stand), on="company_id", how="left"
    ).with_columns(
        line_eligible=(
            pl.col("company_eligible").fill_null(False)
            & pl.col("left_on").is_null()
            & class_eligible(rulebook)
        )
        | (pl.lit(carried is not None) & pl.col("size").is_not_null())
    )
    return Ruling(listed, placed, verdicts, breakpoints)


def _reconstituted(
    judged: pl.DataFrame, absent: pl.DataFrame, rulebook: Rulebook
) -> tuple[pl.DataFrame, list[BreakPoint]]:
    """Rank all companies and place them."""
    unseen = unseen_members(judged, absent)
    ranked = assign(_contenders(judged, absent), rulebook, **unseen)
    placed = judged.join(
        ranked.select("company_id", "rank", "percent", "to_size", "to_micro"),
        on="company_id",
        how="left",
    ).with_columns(
        # A missing figure is no verdict: a member whose size is unknown stays where it is, and a
        # bound from below, as fund holdings give it, moves nobody down.
        stays=(
            pl.col("member")
            & (pl.col("verdict") != "fail")
            & (
                pl.col("total_cap_usd").is_null()
                | (
                    (pl.col("cap_provenance") == "filled:holdings")
                    & (pl.col("was_r1000") | pl.col("to_size").is_null())
                )
            )
        ).fill_null(False)
    )
    placed = placed.with_columns(to_size=pl.when("stays").then(BEFORE).otherwise("to_size"))
    return placed, break_points(ranked["total_cap_usd"].to_numpy(), rulebook, **unseen)


def _departed(placed: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Leave where they were the companies that left the exchange after rank day."""
    left = pl.col("left_on").is_not_null()
    return placed.join(
        company_departures(lines), on="company_id", how="left", maintain_order="left"
    ).with_columns(
        to_size=pl.when(left).then(BEFORE).otherwise("to_size"),
        to_micro=pl.when(left).then("was_micro").otherwise("to_micro"),
        reasons=pl.when(left)
        .then(pl.concat_list("reasons", pl.lit(Reason.LEFT_AFTER_RANK_DAY.value)))
        .otherwise("reasons"),
    )


def _contenders(judged: pl.DataFrame, absent: pl.DataFrame) -> pl.DataFrame:
    """Companies that take a rank: the eligible ones, and members sized from fund holdings."""
    columns = ("company_id", "total_cap_usd", "was_r1000", "was_r2000", "was_micro")
    held = absent.filter(pl.col("total_cap_usd").is_not_null()).select(
        company_id=pl.format("absent:{}", "ticker"),
        total_cap_usd="total_cap_usd",
        was_r1000=pl.col("size") == "R1000",
        was_r2000=pl.col("size") == "R2000",
        was_micro=pl.lit(False),
    )
    return pl.concat([judged.filter(pl.col("eligible")).select(columns), held])
