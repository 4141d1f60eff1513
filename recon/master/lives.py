"""Lives of symbols, and the securities that run through them.

A **life** is an unbroken stretch in which a symbol was listed. A security is a chain of lives:
a rename ends one symbol's life and begins another's within days (FB → META), a reused ticker
begins a life that belongs to nobody before it. Evidence for a rename is the same full security
name, or the same share count to five digits at a like price, read from the last session of the
old and the first of the new symbol, a change of name at EDGAR, or a symbol change that the
exchanges announced.
"""

from datetime import timedelta

import polars as pl

from recon.master.names import company_key
from recon.master.symbols import bare

GAP = timedelta(days=5)
"""Calendar days without a listing that the source's missing sessions can explain."""
RETURN_GAP = timedelta(days=45)
"""Calendar days after which a symbol that comes back has been away: delisted, then listed anew,
often after a bankruptcy. Shorter absences under one name are gaps of the source or halts."""
RENAME_GAP = timedelta(days=7)
"""Calendar days between the end of one symbol and the start of its successor."""
SHARE_TOLERANCE = 5e-4
"""Relative difference of share counts that still counts as the same number."""
PRICE_TOLERANCE = 0.35
"""Largest log return between the last close before and the first after a rename."""
_DERIVED = r"\^(.*)$|[./](U|WS|W|RT|R)$|^[A-Z]{4}([URWZ])$"
"""Ending of a symbol that marks a preferred, unit, warrant or right, which are no common stock."""


def lives(history: pl.DataFrame) -> pl.DataFrame:
    """Lives of every symbol.

    Parameters
    ----------
    history : pl.DataFrame
        Listing intervals as known at the moment: `symbol`, `exchange`, `name`, `valid_from`,
        `valid_to` (first session on which they no longer held; null while they do).

    Returns
    -------
    pl.DataFrame
        `life` (e.g. `FB:2021-01-29`), `symbol`, `exchange` (the last), `first`, `gone` (first
        session without it; null while listed), `first_name`, `last_name`. A symbol that comes
        back after a gap starts a new life, unless it was away for less than `RETURN_GAP` under
        the same name.
    """
    keys = history.select("name").unique().with_columns(key=company_key("name"))
    ordered = (
        history.join(keys, on="name", how="left", nulls_equal=True)
        .sort("symbol", "valid_from")
        .with_columns(end=pl.col("valid_to").fill_null(pl.lit("9999-12-31").str.to_date()))
    )
    before = pl.col("end").cum_max().shift(1).over("symbol")
    away = pl.col("valid_from") - before
    renamed = (pl.col("key") != pl.col("key").shift(1).over("symbol")).fill_null(True)
    begins = before.is_null() | ((away > GAP) & renamed) | (away > RETURN_GAP)
    return (
        ordered.with_columns(number=begins.cum_sum().over("symbol"))
        .group_by("symbol", "number", maintain_order=True)
        .agg(
            pl.col("exchange").last(),
            first=pl.col("valid_from").min(),
            last=pl.col("valid_to").max(),
            listed=pl.col("valid_to").null_count() > 0,
            first_name=pl.col("name").first(),
            last_name=pl.col("name").last(),
        )
        .select(
            pl.format("{}:{}", "symbol", "first").alias("life"),
            "symbol",
            "exchange",
            "first",
            pl.when(~pl.col("listed")).then("last").alias("gone"),
            "first_name",
            "last_name",
        )
    )


def renames(
    lives: pl.DataFrame,
    marks: pl.DataFrame,
    name_changes: pl.DataFrame,
    symbol_changes: pl.DataFrame,
) -> pl.DataFrame:
    """Pairs of lives that are one security under two symbols.

    Parameters
    ----------
    lives : pl.DataFrame
        As from `lives`.
    marks : pl.DataFrame
        Per `life`: `first_close`, `first_shares`, `last_close`, `last_shares` (implied by the
        first and last sessions with a cap; null where there was none). USD and shares.
    name_changes : pl.DataFrame
        `old_key`, `new_key`: company keys of names that EDGAR shows as former and present ones
        of one company.
    symbol_changes : pl.DataFrame
        `old_symbol`, `new_symbol`, `effective_on`, as the exchanges announced them.

    Returns
    -------
    pl.DataFrame
        `life`, `successor`; each at most once, an announced change winning, then the nearest
        price (two classes of one company carry the same count).
    """
    marked = lives.join(marks, on="life", how="left")
    ended = (
        marked.filter(pl.col("gone").is_not_null())
        .select(
            "life",
            "last_name",
            "last_close",
            "last_shares",
            old_symbol="symbol",
            old_kind=_derived("symbol"),
            day="gone",
        )
        .sort("day")
    )
    offsets = pl.DataFrame({"offset": range(RENAME_GAP.days)})
    begun = (
        marked.select(
            "first_name",
            "first_close",
            "first_shares",
            "first",
            successor="life",
            new_symbol="symbol",
            new_kind=_derived("symbol"),
            new_key=company_key("first_name"),
        )
        .join(offsets, how="cross")
        .with_columns(day=pl.col("first") - pl.duration(days="offset"))
    )
    same_name = pl.col("last_name") == pl.col("first_name")
    return_ = (pl.col("first_close") / pl.col("last_close")).log().abs()
    same_count = (
        (pl.col("first_shares") / pl.col("last_shares")).log().abs() < SHARE_TOLERANCE
    ) & (return_ < PRICE_TOLERANCE)
    # A company's new name does not say which of its lines became which: a unit of a blank cheque
    # is not the common stock of the company that it merged with.
    known_change = pl.col("changed").fill_null(False) & (pl.col("old_kind") == pl.col("new_kind"))
    found = (
        ended.with_columns(old_key=company_key("last_name"))
        .join(begun, on="day")
        .join(
            name_changes.select("old_key", "new_key", changed=pl.lit(True)).unique(),
            on=["old_key", "new_key"],
            how="left",
        )
        .filter(
            (pl.col("old_symbol") != pl.col("new_symbol"))
            & (same_name.fill_null(False) | same_count.fill_null(False) | known_change)
        )
        .with_columns(
            distance=return_.fill_null(PRICE_TOLERANCE)
            - same_name.fill_null(False).cast(pl.Float64)
        )
        .sort("distance", "life", "successor")
        .select("life", "successor")
    )
    return _nearest_first(
        pl.concat([_announced(lives, symbol_changes), found]).unique(
            keep="first", maintain_order=True
        )
    )


def _announced(lives: pl.DataFrame, symbol_changes: pl.DataFrame) -> pl.DataFrame:
    """Pairs of lives that an announced symbol change links, the nearest to its day first."""
    ended = lives.filter(pl.col("gone").is_not_null())
    apart = (pl.col("gone") - pl.col("effective_on")).abs()
    late = (pl.col("first") - pl.col("effective_on")).abs()
    return (
        symbol_changes.select("effective_on", old=bare("old_symbol"), new=bare("new_symbol"))
        .drop_nulls()
        .join(ended.select("life", "gone", old=bare("symbol")), on="old")
        .join(lives.select("first", successor="life", new=bare("symbol")), on="new")
        .filter((apart <= RENAME_GAP) & (late <= RENAME_GAP) & (pl.col("old") != pl.col("new")))
        .sort(apart + late, "life", "successor")
        .select("life", "successor")
    )


def _derived(symbol: str) -> pl.Expr:
    """Ending that marks what is no common stock; empty for common stock."""
    groups = [pl.col(symbol).str.extract(_DERIVED, i) for i in (1, 2, 3)]
    return pl.coalesce(*groups, pl.lit(""))


def _nearest_first(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs that stay when the nearest is taken first, each life and successor once.

    A pair that is the nearest of both its sides is taken in each round; what is left of the
    others is paired in the next, so that a class whose best match went to its sibling still
    finds its own successor.
    """
    taken = pairs.clear()
    while not pairs.is_empty():
        nearest = pairs.filter(
            pl.col("life").is_first_distinct() & pl.col("successor").is_first_distinct()
        )
        taken = pl.concat([taken, nearest])
        pairs = pairs.filter(
            ~pl.col("life").is_in(nearest["life"].implode())
            & ~pl.col("successor").is_in(nearest["successor"].implode())
        )
    return taken


def securities(lives: pl.DataFrame, renames: pl.DataFrame) -> pl.DataFrame:
    """Lives with the `security_id` that runs through a chain of renames.

    Parameters
    ----------
    lives, renames : pl.DataFrame
        As from the functions of these names.

    Returns
    -------
    pl.DataFrame
        `lives` with `security_id`: the first life of the chain, so that it never changes when
        more of the future becomes known.
    """
    predecessor = renames.rename({"life": "earlier", "successor": "life"})
    chain = lives.with_columns(security_id=pl.col("life"))
    for _ in range(len(renames) + 1):
        step = chain.join(predecessor.rename({"life": "security_id"}), on="security_id", how="left")
        if step["earlier"].null_count() == step.height:
            break
        chain = step.with_columns(security_id=pl.coalesce("earlier", "security_id")).drop("earlier")
    return chain
