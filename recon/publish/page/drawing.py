"""How the charts of the page are drawn: beforehand, as SVG, in the page's own colours.

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

from recon.publish.pictures import Chart, svg

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


def by(field: str, domain: Sequence[str], colours: Sequence[str], title: str | None) -> alt.Color:
    """Colour marks by a field, with a legend under `title`."""
    return alt.Color(
        f"{field}:N", title=title, scale=alt.Scale(domain=list(domain), range=list(colours))
    )


def drawn(chart: Chart) -> str:
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
