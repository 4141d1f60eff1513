from datetime import date, timedelta

import polars as pl
import pytest
from small_known import HELD_ON, SHARE, SmallKnown, holdings, securities
from small_run import small_lines

from recon.demand.floats import MIN_LIKE, floats, held_parts


def parts(*held: pl.DataFrame) -> pl.DataFrame:
    return held_parts(pl.concat(held), SmallKnown(pl.concat(held)), securities())


def part_of(frame: pl.DataFrame, symbol: str) -> float | None:
    found = frame.filter(pl.col("security_id").str.starts_with(f"{symbol}:"))
    return found["part"].item() if found.height else None


def lines(*symbols: str) -> pl.DataFrame:
    return small_lines().filter(pl.col("symbol").is_in(symbols))


def test_the_part_is_what_the_fund_holds_over_its_share_of_the_index() -> None:
    found = parts(holdings({"CCC": 0.4, "GGG": 1.0}))
    assert part_of(found, "CCC") == pytest.approx(0.4)
    assert part_of(found, "GGG") == pytest.approx(1.0)
    assert part_of(found, "HHH") is None


def test_no_float_is_more_than_the_company_and_a_remnant_is_no_float() -> None:
    found = parts(holdings({"CCC": 1.7, "GGG": 0.03}))
    assert part_of(found, "CCC") == 1.0
    assert part_of(found, "GGG") is None


def test_classes_each_have_their_own_part_of_the_company() -> None:
    found = parts(holdings({"BBB/A": 0.6, "BBB/B": 0.1}))
    sized = floats(lines("BBB/A", "BBB/B"), found, securities())
    assert sized["float_shares"].to_list() == pytest.approx([0.6 * 1.6e9, 0.1 * 1.6e9])
    assert sized["float_provenance"].unique().to_list() == [f"holdings:{HELD_ON}"]
    assert sized["float_cap_usd"].to_list() == pytest.approx([0.96e9 * 50, 0.16e9 * 40])


def test_the_newest_holdings_count_and_a_sample_counts_as_a_year_older() -> None:
    older = holdings({"CCC": 0.4}, HELD_ON - timedelta(days=60))
    assert part_of(parts(holdings({"CCC": 0.5}), older), "CCC") == pytest.approx(0.5)
    sample = holdings({"CCC": 0.9}, index="R3000", share=1e-4)
    assert part_of(parts(sample, older), "CCC") == pytest.approx(0.4)
    assert part_of(parts(sample), "CCC") == pytest.approx(0.9)


def test_holdings_before_a_split_or_of_another_price_say_nothing() -> None:
    held = holdings({"CCC": 0.5}).with_columns(
        price=pl.when(pl.col("ticker") == "CCC").then(120.0).otherwise("price")
    )
    assert part_of(parts(held), "CCC") is None


def test_a_list_too_short_to_tell_the_funds_share_says_nothing() -> None:
    few = holdings({"CCC": 0.5}).filter(~pl.col("ticker").str.contains(r"^Z[012]"))
    assert parts(few).is_empty()


def test_a_list_from_before_all_quotes_says_nothing() -> None:
    assert parts(holdings({"CCC": 0.5}, date(2023, 12, 1))).is_empty()


def test_holdings_of_a_week_end_take_the_close_before_it() -> None:
    assert part_of(parts(holdings({"CCC": 0.5}, date(2024, 4, 6))), "CCC") == pytest.approx(0.5)


def test_a_line_that_no_fund_held_gets_the_median_of_lines_like_it() -> None:
    held = holdings({"CCC": 0.5})
    # Every second of the fillers, all of one size, floats half.
    half = held.with_columns(
        shares=pl.when(pl.col("ticker").str.contains(r"^Z1")).then(0.7 * 1e8 * SHARE)
        .otherwise("shares")
    )  # fmt: skip
    found = parts(half)
    sized = floats(lines("CCC", "HHH"), found, securities())
    told = dict(sized.select("symbol", "float_provenance").iter_rows())
    assert told == {"CCC": f"holdings:{HELD_ON}", "HHH": "estimated"}
    like = found.filter(pl.col("cap_usd") < 2e9)["part"].median()
    assert sized.filter(symbol="HHH")["float_shares"].item() == pytest.approx(like * 1e8)


def test_thin_trading_tells_a_small_float() -> None:
    found = parts(holdings(dict.fromkeys(("CCC", "GGG"), 1.0)))
    scarce = small_lines().with_columns(addtv_usd=pl.col("close") * pl.col("shares") * 2e-4)
    names = [f"T{i:02}" for i in range(MIN_LIKE)]
    thin = pl.DataFrame({"symbol": names}).select(
        session=pl.lit(date(2024, 4, 30)),
        symbol="symbol",
        security_id=pl.format("{}:x", "symbol"),
        company_id="symbol",
        close=pl.lit(10.0),
        shares=pl.lit(1e8),
        addtv_usd=pl.lit(1e5),
    )
    held = pl.concat(
        [
            found,
            thin.select(
                "security_id",
                asof=pl.lit(HELD_ON),
                part=pl.lit(0.2),
                cap_usd=pl.lit(1e9),
                years=pl.lit(None, pl.Float64),
            ),
        ]
    )
    every = pl.concat([scarce.filter(pl.col("symbol") == "HHH").select(thin.columns), thin])
    sized = floats(every, held, securities())
    assert sized.filter(symbol="HHH")["float_shares"].item() == pytest.approx(0.2 * 1e8)


def test_classes_share_an_estimate_by_the_dollars_that_they_trade() -> None:
    found = parts(holdings({"CCC": 1.0}))
    both = lines("BBB/A", "BBB/B").with_columns(
        addtv_usd=pl.when(pl.col("symbol") == "BBB/A").then(9e6).otherwise(1e6)
    )
    sized = floats(both, found, securities())
    one, other = sized["float_shares"].to_list()
    assert one == pytest.approx(9 * other)
    assert one + other <= 1.6e9


def test_without_shares_or_holdings_there_is_no_float() -> None:
    found = parts(holdings({"CCC": 1.0}))
    assert floats(lines("MMM"), found, securities())["float_cap_usd"].to_list() == [None]
    none = floats(lines("CCC"), found.clear(), securities())
    assert none["float_shares"].to_list() == [None]
