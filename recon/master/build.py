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
from recon.master.evidence import PastTest, passed_over
from recon.master.identity import ciks_of_lines, companies_of_lines
from recon.master.lives import lives, renames, securities
from recon.master.membership import Membership, before
from recon.master.names import company_key
from recon.master.resolve import resolve
from recon.master.pinned import quiet_lines, with_blank_cheques
from recon.master.shares import repair
from recon.master.spin_offs import spun_off
from recon.master.type_evidence import listed_units
from recon.master.symbols import bare
from recon.master.types import classify
from recon.master.unseen import absent_members, fill
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
    absent : pl.DataFrame
        Members that do not trade in the data: `ticker`, `name`, `size`, `total_cap_usd` (null
        where no fund shows it), `cap_provenance`, `note`.
    """

    session: date
    lines: pl.DataFrame
    companies: pl.DataFrame
    securities: pl.DataFrame
    membership: Membership
    absent: pl.DataFrame


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Enumerations as text, so that frames of different origin compare and stack."""
    return frame.with_columns(cs.enum().cast(pl.String))


def known_securities(known: AsOf) -> pl.DataFrame:
    """Lives of all symbols known at the moment, with the `security_id` through renames."""
    alive = lives(_plain(known.listing_history()))
    begin = alive["first"].min()
    changed = alive.filter((pl.col("first") > begin) | pl.col("gone").is_not_null())
    now = known.filers().select("cik", new_key=company_key("name"))
    before_ = known.former_names().select("cik", old_key=company_key("name"))
    name_changes = now.join(before_, on="cik").drop_nulls().select("old_key", "new_key")
    return securities(alive, renames(alive, known.life_marks(changed), name_changes))


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
    past: Sequence[Event],
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
    past : sequence of Event
        Reconstitutions and IPO events, effective on or before `day`.
    announcements : pl.DataFrame
        Official changes known at the moment, with `effective`.
    """
    chain = known_securities(known)
    membership = before(
        day,
        snapshots=_plain(known.snapshots()),
        lines=known.membership,
        securities=chain,
        announcements=_plain(announcements),
        effective_days=[e.effective for e in past if e.kind == "recon" and e.effective is not None],
    )
    members = membership.lines.drop_nulls("security_id").unique("security_id")
    listed = _listed(known, session, chain).join(
        members.select("security_id", "size", "micro"), on="security_id", how="left"
    )
    asof = min((s.asof for s in membership.snapshots), default=day)
    listed = _with_spin_offs(known, listed, asof)
    ciks = ciks_of_lines(listed, known.ticker_cik(), known.former_names())
    units = listed_units(known.directory().select("symbol", "security_name"))
    typed = classify(
        facts.attach(listed.join(ciks, on="symbol", how="left"), known)
        .with_columns(was_member=pl.col("size").is_not_null())
        .join(units, on="symbol", how="left")
    )
    window = _window(known, session, chain, typed)
    owned = companies_of_lines(with_blank_cheques(typed, quiet_lines(window)))
    counted = owned.drop("market_cap", "netchange").join(
        repair(window, [session], key="security_id").select(
            "symbol", "shares", "provenance", "shares_reported", "note", "log_shares_dispersion"
        ),
        on="symbol",
        how="left",
    )
    absent = absent_members(membership.lines, counted)
    filled = fill(counted, absent, known.holdings())
    counted, absent = _filled(counted, absent, filled)
    priced = pricing_vehicles(
        counted,
        _two_year_volumes(known, counted, session, rulebook),
        tolerance_percent=rulebook.pricing_vehicle.volume_tolerance_percent,
    )
    mean = _mean_price(window, session, rulebook)
    tests = _past_tests(membership, past, known.sessions()[0])
    evidence = _passed_over(known, priced, chain, tests, rulebook)
    lines = priced.join(mean, on="symbol", how="left").join(evidence, on="symbol", how="left")
    return Master(session, lines, companies(lines), chain, membership, absent)


def _filled(
    lines: pl.DataFrame, absent: pl.DataFrame, filled: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put counts from holdings where the market data have none."""
    own = ("shares", "provenance", "note", "log_shares_dispersion")
    renamed = filled.select("line", "close", **{f"filled_{c}": pl.col(c) for c in own})
    sized = (
        lines.with_columns(line=bare("symbol"))
        .join(renamed.drop("close"), on="line", how="left")
        .with_columns(
            pl.when(pl.col("shares") > 0).then(c).otherwise(pl.coalesce(f"filled_{c}", c)).alias(c)
            for c in own
        )
        .drop("line", *(f"filled_{c}" for c in own))
    )
    missing = (
        absent.with_columns(line=bare("ticker"))
        .join(renamed, on="line", how="left")
        .select(
            "ticker",
            "name",
            "size",
            total_cap_usd=pl.col("filled_shares") * pl.col("close"),
            cap_provenance=pl.coalesce("filled_provenance", pl.lit("missing")),
            note="filled_note",
        )
    )
    return sized, missing


def _with_spin_offs(known: AsOf, listed: pl.DataFrame, asof: date) -> pl.DataFrame:
    """Give companies spun off from a member since the last list their parent's index."""
    directories = known.directory_history().select(
        "symbol", "valid_from", "valid_to", name="security_name"
    )
    screener = known.listing_history().select("symbol", "valid_from", "valid_to", "name")
    history = pl.concat([directories, screener])
    found = spun_off(listed, history, after=asof).rename({"size": "parent_size"})
    return (
        listed.join(found, on="security_id", how="left")
        .with_columns(
            size=pl.coalesce("size", "parent_size"),
            spun_off=pl.col("parent_size").is_not_null(),
        )
        .drop("parent_size")
    )


def _window(known: AsOf, session: date, chain: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Quotes from which share counts are repaired: daily of late, month ends before.

    The daily part shows splits and glitches, the long one what a company counted before its
    partnership units were dropped (see `recon.master.shares`).
    """
    past = [s for s in known.sessions() if s <= session]
    month_ends = [a for a, b in pairwise(past) if a.month != b.month]
    quotes = known.slices(past[-500:], 1)
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


def _past_tests(membership: Membership, past: Sequence[Event], begin: date) -> list[PastTest]:
    """Events whose outcome the lists of members show; `begin` is the first session known."""
    asof = min((s.asof for s in membership.snapshots), default=date.min)
    done = [e for e in past if e.effective is not None and e.effective <= asof]
    full = max((e for e in done if e.kind == "recon"), key=lambda e: e.rank_day, default=None)
    if full is None:
        return []
    if full.rank_day < begin:
        return [PastTest(full.id, begin, None, listed_before=full.rank_day.year)]
    return [PastTest(full.id, full.rank_day, None)] + [
        PastTest(e.id, e.rank_day, e.ipo_window)
        for e in done
        if e.kind == "ipo" and e.rank_day > full.rank_day and e.ipo_window is not None
    ]


def _passed_over(
    known: AsOf,
    lines: pl.DataFrame,
    chain: pl.DataFrame,
    tests: Sequence[PastTest],
    rulebook: Rulebook,
) -> pl.DataFrame:
    excluded = list(rulebook.structures_excluded)
    eligible = pl.col("security_type").is_in(list(EQUITY)) & ~pl.col("structure").is_in(excluded)
    begun = chain.group_by("security_id").agg(pl.col("first").min())
    listed = [
        classify(_listed(known, test.rank_day, chain)).select(
            "security_id",
            "name",
            "close",
            "market_cap",
            rank_day=pl.lit(test.rank_day),
            eligible_type=eligible,
        )
        for test in tests
    ]
    if not listed:
        return lines.select("symbol", passed_over=pl.lit(None, pl.String)).clear()
    return passed_over(
        lines,
        pl.concat(listed).join(begun, on="security_id", how="left"),
        tests,
        min_price_usd=rulebook.eligibility.min_price_usd,
    )


__all__ = ["Master", "build", "known_securities", "resolve"]
