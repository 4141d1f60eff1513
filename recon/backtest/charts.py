"""Charts of a walk-forward, as specifications that hold their own data.

Rendered with fonts and code that travel with the program: nothing is asked of the network, now
or when a chart is looked at.
"""

from pathlib import Path
from typing import Final

import altair as alt
import polars as pl
import vl_convert

from recon.backtest.answers import MOVES, QUESTIONS
from recon.backtest.report import Backtest
from recon.backtest.tally import EVENTS
from recon.files import write_atomic
from recon.publish.freshness import mark
from recon.publish.pictures import svg

SIZE: Final = {"width": 260, "height": 220}
"""Of one panel, pixels."""
SCALE: Final = 2
"""Of PNG, for screens of high density."""
COLOURS: Final = {"model": "#0b5fa5", "rules": "#d1495b", "unbanded": "#e9a23b"}
"""The model and the baselines; no change has an F1 of 0 everywhere and is left out."""
FIGURES: Final = {"f1": "F1 of the calls", "average_precision": "average precision"}


def charts(done: Backtest) -> dict[str, alt.FacetChart]:
    """All charts of a walk-forward, by name."""
    found: dict[str, alt.FacetChart] = {"reliability": reliability(done)}
    found |= {f"{figure}_by_lead": by_lead(done, figure) for figure in FIGURES}
    if not done.lines.is_empty():
        found["break_points"] = break_points(done)
    return found


def reliability(done: Backtest) -> alt.FacetChart:
    """Reliability diagram: what chances said, what happened, both intervals and n."""
    rows = done.bins.filter(pl.col("scope") == "Russell 3000").with_columns(
        binomial=pl.lit("binomial"), clusters=pl.lit("events × companies")
    )
    base = alt.Chart(rows).encode(
        x=alt.X("mean_chance:Q", title="chance given", scale=alt.Scale(domain=[0, 1]))
    )
    axis = alt.Y("low:Q", title="share that changed", scale=alt.Scale(domain=[0, 1]))
    shades = alt.Scale(domain=["binomial", "events × companies"], range=["#0b5fa5", "#9db8cf"])
    wide = base.mark_rule(strokeWidth=9, opacity=0.6).encode(
        y=alt.Y("low_clustered:Q"), y2="high_clustered:Q", color=_legend("clusters", shades)
    )
    narrow = base.mark_rule(strokeWidth=3).encode(
        y=axis, y2="high:Q", color=_legend("binomial", shades)
    )
    points = base.mark_point(filled=True, size=45, color="black", opacity=1).encode(y="rate:Q")
    count = base.mark_text(dx=8, dy=-9, fontSize=9, align="left").encode(
        y="rate:Q", text=alt.Text("n:Q", format=",")
    )
    equal = (
        alt.Chart()
        .mark_rule(strokeDash=[4, 3], color="#888")
        .encode(x=alt.datum(0), y=alt.datum(0), x2=alt.datum(1), y2=alt.datum(1))
    )
    return (
        alt.layer(equal, wide, narrow, points, count, data=rows)
        .properties(**SIZE)
        .facet(column=alt.Column("hindsight:N", title=None, sort=done.hindsights))
        .properties(
            title=_title(
                done,
                "Reliability of additions and deletions, all leads, n beside; bars: honest chances",
            )
        )
    )


def by_lead(done: Backtest, figure: str) -> alt.FacetChart:
    """One figure by lead, mean of the events, the model beside the baselines."""
    panel = (
        alt.Chart()
        .mark_line(point=True)
        .encode(
            x=alt.X("lead:Q", title="sessions before rank day", scale=alt.Scale(reverse=True)),
            y=alt.Y("value:Q", title=FIGURES[figure], scale=alt.Scale(zero=False)),
            color=alt.Color(
                "who:N",
                title=None,
                scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
            ),
        )
        .properties(**SIZE)
    )
    facets: alt.FacetChart = (
        alt.layer(panel, data=_long(done, figure))
        .facet(
            row=alt.Row("action:N", title=None, sort=list(QUESTIONS)),
            column=alt.Column("hindsight:N", title=None, sort=done.hindsights),
        )
        .resolve_scale(y="independent")
        .properties(
            title=_title(
                done,
                f"{FIGURES[figure]}, mean of {len(done.events)} events; scales differ",
            )
        )
    )
    return facets


def break_points(done: Backtest) -> alt.FacetChart:
    """Error of each simulated break-point by lead, with its 5-95 % interval, event by event."""
    rows = done.lines.with_columns(
        miss=pl.col("median") / pl.col("actual") - 1,
        least=pl.col("low") / pl.col("actual") - 1,
        most=pl.col("high") / pl.col("actual") - 1,
    ).select("event", "lead", "hindsight", "name", "miss", "least", "most")
    rows = rows.filter(pl.col("hindsight") == done.hindsights[0])
    base = alt.Chart(rows).encode(
        x=alt.X("lead:O", title="sessions before rank day", sort="descending"),
        xOffset="event:N",
        color=alt.Color("event:N", title=None),
    )
    axis = alt.Y("least:Q", title="off the line of rank day", axis=alt.Axis(format="+%"))
    spread = base.mark_rule(strokeWidth=2).encode(y=axis, y2="most:Q")
    points = base.mark_point(filled=True, size=40).encode(y="miss:Q")
    zero = alt.Chart().mark_rule(color="#888", strokeDash=[4, 3]).encode(y=alt.datum(0))
    return (
        alt.layer(zero, spread, points, data=rows)
        .properties(**SIZE)
        .facet(facet=alt.Facet("name:N", title=None), columns=3)
        .properties(
            title=_title(done, f"Break-points, median and 90 % interval, {done.hindsights[0]}")
        )
    )


def write_charts(done: Backtest, folder: Path) -> list[Path]:
    """Write every chart as SVG and PNG; the folder is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, chart in charts(done).items():
        write_atomic(folder / f"{name}.svg", svg(chart).encode())
        picture = vl_convert.vegalite_to_png(chart.to_dict(), scale=SCALE)
        write_atomic(folder / f"{name}.png", picture)
        files += [folder / f"{name}.svg", folder / f"{name}.png"]
    return files


def _long(done: Backtest, figure: str) -> pl.DataFrame:
    """Means of one figure: `lead`, `hindsight`, `action`, `who`, `value`."""
    means = done.figures.filter(pl.col("event") == EVENTS)
    keys = ["lead", "hindsight", "action"]
    # Bands decide moves only: elsewhere the rules without them are the rules.
    banded = (pl.col("who") != "unbanded") | pl.col("action").is_in(MOVES)
    return (
        means.select(*keys, *(pl.col(f"{who}_{figure}").alias(who) for who in COLOURS))
        .unpivot(index=keys, variable_name="who")
        .drop_nulls()
        .filter(banded)
    )


def _legend(field: str, scale: alt.Scale) -> alt.Color:
    return alt.Color(f"{field}:N", title="95 % interval", scale=scale)


def _title(done: Backtest, text: str) -> alt.TitleParams:
    label = mark(done.simulated)
    events = f"{done.events[0]} to {done.events[-1]}" if len(done.events) > 1 else done.events[0]
    return alt.TitleParams(f"{label}{text}", subtitle=f"walk-forward, {events}", anchor="start")
