"""Build the security master of one moment: lines, their companies, members before the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import polars.selectors as cs

from recon.calendar import Event
from recon.master import facts
from recon.master.company import EQUITY, companies, pricing_vehicles
from recon.master.evidence import passed_over
from recon.master.identity import ciks_of_lines, companies_of_lines
from recon.master.lives import lives, renames, securities
from recon.master.membership import Membership, before
from recon.master.resolve import resolve
from recon.master.shares import repair
from recon.master.types import classify
from recon.rulebook import Rulebook
from recon.store import AsOf

DAILY = 60
"""Sessions of daily quotes that the repair of share counts looks at."""


@dataclass(frozen=True, slots=True)
class Master:
    """Everything that identifies and sizes companies at one moment.

    Attributes
    ----------
    session : date
        The session whose closes and counts are used.
    lines : pl.DataFrame
        Listed lines with `security_id`, `company_id`, `cik`, `security_type`, `structure`,
        `role`, `close`, `shares`, `provenance`, `size` and `micro` (membership before).
    companies : pl.DataFrame
        One row per company, as from `recon.master.company.companies`, with the facts for the
        screen.
    securities : pl.DataFrame
        Lives of all symbols with `security_id`, dead ones too.
    membership : Membership
        Members before the event and the lists that they come from.
    """

    session: date
    lines: pl.DataFrame
    companies: pl.DataFrame
    securities: pl.DataFrame
    membership: Membership


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Enumerations as text, so that frames of different origin compare and stack."""
    return frame.with_columns(cs.enum().cast(pl.String))


def known_securities(known: AsOf) -> pl.DataFrame:
    """Lives of all symbols known at the moment, with the `security_id` through renames."""
    alive = lives(_plain(known.listing_history()))
    begin = alive["first"].min()
    changed = alive.filter((pl.col("first") > begin) | pl.col("gone").is_not_null())
    return securities(alive, renames(alive, known.life_marks(changed)))


def _listed(known: AsOf, session: date, chain: pl.DataFrame) -> pl.DataFrame:
    """Lines quoted at a session, with the attributes that they had then."""
    history = _plain(known.listing_history()).filter(
        (pl.col("valid_from") <= session)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") > session))
    )
    quoted = _plain(known.cross_section(session))
    attributes = history.select(
        "symbol", "exchange", "name", "country", "ipo_year", "sector", "industry"
    )
    bearer = chain.filter(
        (pl.col("first") <= session) & (pl.col("gone").is_null() | (pl.col("gone") > session))
    ).select("symbol", "life", "security_id", since="first")
    return (
        quoted.join(attributes, on=["symbol", "exchange"], how="left")
        .join(bearer, on="symbol", how="left")
        .with_columns(security_id=pl.coalesce("security_id", pl.format("{}:?", "symbol")))
        .unique("symbol", keep="first", maintain_order=True)
    )


def build(
    known: AsOf,
    session: date,
    day: date,
    rulebook: Rulebook,
    reconstitutions: Sequence[Event],
    announcements: pl.DataFrame,
) -> Master:
    """Master at a moment.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.
    session : date
        Session to price at: the newest, but never after rank day.
    day : date
        The moment's day.
    rulebook : Rulebook
        In force at the event.
    reconstitutions : sequence of Event
        Past reconstitutions, effective on or before `day`.
    announcements : pl.DataFrame
        Official changes known at the moment, with `effective`.
    """
    chain = known_securities(known)
    membership = before(
        day,
        snapshots=_plain(known.snapshots()),
        lines=lambda *snapshot: known.membership(*snapshot),
        securities=chain,
        announcements=_plain(announcements),
        effective_days=[e.effective for e in reconstitutions if e.effective is not None],
    )
    members = membership.lines.drop_nulls("security_id").unique("security_id")
    listed = _listed(known, session, chain).join(
        members.select("security_id", "size", "micro"), on="security_id", how="left"
    )
    ciks = ciks_of_lines(listed, known.ticker_cik(), known.former_names())
    typed = classify(
        facts.attach(listed.join(ciks, on="symbol", how="left"), known).with_columns(
            was_member=pl.col("size").is_not_null()
        )
    )
    owned = companies_of_lines(typed)
    window = _window(known, session, chain, typed)
    counted = owned.drop("market_cap", "netchange").join(
        repair(window, [session], key="security_id").select(
            "symbol", "shares", "provenance", "shares_reported", "note", "log_shares_dispersion"
        ),
        on="symbol",
        how="left",
    )
    priced = pricing_vehicles(
        counted,
        _two_year_volumes(known, counted, session, rulebook),
        tolerance_percent=rulebook.pricing_vehicle.volume_tolerance_percent,
    )
    mean = _mean_price(window, session, rulebook)
    evidence = _passed_over(known, priced, chain, reconstitutions, rulebook)
    lines = priced.join(mean, on="symbol", how="left").join(evidence, on="symbol", how="left")
    return Master(session, lines, companies(lines), chain, membership)


def _window(known: AsOf, session: date, chain: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Quotes from which share counts are repaired: daily of late, month ends before.

    The daily part shows splits and glitches, the long one what a company counted before its
    partnership units were dropped (see `recon.master.shares`).
    """
    past = [s for s in known.sessions() if s <= session]
    month_ends = [a for a, b in pairwise(past) if a.month != b.month]
    quotes = known.slices([*month_ends, *past[-DAILY:]], 1)
    return (
        _plain(quotes)
        .join(chain.select("symbol", "security_id", "first", "gone"), on="symbol")
        .filter(
            (pl.col("session") >= pl.col("first"))
            & (pl.col("gone").is_null() | (pl.col("session") < pl.col("gone")))
        )
        .drop("first", "gone")
        .join(lines.select("security_id", "name"), on="security_id", how="inner")
        .unique(["session", "security_id"], keep="first", maintain_order=True)
    )


def _two_year_volumes(
    known: AsOf, lines: pl.DataFrame, session: date, rulebook: Rulebook
) -> pl.DataFrame:
    """Shares traded over the pricing vehicle's look-back, for companies with several classes."""
    several = (
        lines.filter(pl.col("security_type").is_in(list(EQUITY)))
        .filter(pl.len().over("company_id") > 1)["symbol"]
        .to_list()
    )
    start = session - timedelta(days=round(365.25 * rulebook.pricing_vehicle.volume_years))
    volumes = known.quotes(start, session, columns=["symbol", "volume"], symbols=several)
    return volumes.group_by("symbol").agg(two_year_volume=pl.col("volume").sum().cast(pl.Float64))


def _mean_price(window: pl.DataFrame, session: date, rulebook: Rulebook) -> pl.DataFrame:
    """Mean close of the members' price rule (methodology §2.2)."""
    look_back = timedelta(days=rulebook.eligibility.min_price_lookback_days)
    return (
        window.filter(pl.col("session") > session - look_back)
        .group_by("symbol")
        .agg(mean_price_usd=pl.col("close").mean())
    )


def _passed_over(
    known: AsOf,
    lines: pl.DataFrame,
    chain: pl.DataFrame,
    reconstitutions: Sequence[Event],
    rulebook: Rulebook,
) -> pl.DataFrame:
    last = max(reconstitutions, key=lambda e: e.rank_day, default=None)
    if last is None:
        return lines.select("symbol", passed_over=pl.lit(False))
    then = classify(_listed(known, last.rank_day, chain))
    if then.is_empty():
        return lines.select("symbol", passed_over=pl.lit(False))
    excluded = list(rulebook.structures_excluded)
    eligible = pl.col("security_type").is_in(list(EQUITY)) & ~pl.col("structure").is_in(excluded)
    return passed_over(
        lines,
        then.with_columns(eligible_type=eligible),
        min_price_usd=rulebook.eligibility.min_price_usd,
    )


__all__ = ["Master", "build", "known_securities", "resolve"]
