"""Charts of the run: the ranking around its break-points, and demand against volume."""

from typing import Final

import altair as alt
import polars as pl

from recon.publish.page.drawing import HEIGHT, INK, ROW, WIDTH, Panel, by, drawn, ticks
from recon.publish.page.model import Page
from recon.publish.pictures import Chart
from recon.publish.words import money

SIDES: Final = {"R1000": "circle", "R2000": "square", "R3000": "circle"}
OUTSIDE: Final = "triangle-up"
"""Shapes beside the colours of the index before, so that colour is never alone."""


def ranking(page: Page) -> list[Panel]:
    """Chance of each side of a break-point by cap, with band and simulated intervals."""
    panels = []
    for (line,), near in page.near.group_by("line", maintain_order=True):
        rank = str(line).removeprefix("rank_")
        own = page.lines.filter(pl.col("name").str.ends_with(f"_{rank}"))
        large = rank == str(page.run.rulebook.ranks.russell_1000)
        index = "Russell 1000" if large else "Russell 3000"
        at = own.filter(name=line).row(0, named=True)
        band = own.filter(pl.col("name").str.starts_with("band_"))
        said = (
            f"{near.height} companies of the list near rank {int(rank):,} ({money(at['cap_usd'])}"
        )
        if band.height:
            said += f", band {' to '.join(money(cap) for cap in sorted(band['cap_usd']))}"
        said += f"): their caps, and the chance to be in the {index} after the event. "
        said += f"{near['call'].sum()} of them are called."
        panels.append(Panel(f"Rank {int(rank):,}", drawn(_around(near, own, index)), said))
    return panels


def _around(near: pl.DataFrame, own: pl.DataFrame, index: str) -> Chart:
    groups = near["before"].unique().sort(descending=False).to_list()
    shapes = [SIDES.get(one, OUTSIDE) for one in groups]
    colours = [INK[name] for name in ("one", "two", "three")][: len(groups)]
    caps = pl.Series([money(cap) for cap in near["total_cap_usd"]], dtype=pl.String)
    shown = near.with_columns(
        told=pl.format(
            "{}: {}, rank {}, chance {} %{}",
            "symbol",
            caps,
            pl.col("rank").cast(pl.String).fill_null("none"),
            (100 * pl.col("chance")).round(1),
            pl.when("call").then(pl.lit(", called")).otherwise(pl.lit("")),
        )
    )
    scale = alt.Scale(type="log", nice=False, padding=6)
    x = alt.X(
        "total_cap_usd:Q",
        title="total cap, USD (logarithmic)",
        scale=scale,
        axis=alt.Axis(
            format="$~s",
            labelExpr="replace(replace(datum.label, 'G', 'bn'), 'M', 'm')",
            values=ticks(near["total_cap_usd"]),
        ),
    )
    marks = own.with_columns(wide=pl.col("name").str.starts_with("rank_"), label=_line_labels(own))
    strips = (
        alt.Chart(marks.drop_nulls("low"))
        .mark_rect(color=INK["ink-2"], opacity=0.25)
        .encode(x="low:Q", x2="high:Q")
    )
    rules = (
        alt.Chart(marks)
        .mark_rule(color=INK["ink"])
        .encode(x="cap_usd:Q", strokeDash=alt.StrokeDash("wide:N", legend=None, scale=_DASH))
    )
    names = (
        alt.Chart(marks)
        .mark_text(align="left", baseline="top", dx=3, color=INK["ink"], fontSize=11)
        .encode(x="cap_usd:Q", y=alt.value(2), text="label:N")
    )
    points = (
        alt.Chart(shown)
        .mark_point(size=26, opacity=0.75, strokeWidth=1.2, aria=True)
        .encode(
            x=x,
            y=alt.Y(
                "chance:Q",
                title=f"chance of {index} after",
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, 1.08], nice=False),
            ),
            color=by("before", groups, colours, "before"),
            fill=by("before", groups, colours, "before"),
            fillOpacity=alt.condition("datum.call", alt.value(0.8), alt.value(0)),
            shape=alt.Shape(
                "before:N", title="before", scale=alt.Scale(domain=groups, range=shapes)
            ),
            description="told:N",
        )
    )
    return alt.layer(strips, rules, names, points).properties(width=WIDTH, height=HEIGHT)


_DASH: Final = alt.Scale(domain=[True, False], range=[[1, 0], [4, 3]])


def _line_labels(own: pl.DataFrame) -> pl.Expr:
    name = pl.col("name")
    return (
        pl.when(name.str.starts_with("rank_"))
        .then(pl.format("rank {}", "rank"))
        .when(name.str.starts_with("band_low"))
        .then(pl.lit("band low"))
        .otherwise(pl.lit("band high"))
    )


def demand(page: Page) -> list[Panel]:
    """Days of volume of the largest buys and sells: expected, and if the change happens."""
    panels = []
    for (side,), rows in page.largest.group_by("side", maintain_order=True):
        told = ", ".join(
            f"{symbol} {days:.1f}"
            for symbol, days in rows.select("symbol", "expected_days").iter_rows()
        )
        colour = INK["one" if side == "buy" else "two"]
        said = f"Largest {side}s in expected days of volume: {told}."
        panels.append(Panel(f"{str(side).capitalize()}s", drawn(_days(rows, colour)), said))
    return panels


def _days(rows: pl.DataFrame, colour: str) -> Chart:
    order = rows["symbol"].to_list()
    shown = rows.with_columns(
        label=pl.col("expected_days").round(1).cast(pl.String),
        told=pl.format(
            "{}: {} days expected, {} if it happens, chance {} %",
            "symbol",
            pl.col("expected_days").round(2),
            pl.col("days_of_volume").round(2),
            (100 * pl.col("probability")).round(0).cast(pl.Int64),
        ),
    )
    base = alt.Chart(shown).encode(
        y=alt.Y("symbol:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    )
    x = alt.X(
        "expected_days:Q",
        title="days of median volume (logarithmic)",
        scale=alt.Scale(type="log", padding=14),
        axis=alt.Axis(
            format="~g", values=ticks(pl.concat([rows["expected_days"], rows["days_of_volume"]]))
        ),
    )
    link = base.mark_rule(color=INK["ink-2"], opacity=0.5).encode(x=x, x2="days_of_volume:Q")
    happens = base.mark_point(size=42, color=INK["ink-2"], shape="diamond").encode(
        x="days_of_volume:Q"
    )
    expected = base.mark_point(filled=True, size=58, color=colour, opacity=1, aria=True).encode(
        x=x, description="told:N"
    )
    text = base.mark_text(dx=-8, align="right", fontSize=10, color=INK["ink"]).encode(
        x=x, text="label:N"
    )
    return alt.layer(link, happens, expected, text).properties(
        width=WIDTH - 20, height=ROW * len(order)
    )
