"""Lists of members known at a moment: which to believe, and what securities they name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from recon.master.names import company_key, same_company
from recon.master.resolve import resolve
from recon.master.symbols import bare

TRUST = (
    "official_membership_list",
    "official_derived",
    "etf_ishares",
    "etf_ishares_tickers",
)
"""Kinds of snapshot that are believed, the best first; the others never are."""
SETTLING = timedelta(days=21)
"""How long after a reconstitution a fund's holdings still show deleted names."""

Lines = Callable[[date, str, str, str], pl.DataFrame]
"""(asof, index, kind, origin) → `ticker`, `name` of one snapshot."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One list of members.

    Attributes
    ----------
    index, kind, origin : str
        As in `recon.contracts.Membership`; `kind` is `derived` where two lists were combined.
    asof : date
        What day the list is about.
    """

    index: str
    asof: date
    kind: str
    origin: str

    def age(self, day: date) -> int:
        """Calendar days between the list and `day`."""
        return (day - self.asof).days


def choose(
    snapshots: pl.DataFrame,
    index: str,
    effective_days: Sequence[date],
    *,
    not_before: date | None = None,
) -> Snapshot | None:
    """Newest trustworthy snapshot of an index.

    Parameters
    ----------
    snapshots : pl.DataFrame
        `asof`, `index`, `kind`, `origin` known at the moment.
    index : str
        `R1000`, `R2000`, `R3000` or `RMICRO`.
    effective_days : sequence of date
        Effective days of past reconstitutions.
    not_before : date, optional
        Older ones do not count.
    """
    wanted = snapshots.filter((pl.col("index") == index) & pl.col("kind").is_in(TRUST))
    if not_before is not None:
        wanted = wanted.filter(pl.col("asof") >= not_before)
    fund = pl.col("kind").str.starts_with("etf")
    for day in effective_days:
        wanted = wanted.filter(~(fund & pl.col("asof").is_between(day, day + SETTLING)))
    ranked = wanted.with_columns(
        trust=pl.col("kind").replace_strict({k: i for i, k in enumerate(TRUST)})
    ).sort("asof", "trust", "origin", descending=[True, False, False])
    if ranked.is_empty():
        return None
    row = ranked.row(0, named=True)
    return Snapshot(index, row["asof"], row["kind"], row["origin"])


def members_of(snapshot: Snapshot | None, lines: Lines, securities: pl.DataFrame) -> pl.DataFrame:
    """Securities that a list names.

    Parameters
    ----------
    snapshot : Snapshot or None
        The list; None gives no rows.
    lines : callable
        Reads the lines of one snapshot.
    securities : pl.DataFrame
        Lives with `security_id` and `first_name`.

    Returns
    -------
    pl.DataFrame
        `ticker` and `name` as printed, `security_id` (null where none bore the ticker then, and
        none of that name has since: quotes may begin years after the listing), `day` of the
        list; a security once.
    """
    empty = pl.DataFrame(
        schema={"ticker": pl.String, "name": pl.String, "security_id": pl.String, "day": pl.Date}
    )
    if snapshot is None:
        return empty
    rows = lines(snapshot.asof, snapshot.index, snapshot.kind, snapshot.origin)
    dated = rows.select("ticker", "name", day=pl.lit(snapshot.asof))
    return (
        _quoted_since(resolve(dated, securities), securities)
        .with_columns(key=pl.coalesce("security_id", "ticker"))
        .unique("key", keep="first", maintain_order=True)
        .select(empty.columns)
    )


def _quoted_since(named: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Find names without a line at the date of their list in the first line of theirs after it.

    Not for a list older than the data: a share that such a list names may have been cancelled.
    """
    covered = pl.col("day") >= securities["first"].min()
    open_ = named.filter(pl.col("security_id").is_null() & pl.col("name").is_not_null() & covered)
    begun = (
        open_.select("ticker", "name", "day", spelling=bare("ticker"))
        .join(
            securities.select("first", "first_name", later="security_id", spelling=bare("symbol")),
            on="spelling",
        )
        .filter(pl.col("first") > pl.col("day"))
        .sort("first", "later")
        .unique("ticker", keep="first", maintain_order=True)
        .filter(same_company(company_key("name"), company_key("first_name")))
    )
    return named.join(
        begun.select("ticker", "later"), on="ticker", how="left", maintain_order="left"
    ).with_columns(security_id=pl.coalesce("security_id", "later"))


def minus(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Members of one list that another does not name, by security, else by ticker."""
    key = pl.coalesce("security_id", "ticker")
    return left.join(right.select(key.alias("key")), left_on=key, right_on="key", how="anti")
