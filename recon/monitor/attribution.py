"""Why a company's distance to its line is not what it was: the change, in parts that add up.

The distance is the log of the total cap over the cap of a line. Between two runs it changes with
the price, with the share count, and with the line. The price change, adjusted for splits, is split
further into what the style factors explain, what the company did itself, and what the daily
changes do not show.
"""

from typing import Final

import numpy as np
import polars as pl

from recon.monitor.exposures import Styled
from recon.monitor.panel import Floats, Panel, taken
from recon.monitor.styles import STYLES
from recon.pipeline import Run

PARTS: Final = (*STYLES, "own", "price_break", "share_count", "line_moved")
"""Parts of `distance_change`, in log terms.

`own`: daily changes less what the styles explain. `price_break`: price change that the daily
changes do not show, as at a spin-off, over missing sessions, or where a change was cut as not
believed. `share_count`: the cap over the price, adjusted for splits. `line_moved`: the line's own
change with the sign turned, negative for a line that rose."""
LARGE_BREAK: Final = 0.1
"""Log: a price break beyond this is a spin-off, a special dividend or a glitch, and is named."""
LARGE_COUNT: Final = 0.4
"""Log: a count that changed by more, half as many again, is as often a mistake as an offering."""


def standing(run: Run, wanted: pl.DataFrame) -> pl.DataFrame:
    """Cap and line of companies in a run.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    wanted : pl.DataFrame
        `security_id` of a line of each company, and `breakpoint`, the name of a line.

    Returns
    -------
    pl.DataFrame
        The rows of `wanted` with `cap_usd`, `cap_provenance`, `line_usd` and `listed` (whether
        the security was listed), all of the run's session.
    """
    sized = run.companies.select("company_id", "cap_provenance", cap_usd="total_cap_usd")
    listed = run.lines.select("security_id", "company_id", listed=pl.lit(True)).unique(
        "security_id", keep="first", maintain_order=True
    )
    lines = {b.name: b.cap_usd for b in run.breakpoints}
    return wanted.join(
        listed.join(sized, on="company_id", how="left").drop("company_id"),
        on="security_id",
        how="left",
        maintain_order="left",
    ).with_columns(
        pl.col("listed").fill_null(False),
        line_usd=pl.col("breakpoint").replace_strict(lines, default=None, return_dtype=pl.Float64),
    )


def attribution(
    run: Run, earlier: Run, prices: Panel, wanted: pl.DataFrame, styled: Styled
) -> pl.DataFrame:
    """Parts of the change of each company's distance from the session of one run to another's.

    Parameters
    ----------
    run, earlier : Run
        The later and the earlier one; each as it was known at its own moment.
    prices : Panel
        Quotes of both sessions and those between, with splits from `earlier.session` on.
    wanted : pl.DataFrame
        `company_id` and `breakpoint`, each pair once.
    styled : Styled
        Of these rows, as from `recon.monitor.exposures.styled`.

    Returns
    -------
    pl.DataFrame
        `company_id`, `breakpoint`, `since`, `session` (dates), `distance_before`, `distance`,
        `distance_change` and `PARTS` (log; their sum is the change), and `attribution_reasons`:
        codes of what is unknown or doubtful. All figures are null where the company or the line
        was not there at both ends.
    """
    first, last = prices.row(earlier.session), prices.row(run.session)
    there = styled.columns >= 0

    def between(values: Floats) -> pl.Series:
        return pl.Series(np.where(there, values[last] - values[first], np.nan)).fill_nan(None)

    splits = np.cumsum(taken(prices.split, styled.columns), axis=0)
    vehicles = wanted.select("breakpoint", security_id=pl.Series(styled.securities))
    before, now = (standing(one, vehicles) for one in (earlier, run))
    frame = wanted.select("company_id", "breakpoint").with_columns(
        since=pl.lit(earlier.session),
        session=pl.lit(run.session),
        was_listed=before["listed"],
        cap_before=before["cap_usd"],
        cap_now=now["cap_usd"],
        line_before=before["line_usd"],
        line_now=now["line_usd"],
        counted_before=before["cap_provenance"],
        counted_now=now["cap_provenance"],
        price=between(taken(prices.log_close, styled.columns)) + between(splits),
        own=between(styled.own),
        **{name: between(styled.parts[i]) for i, name in enumerate(STYLES)},
    )
    believed = pl.sum_horizontal(*STYLES, "own", ignore_nulls=False)
    caps = (pl.col("cap_now") / pl.col("cap_before")).log()
    lines = (pl.col("line_now") / pl.col("line_before")).log()
    measured = frame.with_columns(
        distance_before=(pl.col("cap_before") / pl.col("line_before")).log(),
        distance=(pl.col("cap_now") / pl.col("line_now")).log(),
        price_break=pl.col("price") - believed,
        share_count=caps - pl.col("price"),
        line_moved=-lines,
    ).with_columns(distance_change=pl.col("distance") - pl.col("distance_before"))
    whole = pl.all_horizontal(pl.col(c).is_not_null() for c in PARTS)
    return measured.with_columns(attribution_reasons=_reasons()).select(
        "company_id",
        "breakpoint",
        "since",
        "session",
        "distance_before",
        "distance",
        *(pl.when(whole).then(c).alias(c) for c in ("distance_change", *PARTS)),
        "attribution_reasons",
    )


def _reasons() -> pl.Expr:
    """Why an attribution is missing, or should be looked at."""
    named = {
        "no_line": pl.col("line_now").is_null(),
        "no_cap": pl.col("cap_now").is_null(),
        "not_listed_before": ~pl.col("was_listed"),
        "no_line_before": pl.col("line_before").is_null() & pl.col("line_now").is_not_null(),
        "no_cap_before": pl.col("was_listed") & pl.col("cap_before").is_null(),
        "not_quoted": pl.col("was_listed") & pl.col("price").is_null(),
        "counted_otherwise_before": pl.col("counted_before") != pl.col("counted_now"),
        "large_price_break": pl.col("price_break").abs() > LARGE_BREAK,
        "large_share_count": pl.col("share_count").abs() > LARGE_COUNT,
    }
    found = [pl.when(holds).then(pl.lit(code)) for code, holds in named.items()]
    return pl.concat_list(found).list.drop_nulls()
