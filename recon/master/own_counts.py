"""Share counts of the user's own, from filings or a vendor, in place of the screener's.

For each line the newest usable count of the first counter in the configured order is taken
(`Settings.share_precedence`); the screener's repaired count has its place in that order too. A
count is of its day: splits since then, read off the quotes, are applied. Whether a count
stated after a split, of a day before it, is restated differs (balance sheets are, covers are
not, vendors vary): the reading nearer to the screener's repaired count is taken.
"""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from recon.master.company import CANDIDATE
from recon.master.resolve import resolve
from recon.master.share_splits import price_breaks
from recon.master.shares import YEARLY_DOUBT
from recon.master.symbols import bare

MAX_AGE = timedelta(days=200)
"""Of a count at the session: a quarter, the forty-five days to its report, and as much again."""
SAME_KIND = 10.0
"""Lines of a company whose prices differ by more are no shares of one kind (BRK/A, BRK/B)."""
IMPLAUSIBLE = 100.0
"""A filing that differs by more from the screener states a placeholder, or thousands."""
PROVENANCE = {"vendor_counts": "vendor", "companyfacts": "companyfacts"}
SCREENER = "screener"
_NAMED = ("company", "as_of", "counted_by", "measure", "shares", "origin", "known_at")


def with_own_counts(
    lines: pl.DataFrame,
    counts: pl.DataFrame,
    securities: pl.DataFrame,
    quotes: pl.DataFrame,
    precedence: Sequence[str],
) -> pl.DataFrame:
    """Put own counts in the place of the screener's.

    Parameters
    ----------
    lines : pl.DataFrame
        Lines of the session: `session`, `symbol`, `security_id`, `company_id`, `security_type`,
        `close` (USD), `volume`, and as repaired `shares`, `provenance`, `note`,
        `log_shares_dispersion`.
    counts : pl.DataFrame
        As from `AsOf.share_counts`, of days from `MAX_AGE` before the session up to it. A
        symbol is that of the day `as_of`.
    securities : pl.DataFrame
        Lives of all symbols with `security_id`.
    quotes : pl.DataFrame
        `session`, `security_id`, `exchange`, `close`, `netchange`; every session since the
        oldest count, to find splits in.
    precedence : sequence of str
        Counters and `screener`, the most trusted first. Who is not named is not used; the
        screener is used last where it is not named.

    Returns
    -------
    pl.DataFrame
        `lines` with replaced `shares`, `provenance` (`vendor`, `companyfacts`), `note`
        (`as_of:DATE;known:DATE;source:TEXT`, and `split:FACTOR` where one was applied) and
        `log_shares_dispersion`. A count by CIK is for all lines of the company, one by
        symbol too, but not for lines priced more than tenfold apart from the line named, or
        for a CIK from the line most traded. A filing's count is not used for depositary receipts,
        which are not the shares that it counts, nor against a count of all partnership
        units, which filings leave out.
    """
    used = counts.filter(pl.col("counted_by").cast(pl.String).is_in(list(precedence)))
    shown = lines.filter(pl.col("security_type").is_in(list(CANDIDATE)))
    named = _placed(used, shown, securities)
    if named.is_empty():
        return lines
    placed = _with_splits(named, quotes)
    order = {name: place for place, name in enumerate(precedence)}
    chosen = (
        _candidates(shown, placed)
        .with_columns(
            place=pl.col("counted_by").replace_strict(order, return_dtype=pl.Int64),
            exact=pl.col("named_symbol") == pl.col("symbol"),
        )
        .filter(pl.col("screener").is_null() | (pl.col("place") < order.get(SCREENER, len(order))))
        .sort(
            *("symbol", "place", "exact", "as_of", "known_at", "company"),
            descending=[False, False, True, True, True, False],
        )
        .unique("symbol", keep="first", maintain_order=True)
    )
    return _replaced(lines, chosen)


def _placed(counts: pl.DataFrame, lines: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Find the line that each count is in the shares of: `named_symbol`, its id and close."""
    plain = counts.select(_NAMED).with_columns(
        pl.col("counted_by", "measure").cast(pl.String),
        known_on=pl.col("known_at")
        .dt.replace_time_zone("UTC")
        .dt.convert_time_zone("America/New_York")
        .dt.date(),
    )
    target = lines.select(
        "security_id",
        "company_id",
        named_symbol="symbol",
        named_close="close",
        spelling=bare("symbol"),
        traded="volume",
    )
    most_traded = target.sort("traded", "named_symbol", nulls_last=False).unique(
        "company_id", keep="last", maintain_order=True
    )
    by_cik = plain.with_columns(company_id=pl.format("cik:{}", "company")).join(
        most_traded, on="company_id"
    )
    symbols = plain.filter(~pl.col("company").str.contains(r"^\d{10}$"))
    resolved = resolve(symbols.with_columns(ticker="company", day="as_of"), securities).drop(
        "ticker", "day", "life"
    )
    by_security = resolved.join(target, on="security_id")
    # Counted before it was listed: an offering's prospectus.
    unborn = resolved.filter(pl.col("security_id").is_null()).drop("security_id")
    by_spelling = unborn.with_columns(spelling=bare("company")).join(target, on="spelling")
    columns = [*plain.columns, "company_id", "security_id", "named_symbol", "named_close"]
    return pl.concat([found.select(columns) for found in (by_cik, by_security, by_spelling)])


def _with_splits(counts: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """Add the splits since each count: `certain` after it was known, `doubtful` before."""
    oldest = counts["as_of"].min()
    breaks = price_breaks(quotes.filter(pl.col("session") >= oldest), "security_id").select(
        "security_id", "factor", split_on="session"
    )
    key = ("company", "counted_by", "security_id")
    later = pl.col("split_on") > pl.col("known_on")
    factors = (
        counts.join(breaks.drop_nulls("factor"), on="security_id")
        .filter(pl.col("split_on") > pl.col("as_of"))
        .group_by(key)
        .agg(
            certain=pl.col("factor").filter(later).product(),
            doubtful=pl.col("factor").filter(~later).product(),
        )
    )
    return counts.join(factors, on=key, how="left").with_columns(
        pl.col("certain", "doubtful").fill_null(1.0)
    )


def _candidates(lines: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Every count that may stand for a line, in the shares of the session."""
    screener = pl.when(pl.col("shares") > 0, pl.col("provenance") != "filled:holdings").then(
        "shares"
    )
    line = lines.select(
        *("symbol", "session", "company_id", "security_type", "close", "provenance"),
        screener=screener,
        reference="shares",
    )
    scaled = pl.col("shares") * pl.col("certain") * pl.col("doubtful")
    unscaled = pl.col("shares") * pl.col("certain")
    distance = (unscaled / pl.col("reference")).log().abs() - (
        scaled / pl.col("reference")
    ).log().abs()
    restated = (distance < 0).fill_null(pl.col("measure") == "balance_sheet")
    both = (
        line.join(counts, on="company_id")
        .filter((pl.col("close") / pl.col("named_close")).log().abs() < pl.lit(SAME_KIND).log())
        .with_columns(
            shares=pl.when(restated).then(unscaled).otherwise(scaled),
            factor=pl.when(restated)
            .then("certain")
            .otherwise(pl.col("certain") * pl.col("doubtful")),
        )
    )
    apart = (pl.col("shares") / pl.col("reference")).log().abs()
    unfit = (
        (pl.col("security_type") == "adr")
        | (apart > pl.lit(IMPLAUSIBLE).log()).fill_null(False)
        | ((pl.col("provenance") == "carried:units") & (pl.col("shares") < pl.col("reference")))
    )
    return both.filter(~((pl.col("counted_by") == "companyfacts") & unfit))


def _replaced(lines: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    age = (pl.col("session") - pl.col("as_of")).dt.total_days()
    own = chosen.select(
        "symbol",
        own_shares="shares",
        own_provenance=pl.col("counted_by").replace_strict(PROVENANCE),
        own_note=pl.concat_str(
            pl.format("as_of:{};known:{};source:{}", "as_of", "known_on", "origin"),
            pl.when(pl.col("factor") != 1).then(pl.format("split:{}", pl.col("factor").round(4))),
            separator=";",
            ignore_nulls=True,
        ),
        own_log_shares_dispersion=YEARLY_DOUBT * (age / 365).sqrt(),
    )
    names = ("shares", "provenance", "note", "log_shares_dispersion")
    taken = pl.col("own_shares").is_not_null()
    return (
        lines.join(own, on="symbol", how="left", maintain_order="left")
        .with_columns(
            pl.when(taken).then(f"own_{name}").otherwise(name).alias(name) for name in names
        )
        .drop(f"own_{name}" for name in names)
    )
