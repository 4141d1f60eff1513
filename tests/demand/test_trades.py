"""Weights and trades: what must hold for any candidates, and a case that is reckoned by hand."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.demand.trades import flows, if_it_happens, weights
from recon.demand.worlds import outcomes, states

ASSETS = pl.DataFrame(
    {
        "index": ["R1000", "R2000", "R3000", "RMIDCAP", "RMICRO"],
        "assets_usd": [1.7e11, 9.1e10, 1.2e10, 5.9e10, 9e8],
    }
)
CENT = 0.01
LINES = pl.Schema(
    {
        "symbol": pl.String,
        "company_id": pl.String,
        "size": pl.String,
        "micro": pl.Boolean,
        "top": pl.Boolean,
        "float_cap_usd": pl.Float64,
    }
)
ROWS = pl.Schema(
    {
        "symbol": pl.String,
        "index": pl.String,
        "action": pl.String,
        "company_id": pl.String,
        "probability": pl.Float64,
        "call": pl.Boolean,
    }
)


def computed(
    lines: pl.DataFrame, rows: pl.DataFrame, assets: pl.DataFrame = ASSETS
) -> tuple[pl.DataFrame, pl.DataFrame]:
    numbered = rows.with_row_index("row")
    members = states(lines.drop("float_cap_usd"), numbered)
    traded = flows(weights(members, lines.select("symbol", "float_cap_usd")), assets)
    return traded, if_it_happens(outcomes(numbered, members), traded)


@st.composite
def markets(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines in and out of the indexes, and candidates whose chances add up to one."""
    lines, rows = [], []
    for i in range(draw(st.integers(4, 12))):
        size = draw(st.sampled_from(["R1000", "R2000", None]))
        size = ["R1000", "R2000"][i] if i < 2 else size
        cap = draw(st.floats(1e6, 3e12))
        top = i >= 2 and draw(st.booleans())
        lines.append((f"S{i}", f"C{i}", size, draw(st.booleans()), top, cap))
        if i < 2 or not draw(st.booleans()):
            continue  # the first two stay, so that no index is ever empty
        large = draw(st.floats(0, 1))
        chance = {"R1000": large, "R2000": (1 - large) * draw(st.floats(0, 1))}
        lands = draw(st.sampled_from(["R1000", "R2000", None]))
        chance["R3000"] = min(sum(chance.values()), 1.0)
        for index, p in chance.items():
            inside = size is not None if index == "R3000" else size == index
            after = lands is not None if index == "R3000" else lands == index
            action = "delete" if inside else "add"
            row = (f"S{i}", index, action, f"C{i}", 1 - p if inside else p, inside != after)
            rows.append(row)
    return (
        pl.DataFrame(lines, schema=LINES, orient="row"),
        pl.DataFrame(rows, schema=ROWS, orient="row"),
    )


@given(markets())
def test_weights_add_up_to_one_and_buys_are_sales_in_every_index(
    market: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    traded, _ = computed(*market)
    for (index,), fund in traded.group_by("index"):
        for world in ("before", "called", "expected"):
            if fund[world].sum() > 0:
                assert fund[f"weight_{world}"].sum() == pytest.approx(1, abs=1e-12), index
        for world in ("called", "expected"):
            if fund["before"].sum() > 0 and fund[world].sum() > 0:
                assert abs(fund[f"usd_{world}"].sum()) < CENT, index


@given(markets())
def test_a_called_change_is_traded_as_in_the_called_world(
    market: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    """All called trades together, and those of everybody who stays, balance in each fund."""
    traded, alone = computed(*market)
    called = market[1].with_row_index("row").filter("call").select("row", "symbol")
    both = alone.join(called, on="row").join(traded, on=["symbol", "index"], suffix="_all")
    wanted = both.with_columns(pl.col("usd_called", "weight_called").fill_null(0.0))
    assert ((wanted["weight_after"] - wanted["weight_called"]).abs() < 1e-12).all()
    assert ((wanted["usd"] - wanted["usd_called"]).abs() < CENT).all()


@given(markets())
def test_an_addition_is_bought_and_a_deletion_sold_in_its_own_index(
    market: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    _, alone = computed(*market)
    own = alone.filter(pl.col("index") == pl.col("own")).join(
        market[1].with_row_index("row").select("row", "action"), on="row"
    )
    assert (own.filter(pl.col("action") == "add")["usd"] >= 0).all()
    assert (own.filter(pl.col("action") == "delete")["usd"] <= 0).all()
    gone = own.filter(pl.col("action") == "delete")
    assert (gone["weight_after"] == 0).all()


LARGE = [("L", "L", "R1000", False, True, 600.0), ("M", "M", "R1000", False, False, 300.0)]
SMALL = [("S", "S", "R2000", False, False, 90.0), ("U", "U", "R2000", False, False, 10.0)]
NEW = [("N", "N", None, False, False, 25.0)]


def market(*rows: tuple[object, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return (
        pl.DataFrame([*LARGE, *SMALL, *NEW], schema=LINES, orient="row"),
        pl.DataFrame(rows, schema=ROWS, orient="row"),
    )


def by_index(alone: pl.DataFrame, row: int) -> dict[str, tuple[float, float, float]]:
    found = alone.filter(pl.col("row") == row)
    return {
        r["index"]: (r["weight_before"], r["weight_after"], r["usd"])
        for r in found.iter_rows(named=True)
    }


def test_a_migration_is_sold_in_one_index_and_bought_in_the_other() -> None:
    """By hand: U, worth 10 of 100 in the R2000, goes to the R1000 of 900."""
    moves = market(("U", "R1000", "add", "U", 1.0, True), ("U", "R2000", "delete", "U", 1.0, True))
    _, alone = computed(*moves)
    up, down = by_index(alone, 0), by_index(alone, 1)
    assert up == down  # one trade, told by both rows
    assert up["R2000"] == pytest.approx((0.1, 0.0, -0.1 * 9.1e10))
    assert up["R1000"] == pytest.approx((0.0, 10 / 910, 10 / 910 * 1.7e11))
    assert up["RMIDCAP"] == pytest.approx((0.0, 10 / 310, 10 / 310 * 5.9e10))
    assert up["R3000"] == pytest.approx((0.01, 0.01, 0.0))


def test_everybody_else_is_trimmed_pro_rata() -> None:
    added = market(("N", "R2000", "add", "N", 0.8, True), ("N", "R3000", "add", "N", 0.8, True))
    traded, alone = computed(*added)
    assert by_index(alone, 0)["R2000"][1] == pytest.approx(0.2)
    small = traded.filter(pl.col("index") == "R2000")
    sold = dict(small.select("symbol", "usd_called").iter_rows())
    assert sold["N"] == pytest.approx(0.2 * 9.1e10)
    assert sold["S"] / sold["U"] == pytest.approx(9)
    expected = dict(small.select("symbol", "weight_expected").iter_rows())
    assert expected["N"] == pytest.approx(20 / 120)


def test_a_change_that_is_not_called_is_made_in_the_called_world() -> None:
    rows = market(
        ("N", "R2000", "add", "N", 0.9, True),
        ("N", "R3000", "add", "N", 0.9, True),
        ("U", "R2000", "delete", "U", 0.3, False),
        ("U", "R3000", "delete", "U", 0.3, False),
    )
    _, alone = computed(*rows)
    assert by_index(alone, 0)["R2000"][1] == pytest.approx(25 / 125)
    assert by_index(alone, 2)["R2000"][:2] == pytest.approx((0.1, 0.0))


def test_where_a_change_that_is_not_called_leads_is_what_is_likely() -> None:
    """M may fall out of the R1000: into the R2000, unless it fails altogether."""
    falls = market(
        ("M", "R1000", "delete", "M", 0.4, False),
        ("M", "R2000", "add", "M", 0.35, False),
        ("M", "R3000", "delete", "M", 0.05, False),
    )
    _, alone = computed(*falls)
    assert by_index(alone, 0)["R2000"][1] == pytest.approx(300 / 400)
    assert by_index(alone, 2)["R3000"] == pytest.approx((0.3, 0.0, -0.3 * 1.2e10))
    assert by_index(alone, 2)["R1000"][1] == 0
    fails = market(
        ("M", "R1000", "delete", "M", 0.4, False),
        ("M", "R3000", "delete", "M", 0.4, False),
    )
    _, alone = computed(*fails)
    assert "R2000" not in by_index(alone, 0)


def test_lines_of_a_company_move_together() -> None:
    classes = [(f"N/{c}", "N", None, False, False, cap) for c, cap in (("A", 20.0), ("B", 5.0))]
    lines = pl.DataFrame([*LARGE, *SMALL, *classes], schema=LINES, orient="row")
    rows = pl.DataFrame(
        [("N/A", "R2000", "add", "N", 0.3, False), ("N/B", "R2000", "add", "N", 0.3, False)],
        schema=ROWS,
        orient="row",
    )
    _, alone = computed(lines, rows)
    assert by_index(alone, 0)["R2000"][1] == pytest.approx(20 / 125)
    assert by_index(alone, 1)["R2000"][1] == pytest.approx(5 / 125)


def test_a_line_of_the_microcap_alone_keeps_its_size() -> None:
    lines = pl.DataFrame(
        [*LARGE, *SMALL, ("K", "K", None, True, False, 2.0)], schema=LINES, orient="row"
    )
    rows = pl.DataFrame([("K", "RMICRO", "delete", "K", 0.5, True)], schema=ROWS, orient="row")
    _, alone = computed(lines, rows)
    assert by_index(alone, 0) == {"RMICRO": pytest.approx((1.0, 0.0, -9e8))}


def test_without_assets_there_are_weights_and_no_dollars() -> None:
    added = market(("N", "R2000", "add", "N", 0.8, True))
    _, alone = computed(*added, ASSETS.filter(pl.col("index") != "R2000"))
    before, after, usd = by_index(alone, 0)["R2000"]
    assert (before, after) == pytest.approx((0.0, 0.2))
    assert usd is None
