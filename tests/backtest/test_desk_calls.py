"""A profile in the event study."""

from datetime import date

import polars as pl
import pytest
from small_run import small_run

from recon.backtest.baskets import called
from recon.backtest.desk import held
from recon.publish.candidates import candidates


def orders(*told: tuple[str, str, str, float, str | None, str | None]) -> pl.DataFrame:
    names = ("symbol", "kind", "leg", "target_usd", "from_index", "to_index")
    return pl.DataFrame(
        told, schema=dict.fromkeys(names, pl.String) | {"target_usd": pl.Float64}, orient="row"
    ).with_columns(
        state=pl.when(pl.col("target_usd") > 0).then(pl.lit("order")).otherwise(pl.lit("blocked"))
    )


def test_orders_become_the_basket_that_the_study_holds() -> None:
    run = small_run(as_of=date(2024, 4, 30))
    ordered = orders(
        ("FFF", "join", "long", 300.0, None, "R2000"),
        ("III", "leave", "short", 100.0, "R2000", None),
        ("CCC", "up", "short", 50.0, "R2000", "R1000"),
        ("KKK", "leave", "short", 0.0, "R2000", None),
    )
    rows = held(candidates(run), ordered)
    basket = called(run, rows, run.securities, "demand")
    assert sorted(basket.select("group", "action", "symbol", "weight").rows()) == [
        ("R2000", "add", "FFF", 300.0),
        ("R2000", "delete", "CCC", 50.0),
        ("R2000", "delete", "III", 100.0),
        ("R3000", "add", "FFF", 300.0),
        ("R3000", "delete", "III", 100.0),
    ]


@pytest.mark.parametrize(("leg", "count"), [("long", 2), ("short", 0)])
def test_an_order_against_its_change_has_no_row(leg: str, count: int) -> None:
    run = small_run(as_of=date(2024, 4, 30))
    rows = held(candidates(run), orders(("FFF", "join", leg, 300.0, None, "R2000")))
    assert rows.height == count
    assert rows.columns == candidates(run).columns
