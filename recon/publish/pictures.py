"""Charts drawn without browser or network, with fonts and code that travel with the program."""

import altair as alt
import vl_convert

Chart = alt.Chart | alt.LayerChart | alt.FacetChart


def svg(chart: Chart) -> str:
    """Draw a chart as SVG that needs nothing from outside.

    Parameters
    ----------
    chart : Chart
        It holds its own data.
    """
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
