"""The charts of the page, drawn beforehand as SVG.

They are drawn here and not in the browser because Vega runs its expressions as code, which the
page's own security policy forbids, and weighs more than all of the page. Colours are the page's
own variables, so that a chart follows light, dark and print. Each chart is a set of panels that
stand side by side or one below the other, so that its letters stay readable on a phone.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt
import polars as pl

from recon.publish.page.model import Page, Record
from recon.publish.pictures import Chart, svg
from recon.publish.words import money, percent

WIDTH: Final = 340
HEIGHT: Final = 250
"""Of a panel without its axes, pixels: readable on a phone of 360."""
ROW: Final = 17
"""Height of a bar, pixels."""
NARROW: Final = 5.0
"""Range of a logarithmic axis, highest over lowest, up to which it needs close ticks."""
FAR: Final = 1000.0
"""The same from which powers of ten are enough."""
INK: Final = {name: f"var(--{name})" for name in ("ink", "ink-2", "grid", "one", "two", "three")}
"""Colours by what they are for; the stylesheet says what they are."""
SIDES: Final = {"R1000": "circle", "R2000": "square", "R3000": "circle"}
OUTSIDE: Final = "triangle-up"
"""Shapes beside the colours of the index before, so that colour is never alone."""
MOVES: Final = {"add": "additions", "delete": "deletions", "up": "moves up", "down": "moves down"}
OUTCOMES: Final = {"right": "one", "false": "two", "missed": "three"}


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawn panel.

    Attributes
    ----------
    title : str
        Above it.
    svg : str
        The drawing.
    said : str
        What it shows, for who does not see it.
    """

    title: str
    svg: str
    said: str


def ranking(page: Page) -> list[Panel]:
    """Chance of each side of a break-point by cap, with band and simulated intervals."""
    panels = []
    for (line,), near in page.near.group_by("line", maintain_order=True):
        rank = str(line).removeprefix("rank_")
        own = page.lines.filter(pl.col("name").str.ends_with(f"_{rank}"))
        index = "Russell 1000" if "R1000" in near["before"] else "Russell 3000"
        at = own.filter(name=line).row(0, named=True)
        band = own.filter(pl.col("name").str.starts_with("band_"))
        said = (
            f"{near.height} companies of the list near rank {int(rank):,} ({money(at['cap_usd'])}"
        )
        if band.height:
            said += f", band {' to '.join(money(cap) for cap in sorted(band['cap_usd']))}"
        said += f"): their caps, and the chance to be in the {index} after the event. "
        said += f"{near['call'].sum()} of them are called."
        panels.append(Panel(f"Rank {int(rank):,}", _drawn(_around(near, own, index)), said))
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
            color=_by("before", groups, colours, "before"),
            fill=_by("before", groups, colours, "before"),
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


def reliability(record: Record) -> list[Panel]:
    """What chances said and what happened, under each hindsight, with both intervals and n."""
    panels = []
    whole = record.bins.filter(scope="Russell 3000")
    for (hindsight,), rows in whole.group_by("hindsight", maintain_order=True):
        n = int(rows["n"].sum())
        told = ", ".join(
            f"{percent(mean)} said, {percent(rate)} happened (n {count:,})"
            for mean, rate, count in rows.select("mean_chance", "rate", "n").iter_rows()
        )
        said = f"Reliability under {hindsight}, n {n:,} in {rows.height} bins: {told}."
        panels.append(Panel(f"{hindsight}, n {n:,}", _drawn(_reliable(rows)), said))
    return panels


def _reliable(rows: pl.DataFrame) -> Chart:
    unit = alt.Scale(domain=[0, 1])
    base = alt.Chart(rows).encode(
        x=alt.X(
            "mean_chance:Q",
            title="chance given (mean of the bin)",
            scale=unit,
            axis=alt.Axis(format="%", tickCount=5),
        )
    )
    axis = alt.Y(
        "low:Q",
        title="share that changed",
        scale=unit,
        axis=alt.Axis(format="%", tickCount=5),
    )
    wide = base.mark_rule(strokeWidth=11, opacity=0.28, color=INK["one"]).encode(
        y="low_clustered:Q", y2="high_clustered:Q"
    )
    narrow = base.mark_rule(strokeWidth=3, color=INK["one"], opacity=0.8).encode(
        y=axis, y2="high:Q"
    )
    points = base.mark_point(filled=True, size=46, color=INK["ink"], opacity=1).encode(y="rate:Q")
    count = base.mark_text(dx=9, dy=9, fontSize=10, align="left", color=INK["ink-2"]).encode(
        y="rate:Q", text=alt.Text("n:Q", format=",")
    )
    equal = (
        alt.Chart(pl.DataFrame({"from": [0.0], "to": [1.0]}))
        .mark_rule(strokeDash=[4, 3], color=INK["ink-2"])
        .encode(x="from:Q", y="from:Q", x2="to:Q", y2="to:Q")
    )
    return alt.layer(equal, wide, narrow, points, count).properties(width=WIDTH, height=HEIGHT)


def hits(record: Record, hindsight: str) -> list[Panel]:
    """Right calls beside false and missed ones, by event."""
    own = record.scores.filter(hindsight=hindsight)
    panels = []
    for action, title in MOVES.items():
        rows = own.filter(action=action).select(
            "event",
            right="model_hits",
            false=pl.col("model_called") - pl.col("model_hits"),
            missed=pl.col("official") - pl.col("model_hits"),
        )
        if rows.is_empty():
            continue
        long = rows.unpivot(index="event", variable_name="outcome", value_name="n")
        said = "; ".join(
            f"{event}: {right} right, {false} false, {missed} missed"
            for event, right, false, missed in rows.iter_rows()
        )
        panels.append(Panel(title.capitalize(), _drawn(_stacked(long)), f"{title}, {said}."))
    return panels


def _stacked(long: pl.DataFrame) -> Chart:
    order = list(OUTCOMES)
    sized = long.with_columns(
        place=pl.col("outcome").replace_strict({name: i for i, name in enumerate(order)})
    )
    base = alt.Chart(sized).encode(
        y=alt.Y("event:N", title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X("n:Q", title="companies", stack="zero", axis=alt.Axis(tickCount=4)),
        order="place:Q",
    )
    bars = base.mark_bar(height=ROW - 3, stroke=INK["grid"], strokeWidth=1).encode(
        color=_by("outcome", order, [INK[name] for name in OUTCOMES.values()], None)
    )
    chart: Chart = bars.properties(width=WIDTH, height=2 * ROW * max(long["event"].n_unique(), 1))
    return chart


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
        panels.append(Panel(f"{str(side).capitalize()}s", _drawn(_days(rows, colour)), said))
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


def ticks(values: pl.Series) -> list[float]:
    """Places for the ticks of a logarithmic axis: few, and of round figures.

    Parameters
    ----------
    values : pl.Series
        Positive figures that the axis holds.
    """
    known = values.drop_nulls()
    if known.is_empty():
        return []
    low, high = float(known.min()), float(known.max())  # type: ignore[arg-type]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1,) if high > FAR * low else (1, 2, 5) if high > NARROW * low else (1, 1.5, 2, 3, 5, 7)
    return [step * 10.0**power for power in powers for step in steps]


def _by(field: str, domain: Sequence[str], colours: Sequence[str], title: str | None) -> alt.Color:
    return alt.Color(
        f"{field}:N", title=title, scale=alt.Scale(domain=list(domain), range=list(colours))
    )


def _drawn(chart: Chart) -> str:
    """Draw without background, in the page's colours and letters."""
    ready = (
        chart.properties(background="transparent", padding=4)
        .configure(font="sans-serif")
        .configure_mark(aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK["ink-2"],
            titleColor=INK["ink-2"],
            gridColor=INK["grid"],
            domainColor=INK["grid"],
            tickColor=INK["grid"],
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
        )
        .configure_legend(
            orient="bottom",
            labelColor=INK["ink"],
            titleColor=INK["ink-2"],
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            titleOrient="left",
            titlePadding=12,
        )
    )
    # A drawing within HTML needs no names of its language, and is sized by the stylesheet.
    return re.sub(r'^<svg [^>]*?viewBox="', '<svg viewBox="', svg(ready), count=1)
