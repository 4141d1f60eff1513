"""Build the security master of one moment: lines, their companies, members before the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import polars.selectors as cs

from recon.calendar import Event
from recon.master import facts
from recon.master.company import EQUITY, companies, pricing_vehicles
from recon.master.evidence import PastTest, passed_over, past_tests
from recon.master.first_counts import with_first_counts
from recon.master.flags import with_flags
from recon.master.identity import ciks_of_lines, companies_of_lines
from recon.master.listed import listed
from recon.master.lives import lives, securities
from recon.master.membership import Membership, before
from recon.master.names import company_key
from recon.master.offerings import with_offerings
from recon.master.own_counts import MAX_AGE, with_own_counts
from recon.master.pinned import quiet_lines, with_blank_cheques
from recon.master.renames import renames
from recon.master.resolve import resolve
from recon.master.shares import repair
from recon.master.spin_offs import spun_off
from recon.master.type_evidence import listed_units
from recon.master.types import classify
from recon.master.unseen import absent_members, filled, without_impossible_counts
from recon.master.window import mean_price, traded, two_years
from recon.rulebook import Rulebook
from recon.store import AsOf


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


def build(
    known: AsOf,
    then: AsOf,
    session: date,
    day: date,
    *,
    rulebook: Rulebook,
    past: Sequence[Event],
    announcements: pl.DataFrame,
    share_precedence: Sequence[str],
    ipo_window: tuple[date, date] | None = None,
) -> Master:
    """Master at a moment.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.
    then : AsOf
        What was known at the end of `session`: who and what its lines are. A ticker and its CIK
        are a pair only while the line is listed, so later nobody knows who has left since.
    session : date
        Session to price at: the newest, but never after rank day.
    day : date
        The moment's day, but never after rank day: of the members.
    rulebook : Rulebook
        In force at the event.
    past : sequence of Event
        Reconstitutions and IPO events, effective on or before `day`.
    announcements : pl.DataFrame
        Official changes known at the moment, with `effective`.
    share_precedence : sequence of str
        Who counts shares, the most trusted first (`Settings.share_precedence`).
    ipo_window : tuple of date, optional
        First and last session of the event's window: companies then say what came to market in it
        (methodology §1.4).
    """
    history = _plain(known.listing_history())
    chain = known_securities(known, history)
    membership = before(
        day,
        snapshots=_plain(known.snapshots()),
        lines=known.membership,
        securities=chain,
        announcements=_plain(announcements),
        effective_days=[e.effective for e in past if e.kind == "recon" and e.effective is not None],
    )
    quoted = listed(_plain(known.cross_section(session)), history, chain, session)
    directory = facts.current_directory(then)
    pairs = then.ticker_cik()
    marked = _with_members(quoted, membership, known, history, day)
    typed = _typed(marked, then, directory, pairs)
    window = two_years(known, session, chain, typed, years=rulebook.pricing_vehicle.volume_years)
    owned = companies_of_lines(with_blank_cheques(typed, quiet_lines(window)))
    counted = owned.drop("market_cap", "netchange").join(
        repair(window, [session], key="line").select(
            "symbol", "shares", "provenance", "shares_reported", "note", "log_shares_dispersion"
        ),
        on="symbol",
        how="left",
    )
    counted = without_impossible_counts(counted, window)
    unseen = absent_members(membership.lines, counted, directory, pairs)
    counted, absent = filled(counted, unseen, known.holdings())
    counted = with_first_counts(counted, known, session)
    own = known.share_counts(session - MAX_AGE, session)
    counted = with_own_counts(counted, own, chain, window, share_precedence)
    priced = pricing_vehicles(
        counted,
        traded(window),
        tolerance_percent=rulebook.pricing_vehicle.volume_tolerance_percent,
        min_trading_days=rulebook.pricing_vehicle.min_trading_days,
    )
    tests = past_tests(membership, past, known.sessions()[0])
    lines = priced.join(mean_price(window, session, rulebook), on="security_id", how="left").join(
        _evidence(known, priced, chain, history, tests, _deletions(announcements, chain), rulebook),
        on="symbol",
        how="left",
    )
    flagged = with_flags(
        lines,
        chain,
        directory,
        last_rank_day=max((e.rank_day for e in past if e.kind == "recon"), default=date.min),
    )
    found = companies(flagged)
    if ipo_window is not None:
        now = history.filter(pl.col("valid_to").is_null())
        names = known.former_names()
        found = with_offerings(found, flagged, chain, now, names, window=ipo_window)
    return Master(session, flagged, found, chain, membership, absent)


def known_securities(known: AsOf, history: pl.DataFrame | None = None) -> pl.DataFrame:
    """Lives of all symbols known at the moment, with the `security_id` through renames.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.
    history : pl.DataFrame, optional
        Its listing history, where the caller has read it already.
    """
    alive = lives(_plain(known.listing_history()) if history is None else history)
    begin = alive["first"].min()
    changed = alive.filter((pl.col("first") > begin) | pl.col("gone").is_not_null())
    present = known.filers().select("cik", new_key=company_key("name"))
    former = known.former_names().select("cik", old_key=company_key("name"))
    name_changes = present.join(former, on="cik").drop_nulls().select("old_key", "new_key")
    marks = known.life_marks(changed)
    pairs = known.ticker_cik_history()
    return securities(alive, renames(alive, marks, name_changes, known.symbol_changes(), pairs))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Enumerations as text, so that frames of different origin compare and stack."""
    return frame.with_columns(cs.enum().cast(pl.String))


def _with_members(
    quoted: pl.DataFrame,
    membership: Membership,
    known: AsOf,
    history: pl.DataFrame,
    day: date,
) -> pl.DataFrame:
    """Mark members: by the lists, and by a spin-off from a member since the older list."""
    members = membership.lines.drop_nulls("security_id").unique("security_id")
    marked = quoted.join(
        members.select("security_id", "size", "micro"), on="security_id", how="left"
    )
    columns = ("symbol", "valid_from", "valid_to", "name")
    directories = known.directory_history().rename({"security_name": "name"}).select(columns)
    found = spun_off(
        marked,
        pl.concat([directories, history.select(columns)]),
        after=min((s.asof for s in membership.snapshots), default=day),
    ).rename({"size": "parent_size"})
    return (
        marked.join(found, on="security_id", how="left")
        .with_columns(
            size=pl.coalesce("size", "parent_size"),
            spun_off=pl.col("parent_size").is_not_null(),
        )
        .drop("parent_size")
    )


def _typed(
    lines: pl.DataFrame, known: AsOf, directory: pl.DataFrame, pairs: pl.DataFrame
) -> pl.DataFrame:
    """Add CIK, facts, security type and structure."""
    ciks = ciks_of_lines(lines, pairs, known.former_names())
    units = listed_units(directory.select("symbol", "security_name"))
    return classify(
        facts.attach(lines.join(ciks, on="symbol", how="left"), known, directory)
        .with_columns(was_member=pl.col("size").is_not_null())
        .join(units, on="symbol", how="left")
    )


def _evidence(
    known: AsOf,
    lines: pl.DataFrame,
    chain: pl.DataFrame,
    history: pl.DataFrame,
    tests: Sequence[PastTest],
    deletions: pl.DataFrame,
    rulebook: Rulebook,
) -> pl.DataFrame:
    """Which lines past events passed over, and how often."""
    begun = chain.group_by("security_id").agg(begun=pl.col("first").min())
    excluded = list(rulebook.structures_excluded)
    eligible = pl.col("security_type").is_in(list(EQUITY)) & ~pl.col("structure").is_in(excluded)
    quotes = _plain(known.slices([test.rank_day for test in tests], 1))
    frames = []
    for test in tests:
        then = listed(
            quotes.filter(pl.col("session") == test.rank_day), history, chain, test.rank_day
        ).join(begun, on="security_id", how="left")
        if test.window is not None:
            then = then.filter(pl.col("begun").is_between(*test.window))
        frames.append(
            classify(then).select(
                "security_id",
                "name",
                "close",
                "market_cap",
                first="begun",
                rank_day=pl.lit(test.rank_day),
                eligible_type=eligible,
            )
        )
    then = pl.concat(frames) if frames else pl.DataFrame()
    return passed_over(
        lines,
        then,
        tests,
        deletions,
        known.former_names(),
        min_price_usd=rulebook.eligibility.min_price_usd,
    )


def _deletions(announcements: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Last official deletion of each line from the Russell 3000."""
    named = announcements.filter((pl.col("index") == "R3000") & (pl.col("action") == "delete"))
    return (
        resolve(named.select("ticker", day="effective"), securities)
        .drop_nulls("security_id")
        .group_by("security_id")
        .agg(deleted_on=pl.col("day").max())
    )
