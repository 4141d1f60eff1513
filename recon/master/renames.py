"""Which lives are one security under two symbols (FB → META).

Evidence for a rename, the strongest first: a symbol change that the exchanges announced; the same
full security name, or a change of name at EDGAR; one CIK that EDGAR gives both tickers; the same
share count to five digits at a like price. Prices and counts are those of the last session of the
old symbol and the first of the new one.
"""

from datetime import timedelta

import polars as pl

from recon.master.names import company_key
from recon.master.symbols import bare, edgar_bare, is_when_issued

RENAME_GAP = timedelta(days=7)
"""Calendar days between the end of one symbol and the start of its successor."""
SHARE_TOLERANCE = 5e-4
"""Relative difference of share counts that still counts as the same number."""
PRICE_TOLERANCE = 0.35
"""Largest log return between the last close before and the first after a rename."""
LETTER = 0.05
"""Log return by which a pair counts as nearer that ends in the same letter: an issuer keeps those
of its classes and series when it changes the rest (VIACA → PARAA)."""
_DERIVED = r"\^(.*)$|[./](U|WS|W|RT|R)$|^[A-Z]{4}([URWZ])$"
"""Ending of a symbol that marks a preferred, unit, warrant or right, which are no common stock."""
_NOT_COMMON = r"(?i)\b(preferred|notes?|debentures?|warrants?|(sub)?units?|rights?)\b"


def renames(
    lives: pl.DataFrame,
    marks: pl.DataFrame,
    name_changes: pl.DataFrame,
    symbol_changes: pl.DataFrame,
    ticker_cik: pl.DataFrame,
) -> pl.DataFrame:
    """Pairs of lives that are one security under two symbols.

    Parameters
    ----------
    lives : pl.DataFrame
        As from `recon.master.lives.lives`.
    marks : pl.DataFrame
        Per `life`: `first_close`, `first_shares`, `last_close`, `last_shares`, `last_dollars`, as
        from `AsOf.life_marks`. USD and shares.
    name_changes : pl.DataFrame
        `old_key`, `new_key`: company keys of names that EDGAR shows as former and present ones
        of one company.
    symbol_changes : pl.DataFrame
        `old_symbol`, `new_symbol`, `effective_on`, as the exchanges announced them.
    ticker_cik : pl.DataFrame
        EDGAR's tickers as intervals: `ticker`, `cik`, `valid_from`, `valid_to` (null while so).

    Returns
    -------
    pl.DataFrame
        `life`, `successor`; each at most once, the stronger evidence winning, then the nearest
        price (two classes of one company carry the same count), and of classes that became one
        the class that traded most.

    Notes
    -----
    A when-issued line trades beside the line that it stands for, so it comes before nobody.
    """
    regular = lives.filter(~is_when_issued("symbol"))
    near = _near(regular, marks).join(
        name_changes.select("old_key", "new_key", changed=pl.lit(True)).unique(),
        on=["old_key", "new_key"],
        how="left",
    )
    same_name = (pl.col("last_name") == pl.col("first_name")).fill_null(False)
    like_price = pl.col("return") < PRICE_TOLERANCE
    same_count = (pl.col("first_shares") / pl.col("last_shares")).log().abs() < SHARE_TOLERANCE
    # Neither a company's new name nor its CIK says which of its lines became which: a unit of a
    # blank cheque is not the common stock of the company that it merged with.
    same_kind = pl.col("old_kind") == pl.col("new_kind")
    changed = pl.col("changed").fill_null(False) & same_kind
    by_name = near.filter(same_name | changed).with_columns(
        distance=pl.col("return").fill_null(PRICE_TOLERANCE)
        - same_name.cast(pl.Float64)
        - changed.cast(pl.Float64)
    )
    one_line = (pl.len().over("life") == 1) & (pl.len().over("successor") == 1)
    by_issuer = (
        near.join(_of_one_issuer(regular, ticker_cik), on=["life", "successor"], how="semi")
        .filter(same_kind & _described_alike())
        .filter(one_line | like_price)
        .with_columns(distance="return")
    )
    # Many blank cheques have the same count.
    by_count = near.filter(same_count & like_price).with_columns(distance="return")
    return _nearest_first(
        pl.concat(
            [
                _announced(regular, symbol_changes),
                *(_ordered(pairs) for pairs in (by_name, by_issuer, by_count)),
            ]
        ).unique(keep="first", maintain_order=True)
    )


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs, the nearest by `distance` first; of classes that became one, what traded most."""
    became_one = pl.len().over("successor") > pl.len().over("life")
    letter = pl.col("old_symbol").str.tail(1) == pl.col("new_symbol").str.tail(1)
    distance = pl.col("distance") - LETTER * letter.cast(pl.Float64)
    return (
        pairs.with_columns(nearly=pl.when(became_one).then(distance.round(2)).otherwise(distance))
        .sort(
            "nearly",
            "last_dollars",
            "distance",
            "life",
            "successor",
            descending=[False, True, False, False, False],
            nulls_last=True,
        )
        .select("life", "successor")
    )


def _near(lives: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a life that ended and one under another symbol that began within `RENAME_GAP`."""
    marked = lives.join(marks, on="life", how="left").with_columns(kind=_derived("symbol"))
    ended = marked.filter(pl.col("gone").is_not_null()).select(
        "life",
        "last_name",
        "last_close",
        "last_shares",
        "last_dollars",
        old_symbol="symbol",
        old_kind="kind",
        old_key=company_key("last_name"),
        day="gone",
    )
    begun = marked.select(
        "first_name",
        "first_close",
        "first_shares",
        "first",
        successor="life",
        new_symbol="symbol",
        new_kind="kind",
        new_key=company_key("first_name"),
    ).join(pl.DataFrame({"offset": range(RENAME_GAP.days)}), how="cross")
    return (
        ended.join(
            begun.with_columns(day=pl.col("first") - pl.duration(days="offset")),
            on="day",
        )
        .filter(pl.col("old_symbol") != pl.col("new_symbol"))
        .with_columns(((pl.col("first_close") / pl.col("last_close")).log().abs()).alias("return"))
    )


def _of_one_issuer(lives: pl.DataFrame, ticker_cik: pl.DataFrame) -> pl.DataFrame:
    """Pairs of lives to whose symbols EDGAR gave one CIK while they were listed.

    Any CIK counts, as a ticker that is taken over is the old company's too for a while.
    """
    pairs = ticker_cik.select("cik", "valid_from", "valid_to", spelling=edgar_bare("ticker"))
    while_listed = (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("first"))) & (
        pl.col("gone").is_null() | (pl.col("valid_from") < pl.col("gone"))
    )
    ciks = (
        lives.select("life", "first", "gone", spelling=bare("symbol"))
        .join(pairs.drop_nulls("spelling"), on="spelling")
        .filter(while_listed)
        .select("life", "cik")
        .unique()
    )
    return ciks.join(ciks.rename({"life": "successor"}), on="cik").select("life", "successor")


def _described_alike() -> pl.Expr:
    """Whether both names, or neither, say that the line is no common stock."""
    old, new = (
        pl.col(name).str.contains(_NOT_COMMON).fill_null(False)
        for name in ("last_name", "first_name")
    )
    return old == new


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
