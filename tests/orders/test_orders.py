"""Orders of a small run, of the same run with another future, and of real events."""

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from small_desk import WIDE, desk_run, known, needed, ordered, profile
from small_run import DAY
from small_study import small_store

from recon.calendar import end_of_day
from recon.demand.assets import read_assets
from recon.demand.build import demand
from recon.errors import InputError
from recon.orders.build import Orders, orders
from recon.orders.order import Document, Order, columns
from recon.orders.profile import read_profile
from recon.pipeline import run
from recon.publish.candidates import candidates
from recon.store import Store


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    return ordered(tmp_path_factory.mktemp("desk"))


def row(found: Orders, symbol: str) -> dict[str, object]:
    return found.rows.row(by_predicate=pl.col("symbol") == symbol, named=True)


def test_every_line_has_one_row_on_the_side_of_the_funds(found: Orders) -> None:
    sides = found.rows.select("symbol", "kind", "side", "from_index", "to_index").rows()
    assert sorted(sides) == [
        ("CCC", "up", "SHORT", "R2000", "R1000"),
        ("FFF", "join", "BUY", None, "R2000"),
        ("III", "leave", "SHORT", "R2000", None),
        ("KKK", "leave", "SHORT", "R2000", None),
    ]
    assert found.rows["state"].unique().to_list() == ["order"]


def test_rows_days_and_book_fit_the_contract_and_each_other(found: Orders) -> None:
    told = Document.model_validate_json(found.document().model_dump_json())
    assert [one.symbol for one in told.orders] == found.rows["symbol"].to_list()
    book, rows = told.book, found.rows
    by_leg = dict(rows.group_by("leg").agg(pl.col("target_usd").sum()).iter_rows())
    assert book.long.filled_usd == pytest.approx(by_leg["long"])
    assert book.gross_usd == pytest.approx(sum(by_leg.values()))
    assert book.net_usd == pytest.approx(by_leg["long"] - by_leg["short"])
    assert book.hedge_usd == pytest.approx(rows["hedge_usd"].sum()) == pytest.approx(-book.beta_usd)
    assert book.loss_at_name_stops_usd == pytest.approx(rows["loss_at_stop_usd"].sum())
    assert 0 < book.stop_loss_usd <= 0.06 * book.gross_usd + 0.01
    signs = {"BUY": 1, "COVER": 1, "SELL": -1, "SHORT": -1}
    signed = pl.col("side").replace_strict(signs) * pl.col("quantity")
    back = found.schedule.group_by("symbol").agg(signed.sum())
    assert back["side"].to_list() == [0] * rows.height
    entered = (
        found.schedule.filter(purpose="entry").group_by("symbol").agg(pl.col("quantity").sum())
    )
    targets = rows.select("symbol", quantity="target_shares")
    assert_frame_equal(entered, targets, check_row_order=False)


def test_figures_of_an_order_follow_from_each_other(found: Orders) -> None:
    fff = row(found, "FFF")
    assert fff["price_usd"] == pytest.approx(20.0)
    assert fff["target_usd"] == pytest.approx(fff["target_shares"] * 20.0)
    busiest = -(-fff["target_shares"] // 5) * 20.0
    assert fff["participation_percent"] == pytest.approx(100 * busiest / fff["median_volume_usd"])
    assert fff["stop_price_usd"] == pytest.approx(20 * (1 - fff["stop_percent"] / 100))
    kkk = row(found, "KKK")
    assert kkk["stop_price_usd"] == pytest.approx(
        kkk["price_usd"] * (1 + kkk["stop_percent"] / 100)
    )
    assert fff["beta"] > row(found, "III")["beta"]
    assert fff["hedge_usd"] == pytest.approx(-fff["target_usd"] * fff["beta"])
    needed = fff["target_usd"] / (0.2 * fff["median_volume_usd"])
    assert fff["urgency"] == pytest.approx(math.ceil(needed) / 27)


@pytest.mark.parametrize(
    ("limit", "code", "stopped"),
    [
        ("min_probability = 0.9", "below_min_probability", {"CCC", "FFF"}),
        ("min_price_usd = 10.0", "below_min_price", {"III", "KKK"}),
        ("min_cap_usd = 600_000_000", "below_min_cap", {"KKK"}),
        ("min_volume_usd = 1_000_000", "below_min_volume", {"III", "KKK"}),
        ("min_volume_sessions = 64", "too_few_volume_sessions", {"CCC", "FFF", "III", "KKK"}),
        ("max_abnormal_volume = 0.5", "volume_doubtful", {"CCC", "FFF", "III", "KKK"}),
        ("max_demand_days = 20.0", "above_max_demand", {"CCC", "FFF", "KKK"}),
        ("min_demand_days = 50.0", "below_min_demand", {"CCC", "III"}),
    ],
)
def test_a_limit_stops_names_and_says_so(
    tmp_path: Path, limit: str, code: str, stopped: set[str]
) -> None:
    name = limit.split(maxsplit=1)[0]
    kept = [line for line in WIDE.splitlines() if not line.startswith(f"{name} ")]
    text = "\n".join(kept).replace("[limits]", f"[limits]\n{limit}")
    found = ordered(tmp_path, text)
    with_code = found.rows.filter(pl.col("blocked_by").list.contains(code))
    assert set(with_code["symbol"]) == stopped
    assert with_code["state"].unique().to_list() == ["blocked"]
    assert with_code["target_shares"].sum() == 0
    assert found.book.blocked[code] == with_code.height
    others = found.rows.filter(pl.col("state") == "order")
    assert not set(others["symbol"]) & set(with_code["symbol"])


def test_what_was_not_asked_for_is_not_looked_at(tmp_path: Path) -> None:
    text = WIDE.replace('kinds = ["join", "leave", "up", "down"]', 'kinds = ["join"]')
    assert ordered(tmp_path, text).rows["symbol"].to_list() == ["FFF"]
    text = WIDE.replace("[universe]", "[universe]\ncalls_only = false")
    assert "HHH" in ordered(tmp_path, text).rows["symbol"].to_list()
    one = ordered(tmp_path, WIDE.replace("[book]", '[book]\nlegs = "long"'))
    assert row(one, "FFF")["state"] == "order"
    assert row(one, "III")["blocked_by"] == ["leg_not_traded"]
    assert (one.book.long.budget_usd, one.book.short.budget_usd) == (1_000_000, 0)


def test_a_doubt_of_the_profile_stops_a_name(tmp_path: Path) -> None:
    base = desk_run()
    pinned = base.companies.with_columns(
        flags=pl.when(pl.col("symbol") == "FFF")
        .then(pl.lit(["pending_deal"]))
        .otherwise(pl.lit([], pl.List(pl.String)))
    )
    done, at = desk_run(), known()
    object.__setattr__(done, "companies", pinned)
    found = orders(done, candidates(done), needed(done, at, tmp_path), at, profile(tmp_path))
    assert row(found, "FFF")["blocked_by"] == ["pending_deal"]


def test_without_demand_there_is_no_order(tmp_path: Path) -> None:
    done, at = desk_run(), known()
    none = demand(done, candidates(done), at, read_none(tmp_path))
    found = orders(done, candidates(done), none, at, profile(tmp_path))
    assert found.schedule.is_empty()
    assert found.book.gross_usd == 0
    assert found.book.hedge_ratio is None
    assert set(found.rows.explode("blocked_by")["blocked_by"]) >= {"demand_unknown", "side_unknown"}
    assert row(found, "FFF")["leg"] == "long"  # who comes from outside is bought in any case
    assert row(found, "CCC")["leg"] is None
    assert found.document().book.blocked["side_unknown"] == 1


def read_none(folder: Path) -> pl.DataFrame:
    file = folder / "none.csv"
    file.write_text("index,vehicle,assets_usd,effective,known_at,source\n")
    return read_assets(file)


def test_a_run_of_another_moment_is_refused(tmp_path: Path) -> None:
    done, at = desk_run(), known()
    found = needed(done, at, tmp_path)
    at.moment = datetime(2024, 5, 3, tzinfo=at.moment.tzinfo)
    with pytest.raises(InputError, match="own moment"):
        orders(done, candidates(done), found, at, profile(tmp_path))


def test_the_frame_of_a_book_without_names_keeps_its_columns(tmp_path: Path) -> None:
    done, at = desk_run(), known()
    found = needed(done, at, tmp_path)
    none = orders(done, candidates(done).clear(), found, at, profile(tmp_path))
    assert none.rows.is_empty()
    assert dict(none.rows.schema) == columns(Order)


def later_times(factor: float, after: date) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Closes and volumes after a day, times a factor."""
    later = pl.when(pl.col("session") > after).then(factor).otherwise(1.0)

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(
            pl.col("close", "market_cap") * later, (pl.col("volume") * later).cast(pl.Int64)
        )

    return change


def test_the_future_changes_nothing(tmp_path: Path) -> None:
    done = desk_run()
    found, rows = needed(done, known(), tmp_path), candidates(done)
    told = {}
    for name, change in {
        "as it was": later_times(1.0, DAY),
        "another future": later_times(3.0, DAY),
        "another past": later_times(3.0, DAY - timedelta(days=1)),
    }.items():
        (tmp_path / name).mkdir()
        with small_store(tmp_path / name, change, lists=False) as store:
            at = store.as_of(end_of_day(DAY))
            told[name] = orders(done, rows, found, at, profile(tmp_path))
    assert told["as it was"].rows["target_shares"].sum() > 0
    assert_frame_equal(told["another future"].rows, told["as it was"].rows, check_exact=True)
    assert told["another future"].book == told["as it was"].book
    past = told["another past"].rows["price_usd"]
    assert (past != told["as it was"].rows["price_usd"]).all()


@pytest.mark.realdata
@pytest.mark.xdist_group("real_event")
class TestRealJune2024:
    """June 2024 under the default profile, on rank day and before the preliminary list."""

    @pytest.fixture(scope="class", params=[date(2024, 4, 30), date(2024, 5, 17)])
    @classmethod
    def real(cls, real_store: Store, request: pytest.FixtureRequest) -> Orders:
        day: date = request.param
        done = run(real_store, "2024-06", day)
        at = real_store.as_of(end_of_day(day))
        rows = candidates(done)
        return orders(done, rows, demand(done, rows, at), at, read_profile())

    def test_limits_hold(self, real: Orders) -> None:
        limits = read_profile().limits
        kept = real.rows.filter(pl.col("state") == "order")
        assert kept.height > 100
        assert kept["probability"].min() >= limits.min_probability
        assert kept["price_usd"].min() >= limits.min_price_usd
        assert kept["demand_days"].is_between(limits.min_demand_days, limits.max_demand_days).all()
        assert kept["percent_of_demand"].max() <= limits.max_percent_of_demand
        assert kept["participation_percent"].max() <= 10
        assert kept["percent_of_book"].max() <= limits.max_name_percent_of_book
        sectors = kept.group_by("leg", "sector").agg(pl.col("percent_of_book").sum())
        assert sectors["percent_of_book"].max() <= limits.max_sector_percent_of_book
        assert abs(real.book.net_usd) < 0.01 * real.book.gross_usd

    def test_absurd_names_are_stopped(self, real: Orders) -> None:
        """A shell's volume, and a count eight times too large."""
        odd = real.rows.filter(pl.col("symbol").is_in(["FBYD", "DJT", "BLZE"]))
        assert odd.height == 3
        assert odd["state"].unique().to_list() == ["blocked"]

    def test_prices_are_the_newest(self, real: Orders) -> None:
        assert real.book.priced_on == real.book.as_of
        assert real.book.data_cutoff == date(2024, 4, 30)
