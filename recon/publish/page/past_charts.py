"""Charts of the past: chances against what happened, and right calls beside wrong ones."""

from typing import Final

import altair as alt
import polars as pl

from recon.publish.page.drawing import HEIGHT, INK, ROW, WIDTH, Panel, by, drawn
from recon.publish.page.model import Record
from recon.publish.page.record import ACTIONS
from recon.publish.pictures import Chart
from recon.publish.words import percent

OUTCOMES: Final = {"right": "one", "false": "two", "missed": "three"}


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
        panels.append(Panel(f"{hindsight}, n {n:,}", drawn(_reliable(rows)), said))
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
    for action, title in ACTIONS.items():
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
        panels.append(Panel(title.capitalize(), drawn(_stacked(long)), f"{title}, {said}."))
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
        color=by("outcome", order, [INK[name] for name in OUTCOMES.values()], None)
    )
    chart: Chart = bars.properties(width=WIDTH, height=2 * ROW * max(long["event"].n_unique(), 1))
    return chart
