"""Companies that joined an index by being spun off from a member, after the last list.

A spun-off company enters its parent's index at once (methodology §9 of the owner's text;
fact sheet §3.4), so no list of additions ever shows it. The exchanges announce a distribution:
both lines trade when-issued for some days before it, as `GEV.V` beside `GE.V` on the NYSE or
`EMBCV` on Nasdaq.
"""

from datetime import date, timedelta

import polars as pl

from recon.master.names import company_key
from recon.master.symbols import WHEN_ISSUED_NASDAQ, WHEN_ISSUED_NYSE, bare

WINDOW = timedelta(days=10)
"""Calendar days between the end of when-issued and the start of regular trading, and by which
the when-issued trading of parent and child may start or end apart."""

_ISSUED = r"(?i)when.?(issued|distributed)|ex.?distribution"
_NOT_EQUITY = r"(?i)\brights?\b|\bwarrants?\b"


def when_issued(history: pl.DataFrame) -> pl.DataFrame:
    """When-issued lines.

    Parameters
    ----------
    history : pl.DataFrame
        Intervals as known at the moment: `symbol`, `name`, `valid_from`, `valid_to` (null while
        listed).

    Returns
    -------
    pl.DataFrame
        `base` (bare symbol of the regular line), `key` (company key), `start`, `end` (null while
        listed).
    """
    symbol = pl.col("symbol")
    nyse = symbol.str.contains(WHEN_ISSUED_NYSE)
    nasdaq = symbol.str.contains(WHEN_ISSUED_NASDAQ)
    named = pl.col("name").str.contains(_ISSUED) & ~pl.col("name").str.contains(_NOT_EQUITY)
    return (
        history.filter(nyse | nasdaq)
        .filter((nyse & ~pl.col("name").str.contains(_NOT_EQUITY)) | named | nasdaq)
        .select(
            base=bare(symbol.str.replace(r"\.?V$", "")),
            key=company_key("name"),
            start="valid_from",
            end="valid_to",
            named=named,
        )
        .unique(maintain_order=True)
    )


def spun_off(lines: pl.DataFrame, history: pl.DataFrame, *, after: date) -> pl.DataFrame:
    """Lines that were spun off from a member.

    Parameters
    ----------
    lines : pl.DataFrame
        Lines listed at the moment: `symbol`, `security_id`, `name`, `since` (first session),
        `size` (index of members, null otherwise).
    history : pl.DataFrame
        As for `when_issued`.
    after : date
        Day of the list of members: what was spun off long before it is on it, or no member.

    Returns
    -------
    pl.DataFrame
        `security_id` of the new company and `size`: its parent's index.
    """
    issued = when_issued(history)
    spelled = lines.select(
        "symbol", "security_id", "since", "size", base=bare("symbol"), line_key=company_key("name")
    )
    on_issue = spelled.join(issued, on="base").filter(
        pl.col("named") | (pl.col("key") == pl.col("line_key"))
    )
    day = pl.coalesce("end", "since")
    children = on_issue.filter(
        pl.col("size").is_null()
        & (pl.col("since") > after - WINDOW)
        & (pl.col("since") >= pl.col("start"))
        & (pl.col("since") - day <= WINDOW)
    ).select("security_id", "since", child_start="start", child_end=day)
    parents = on_issue.filter(pl.col("size").is_not_null()).select(
        "size", parent="symbol", parent_start="start", parent_end=day
    )
    apart = pl.min_horizontal(
        (pl.col("parent_start") - pl.col("child_start")).abs(),
        (pl.col("parent_end") - pl.col("child_end")).abs(),
    )
    return (
        children.join(parents, how="cross")
        .with_columns(apart=apart)
        .filter((pl.col("apart") <= WINDOW) & (pl.col("parent_start") <= pl.col("since")))
        .sort("security_id", "apart", "parent")
        .unique("security_id", keep="first", maintain_order=True)
        .select("security_id", "size")
    )
