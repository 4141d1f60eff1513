"""Nothing that becomes known after a moment changes what the pipe makes of it.

Three stores hold one simulated market: one only what was known at the moment, one all that came
later too, and one in which what came later is false: prices, names, ends, members, lists and
facts are other ones, and rows about the past are known late. As of the moment, all three must
give the same list. The same falsehoods, known in time, must change it: a test that cannot fail
proves nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import recon.sources
from recon import pipeline
from recon.calendar import end_of_day
from recon.demand.assets import read_assets
from recon.demand.build import demand
from recon.pipeline import Run, run
from recon.publish.candidates import candidates
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.simulated import simulate
from recon.store import Hindsight, Store

pytestmark = pytest.mark.xdist_group("no_peeking_pipe")
EVENT, RANK_DAY = "2024-06", date(2024, 4, 30)
BEFORE_RANK_DAY = date(2024, 3, 27)
MOMENT = end_of_day(BEFORE_RANK_DAY).astimezone(UTC).replace(tzinfo=None)
SLOW_FACTS = ("filer", "ticker_cik", "former_name", "profile")
SMALL_RANKS = """
[ranks]
top_50 = 15
top_200 = 60
top_500 = 150
russell_1000 = 300
microcap_high = 600
russell_3000 = 900
russell_3000e = 1200
"""

Rows = list[tuple[str, pl.DataFrame]]
"""Frames of the store's tables, each to be landed as one chunk."""


def moment_of(day: date) -> datetime:
    return end_of_day(day).astimezone(UTC).replace(tzinfo=None)


def shuffled(column: str) -> pl.Expr:
    """The values of a column, each on another row."""
    return pl.col(column).shift(1).fill_null(pl.col(column).last())


FALSE: Mapping[str, list[pl.Expr]] = {
    "quote": [
        pl.col("close") * 3,
        pl.col("market_cap") * pl.when(pl.col("symbol").hash(0) % 2 == 0).then(0.2).otherwise(9.0),
        pl.col("volume") * 5,
    ],
    "listing": [
        pl.col("name") + " Acquisition Corp. Warrant",
        pl.lit("China").alias("country"),
    ],
    "membership": [
        pl.col("index").replace({"R1000": "R2000", "R2000": "R1000"}),
        shuffled("shares"),
    ],
    "announcement": [
        pl.when(pl.col("action") == "add").then(pl.lit("delete")).otherwise(pl.lit("add"))
        .cast(pl.Enum(("add", "delete"))).alias("action"),
    ],
    "filer": [
        pl.lit("F4").alias("business_state_or_country"),
        pl.lit("F4").alias("state_of_incorporation"),
    ],
    "ticker_cik": [shuffled("cik"), pl.lit(None, pl.String).alias("name")],
    "directory": [pl.col("security_name") + " Preferred", pl.lit(True).alias("etf")],
}  # fmt: skip
"""What is said of every row of a table instead of the truth."""


def false(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(FALSE[table]) if table in FALSE else rows


def known_late(table: str, rows: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Falsehoods about the past that become known just after the moment."""
    late = pl.lit(moment + timedelta(microseconds=1), pl.Datetime("us"))
    return false(table, rows).with_columns(known_at=late)


def ends(table: str, rows: pl.DataFrame, known_at: datetime, session: date) -> pl.DataFrame:
    """Ends of two thirds of all lives: listings, pairs of ticker and CIK, filers."""
    seen = rows.filter((pl.col("happening") == "seen") & (pl.col("session") < session))
    key = [c for c in ("symbol", "exchange", "ticker", "cik", "directory") if c in rows.columns]
    vanished = pl.lit("vanished").cast(rows.schema["happening"])
    return (
        seen.unique(key, keep="last", maintain_order=True)
        .filter(pl.int_range(pl.len()) % 3 > 0)
        .with_columns(
            happening=vanished,
            session=pl.lit(session),
            known_at=pl.lit(known_at, pl.Datetime("us")),
        )
    )


def users_own(market: Rows, known_at: datetime) -> Rows:
    """A user's counts and answers about half of all companies, and a name each gave up."""
    pairs = next(rows for table, rows in market if table == "ticker_cik")
    ciks = pairs["cik"].unique().sort().gather_every(2)
    known = pl.lit(known_at, pl.Datetime("us"))
    origin = pl.lit("the user")
    counts = pl.DataFrame({"company": ciks}).select(
        "company",
        as_of=pl.lit(known_at.date() - timedelta(days=40)),
        counted_by=pl.lit("vendor_counts"),
        measure=pl.lit("stated"),
        shares=pl.lit(3e8),
        origin=origin,
        known_at=known,
    )
    answers = pl.DataFrame({"company": ciks}).select(
        "company", fact=pl.lit("voting_rights"), value=pl.lit("fail"), origin=origin, known_at=known
    )
    return [("share_count", counts), ("own_fact", answers)]


def only_then(market: Rows, moment: datetime) -> Rows:
    return [(table, rows.filter(pl.col("known_at") <= moment)) for table, rows in market]


def with_false_future(market: Rows, moment: datetime, tables: set[str] | None = None) -> Rows:
    """What was known then, and a future that is false in every table (or in those named)."""
    found: Rows = []
    for table, rows in market:
        then = rows.filter(pl.col("known_at") <= moment)
        later = rows.filter(pl.col("known_at") > moment)
        if tables is not None and table not in tables:
            found.append((table, rows))
            continue
        found += [(table, then), (table, false(table, later))]
        if table in FALSE:
            found.append((table, known_late(table, then, moment)))
        if "happening" in rows.columns and table != "filer":
            after = moment + timedelta(microseconds=2)
            found.append((table, ends(table, then, after, moment.date() - timedelta(days=5))))
    if tables is None:
        found += users_own(market, moment + timedelta(microseconds=1))
    return found


class Stores:
    """Stores made of frames, by a source that hands them over as they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.frames: dict[str, Rows] = {}
        self.made: dict[str, Store] = {}

    def read(self, path: Path, _seen: Seen) -> Iterator[Chunk]:
        for table, rows in self.frames[path.stem]:
            yield check(table, rows)

    def __call__(self, name: str, rows: Callable[[], Rows]) -> Store:
        if name not in self.made:
            self.frames[name] = rows()
            file = self.folder / f"{name}.frames"
            file.write_text(name)
            source = Source("frames", "frames as they are", Path.is_file, self.read)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(recon.sources, "recognise", lambda _path: source)
                store = Store(self.folder / name)
                (report,) = store.ingest([file])
            assert report.status == "landed", report
            assert not report.quarantined, report
            self.made[name] = store
        return self.made[name]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Rows of a simulated market with enough companies for both size indexes."""
    folder = tmp_path_factory.mktemp("market")
    simulate(folder, seed=5, first=date(2024, 1, 2), last=date(2024, 7, 5), companies=1300)
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.parent.name != "truth")
    read = [(path, recon.sources.recognise(path)) for path in files]
    return [
        (chunk.table, chunk.rows)
        for path, source in read
        if source is not None
        for chunk in source.read(path, Seen())
    ]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    made = Stores(tmp_path_factory.mktemp("stores"))
    yield made
    for store in made.made.values():
        store.close()


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rulebook whose ranks fit the small market."""
    file = tmp_path_factory.mktemp("rules") / "small.toml"
    file.write_text(SMALL_RANKS)
    return file


@pytest.fixture(scope="module")
def known(market: Rows, stores: Stores, ranks: Path) -> Run:
    """What was known before rank day, and truly so."""
    then = stores(f"then-{BEFORE_RANK_DAY}", lambda: only_then(market, MOMENT))
    return run(then, EVENT, BEFORE_RANK_DAY, rulebook_override=ranks)


def frames(found: Run) -> dict[str, pl.DataFrame]:
    """Everything that a run says, in an order that does not depend on chance."""
    lines = pl.DataFrame(
        [(b.name, b.rank, b.cap_usd, b.percent) for b in found.breakpoints], orient="row"
    )
    return {
        "companies": found.companies.sort("company_id"),
        "verdicts": found.verdicts.sort("company_id", "rule"),
        "lines": found.lines.sort("symbol"),
        "break-points": lines,
        "members": found.membership.lines.sort("ticker", "security_id"),
        "absent": found.absent.sort("ticker"),
        "securities": found.securities.sort("life"),
        "candidates": candidates(found),
    }


def same(one: Run, other: Run) -> None:
    assert one.membership.snapshots == other.membership.snapshots
    assert one.membership.micro == other.membership.micro
    assert one.status == other.status
    assert one.session == other.session
    there = frames(other)
    for name, frame in frames(one).items():
        assert not frame.is_empty() or name == "absent"
        assert_frame_equal(frame, there[name], check_exact=True)
    assert one.run_id == other.run_id


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Assets of both size indexes; one figure is known only a day after rank day."""
    file = tmp_path_factory.mktemp("assets") / "own.csv"
    file.write_text(
        "index,vehicle,assets_usd,effective,known_at,source\n"
        "R1000,A,1e11,2024-01-02,2024-01-03,made up\n"
        "R2000,B,5e10,2024-01-02,2024-01-03,made up\n"
        "R2000,B,9e10,2024-04-30,2024-05-01,made up\n"
    )
    return read_assets(file)


def traded(store: Store, day: date, ranks: Path, assets: pl.DataFrame) -> pl.DataFrame:
    """What index funds must trade, with everything that it rests on."""
    done = run(store, EVENT, day, rulebook_override=ranks)
    found = demand(done, candidates(done), store.as_of(end_of_day(day)), assets)
    return found.rows.sort("symbol", "index", "action")


@pytest.mark.parametrize("day", [RANK_DAY, BEFORE_RANK_DAY])
def test_neither_the_future_nor_a_false_one_changes_demand(
    day: date, market: Rows, stores: Stores, ranks: Path, assets: pl.DataFrame
) -> None:
    moment = moment_of(day)
    then = stores(f"then-{day}", lambda: only_then(market, moment))
    others = (
        stores("later", lambda: market),
        stores(f"wrong-{day}", lambda: with_false_future(market, moment)),
    )
    known = traded(then, day, ranks, assets)
    assert known["usd_to_trade"].is_not_null().sum() > 20
    assert known["float_provenance"].str.starts_with("holdings:").sum() > 10
    for other in others:
        assert_frame_equal(known, traded(other, day, ranks, assets), check_exact=True)
    before = assets.filter(pl.col("known_at") <= day)
    assert before.height == 2
    assert_frame_equal(known, traded(then, day, ranks, before), check_exact=True)


def differs(one: Run, other: Run) -> bool:
    try:
        same(one, other)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("day", [RANK_DAY, BEFORE_RANK_DAY])
def test_neither_the_future_nor_a_false_one_changes_a_list(
    day: date, market: Rows, stores: Stores, ranks: Path
) -> None:
    moment = moment_of(day)
    then = stores(f"then-{day}", lambda: only_then(market, moment))
    later = stores("later", lambda: market)
    wrong = stores(f"wrong-{day}", lambda: with_false_future(market, moment))
    known = run(then, EVENT, day, rulebook_override=ranks)
    assert known.status == "forecast"
    assert known.companies["to_size"].n_unique() == 3
    assert candidates(known)["call"].sum() > 20
    same(known, run(later, EVENT, day, rulebook_override=ranks))
    same(known, run(wrong, EVENT, day, rulebook_override=ranks))


IPO_EVENT, IPO_DAY = "ipo:2024-09", date(2024, 6, 14)
"""Within the window: the market ends before the event's rank day."""


def test_neither_the_future_nor_a_false_one_changes_an_ipo_list(
    market: Rows, stores: Stores, ranks: Path
) -> None:
    moment = moment_of(IPO_DAY)
    then = stores(f"then-{IPO_DAY}", lambda: only_then(market, moment))
    known = run(then, IPO_EVENT, IPO_DAY, rulebook_override=ranks)
    assert known.carried is not None
    assert known.carried.growth != 1.0
    assert known.companies.filter(~pl.col("member"), "eligible").height > 0
    for other in (
        stores("later", lambda: market),
        stores(f"wrong-{IPO_DAY}", lambda: with_false_future(market, moment)),
    ):
        found = run(other, IPO_EVENT, IPO_DAY, rulebook_override=ranks)
        same(known, found)
        assert found.carried is not None
        assert_frame_equal(known.carried.ladder, found.carried.ladder, check_exact=True)


def test_slow_facts_may_come_from_later_and_nothing_else(
    market: Rows, stores: Stores, ranks: Path
) -> None:
    moment = moment_of(RANK_DAY)
    fast = {table for table, _ in market if table not in SLOW_FACTS}
    later = stores("later", lambda: market)
    wrong = stores("wrong-fast", lambda: with_false_future(market, moment, fast))
    slow: Hindsight = "slow-facts"
    same(
        run(later, EVENT, RANK_DAY, hindsight=slow, rulebook_override=ranks),
        run(wrong, EVENT, RANK_DAY, hindsight=slow, rulebook_override=ranks),
    )


class TestThatItCanFail:
    """The same falsehoods, known in time, are seen in what is compared."""

    @pytest.mark.parametrize("table", FALSE)
    def test_what_is_known_in_time_changes_the_list(
        self, table: str, known: Run, market: Rows, stores: Stores, ranks: Path
    ) -> None:
        rows = [
            (name, false(name, rows) if name == table else rows)
            for name, rows in only_then(market, MOMENT)
        ]
        early = stores(f"early-{table}", lambda: rows)
        assert differs(known, run(early, EVENT, BEFORE_RANK_DAY, rulebook_override=ranks))

    @pytest.mark.parametrize(
        ("table", "column"), [("quote", "median_volume_usd"), ("membership", "float_shares")]
    )
    def test_what_is_known_in_time_changes_demand(
        self,
        table: str,
        column: str,
        market: Rows,
        stores: Stores,
        ranks: Path,
        assets: pl.DataFrame,
    ) -> None:
        then = stores(f"then-{BEFORE_RANK_DAY}", lambda: only_then(market, MOMENT))
        rows = [
            (name, false(name, rows) if name == table else rows)
            for name, rows in only_then(market, MOMENT)
        ]
        early = stores(f"early-{table}", lambda: rows)
        both = (traded(store, BEFORE_RANK_DAY, ranks, assets) for store in (then, early))
        one, other = (f.select("symbol", column).unique("symbol").sort("symbol") for f in both)
        shared = one.join(other, on="symbol", suffix="_false").drop_nulls()
        assert shared.height > 5
        assert (shared[column] != shared[f"{column}_false"]).any()

    @pytest.mark.parametrize("which", [0, 1])
    def test_what_the_user_says_in_time_changes_the_list(
        self, which: int, known: Run, market: Rows, stores: Stores, ranks: Path
    ) -> None:
        own = users_own(market, MOMENT)[which]
        told = stores(f"own-{which}", lambda: [*only_then(market, MOMENT), own])
        assert differs(known, run(told, EVENT, BEFORE_RANK_DAY, rulebook_override=ranks))

    def test_ends_known_in_time_change_the_list(
        self, known: Run, market: Rows, stores: Stores, ranks: Path
    ) -> None:
        rows = only_then(market, MOMENT)
        session = BEFORE_RANK_DAY - timedelta(days=5)
        gone = [(t, ends(t, r, MOMENT, session)) for t, r in rows if t == "listing"]
        ended = stores("ended", lambda: rows + gone)
        assert differs(known, run(ended, EVENT, BEFORE_RANK_DAY, rulebook_override=ranks))

    def test_a_pipe_that_reads_a_later_moment_is_found_out(
        self,
        known: Run,
        market: Rows,
        stores: Stores,
        ranks: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        wrong = stores(f"wrong-{BEFORE_RANK_DAY}", lambda: with_false_future(market, MOMENT))
        monkeypatch.setattr(pipeline, "end_of_day", lambda day: end_of_day(day) + timedelta(days=1))
        assert differs(known, run(wrong, EVENT, BEFORE_RANK_DAY, rulebook_override=ranks))
